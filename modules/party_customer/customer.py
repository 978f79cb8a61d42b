"""Customers as the contracts see them: flat, and any number of them in a bounded number of statements.

The records are Tryton's own; of several addresses, mechanisms, VAT identifiers or accounts the first
active one counts. Lists go in, lists come out.
"""
from dataclasses import dataclass

from sql import Column, Literal
from sql.aggregate import Count
from sql.conditionals import Coalesce
from sql.functions import Position
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.tenant.scope import current_company
from trytond.modules.text_key import contains, match_key, sort_key

from . import vat
from .exceptions import AmbiguousName

MAX_MATCHES = 200
"Most customers of one name that are listed"


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer; what is not known is None.

    country: ISO 3166-1 alpha-2; vat_id, iban: compact; …_unchecked: kept although the check digits
    are wrong or can not be checked; domestic_reverse_charge: § 13b UStG, § 19 UStG 1994.
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


def get_customers(ids):
    "Return {id: Customer} of those that are customers of the tenant, archived ones as well"
    ids = [id for id in ids if id]
    if not ids:
        return {}
    table = _table()
    rows = _read(table, _mine(table) & _in(table.id, ids))
    return {customer.id: customer for customer in rows}


def list_customers(search=None, offset=0, limit=50):
    """Return (customers, number of all) in the order of their names.

    search: part of the name or the VAT id, whatever the case.
    """
    table = _table()
    where = _mine(table) & table.active
    if search:
        where &= _holds(table, search)
    customers = _read(table, where, offset, limit)
    total = offset + len(customers)
    if not customers or len(customers) == limit:
        total = _count(where, table)
    return customers, total


def find_by_vat_id(vat_id):
    "Return the customer with a VAT id, None without one; separators and case do not count"
    table = _table()
    customers = _read(table, _mine(table) & (table.customer_vat == vat.compact(vat_id)))
    return customers[0] if customers else None


def find_by_name(name):
    """Return the customer of a name, whatever its case; None without one.

    Raises AmbiguousName for several.
    """
    table = _table()
    # The sort key has the index, the match key the last word
    where = (_mine(table) & table.active
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


def _mine(table):
    # Row-level security says the same; saying it here lets the index be used
    return (table.company == current_company()) & (table.customer == Literal(True))


def _holds(table, text):
    "Return the condition that a name or a VAT id holds a text"
    condition = contains(table.name_key, text)
    if code := vat.bare(text):
        condition |= Position(code, Coalesce(table.customer_vat, '')) > 0
    return condition


def _count(where, table):
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(Count(Literal(1)), where=where))
    return cursor.fetchone()[0]


def _read(table, where, offset=0, limit=None):
    """Return the customers of a condition by name.

    One statement for the parties and one per kind of record below them: joined together, a stale
    statistic of one table would make PostgreSQL walk through it once for each customer.
    """
    rows = _rows(table.select(
            *(Column(table, name) for name in (
                'id', 'name', 'contact_person', 'buyer_reference', 'bank_name', 'bic',
                'domestic_reverse_charge')),
            where=where, order_by=[table.name_sort, table.id], offset=offset or None, limit=limit))
    if not rows:
        return []
    ids = [row['id'] for row in rows]
    address, mechanism, identifier, account = (
        _first(below(ids)) for below in (_addresses, _mechanisms, _identifiers, _numbers))
    return [_customer(row, address, mechanism, identifier, account) for row in rows]


def _customer(row, address, mechanism, identifier, account):
    id = row['id']
    row['name'] = row['name'] or ''
    row['domestic_reverse_charge'] = bool(row['domestic_reverse_charge'])
    where, vat_id, number = address.get(id), identifier.get(id), account.get(id)
    return Customer(
        **row,
        email=_of(mechanism.get((id, 'email')), 'value'),
        phone=_of(mechanism.get((id, 'phone')), 'value'),
        address=_of(where, 'address_line'), country=_of(where, 'code'),
        vat_id=_of(vat_id, 'vat_id'), vat_id_unchecked=bool(_of(vat_id, 'unchecked')),
        iban=_of(number, 'code'), iban_unchecked=bool(number and number['type'] != 'iban'))


def _rows(query):
    cursor = Transaction().connection.cursor()
    cursor.execute(*query)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _first(query):
    "Return {owner: first row}; the owner of a mechanism is (party, type)"
    found = {}
    for row in _rows(query):
        owner = (row['owner'], row['kind']) if 'kind' in row else row['owner']
        found.setdefault(owner, row)
    return found


def _of(row, name):
    return row[name] if row else None


def _addresses(ids):
    pool = Pool()
    address = pool.get('party.address').__table__()
    country = pool.get('country.country').__table__()
    return address.join(country, 'LEFT', condition=address.country == country.id).select(
        address.party.as_('owner'), address.address_line, country.code,
        where=_in(address.party, ids) & address.active,
        order_by=[(~Coalesce(address.invoice, False)), *_sequence(address)])


def _mechanisms(ids):
    mechanism = Pool().get('party.contact_mechanism').__table__()
    return mechanism.select(
        mechanism.party.as_('owner'), mechanism.type.as_('kind'), mechanism.value,
        where=_in(mechanism.party, ids) & mechanism.active
        & mechanism.type.in_(['email', 'phone']), order_by=_sequence(mechanism))


def _identifiers(ids):
    identifier = Pool().get('party.identifier').__table__()
    return identifier.select(
        identifier.party.as_('owner'), identifier.vat_id, identifier.unchecked,
        where=_in(identifier.party, ids) & identifier.active & (identifier.vat_id != ''),
        order_by=_sequence(identifier))


def _numbers(ids):
    pool = Pool()
    owner = pool.get('bank.account-party.party').__table__()
    account = pool.get('bank.account').__table__()
    number = pool.get('bank.account.number').__table__()
    owned = owner.join(account, condition=owner.account == account.id)
    return owned.join(number, condition=number.account == account.id).select(
        owner.owner, number.type, Coalesce(number.number_compact, number.number).as_('code'),
        where=_in(owner.owner, ids) & account.active & number.active,
        order_by=[account.owners_sequence.nulls_first, account.id, *_sequence(number)])


def _in(column, ids):
    return fields.SQL_OPERATORS['in'](column, ids)


def _sequence(table):
    return [table.sequence.nulls_first, table.id]
