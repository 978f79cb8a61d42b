"""The items of a project and their order"""
from decimal import Decimal

from sql import Cast, Window
from sql.aggregate import Max
from sql.functions import CurrentTimestamp, Function, RowNumber
from trytond.model import ModelSQL, ModelView, fields, sequence_ordered
from trytond.modules.document_issue.limits import storable
from trytond.modules.document_issue.rounding import line_amount
from trytond.modules.kernel.concurrency import lock_rows
from trytond.modules.kernel.rows import forget
from trytond.modules.product import price_digits
from trytond.modules.product_catalog.uom import PIECE, built_in_units
from trytond.modules.tenant.ownership import TenantOwned
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .project import check_not_billed

LAST_PLACE = 2 ** 31 - 1


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
