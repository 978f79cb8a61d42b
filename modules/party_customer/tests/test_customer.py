"""Customers in the domain module: sets of them, and errors with the path of their field"""
import pytest


def test_many_customers_at_once(tenant):
    from trytond.modules.party_customer.customer import get_customers, list_customers
    from trytond.modules.party_customer.customer_write import create_customers
    with tenant():
        ids = create_customers([
                {'name': 'Beta', 'vat_id': 'ATU12345678', 'iban': 'AT021100000123456789'},
                {'name': 'alpha', 'email': '', 'vat_id': None, 'iban': 'AT611904300234573201'}])
        customers = get_customers([*ids, 0, 2147483647])
        assert list(customers) == [ids[1], ids[0]]
        beta, alpha = customers[ids[0]], customers[ids[1]]
        assert (beta.vat_id_unchecked, beta.iban_unchecked) == (True, True)
        assert (alpha.vat_id, alpha.vat_id_unchecked, alpha.iban_unchecked) == (None, False, False)
        assert list_customers() == ([alpha, beta], 2)
        assert list_customers('BETA') == ([beta], 1)


@pytest.mark.parametrize('values, error, field, english, german', [
        ({}, 'NameMissing', 'name', "must not be empty", "darf nicht leer sein"),
        ({'name': ' '}, 'NameMissing', 'name', "must not be empty", "darf nicht leer sein"),
        ({'name': 'A', 'country': 'XX'}, 'CountryUnknown', 'country', "alpha-2", "ISO-3166-1"),
        ({'name': 'A', 'vat_id': '123'}, 'VatIdShape', 'vat_id', "is no VAT ID", "keine USt-IdNr."),
        ({'name': 'A', 'iban': '123'}, 'IbanShape', 'iban', "is no IBAN", "ist keine IBAN"),
        ])
def test_what_is_refused(tenant, values, error, field, english, german):
    from trytond.modules.party_customer import exceptions
    from trytond.modules.party_customer.customer_write import create_customers
    for language, text in (('en', english), ('de', german)):
        with tenant(language), pytest.raises(getattr(exceptions, error)) as refused:
            create_customers([values])
        assert refused.value.field == field
        assert text in refused.value.message


def test_whose_the_vat_id_is(tenant):
    from trytond.modules.party_customer.customer_write import create_customers, update_customer
    from trytond.modules.party_customer.exceptions import VatIdExists
    with tenant():
        first, second = create_customers([
                {'name': 'First', 'vat_id': 'DE136695976'}, {'name': 'Second'}])
        for attempt in (
                lambda: create_customers([{'name': 'Third', 'vat_id': 'DE 136695976'}]),
                lambda: update_customer(second, {'vat_id': 'de136695976'})):
            with pytest.raises(VatIdExists) as refused:
                attempt()
            assert (refused.value.customer, refused.value.name, refused.value.vat_id) == (
                first, 'First', 'DE136695976')


def test_an_ambiguous_name_has_a_bounded_list(tenant, monkeypatch):
    from trytond.modules.party_customer import customer
    from trytond.modules.party_customer.customer_write import create_customers
    monkeypatch.setattr(customer, 'MAX_MATCHES', 2)
    with tenant():
        ids = create_customers([{'name': 'Max'}, {'name': 'MAX'}, {'name': 'max'}])
        with pytest.raises(customer.AmbiguousName) as refused:
            customer.find_by_name('max')
        assert refused.value.count == 3
        assert [c.id for c in refused.value.matches] == ids[:2]


def test_a_new_account_takes_the_place_of_the_old_one(tenant, pool):
    from trytond.modules.party_customer.customer import get_customers
    from trytond.modules.party_customer.customer_write import create_customers, update_customer
    with tenant():
        one, other = create_customers([
                {'name': 'One', 'iban': 'AT483200000012345864'},
                {'name': 'Other', 'iban': 'AT483200000012345864'}])
        Party = pool.get('party.party')
        assert Party(one).bank_accounts == Party(other).bank_accounts
        update_customer(one, {'iban': 'AT611904300234573201'})
        customers = get_customers([one, other])
        assert (customers[one].iban, customers[other].iban) == (
            'AT611904300234573201', 'AT483200000012345864')
        update_customer(other, {'iban': None})
        assert get_customers([other])[other].iban is None
        Number = pool.get('bank.account.number')
        assert not Number.search([('number_compact', '=', 'AT483200000012345864')])
        update_customer(one, {'iban': 'AT483200000012345864'})
        assert get_customers([one])[one].iban == 'AT483200000012345864'


ADDRESSES = [
    ('Musterstraße 1, 1010 Wien', 'AT', ('Musterstraße 1', '1010', 'Wien')),
    ('c/o Meier\nRing 2\n10115 Berlin', None, ('c/o Meier\nRing 2', '10115', 'Berlin')),
    ('Wien', None, (None, None, 'Wien')),
    ('?!', None, ('?!', None, None)),
    ]


@pytest.mark.parametrize('told, country, parts', ADDRESSES)
def test_an_address_is_kept_as_told_and_in_parts(tenant, pool, told, country, parts):
    from trytond.modules.party_customer.customer import get_customers
    from trytond.modules.party_customer.customer_write import create_customers, update_customer
    with tenant():
        id, other = create_customers([
                {'name': 'Beta', 'address': told, 'country': country}, {'name': 'Gamma', 'address': 'Weg 1'}])
        update_customer(other, {'address': told, 'country': country})
        for customer in (id, other):
            address, = pool.get('party.party')(customer).addresses
            assert (address.street or None, address.postal_code, address.city) == parts
            assert get_customers([customer])[customer].address == told
            update_customer(customer, {'country': 'CH', 'email': 'a@example.com'})
            assert get_customers([customer])[customer].address == told


def test_what_the_client_changes_changes_the_line(tenant, pool):
    from trytond.modules.party_customer.customer import get_customers
    from trytond.modules.party_customer.customer_write import create_customers, update_customer
    with tenant():
        id, = create_customers([{'name': 'Beta', 'address': 'Ring 2\n10115 Berlin'}])
        Address = pool.get('party.address')
        address, = pool.get('party.party')(id).addresses
        Address.write([address], {'city': 'Berlin'})
        assert get_customers([id])[id].address == 'Ring 2\n10115 Berlin'
        Address.write([address], {'postal_code': '10117'})
        assert get_customers([id])[id].address == 'Ring 2, 10117 Berlin'
        update_customer(id, {'address': None})
        address, = Address.browse([address.id])
        assert (address.street, address.postal_code, address.city, address.address_line) == (
            None, None, None, None)


def test_lines_stored_before_they_were_read_get_their_parts(tenant, pool):
    from trytond.modules.party_customer.customer_write import create_customers
    from trytond.transaction import Transaction
    with tenant():
        ids = create_customers([{'name': 'Beta', 'address': line} for line, _, _ in ADDRESSES])
        Transaction().connection.execute(
            'UPDATE party_address SET street_unstructured = address_line, postal_code = NULL, city = NULL'
            ' WHERE party = ANY(%s)', (ids,))
        Address = pool.get('party.address')
        Address._parse_lines()
        found = sorted(Address.search([('party', 'in', ids)]), key=lambda address: address.party.id)
        assert [(a.street_unstructured, a.postal_code, a.city) for a in found] == [
            parts for _, _, parts in ADDRESSES]
        assert [a.address_line for a in found] == [line for line, _, _ in ADDRESSES]
