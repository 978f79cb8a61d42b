"""Set-based reads of customers: flat records, a constant number of statements for any number of them.

The records are Tryton's own; of several addresses, mechanisms, VAT identifiers or accounts the first
active one counts. Parameters and results are lists.
"""
from dataclasses import dataclass

from sql import Cast, Column, Literal, Null, Union
from sql.aggregate import Count
from sql.conditionals import Case, Coalesce
from sql.functions import Position
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.tenant.scope import current_company
from trytond.modules.text_key import contains, match_key, sort_key

from . import vat
from .exceptions import AmbiguousName

MAX_MATCHES = 200
"""Most customers of one name in a list of matches"""
NOTHING = (None, None)
LEAST = -2 ** 31
NO_DETAIL = Cast(Null, 'VARCHAR')


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer; an unknown value is None.

    country: ISO 3166-1 alpha-2; vat_id, iban: compact; …_unchecked: kept although the check digits
    are wrong or cannot be checked; domestic_reverse_charge: § 13b UStG, § 19 UStG 1994.
    """
    id: int
    name: str
    email: str | None
    phone: str | None
    address: str | None
    vat_id: str | None
    vat_id_unchecked: bool
    contact_person: str | None
    buyer_reference: str | None
    country: str | None
    bank_name: str | None
    iban: str | None
    iban_unchecked: bool
    bic: str | None
    domestic_reverse_charge: bool = False
    small_business: bool = False


def get_customers(ids):
    """Return {id: Customer} of the tenant's customers among the ids, archived ones included"""
    ids = [id for id in ids if id]
    if not ids:
        return {}
    rows = _BY_ID(company=current_company(), ids=ids)
    return {customer.id: customer for customer in customers_of(cursor_dict(rows))}


def list_customers(search=None, offset=0, limit=50):
    """Return (customers, number of all matches) in the order of their names.

    search: part of the name or the VAT id; case is ignored.
    """
    table = _table()
    where = _of_tenant(table) & table.active
    if search:
        where &= _matches(table, search)
    customers = _read(table, where, offset, limit)
    total = offset + len(customers)
    if not customers or len(customers) == limit:
        total = _count(where, table)
    return customers, total


def find_by_vat_id(vat_id):
    """Return the customer with a VAT id, None without one; separators and case are ignored"""
    table = _table()
    customers = _read(table, _of_tenant(table) & (table.customer_vat == vat.compact(vat_id)))
    return customers[0] if customers else None


def find_by_name(name):
    """Return the customer with a name, None without one; case is ignored.

    Raises AmbiguousName for several.
    """
    table = _table()
    # The sort key is indexed, the match key is exact
    where = (_of_tenant(table) & table.active
        & (table.name_sort == sort_key(name)) & (table.name_key == match_key(name)))
    customers = _read(table, where, limit=MAX_MATCHES)
    if len(customers) < 2:
        return customers[0] if customers else None
    count = len(customers) if len(customers) < MAX_MATCHES else _count(where, table)
    raise AmbiguousName(
        gettext('party_customer.msg_ambiguous_name', count=count, name=name),
        searched=name, count=count, matches=customers)


def _table():
    return Pool().get('party.party').__table__()


def _of_tenant(table, company=None):
    # Row-level security has the same condition; this explicit one makes the index usable
    return (table.company == (company or current_company())) & (table.customer == Literal(True))


def _matches(table, text):
    """Return the condition that name or VAT id contains a text"""
    condition = contains(table.name_key, text)
    if code := vat.bare(text):
        condition |= Position(code, Coalesce(table.customer_vat, '')) > 0
    return condition


def _count(where, table):
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(Count(Literal(1)), where=where))
    return cursor.fetchone()[0]


def _read(table, where, offset=0, limit=None):
    """Return the customers of a condition, in the order of their names.

    One statement reads the parties and one their dependent records of all kinds. With a single joined
    statement, a stale statistic of one table would make PostgreSQL scan that table once per customer.
    """
    cursor = Transaction().connection.cursor()
    cursor.execute(*_select(table, where, offset=offset or None, limit=limit))
    return customers_of(cursor_dict(cursor))


def _select(table, where, **page):
    return table.select(*columns(table), where=where, order_by=[table.name_sort, table.id], **page)


def columns(table):
    """Return the columns of the party table that `customers_of` needs"""
    return [Column(table, name) for name in (
            'id', 'name', 'contact_person', 'buyer_reference', 'bank_name', 'bic',
            'domestic_reverse_charge', 'small_business')]


def _by_id():
    table = _table()
    return _select(table, _of_tenant(table, Slot('company')) & _in(table.id, [Slot('ids')]))


def customers_of(rows):
    """Return the Customers of party rows {column: value}; one statement reads their dependent records"""
    rows = list(rows)
    if not rows:
        return []
    details = _read_details([row['id'] for row in rows])
    return [_customer(row, details) for row in rows]


def _customer(row, details):
    id = row['id']
    row['name'] = row['name'] or ''
    for name in ('domestic_reverse_charge', 'small_business'):
        row[name] = bool(row[name])
    address, country = details.get((id, 'address'), NOTHING)
    vat_id, unchecked = details.get((id, 'vat_id'), NOTHING)
    iban, kind = details.get((id, 'account'), NOTHING)
    return Customer(
        **row, email=details.get((id, 'email'), NOTHING)[0], phone=details.get((id, 'phone'), NOTHING)[0],
        address=address, country=country, vat_id=vat_id, vat_id_unchecked=unchecked == 'true',
        iban=iban, iban_unchecked=kind not in {None, 'iban'})


def _read_details(ids):
    """Return {(party, kind): (value, detail)} of the first record of each kind, in one statement"""
    found = {}
    for owner, kind, value, detail, *_ in sorted(_DETAILS(ids=ids), key=lambda row: row[4:]):
        found.setdefault((owner, kind), (value, detail))
    return found


def _detail_columns(owner, kind, value, detail, *order):
    """Return the columns of one kind of dependent record of a party; NULL in ``order`` sorts first"""
    return [
        owner.as_('owner'), kind.as_('kind'), value.as_('value'), detail.as_('detail'),
        *(Coalesce(column, LEAST).as_(f'order_{n}') for n, column in enumerate(order))]


def _addresses(ids):
    pool = Pool()
    address = pool.get('party.address').__table__()
    country = pool.get('country.country').__table__()
    return address.join(country, 'LEFT', condition=address.country == country.id).select(
        *_detail_columns(
            address.party, Literal('address'), address.address_line, country.code,
            Case((address.invoice, 0), else_=1), address.sequence, address.id, Literal(0)),
        where=_in(address.party, ids) & address.active)


def _mechanisms(ids):
    mechanism = Pool().get('party.contact_mechanism').__table__()
    return mechanism.select(
        *_detail_columns(
            mechanism.party, mechanism.type, mechanism.value, NO_DETAIL,
            Literal(0), mechanism.sequence, mechanism.id, Literal(0)),
        where=_in(mechanism.party, ids) & mechanism.active
        & mechanism.type.in_(['email', 'phone']))


def _identifiers(ids):
    identifier = Pool().get('party.identifier').__table__()
    return identifier.select(
        *_detail_columns(
            identifier.party, Literal('vat_id'), identifier.vat_id,
            Cast(Coalesce(identifier.unchecked, False), 'VARCHAR'),
            Literal(0), identifier.sequence, identifier.id, Literal(0)),
        where=_in(identifier.party, ids) & identifier.active & (identifier.vat_id != ''))


def _numbers(ids):
    pool = Pool()
    owner = pool.get('bank.account-party.party').__table__()
    account = pool.get('bank.account').__table__()
    number = pool.get('bank.account.number').__table__()
    owned = owner.join(account, condition=owner.account == account.id)
    return owned.join(number, condition=number.account == account.id).select(
        *_detail_columns(
            owner.owner, Literal('account'), Coalesce(number.number_compact, number.number), number.type,
            account.owners_sequence, account.id, number.sequence, number.id),
        where=_in(owner.owner, ids) & account.active & number.active)


def _in(column, ids):
    return fields.SQL_OPERATORS['in'](column, ids)


def _all_details():
    ids = [Slot('ids')]
    return Union(_addresses(ids), _mechanisms(ids), _identifiers(ids), _numbers(ids), all_=True)


_BY_ID, _DETAILS = Prepared(_by_id), Prepared(_all_details)
