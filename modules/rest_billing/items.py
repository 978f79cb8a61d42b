"""Items: list, read, create, change"""
from typing import Literal

from trytond.modules.product_catalog import item as catalog
from trytond.modules.product_catalog.product import ITEM_KEY_LENGTH
from trytond.modules.rest import Operation, not_found
from trytond.modules.rest.fields import (
    Body, Id, Number, Output, Price, QueryText, Stamp, camel, text)
from trytond.modules.rest.paging import Page, PageQuery

from .types import UNIT_NAMES, UNITS, Unit, changes, line


class Item(Output, alias_generator=camel):
    id: int
    item_key: str
    description: str
    default_price: Number | None
    unit: Unit
    custom_unit_id: int | None
    created_at: Stamp
    updated_at: Stamp | None


class ItemCreate(Body, alias_generator=camel):
    """customUnitId replaces unit on documents"""
    item_key: line(ITEM_KEY_LENGTH, minimum=1)
    description: text(200, minimum=1)
    default_price: Price | None = None
    unit: Unit = 'Piece'
    custom_unit_id: Id | None = None


class ItemUpdate(Body, alias_generator=camel):
    """Only what is sent is changed; null leaves a field as it is"""
    item_key: line(ITEM_KEY_LENGTH, minimum=1) | None = None
    description: text(200, minimum=1) | None = None
    default_price: Price | None = None
    unit: Unit | None = None
    custom_unit_id: Id | None = None


class ItemList(Page[Item]):
    pass


class ItemQuery(PageQuery):
    search: QueryText | None = None


class ItemKeyExistsBody(Output, alias_generator=camel):
    error: Literal['itemkey_exists']
    message: str
    existing_id: int
    item_key: str


def show(item):
    return Item(
        id=item.id, item_key=item.item_key, description=item.description,
        default_price=item.default_price, unit=UNIT_NAMES.get(item.unit, 'Piece'),
        custom_unit_id=item.custom_unit, created_at=item.created_at, updated_at=item.updated_at)


def find(call):
    query = call.query
    items, total = catalog.list_items(query.search, query.offset, query.limit)
    return ItemList(
        items=[show(item) for item in items], page=query.page, limit=query.limit, total=total)


def read(call):
    return _get(call.params['id'])


def _get(id):
    items = catalog.get_items([id])
    if id not in items:
        raise not_found()
    return show(items[id])


def create(call):
    id, = catalog.create_items([_values({'unit': 'Piece', **changes(call.body)})])
    return _get(id)


def update(call):
    id = call.params['id']
    before = _get(id)
    values = _values(changes(call.body))
    if not values:
        return before
    catalog.update_item(id, values)
    return _get(id)


def _values(sent):
    """Return the values of the domain"""
    values = dict(sent)
    if 'unit' in values:
        values['unit'] = UNITS[values['unit']]
    if 'custom_unit_id' in values:
        values['custom_unit'] = values.pop('custom_unit_id')
    return values


WRONG = {400: {'invalid_argument': "a field is missing or out of range"}}
UNKNOWN = {404: {'not_found': "unknown, or belongs to another account"}}
UNKNOWN_UNIT = {404: {'not_found': "customUnitId unknown, or belongs to another account"}}
TAKEN = {409: {'itemkey_exists': "another item has this key"}}

OPERATIONS = [
    Operation(
        id='listItems', method='GET', path='/api/items', tag='items',
        summary="List or search items",
        description="By itemKey; search is a part of itemKey or description, whatever the case.",
        query=ItemQuery, response=ItemList, handler=find, etag=True, ability='items:read',
        problems={400: {'invalid_argument': "page or limit out of range"}}),
    Operation(
        id='createItem', method='POST', path='/api/items', status=201, tag='items',
        summary="Create an item", request=ItemCreate, response=Item, handler=create, etag=True,
        ability='items:write', problems={**WRONG, **UNKNOWN_UNIT, **TAKEN},
        problem_models={409: ItemKeyExistsBody}),
    Operation(
        id='getItem', method='GET', path='/api/items/{id:int}', tag='items', summary="One item",
        response=Item, handler=read, etag=True, ability='items:read', problems=UNKNOWN),
    Operation(
        id='updateItem', method='PATCH', path='/api/items/{id:int}', tag='items',
        summary="Change the fields sent", request=ItemUpdate, response=Item, handler=update,
        current=read, etag=True, ability='items:write', problems={**WRONG, **UNKNOWN, **TAKEN},
        problem_models={409: ItemKeyExistsBody}),
    ]
