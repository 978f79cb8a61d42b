"The built-in units: rows of product.uom that have a UN/ECE code"
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

PIECE = 'H87'
"The unit of what has none"


class Uom(metaclass=PoolMeta):
    __name__ = 'product.uom'

    unece_code = fields.Char("UN/ECE Code", help="The code in Recommendation 20, for e-invoices.")


def built_in_units():
    "Return {UN/ECE code: id of product.uom}"
    table = Pool().get('product.uom').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.id, table.unece_code, where=table.unece_code != ''))
    return {row['unece_code']: row['id'] for row in cursor_dict(cursor)}
