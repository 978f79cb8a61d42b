"""Custom units: list, codes, read, create, change, delete"""
import functools
from typing import Literal

from trytond.modules.product_catalog.unit import get_units
from trytond.modules.rest import Answer, Operation, not_found
from trytond.modules.rest.fields import Body, Output, Stamp, camel
from trytond.modules.rest.writing import write_json
from trytond.pool import Pool

from .types import changes, line

CODES = {
    'LS': "Pauschal",
    'H87': "Stück",
    'HUR': "Stunde",
    'DAY': "Tag",
    'KGM': "Kilogramm",
    'GRM': "Gramm",
    'MTR': "Meter",
    'MTK': "Quadratmeter",
    'LTR': "Liter",
    'MLT': "Milliliter",
    }
"""The list as the contract prints it, in German whatever the caller's language"""
UnitCode = Literal['LS', 'H87', 'HUR', 'DAY', 'KGM', 'GRM', 'MTR', 'MTK', 'LTR', 'MLT']


class CodeRow(Output):
    code: UnitCode
    label: str


class CustomUnit(Output, alias_generator=camel):
    id: int
    label: str
    e_invoice_code: UnitCode
    created_at: Stamp


class CustomUnitCreate(Body, alias_generator=camel):
    label: line(30, minimum=1)
    e_invoice_code: UnitCode = 'LS'


class CustomUnitUpdate(Body, alias_generator=camel):
    """Only what is sent is changed"""
    label: line(30, minimum=1) | None = None
    e_invoice_code: UnitCode | None = None


def find(call):
    return [CustomUnit(**row) for row in get_units().values()]


def codes(call):
    return Answer(_codes(), media_type='application/json')


@functools.cache
def _codes():
    """The same for everybody, as long as the process lives"""
    return write_json([CodeRow(code=code, label=label) for code, label in CODES.items()])


def read(call):
    return _get(call.params['id'])


def _get(id):
    units = get_units([id])
    if id not in units:
        raise not_found()
    return CustomUnit(**units[id])


def create(call):
    unit, = Pool().get('product.unit').create([changes(call.body)])
    return _get(unit.id)


def update(call):
    before = _get(call.params['id'])
    values = changes(call.body)
    if not values:
        return before
    Unit = Pool().get('product.unit')
    Unit.write([Unit(before.id)], values)
    return _get(before.id)


def delete(call):
    Unit = Pool().get('product.unit')
    Unit.delete([Unit(read(call).id)])


WRONG = {400: {'invalid_argument': "label missing or too long, or unknown eInvoiceCode"}}
UNKNOWN = {404: {'not_found': "unknown, or belongs to another account"}}

OPERATIONS = [
    Operation(
        id='listUnits', method='GET', path='/api/units', tag='units',
        summary="Custom units of the account", response=list[CustomUnit], handler=find, etag=True,
        ability='units:read'),
    Operation(
        id='createUnit', method='POST', path='/api/units', status=201, tag='units',
        summary="Create a custom unit", request=CustomUnitCreate, response=CustomUnit,
        handler=create, etag=True, ability='units:write', problems=WRONG),
    Operation(
        id='listUnitCodes', method='GET', path='/api/units/codes', tag='units',
        summary="Allowed e-invoice unit codes", response=list[CodeRow], handler=codes, etag=True,
        ability='units:read'),
    Operation(
        id='getUnit', method='GET', path='/api/units/{id:int}', tag='units',
        summary="One custom unit", response=CustomUnit, handler=read, etag=True,
        ability='units:read', problems=UNKNOWN),
    Operation(
        id='updateUnit', method='PATCH', path='/api/units/{id:int}', tag='units',
        summary="Change the fields sent", request=CustomUnitUpdate, response=CustomUnit,
        handler=update, current=read, etag=True, ability='units:write',
        problems={**WRONG, **UNKNOWN}),
    Operation(
        id='deleteUnit', method='DELETE', path='/api/units/{id:int}', status=204, tag='units',
        summary="Delete a custom unit", handler=delete, ability='units:write', problems={
            **UNKNOWN,
            409: {'unit_in_use': "referenced by an item, invoice, gutschrift or project"}}),
    ]
