"""Projects and their items: what a tenant writes down before anything is issued"""
from decimal import Decimal

from sql import Cast, Window
from sql.aggregate import Max
from sql.functions import CurrentTimestamp, Function, RowNumber
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, fields, sequence_ordered
from trytond.modules.document_issue.limits import MAX_LINES, storable
from trytond.modules.document_issue.rounding import line_amount
from trytond.modules.kernel import clock
from trytond.modules.kernel.concurrency import lock_rows
from trytond.modules.kernel.rows import forget
from trytond.modules.product import price_digits
from trytond.modules.product_catalog.uom import PIECE, built_in_units
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.plan import require_feature
from trytond.pool import Pool
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

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
LAST_PLACE = 2 ** 31 - 1
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


class Item(sequence_ordered(), TenantOwned, ModelSQL, ModelView):
    """Item of a Flat-Rate Project"""
    __name__ = 'flat_rate.project.item'
    _rec_name = 'description'

    project = fields.Many2One(
        'flat_rate.project', "Project", required=True, ondelete='CASCADE',
        domain=[('company', '=', Eval('company', -1))])
    description = fields.Text("Description", required=True)
    quantity = fields.Numeric("Quantity", digits=(16, 4), required=True)
    unit = fields.Many2One(
        'product.uom', "Unit", required=True, ondelete='RESTRICT',
        domain=[('unece_code', '!=', None)])
    custom_unit = fields.Many2One(
        'product.unit', "Own Unit", ondelete='RESTRICT', help="Printed instead of the unit.")
    price = fields.Numeric("Unit Price", digits=price_digits, help=(
            "Empty for what is part of the lump sum or costs nothing extra."))
    amount = fields.Function(
        fields.Numeric("Amount", digits=(16, 2)), 'on_change_with_amount')

    @staticmethod
    def default_quantity():
        return Decimal(1)

    @staticmethod
    def default_unit():
        return built_in_units()[PIECE]

    @fields.depends('quantity', 'price')
    def on_change_with_amount(self, name=None):
        if self.price is None:
            return None
        return line_amount(self.quantity or 0, self.price)

    @classmethod
    def create(cls, vlist):
        vlist = [dict(values) for values in vlist]
        lock_rows('flat_rate.project', {values['project'] for values in vlist if values.get('project')})
        return super().create(_in_places(vlist))

    @classmethod
    def check_modification(cls, mode, items, values=None, external=False):
        super().check_modification(mode, items, values=values, external=external)
        projects = {item.project.id for item in items}
        if mode == 'write' and values.get('project'):
            projects.add(int(values['project']))
        if mode != 'create':
            lock_rows('flat_rate.project', projects)
        check_not_billed(projects)

    @classmethod
    def validate_fields(cls, items, names):
        super().validate_fields(items, names)
        if 'quantity' in names:
            for item in items:
                storable(item.quantity, 'items')
        if 'project' in names:
            Pool().get('flat_rate.project').check_items({item.project for item in items})

    @classmethod
    def reorder(cls, project, ids):
        """Put the items of a project (id) in the order of ``ids``; what is not listed follows as it
        stood.

        Their places become 0, 1, 2 …, in one statement; ids of other items are ignored.
        """
        lock_rows('flat_rate.project', [project])
        check_not_billed([project])
        table, item = cls.__table__(), cls.__table__()
        order = [
            _ArrayPosition(Cast(list(dict.fromkeys(ids)), 'int[]'), item.id).nulls_last,
            item.sequence.nulls_first, item.id]
        places = item.select(
            item.id, (RowNumber(window=Window([], order_by=order)) - 1).as_('place'),
            where=item.project == project)
        transaction = Transaction()
        transaction.connection.cursor().execute(*table.update(
                [table.sequence, table.write_uid, table.write_date],
                [places.place, transaction.user, CurrentTimestamp()],
                from_=[places], where=places.id == table.id))
        forget(cls.__name__)


class _ArrayPosition(Function):
    __slots__ = ()
    _function = 'array_position'


def _in_places(vlist):
    """Give a place to each new item that has none: behind the last one of its project"""
    projects = {values.get('project') for values in vlist if values.get('sequence') is None}
    last = _last_places(projects - {None})
    for values in vlist:
        project = values.get('project')
        before = last.get(project, -1)
        if values.get('sequence') is None:
            values['sequence'] = min(before + 1, LAST_PLACE)
        last[project] = max(before, values['sequence'])
    return vlist


def _last_places(projects):
    """Return {project: place of its last item}"""
    if not projects:
        return {}
    table = Pool().get('flat_rate.project.item').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.project, Max(table.sequence), group_by=table.project,
            where=fields.SQL_OPERATORS['in'](table.project, list(projects))))
    return {project: place for project, place in cursor if place is not None}
