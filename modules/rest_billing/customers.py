"""Customers: list and look-ups, read, create, change"""
from typing import Annotated, Literal

from pydantic import WithJsonSchema

from trytond.modules.party_customer import customer as reading
from trytond.modules.party_customer.customer_write import create_customers, update_customer
from trytond.modules.rest import Operation, invalid, not_found
from trytond.modules.rest.fields import SHORT, Body, Output, QueryText, Text, camel
from trytond.modules.rest.paging import Page, PageQuery
from trytond.modules.rest.refusals import shown

from .types import Line, changes, line

COLUMNS = (
    'id', 'name', 'email', 'phone', 'address', 'vat_id', 'contact_person', 'buyer_reference',
    'country', 'bank_name', 'iban', 'bic')


CountryCode = Annotated[str, WithJsonSchema({'type': 'string', 'minLength': 2, 'maxLength': 2})]


class Customer(Output, alias_generator=camel):
    id: int
    name: str
    email: str | None
    phone: str | None
    address: str | None
    vat_id: str | None
    contact_person: str | None
    buyer_reference: str | None
    country: CountryCode | None
    bank_name: str | None
    iban: str | None
    bic: str | None


class CustomerCreate(Body, alias_generator=camel):
    """An empty text is the same as null"""
    name: line(minimum=1)
    email: Line | None = None
    phone: Line | None = None
    address: Text | None = None
    vat_id: Line | None = None
    contact_person: Line | None = None
    buyer_reference: Line | None = None
    country: Line | None = None
    bank_name: Line | None = None
    iban: Line | None = None
    bic: Line | None = None


class CustomerUpdate(CustomerCreate):
    """Only what is sent is changed; an empty text clears"""
    name: line(minimum=1) | None = None


class CustomerList(Page[Customer]):
    pass


class CustomerQuery(PageQuery, alias_generator=camel):
    search: QueryText | None = None
    vat_id: QueryText | None = None
    name: QueryText | None = None


class Match(Output, alias_generator=camel):
    id: int
    name: str
    vat_id: str | None


class AmbiguousNameBody(Output):
    error: Literal['ambiguous_name']
    message: str
    matches: list[Match]


class VatIdExistsBody(Output, alias_generator=camel):
    error: Literal['vatid_exists']
    message: str
    existing_id: int
    name: str


def show(customer):
    return Customer(**{name: getattr(customer, name) for name in COLUMNS})


def find(call):
    query = call.query
    if query.vat_id and query.name:
        raise invalid('not_with', 'vatId', other='name')
    if query.vat_id:
        return _found(reading.find_by_vat_id(query.vat_id), 'vatId', query.vat_id)
    if query.name:
        return _found(reading.find_by_name(query.name), 'name', query.name)
    customers, total = reading.list_customers(query.search, query.offset, query.limit)
    return CustomerList(
        items=[show(c) for c in customers], page=query.page, limit=query.limit, total=total)


def _found(customer, field, value):
    if customer is None:
        raise not_found('no_customer', field=field, value=shown(value, SHORT))
    return show(customer)


def read(call):
    return _get(call.params['id'])


def _get(id):
    customers = reading.get_customers([id])
    if id not in customers:
        raise not_found()
    return show(customers[id])


def create(call):
    id, = create_customers([changes(call.body)])
    return _get(id)


def update(call):
    id = call.params['id']
    before = _get(id)
    values = changes(call.body)
    if not values:
        return before
    update_customer(id, values)
    return _get(id)


UNKNOWN = {404: {'not_found': "unknown, or belongs to another account"}}
WRONG = "name missing or emptied; country, vatId or iban of the wrong shape"
TAKEN = {409: {'vatid_exists': "another customer has this VAT id"}}

OPERATIONS = [
    Operation(
        id='listOrFindCustomers', method='GET', path='/api/customers', tag='customers',
        summary="List customers, or find one by VAT id or by name",
        description=(
            "Neither vatId nor name: all customers by name, a page at a time; search is a part of"
            " the name or the VAT id. Otherwise the one customer."),
        query=CustomerQuery, response=CustomerList | Customer, handler=find, etag=True,
        ability='customers:read',
        problems={
            400: {'invalid_argument': "vatId and name both sent; page or limit out of range"},
            404: {'not_found': "no customer matches vatId or name"},
            409: {'ambiguous_name': "several matches, listed in matches"}},
        problem_models={409: AmbiguousNameBody}),
    Operation(
        id='createCustomer', method='POST', path='/api/customers', status=201, tag='customers',
        summary="Create a customer", request=CustomerCreate, response=Customer, handler=create,
        etag=True, ability='customers:write',
        problems={400: {'invalid_argument': WRONG}, **TAKEN},
        problem_models={409: VatIdExistsBody}),
    Operation(
        id='getCustomer', method='GET', path='/api/customers/{id:int}', tag='customers',
        summary="One customer", response=Customer, handler=read, etag=True,
        ability='customers:read', problems=UNKNOWN),
    Operation(
        id='updateCustomer', method='PATCH', path='/api/customers/{id:int}', tag='customers',
        summary="Change the fields sent", request=CustomerUpdate, response=Customer,
        handler=update, current=read, etag=True, ability='customers:write',
        problems={400: {'invalid_argument': WRONG}, **UNKNOWN, **TAKEN},
        problem_models={409: VatIdExistsBody}),
    ]
