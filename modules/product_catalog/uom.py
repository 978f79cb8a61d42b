"""The built-in units: rows of product.uom with a UN/ECE code"""
from trytond.cache import Cache
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

PIECE = 'H87'
"""The unit of items without one"""


class Uom(metaclass=PoolMeta):
    __name__ = 'product.uom'

    unece_code = fields.Char("UN/ECE Code", help="The code in Recommendation 20, for e-invoices.")

    _coded_cache = Cache('product.uom.coded', context=False)

    @classmethod
    def on_modification(cls, mode, units, field_names=None):
        super().on_modification(mode, units, field_names=field_names)
        cls._coded_cache.clear()


def measures():
    """Return {id of product.uom: (UN/ECE code or None, symbol)} of the units of all tenants"""
    cache = Pool().get('product.uom')._coded_cache
    found = cache.get(None)
    if found is None:
        found = cache.set(None, _read_measures())
    return found


def built_in_units():
    """Return {UN/ECE code: id of product.uom}"""
    return {code: id for id, (code, _) in measures().items() if code}


def _read_measures():
    table = Pool().get('product.uom').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.id, table.unece_code, table.symbol))
    return {id: (code or None, symbol) for id, code, symbol in cursor}
