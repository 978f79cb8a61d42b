"""Create and update customers from the flat fields of the contracts, as Tryton's own records.

``values`` has any of the fields of :class:`customer.Customer` but ``id`` and ``…_unchecked``; a text
that is None or blank means no value.
"""
from trytond.i18n import gettext
from trytond.model.modelsql import SQLConstraintError
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.kernel.concurrency import explain_unique_violation, lock_rows

from . import iban, vat
from .customer import find_by_vat_id
from .party import line_parts
from .exceptions import CountryUnknown, IbanShape, NameMissing, VatIdExists, VatIdShape

PLAIN = ('name', 'contact_person', 'buyer_reference', 'bank_name', 'bic')
"""Fields stored on the party itself"""
MECHANISMS = ('email', 'phone')
_NO_STREET = dict.fromkeys((
        'street_name', 'building_name', 'building_number', 'unit_number', 'floor_number',
        'room_number', 'post_box', 'private_bag', 'post_office', 'postal_code', 'city',
        'subdivision'))


def create_customers(vlist):
    """Create customers and return their ids.

    Raises NameMissing, CountryUnknown, VatIdShape, IbanShape, VatIdExists.
    """
    vlist = [_checked(values) for values in vlist]
    for values in vlist:
        if not values.get('name'):
            raise NameMissing(gettext('party_customer.msg_name_missing'), 'name')
        _check_vat_id(values)
    Party = Pool().get('party.party')
    with _vat_id_race(vlist):
        parties = Party.create([_party(values) for values in vlist])
    for party, values in zip(parties, vlist, strict=True):
        _add_account(party, values.get('iban'))
    return [party.id for party in parties]


def update_customer(customer, values):
    """Update the fields of a customer (id) that are in ``values``; None clears a field.

    Raises NameMissing, CountryUnknown, VatIdShape, IbanShape, VatIdExists.
    """
    values = _checked(values)
    if 'name' in values and not values['name']:
        raise NameMissing(gettext('party_customer.msg_name_missing'), 'name')
    _check_vat_id(values, customer)
    Party = Pool().get('party.party')
    party = Party(customer)
    # A write to the address or mechanism alone would not conflict with a concurrent update of the customer
    lock_rows('party.party', [customer])
    own = {name: values[name] for name in PLAIN if name in values}
    if own:
        Party.write([party], own)
    for type_ in MECHANISMS:
        if type_ in values:
            _set_mechanism(party, type_, values[type_])
    if 'address' in values or 'country' in values:
        _set_address(party, values)
    if 'vat_id' in values:
        with _vat_id_race([values]):
            _set_vat_id(party, values['vat_id'])
    if 'iban' in values:
        _set_iban(party, values['iban'])


# Validation

def _checked(values):
    """Return the values with country, VAT id and IBAN parsed; raises the error of an invalid one"""
    values = {name: _text(value) for name, value in values.items()}
    if values.get('country'):
        values['country'] = _country(values['country'])
    if code := values.get('vat_id'):
        values['vat_id'] = _parsed(
            vat.parse, code, VatIdShape, 'party_customer.msg_vat_id_shape', 'vat_id')
    if code := values.get('iban'):
        values['iban'] = _parsed(
            iban.parse, code, IbanShape, 'party_customer.msg_iban_shape', 'iban')
    return values


def _text(value):
    return value if value and value.strip() else None


def _parsed(parse, text, Error, message, field):
    try:
        return parse(text)
    except ValueError:
        raise Error(gettext(message), field) from None


def _country(code):
    """Return the id of a country by its alpha-2 code"""
    table = Pool().get('country.country').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.id, where=table.code == code))
    row = cursor.fetchone()
    if row is None:
        raise CountryUnknown(gettext('party_customer.msg_country_unknown'), 'country')
    return row[0]


# Uniqueness of the VAT id

def _check_vat_id(values, customer=None):
    if not values.get('vat_id'):
        return
    known = find_by_vat_id(values['vat_id'].code)
    if known and known.id != customer:
        raise _vat_id_exists(known)


def _vat_id_exists(known):
    return VatIdExists(
        gettext('party_customer.msg_vat_id_exists', vat_id=known.vat_id, name=known.name),
        vat_id=known.vat_id, customer=known.id, name=known.name)


def _vat_id_race(vlist):
    """Run a write; the loser of a race for a VAT id gets VatIdExists with the other customer"""
    codes = [values['vat_id'].code for values in vlist if values.get('vat_id')]

    def clash():
        known = next(filter(None, map(find_by_vat_id, codes)), None)
        return _vat_id_exists(known) if known else None
    return explain_unique_violation(clash)


# Records

def _party(values):
    """Return the values of party.party with all dependent records"""
    vat_id = values.get('vat_id')
    return {
        **{name: values.get(name) for name in PLAIN},
        'customer': True,
        'customer_vat': vat_id.code if vat_id else None,
        'addresses': [('create', [{
                        **_address(values.get('address'), values.get('country')),
                        'country': values.get('country'), 'invoice': True}])],
        'contact_mechanisms': [('create', [
                    _mechanism(type_, values[type_]) for type_ in MECHANISMS
                    if values.get(type_)])],
        'identifiers': [('create', [_identifier(vat_id)] if vat_id else [])],
        }


def _address(line, country):
    """Return the values of an address given as one line: the line itself and its parts; country: id"""
    code = Pool().get('country.country')(country).code if line and country else None
    return {**line_parts(line, code), 'address_line': line}


def _mechanism(type_, value):
    return {'type': type_, 'value': value, 'value_compact': value}


def _identifier(vat_id):
    return {'type': vat_id.type, 'code': vat_id.code, 'unchecked': vat_id.unchecked}


def _set_mechanism(party, type_, value):
    """Change the first mechanism of a type; without a value all of them are deactivated"""
    Mechanism = Pool().get('party.contact_mechanism')
    mechanisms = [m for m in party.contact_mechanisms if m.type == type_]
    if not value:
        Mechanism.write(mechanisms, {'active': False})
    elif mechanisms:
        Mechanism.write(mechanisms[:1], {'value': value, 'value_compact': value})
    else:
        Mechanism.create([{**_mechanism(type_, value), 'party': party.id}])


def _set_address(party, values):
    Address = Pool().get('party.address')
    address = party.address_get('invoice')
    changes = {}
    if 'country' in values:
        changes['country'] = values['country']
    if 'address' in values:
        country = values.get('country', address.country.id if address and address.country else None)
        changes |= _NO_STREET | _address(values['address'], country)
    if address:
        Address.write([address], changes)
    else:
        Address.create([{**changes, 'party': party.id, 'invoice': True}])


def _set_vat_id(party, vat_id):
    """Change the VAT identifier; without a value all of them are deactivated"""
    Identifier = Pool().get('party.identifier')
    identifiers = [i for i in party.identifiers if i.vat_id]
    if not vat_id:
        Identifier.write(identifiers, {'active': False})
    elif identifiers:
        Identifier.write(identifiers[:1], _identifier(vat_id))
    else:
        Identifier.create([{**_identifier(vat_id), 'party': party.id}])


def _set_iban(party, new):
    """Remove a customer's accounts and add the account of a new IBAN"""
    accounts = [a for a in party.bank_accounts if a.active]
    if new and [_shown(a) for a in accounts[:1]] == [new.code]:
        return
    Party, Account, Number = map(
        Pool().get, ['party.party', 'bank.account', 'bank.account.number'])
    Party.write([party], {'bank_accounts': [('remove', [a.id for a in accounts])]})
    orphans = [a for a in Account.browse(accounts) if not a.owners]
    if orphans:
        Number.write([n for a in orphans for n in a.numbers], {'active': False})
        Account.write(orphans, {'active': False})
    _add_account(party, new)


def _shown(account):
    return next((n.number_compact or n.number for n in account.numbers), None)


def _add_account(party, new):
    """Add a party to the owners of an IBAN's account; several parties may own the same one"""
    if not new:
        return
    pool = Pool()
    Account, Number = pool.get('bank.account'), pool.get('bank.account.number')
    known = [] if new.unchecked else Number.search([
            ('number_compact', '=', new.code), ('type', '=', 'iban')], limit=1)
    if known:
        # Written from the party's side: a write to the account would update the row shared by all its owners
        pool.get('bank.account-party.party').create([{
                    'account': known[0].account.id, 'owner': party.id}])
        return
    try:
        Account.create([{
                    'owners': [('add', [party.id])],
                    'numbers': [('create', [{'type': new.type, 'number': new.code}])]}])
    except SQLConstraintError as error:
        # Created concurrently by another transaction: the retry finds it as an existing one
        raise (error.__cause__ or error) from None
