"""Custom units of a tenant: a free label, and the standard code that replaces it in an e-invoice"""
from trytond import backend
from trytond.i18n import gettext
from trytond.model import ModelSQL, ModelView, fields
from trytond.model.exceptions import ValidationError
from trytond.pool import Pool
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

from trytond.modules.kernel import clock
from trytond.modules.tenant.ownership import TenantOwned
from trytond.modules.tenant.scope import current_company

from .exceptions import UnitInUse, UnitNotFound

CODES = {
    'LS': "Lump Sum",
    'H87': "Piece",
    'HUR': "Hour",
    'DAY': "Day",
    'KGM': "Kilogram",
    'GRM': "Gram",
    'MTR': "Meter",
    'MTK': "Square Meter",
    'LTR': "Liter",
    'MLT': "Milliliter",
    }
"""UN/ECE Recommendation 20 code → label: the codes that a custom unit may carry"""
LUMP_SUM = 'LS'


class Unit(TenantOwned, ModelSQL, ModelView):
    __name__ = 'product.unit'
    _rec_name = 'label'

    label = fields.Char("Label", size=30, required=True, strip=False)
    e_invoice_code = fields.Selection(
        list(CODES.items()), "E-Invoice Code", required=True, sort=False,
        help="What the unit is called in an e-invoice.")
    created_at = fields.Timestamp("Created", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'ASC')]

    @staticmethod
    def default_e_invoice_code():
        return LUMP_SUM

    @staticmethod
    def default_created_at():
        return clock.now().replace(tzinfo=None)

    @classmethod
    def delete(cls, units):
        """Delete units.

        Raises UnitInUse, from the foreign keys: also for an item or invoice created concurrently.
        """
        # Checked beforehand: after a failed foreign key the transaction cannot read the message's texts
        message = gettext('product_catalog.msg_unit_in_use', unit=', '.join(u.label for u in units))
        try:
            super().delete(units)
        except (ValidationError, backend.DatabaseIntegrityError) as error:
            raise UnitInUse(message) from error


def get_units(ids=None):
    """Return {id: row} of the tenant's custom units, oldest first; only those in ``ids``, if given"""
    table = Pool().get('product.unit').__table__()
    where = table.company == current_company()
    if ids is not None:
        where &= fields.SQL_OPERATORS['in'](table.id, list(ids))
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.label, table.e_invoice_code, table.created_at,
            where=where, order_by=[table.id]))
    return {row['id']: row for row in cursor_dict(cursor)}


def check_units(ids):
    """Raise UnitNotFound unless all ids are units of the tenant"""
    wanted = {id for id in ids if id is not None}
    if wanted and wanted - get_units(wanted).keys():
        raise UnitNotFound(gettext('product_catalog.msg_unit_not_found'), 'custom_unit')
