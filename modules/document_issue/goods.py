"""Which lines are goods: those whose product is marked so in the catalogue"""
from sql import Literal
from trytond.pool import Pool
from trytond.transaction import Transaction


class Goods:
    """Answers for the lines of any number of drafts, in one statement and only when asked"""

    def __init__(self, lines):
        self._lines = lines
        self._found = None

    def __contains__(self, line):
        """Tell whether the product of a line, or the one of its item key, is goods"""
        if self._found is None:
            self._found = self._read()
        ids, keys = self._found
        return line.product.id in ids if line.product else line.item_key in keys

    def _read(self):
        """Return (ids, item keys) of those named products that are goods"""
        products = {line.product.id for line in self._lines if line.product}
        keys = {line.item_key for line in self._lines if line.item_key and not line.product}
        if not products and not keys:
            return set(), set()
        pool = Pool()
        product = pool.get('product.product').__table__()
        template = pool.get('product.template').__table__()
        named = product.id.in_(sorted(products)) if products else Literal(False)
        if keys:
            named |= product.item_key.in_(sorted(keys))
        cursor = Transaction().connection.cursor()
        cursor.execute(*product.join(template, condition=product.template == template.id).select(
                product.id, product.item_key, where=(template.type == 'goods') & named))
        rows = cursor.fetchall()
        return {id for id, _ in rows}, {key for _, key in rows if key}
