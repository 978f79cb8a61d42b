"""The client's ways to offer, deliver and bill a project, and what merging customers takes along"""
from trytond.i18n import gettext
from trytond.model import ModelView, fields
from trytond.modules.kernel import clock
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool, PoolMeta
from trytond.wizard import Button, StateTransition, StateView, Wizard

from .exceptions import DiffersFromOffer
from .pricing import net


class Start:
    """What every document of a project asks for"""
    __slots__ = ()

    template = fields.Many2One('invoice.template', "Template", required=True)
    issue_date = fields.Date("Date", required=True)
    introduction = fields.Text("Introduction")

    @classmethod
    def default_template(cls):
        template = Pool().get('invoice.template').standard()
        return template.id if template else None

    @classmethod
    def default_issue_date(cls):
        return clock.today(Pool().get('company.company')(current_company()).timezone)


class OfferStart(Start, ModelView):
    """Make an Offer"""
    __name__ = 'flat_rate.offer.start'

    valid_until = fields.Date("Valid Until")
    delivery_days = fields.Integer("Delivery Time", domain=[
            'OR', ('delivery_days', '=', None), ('delivery_days', '>=', 0)], help="In days.")
    footer = fields.Text("Closing Text")


class DeliveryNoteStart(Start, ModelView):
    """Make a Delivery Note"""
    __name__ = 'flat_rate.delivery_note.start'

    delivery_date = fields.Date("Delivery Date")
    show_prices = fields.Boolean("Show Prices")
    footer = fields.Text("Closing Text")


class InvoiceStart(Start, ModelView):
    """Make the Invoice"""
    __name__ = 'flat_rate.project.invoice.start'

    due_date = fields.Date("Due Date", help="Two weeks after the invoice date, if empty.")
    notes = fields.Text("Notes")


def _start(model, name):
    return StateView(model, f'flat_rate_project.{name}_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Issue", 'issue', 'tryton-ok', default=True)])


class MakeDocument:
    """What the wizards of offer and delivery note have in common"""
    __slots__ = ()
    _model = None
    _names = ('template', 'issue_date', 'introduction', 'footer')

    def transition_issue(self):
        Document = Pool().get(self._model)
        Document.issue([Document(project=self.record, **_values(self.start, *self._names))])
        return 'end'

    def end(self):
        return 'reload'


class MakeOffer(MakeDocument, Wizard):
    """Make an Offer"""
    __name__ = 'flat_rate.project.make_offer'
    start = _start('flat_rate.offer.start', 'offer')
    issue = StateTransition()
    _model = 'flat_rate.offer'
    _names = (*MakeDocument._names, 'valid_until', 'delivery_days')


class MakeDeliveryNote(MakeDocument, Wizard):
    """Make a Delivery Note"""
    __name__ = 'flat_rate.project.make_delivery_note'
    start = _start('flat_rate.delivery_note.start', 'delivery_note')
    issue = StateTransition()
    _model = 'flat_rate.delivery_note'
    _names = (*MakeDocument._names, 'delivery_date', 'show_prices')


class MakeInvoice(Wizard):
    """Make the Invoice"""
    __name__ = 'flat_rate.project.make_invoice'
    start = _start('flat_rate.project.invoice.start', 'invoice')
    issue = StateTransition()

    def transition_issue(self):
        start = self.start
        self._check_offered()
        Pool().get('flat_rate.project.invoice').bill(
            self.record, template=start.template, invoice_date=start.issue_date,
            due_date=start.due_date, introduction=start.introduction or None,
            comment=start.notes or None)
        return 'end'

    def _check_offered(self):
        """Warn when the project does not come to what was offered"""
        offer, price = self.record.offer, net(self.record)
        if offer and price != offer.price:
            Warnings = Pool().get('res.user.warning')
            key = Warnings.format('differs_from_offer', [self.record])
            if Warnings.check(key):
                raise DiffersFromOffer(key, gettext(
                        'flat_rate_project.msg_differs_from_offer', offer=offer.number,
                        offered=offer.price, price=price))

    def end(self):
        return 'reload'


def _values(start, *names):
    """Return {name: value} of what was entered; an empty text is none"""
    return {name: None if (value := getattr(start, name, None)) == '' else value for name in names}


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return [*super().fields_to_replace(), ('flat_rate.project', 'party')]
