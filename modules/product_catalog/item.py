"""Set-based reads and writes of items: products with a key, any number of them in three statements.

The unit is the UN/ECE code of a built-in one; a custom unit replaces it on documents.
"""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sql import Literal
from sql.aggregate import Count
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.kernel.concurrency import explain_unique_violation
from trytond.modules.tenant.scope import current_company
from trytond.modules.text_key import contains

from .exceptions import ItemKeyExists
from .unit import check_units
from .uom import PIECE, built_in_units

_COLUMNS = {
    'item_key': 'code', 'description': 'name', 'default_price': 'list_price',
    'custom_unit': 'custom_unit'}
"""Field of an item → field of product.template"""


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    unit: UN/ECE code; custom_unit: id of product.unit or None; default_price: EUR per unit or None;
    created_at, updated_at: naive UTC, updated_at None until the first change.
    """
    id: int
    item_key: str
    description: str
    default_price: Decimal | None
    unit: str
    custom_unit: int | None
    created_at: dt.datetime
    updated_at: dt.datetime | None


def get_items(ids):
    """Return {id: Item} of the tenant's active items among the ids"""
    ids = [id for id in ids if id]
    if not ids:
        return {}
    tables = _Tables()
    return {item.id: item for item in tables.read(_in(tables.product.id, ids))}


def list_items(search=None, offset=0, limit=50):
    """Return (items, number of all matches) in the order of their keys, by code point.

    search: part of key or description; case is ignored.
    """
    tables = _Tables()
    where = Literal(True)
    if search:
        where = (contains(tables.product.search_key, search)
            | contains(tables.template.search_key, search))
    items = tables.read(where, offset, limit)
    total = offset + len(items)
    if not items or len(items) == limit:
        total = tables.count(where)
    return items, total


def find_by_key(item_key):
    """Return the item with a key, None without one"""
    tables = _Tables()
    items = tables.read(tables.product.item_key == item_key)
    return items[0] if items else None


def create_items(vlist):
    """Create items and return their ids.

    values: item_key, description and, optionally, default_price, unit (UN/ECE code), custom_unit.
    Raises ItemKeyExists, UnitNotFound.
    """
    check_units(values.get('custom_unit') for values in vlist)
    for values in vlist:
        _check_key(values['item_key'])
    units = built_in_units()
    with _key_race([values['item_key'] for values in vlist]), _company():
        templates = Pool().get('product.template').create(
            [_template(values, units) for values in vlist])
    return [template.products[0].id for template in templates]


def update_item(item, values):
    """Update the fields of an item (id) that are in ``values``.

    Raises ItemKeyExists, UnitNotFound.
    """
    pool = Pool()
    check_units([values.get('custom_unit')])
    changes = {_COLUMNS[name]: values[name] for name in _COLUMNS if name in values}
    if values.get('unit'):
        changes['default_uom'] = built_in_units()[values['unit']]
    if not changes:
        return
    product = pool.get('product.product')(item)
    key = changes.get('code', product.item_key)
    with _key_race([key]), _company():
        if key != product.item_key:
            _check_key(key)
            pool.get('product.product').write([product], {'code': key, 'item_key': key})
        pool.get('product.template').write([product.template], changes)


def _template(values, units):
    key, price = values['item_key'], values.get('default_price')
    return {
        'name': values['description'], 'code': key, 'type': 'service',
        'default_uom': units[values.get('unit') or PIECE],
        'custom_unit': values.get('custom_unit'),
        'products': [('create', [{'code': key, 'item_key': key}])],
        **({} if price is None else {'list_price': price}),
        }


def _company():
    """Set the context's company: stock keeps prices per company and reads it from there"""
    return Transaction().set_context(company=current_company())


# Uniqueness of the key

def _check_key(item_key):
    if known := find_by_key(item_key):
        raise _exists(known)


def _exists(known):
    return ItemKeyExists(
        gettext('product_catalog.msg_item_key_exists', item_key=known.item_key),
        item=known.id, item_key=known.item_key)


def _key_race(keys):
    """Run a write; the loser of a race for a key gets ItemKeyExists with the other item"""
    def clash():
        known = next(filter(None, map(find_by_key, keys)), None)
        return _exists(known) if known else None
    return explain_unique_violation(clash)


# Reading

def _in(column, ids):
    return fields.SQL_OPERATORS['in'](column, ids)


class _Tables:
    """The tables of an item"""

    def __init__(self):
        pool = Pool()
        self.product = pool.get('product.product').__table__()
        self.template = pool.get('product.template').__table__()
        self.uom = pool.get('product.uom').__table__()
        self.price = pool.get('product.list_price').__table__()
        self.joined = self.product.join(
            self.template, condition=self.product.template == self.template.id)
        # Row-level security has the same condition; this explicit one makes the index usable
        self.mine = (self.product.company == current_company()) & (self.product.item_key != '')

    def read(self, where, offset=0, limit=None):
        product, template, uom = self.product, self.template, self.uom
        rows = _rows(self.joined.join(uom, condition=template.default_uom == uom.id).select(
                product.id, product.template, product.item_key,
                template.name.as_('description'), uom.unece_code.as_('unit'),
                template.custom_unit, product.created_at, product.updated_at,
                where=self.mine & where, order_by=[product.item_key],
                offset=offset or None, limit=limit))
        prices = self.prices([row['template'] for row in rows]) if rows else {}
        return [_item(row, prices) for row in rows]

    def prices(self, templates):
        """Return {(template, product or None): price}"""
        price = self.price
        return {(row['template'], row['product']): row['list_price'] for row in _rows(price.select(
                    price.template, price.product, price.list_price,
                    where=_in(price.template, templates)))}

    def count(self, where):
        cursor = Transaction().connection.cursor()
        cursor.execute(*self.joined.select(Count(Literal(1)), where=self.mine & where))
        return cursor.fetchone()[0]


def _item(row, prices):
    template = row.pop('template')
    price = prices.get((template, row['id']))
    if price is None:
        price = prices.get((template, None))
    return Item(default_price=price, **row)


def _rows(query):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
