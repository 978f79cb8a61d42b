"""Objection of the partner: from then on the Gutschrift is no longer an invoice.

§ 14 (2) UStG, § 11 (8) UStG 1994. The objection is recorded once, with its day and reason, and a correction
is issued: a negative Gutschrift of the same series that names the first and reverses its posting on the day
of the objection. The input tax ends with the month in which the partner objected; the issued document stays
unchanged.
"""
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, Unique, fields
from trytond.modules.account_invoice_issue.side import SELF_BILLED
from trytond.modules.document_issue.exceptions import IssueError, IssueStateError
from trytond.modules.document_issue.ledger import read_books
from trytond.modules.document_issue.locks import require_locks
from trytond.modules.document_render import formats
from trytond.modules.document_render.formats import language_of
from trytond.modules.immutable import Seal
from trytond.modules.tenant.ownership import READ, TenantOwned
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import without_check_access
from trytond.wizard import Button, StateTransition, StateView, Wizard



class Objection(TenantOwned, ModelSQL, ModelView):
    """Objection to a Gutschrift"""
    __name__ = 'account.invoice.objection'
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = READ
    __never_copied__ = True

    invoice = fields.Many2One(
        'account.invoice', "Gutschrift", required=True, readonly=True, ondelete='RESTRICT')
    date = fields.Date("Date", required=True, readonly=True, help="The day on which the partner objected.")
    reason = fields.Text("Reason", required=True, readonly=True)
    correction = fields.Many2One(
        'account.invoice', "Correction", required=True, readonly=True, ondelete='RESTRICT')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append((
                'invoice_unique', Unique(table, table.invoice),
                'account_invoice_self_billing.msg_objected_already'))

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}])

    def get_rec_name(self, name):
        return f'{self.invoice.rec_name} ({self.date})'


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    objections = fields.One2Many(
        'account.invoice.objection', 'invoice', "Objection", readonly=True,
        states={'invisible': ~Eval('objections')})
    objection_note = fields.Function(
        fields.Text("What Follows", states={'invisible': ~Eval('objections')}), 'get_objection_note')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._buttons['object_to'] = {
            'invisible': (
                ~Eval('self_billed', False) | ~Eval('state').in_(['posted', 'paid'])
                | Eval('credit_of', None) | Eval('objections', [])),
            'depends': ['self_billed', 'state', 'credit_of', 'objections']}

    def get_objection_note(self, name):
        if not self.objections:
            return None
        country = self.company.country.code if self.company.country else ''
        message = 'msg_objection_at' if country == 'AT' else 'msg_objection_de'
        return gettext(f'account_invoice_self_billing.{message}', date=self.objections[0].date)

    @classmethod
    @ModelView.button_action('account_invoice_self_billing.wizard_object')
    def object_to(cls, invoices):
        pass

    @classmethod
    def record_objection(cls, invoices, date, reason):
        """Record that the partners of Gutschriften objected on a day; return the corrections.

        Raises IssueError naming ``date`` or ``reason``, IssueStateError for an invoice that is no Gutschrift
        in force or was objected to before.
        """
        require_locks()
        reason = (reason or '').strip()
        if not reason:
            raise IssueError(gettext('account_invoice_self_billing.msg_objection_reason'), 'reason')
        with without_check_access():
            today = read_books(SELF_BILLED).today
            for invoice in invoices:
                _check(invoice, date, today)
            corrections = cls.issue([
                    invoice._credit(invoice_date=date, introduction=_text(invoice, date, reason))
                    for invoice in invoices])
            Pool().get('account.invoice.objection').create([
                    {'invoice': invoice.id, 'date': date, 'reason': reason, 'correction': correction.id}
                    for invoice, correction in zip(invoices, corrections, strict=True)])
        return corrections


def _text(invoice, date, reason):
    """Return the sentence for the correction, in the language of the document"""
    language = language_of(invoice.template.language)
    return gettext(
        'account_invoice_self_billing.msg_correction_text', language,
        date=formats.date(date, language), reason=reason)


def _check(invoice, date, today):
    if not invoice.self_billed:
        raise IssueStateError(gettext(
                'account_invoice_self_billing.msg_not_self_billed', invoice=invoice.rec_name))
    if invoice.objections:
        raise IssueStateError(gettext('account_invoice_self_billing.msg_objected_already'))
    if invoice.invoice_date and not invoice.invoice_date <= date <= today:
        raise IssueError(gettext(
                'account_invoice_self_billing.msg_objection_date', first=invoice.invoice_date, last=today),
            'date')


class ObjectStart(ModelView):
    """Objection to a Gutschrift"""
    __name__ = 'account.invoice.object.start'

    date = fields.Date("Date", required=True, help="The day on which the partner objected.")
    reason = fields.Text("Reason", required=True)
    note = fields.Text("What Follows", readonly=True)

    @staticmethod
    def default_date():
        return Pool().get('ir.date').today()

    @staticmethod
    def default_note():
        return gettext('account_invoice_self_billing.msg_objection_before')


class Object(Wizard):
    """Record an Objection"""
    __name__ = 'account.invoice.object'
    start = StateView(
        'account.invoice.object.start', 'account_invoice_self_billing.object_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Record", 'record', 'tryton-ok', default=True)])
    record = StateTransition()

    def transition_record(self):
        self.model.record_objection(self.records, self.start.date, self.start.reason)
        return 'end'

    def end(self):
        return 'reload'
