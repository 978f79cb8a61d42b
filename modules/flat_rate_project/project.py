"""Projects: all that a tenant writes down before anything is issued"""
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields
from trytond.modules.document_issue.limits import MAX_LINES
from trytond.modules.kernel import clock
from trytond.modules.product import price_digits
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.plan import require_feature
from trytond.pool import Pool
from trytond.pyson import Bool, Eval

from . import reading
from .exceptions import ProjectError, ProjectStateError
from .pricing import COMBINED, ITEM_PRICE, PROJECT_PRICE

FEATURE = 'flat_rate_documents'
STRATEGIES = [
    (PROJECT_PRICE, "Lump Sum"),
    (ITEM_PRICE, "Price per Item"),
    (COMBINED, "Lump Sum and Items"),
    ]
STATUSES = [
    ('Created', "Created"),
    ('Offered', "Offered"),
    ('Accepted', "Accepted"),
    ('Billed', "Billed"),
    ('Finished', "Finished"),
    ]
MAX_ITEMS = MAX_LINES - 1
"""Items of a project: with its lump sum they must fit on one invoice"""
PRICES = frozenset(['hide_item_prices', 'items', 'pricing_strategy', 'total_price'])
"""What stays as it was billed"""
_PRICE_STATES = {'readonly': Bool(Eval('invoice'))}


class Project(TenantOwned, ModelSQL, ModelView):
    """Flat-Rate Project"""
    __name__ = 'flat_rate.project'

    party = fields.Many2One(
        'party.party', "Customer", required=True, ondelete='RESTRICT',
        states={'readonly': Eval('status', 'Created') != 'Created'})
    name = fields.Char("Name", required=True)
    description = fields.Text("Description")
    pricing_strategy = fields.Selection(
        STRATEGIES, "Pricing", required=True, sort=False, states=_PRICE_STATES)
    total_price = fields.Numeric(
        "Lump Sum", digits=price_digits, states={
            **_PRICE_STATES, 'invisible': Eval('pricing_strategy') == ITEM_PRICE},
        help="Empty for the sum of the items, where all of them go into it.")
    hide_item_prices = fields.Boolean("Hide Item Prices", states=_PRICE_STATES, help=(
            "Offer and delivery note then show the items without their prices."))
    items = fields.One2Many(
        'flat_rate.project.item', 'project', "Items", size=MAX_ITEMS, states=_PRICE_STATES)
    accepted_date = fields.Date(
        "Accepted On", states={'readonly': ~Bool(Eval('offer')) | Bool(Eval('invoice'))},
        help="The day on which the customer accepted the offer.")
    completed_date = fields.Date("Finished On")
    status = fields.Function(
        fields.Selection(STATUSES, "Status", sort=False), 'get_derived', searcher='search_status')
    price = fields.Function(
        fields.Numeric("Price", digits=price_digits, help="As the strategy has it, without tax."),
        'get_derived')
    offer = fields.Function(fields.Many2One('flat_rate.offer', "Offer"), 'get_derived')
    delivery_note = fields.Function(
        fields.Many2One('flat_rate.delivery_note', "Delivery Note"), 'get_derived')
    invoice = fields.Function(fields.Many2One('account.invoice', "Invoice"), 'get_derived')

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_indexes.update({
                Index(table, (table.party, Index.Equality())),
                Index(table, (table.company, Index.Range()), (table.id, Index.Range(order='DESC')))})
        created = Eval('status', 'Created') == 'Created'
        cls._buttons.update({
                'make_offer': {'invisible': Bool(Eval('offer')), 'depends': ['offer']},
                'make_delivery_note': {
                    'invisible': Bool(Eval('delivery_note')), 'depends': ['delivery_note']},
                'make_invoice': {'invisible': Bool(Eval('invoice')), 'depends': ['invoice']},
                'accept': {
                    'invisible': created | Bool(Eval('accepted_date')) | Bool(Eval('invoice')),
                    'depends': ['status', 'accepted_date', 'invoice']},
                'finish': {
                    'invisible': Bool(Eval('completed_date')), 'depends': ['completed_date']},
                'reopen': {
                    'invisible': ~Bool(Eval('completed_date')), 'depends': ['completed_date']},
                })

    @staticmethod
    def default_pricing_strategy():
        return PROJECT_PRICE

    @staticmethod
    def default_hide_item_prices():
        return False

    @staticmethod
    def default_status():
        return 'Created'

    # What is derived

    @classmethod
    def get_derived(cls, projects, names):
        found = reading.derived([project.id for project in projects])
        return {
            name: {id: getattr(row, name) for id, row in found.items()} for name in names}

    @classmethod
    def search_status(cls, name, clause):
        _, operator, value = clause
        return [('id', 'in', reading.with_status(fields.SQL_OPERATORS[operator], value))]

    # Buttons

    @classmethod
    @ModelView.button_action('flat_rate_project.wizard_make_offer')
    def make_offer(cls, projects):
        pass

    @classmethod
    @ModelView.button_action('flat_rate_project.wizard_make_delivery_note')
    def make_delivery_note(cls, projects):
        pass

    @classmethod
    @ModelView.button_action('flat_rate_project.wizard_make_invoice')
    def make_invoice(cls, projects):
        pass

    @classmethod
    @ModelView.button
    def accept(cls, projects):
        """The customer accepts the offer today; where a day is noted already, it stays"""
        cls.write([p for p in projects if not p.accepted_date], {'accepted_date': _today(projects)})

    @classmethod
    @ModelView.button
    def finish(cls, projects):
        """The project is done today; where a day is noted already, it stays"""
        cls.write([p for p in projects if not p.completed_date], {'completed_date': _today(projects)})

    @classmethod
    @ModelView.button
    def reopen(cls, projects):
        """Finished by mistake"""
        cls.write(projects, {'completed_date': None})

    # Rules

    @classmethod
    def check_modification(cls, mode, projects, values=None, external=False):
        super().check_modification(mode, projects, values=values, external=external)
        if mode == 'create':
            require_feature(FEATURE)
        elif mode == 'delete':
            _check(reading.issued, [p.id for p in projects], 'msg_has_documents')
        else:
            if values.keys() & PRICES:
                check_not_billed([p.id for p in projects])
            if 'party' in values:
                moved = [p.id for p in projects if p.party.id != int(values['party'] or 0)]
                _check(reading.issued, moved, 'msg_has_documents')

    @classmethod
    def validate_fields(cls, projects, names):
        super().validate_fields(projects, names)
        if 'accepted_date' in names:
            cls.check_accepted(projects)
        if 'items' in names:
            cls.check_items(projects)

    @classmethod
    def check_accepted(cls, projects):
        """Only what was offered can be accepted, and not before"""
        for project in projects:
            if project.accepted_date and (
                    not project.offer or project.accepted_date < project.offer.issue_date):
                raise ProjectStateError(
                    gettext('flat_rate_project.msg_not_offered', project=project.name),
                    'accepted_date')

    @classmethod
    def check_items(cls, projects):
        for project in projects:
            if len(project.items) > MAX_ITEMS:
                raise ProjectError(
                    gettext('flat_rate_project.msg_too_many_items', limit=MAX_ITEMS), 'items')

    @classmethod
    def copy(cls, projects, default=None):
        default = default.copy() if default else {}
        for name in ('accepted_date', 'completed_date'):
            default.setdefault(name)
        return super().copy(projects, default=default)


def _today(projects):
    return clock.today(projects[0].company.timezone) if projects else None


def check_not_billed(projects):
    """Raise ProjectStateError where an invoice stands for one of the projects (ids)"""
    _check(reading.billed, projects, 'msg_billed')


def _check(find, projects, message):
    """Raise ProjectStateError for the first of the projects (ids) that ``find`` finds"""
    if found := find(projects):
        name = Pool().get('flat_rate.project')(min(found)).name
        raise ProjectStateError(gettext(f'flat_rate_project.{message}', project=name))
