"""Customers and items in an accountant's client, and what integrators see of them"""
import itertools
import json

import pytest

from tests.support.rpc import Fault

VAT_IDS = itertools.cycle([
        'DE136695976', 'ATU57194903', 'FR40303265045', 'NL004495445B01', 'IE6433435F', 'XI110305878'])
ROLES_THAT_WRITE = ['owner', 'accountant', 'clerk']


@pytest.fixture
def accountant(clients):
    return clients['accountant']


@pytest.fixture
def vat_id(api):
    """A VAT id no customer of the tenant has"""
    return next(v for v in VAT_IDS if api.get(f'/api/customers?vatId={v}').status_code == 404)


def party(name, **values):
    return {'name': name, 'customer': True, 'addresses': [('create', [{}])], **values}


def identifier(code, type_='eu_vat'):
    return {'identifiers': [('create', [{'type': type_, 'code': code}])]}


# Customers

@pytest.mark.parametrize('role', ROLES_THAT_WRITE)
def test_a_customer_of_the_client_is_one_of_the_contract(clients, api, role):
    id_, = clients[role].call('party.party.create', [{
                'name': f'Client {role}', 'customer': True, 'contact_person': 'Anna Berger',
                'addresses': [('create', [{
                                'street': 'Musterstraße 1', 'postal_code': '1010', 'city': 'Wien'}])],
                'contact_mechanisms': [('create', [
                            {'type': 'email', 'value': f'{role}@example.com'},
                            {'type': 'phone', 'value': '+43 1 234'}])]}])
    customer = api.get(f'/api/customers/{id_}').json
    assert (customer['name'], customer['address']) == (
        f'Client {role}', 'Musterstraße 1, 1010 Wien')
    assert (customer['email'], customer['phone']) == (f'{role}@example.com', '+43 1 234')
    assert customer['contactPerson'] == 'Anna Berger'
    assert api.get(f'/api/customers?name=CLIENT {role}').json == customer


def test_a_read_only_member_makes_none(clients):
    with pytest.raises(Fault) as refused:
        clients['readonly'].call('party.party.create', [party('Never')])
    assert refused.value.status < 500


def test_a_party_that_is_no_customer_is_none(accountant, api):
    id_, = accountant.call('party.party.create', [party('Supplier', customer=False)])
    assert api.get(f'/api/customers/{id_}').status_code == 404
    assert api.get('/api/customers?name=Supplier').status_code == 404
    accountant.call('party.party.write', [id_], {'customer': True})
    assert api.get('/api/customers?name=Supplier').json['id'] == id_


def test_a_customer_of_the_contract_is_the_clients_party(accountant, api, vat_id):
    made = api.made('/api/customers', {
            'name': 'Contract', 'vatId': vat_id, 'iban': 'DE75512108001245126199',
            'email': 'c@example.com', 'country': 'DE', 'address': 'Weg 1'})
    row, = accountant.call('party.party.read', [made['id']], [
            'name', 'email', 'customer_vat', 'tax_identifier.code', 'addresses', 'bank_accounts'])
    assert (row['name'], row['email'], row['customer_vat']) == (
        'Contract', 'c@example.com', vat_id)
    assert row['tax_identifier.']['code'] == vat_id
    address, = accountant.call('party.address.read', row['addresses'], [
            'street', 'country.code', 'invoice'])
    assert (address['street'], address['country.']['code'], address['invoice']) == (
        'Weg 1', 'DE', True)
    account, = accountant.call('bank.account.read', row['bank_accounts'], ['rec_name', 'bank'])
    assert (account['rec_name'], account['bank']) == ('DE75 5121 0800 1245 1261 99', None)


def test_the_client_holds_vat_ids_apart_too(accountant, api, vat_id):
    first = api.made('/api/customers', {'name': 'First', 'vatId': vat_id})
    with pytest.raises(Fault) as refused:
        accountant.call('party.party.create', [party('Second', **identifier(vat_id))])
    assert "Another customer has the same VAT ID" in refused.value.text
    supplier, = accountant.call('party.party.create', [
            party('Supplier', customer=False, **identifier(vat_id))])
    with pytest.raises(Fault):
        accountant.call('party.party.write', [supplier], {'customer': True})
    accountant.call('party.party.write', [first['id']], {'active': False})
    accountant.call('party.party.write', [supplier], {'customer': True})
    assert api.get(f'/api/customers?vatId={vat_id}').json['id'] == supplier


def test_a_vat_id_follows_its_identifier(accountant, api, vat_id):
    id_, = accountant.call('party.party.create', [party('Moves', **identifier(vat_id))])
    assert api.get(f'/api/customers?vatId={vat_id}').json['id'] == id_
    row, = accountant.call('party.party.read', [id_], ['identifiers'])
    accountant.call('party.identifier.write', row['identifiers'], {'code': 'DE111111125'})
    assert api.get(f'/api/customers?vatId={vat_id}').status_code == 404
    assert api.get(f'/api/customers/{id_}').json['vatId'] == 'DE111111125'
    accountant.call('party.identifier.delete', row['identifiers'])
    assert api.get(f'/api/customers/{id_}').json['vatId'] is None
    assert api.get('/api/customers?vatId=DE111111125').status_code == 404


def test_a_national_identifier_is_shown_with_its_country(accountant, api):
    id_, = accountant.call('party.party.create', [
            party('National', **identifier('129274202', 'de_vat'))])
    assert api.get(f'/api/customers/{id_}').json['vatId'] == 'DE129274202'


def test_the_client_refuses_wrong_digits(accountant):
    with pytest.raises(Fault) as refused:
        accountant.call('party.party.create', [party('Typo', **identifier('ATU12345678'))])
    assert refused.value.kind == 'UserError'


def test_what_was_kept_unchecked_is_checked_once_it_is_right(accountant, api):
    made = api.made('/api/customers', {'name': 'Unchecked', 'vatId': 'ATU12345677'})
    row, = accountant.call('party.party.read', [made['id']], ['identifiers'])
    marks = accountant.call('party.identifier.read', row['identifiers'], ['unchecked', 'type'])
    assert [(m['unchecked'], m['type']) for m in marks] == [(True, 'eu_vat')]
    accountant.call('party.identifier.write', row['identifiers'], {'code': 'ATU66664013'})
    marks = accountant.call('party.identifier.read', row['identifiers'], ['unchecked'])
    assert [m['unchecked'] for m in marks] == [False]
    with pytest.raises(Fault):
        accountant.call('party.identifier.write', row['identifiers'], {'code': 'ATU66664014'})


def test_an_archived_customer_is_found_by_id_alone(accountant, api):
    made = api.made('/api/customers', {'name': 'Archived Customer'})
    accountant.call('party.party.write', [made['id']], {'active': False})
    assert api.get(f'/api/customers/{made["id"]}').json == made
    assert api.get('/api/customers?name=Archived Customer').status_code == 404
    assert api.get('/api/customers?search=archived customer').json['total'] == 0


def test_a_copy_has_no_vat_id(accountant, api, vat_id):
    made = api.made('/api/customers', {'name': 'Original', 'vatId': vat_id})
    copy, = accountant.call('party.party.copy', [made['id']])
    assert api.get(f'/api/customers/{copy}').json['vatId'] is None


# Items

@pytest.fixture
def hour(accountant):
    return accountant.call('product.uom.search', [('unece_code', '=', 'HUR')], 0, 1, None)[0]


@pytest.fixture
def template(hour):
    def template(code, **values):
        return {
            'name': f'Description of {code}', 'code': code, 'type': 'service', 'default_uom': hour,
            'products': [('create', [{}])], **values}
    return template


@pytest.mark.parametrize('role', ROLES_THAT_WRITE)
def test_a_product_of_the_client_is_an_item_of_the_contract(clients, api, template, role):
    clients[role].call('product.template.create', [
            template(f'C-{role}', list_price=12)])
    item, = api.get(f'/api/items?search=C-{role}').json['items']
    assert (item['itemKey'], item['description']) == (f'C-{role}', f'Description of C-{role}')
    assert (item['unit'], item['defaultPrice'], item['updatedAt']) == ('Hour', 12, None)


def test_an_item_of_the_contract_is_the_clients_product(accountant, api):
    made = api.made('/api/items', {
            'itemKey': 'FROM-API', 'description': 'Beratung', 'defaultPrice': 95, 'unit': 'Hour'})
    row, = accountant.call('product.product.read', [made['id']], [
            'rec_name', 'code', 'list_price_used', 'default_uom.unece_code', 'template'])
    assert (row['rec_name'], row['code'], float(row['list_price_used'])) == (
        '[FROM-API] Beratung', 'FROM-API', 95.0)
    assert row['default_uom.']['unece_code'] == 'HUR'
    accountant.call('product.template.write', [row['template']], {
            'name': 'Beratung vor Ort', 'list_price': 120, 'code': 'RENAMED'})
    changed = api.get(f'/api/items/{made["id"]}').json
    assert (changed['itemKey'], changed['description'], changed['defaultPrice']) == (
        'RENAMED', 'Beratung vor Ort', 120)
    assert changed['updatedAt'] is not None
    assert api.get('/api/items?search=vor ort').json['total'] == 1


def test_a_description_is_the_same_in_every_language(clients, api):
    made = api.made('/api/items', {'itemKey': 'LANG', 'description': 'Beratung'})
    german = clients['accountant']
    for language in ('de', 'en'):
        row, = german.call(
            'product.product.read', [made['id']], ['name', 'template'], language=language)
        assert row['name'] == 'Beratung'
    german.call('product.template.write', [row['template']], {'name': 'Wartung'}, language='de')
    assert api.get(f'/api/items/{made["id"]}').json['description'] == 'Wartung'


def test_the_key_of_an_archived_product_is_free(accountant, api, template):
    made = api.made('/api/items', {'itemKey': 'ARCHIVED', 'description': 'x'})
    with pytest.raises(Fault) as refused:
        accountant.call('product.template.create', [template('ARCHIVED')])
    assert "same code" in refused.value.text
    row, = accountant.call('product.product.read', [made['id']], ['template'])
    accountant.call('product.template.write', [row['template']], {'active': False})
    assert api.get(f'/api/items/{made["id"]}').status_code == 404
    again = api.made('/api/items', {'itemKey': 'ARCHIVED', 'description': 'y'})
    with pytest.raises(Fault):
        accountant.call('product.template.write', [row['template']], {'active': True})
    assert api.get(f'/api/items/{again["id"]}').json == again


def test_only_units_with_a_code_are_taken(accountant, template):
    day, = accountant.call('product.uom.search', [('name', '=', 'Day')], 0, 1, None, language='en')
    with pytest.raises(Fault) as refused:
        accountant.call('product.template.create', [template('DAY', default_uom=day)])
    assert refused.value.status < 500


def test_own_units_are_kept_while_they_are_used(accountant, clients, api, template):
    unit, = accountant.call('product.unit.create', [{'label': 'Sprint', 'e_invoice_code': 'DAY'}])
    accountant.call('product.template.create', [template('OWN-UNIT', custom_unit=unit)])
    item, = api.get('/api/items?search=OWN-UNIT').json['items']
    assert item['customUnitId'] == unit
    with pytest.raises(Fault) as refused:
        accountant.call('product.unit.delete', [unit])
    assert '\\"Sprint\\" is used' in refused.value.text
    with pytest.raises(Fault):
        clients['readonly'].call('product.unit.create', [{'label': 'Never'}])


# Views

@pytest.mark.parametrize('model, kind', [
        (model, kind) for model in (
            'party.party', 'party.identifier', 'product.unit', 'product.template', 'product.product',
            'product.uom') for kind in ('form', 'tree')])
def test_views_come_up_in_both_languages(accountant, model, kind):
    for language in ('en', 'de'):
        view = accountant.call(f'{model}.fields_view_get', None, kind, language=language)
        assert view['type'] == kind


def test_the_menu_leads_to_customers_and_units(accountant):
    actions = accountant.call('ir.action.act_window.search_read', [
            ('res_model', 'in', ['party.party', 'product.unit'])], 0, 100, None, [
            'name', 'domain', 'context'], language='de')
    found = {action['name']: action for action in actions}
    assert json.loads(found['Kunden']['context']) == {'party_customer': True}
    assert 'Eigene Einheiten' in found
    defaults = accountant.call('party.party.default_get', ['customer'], party_customer=True)
    assert defaults['customer'] is True


# Merging and erasing

def test_merging_leaves_one_customer(client, api, vat_id):
    source = api.made('/api/customers', {'name': 'Twin', 'vatId': vat_id})
    target, = client.call('party.party.create', [
            party('Twin', customer=False, **identifier(vat_id))])
    _wizard(client, 'party.replace', source['id'], 'replace', {
            'ask': {'source': source['id'], 'destination': target}})
    assert api.get('/api/customers?name=Twin').json['id'] == target
    assert api.get(f'/api/customers?vatId={vat_id}').json['id'] == target


def test_erasing_leaves_nothing(client, api, superuser, vat_id):
    secret, iban = 'Geheim', 'AT041200000077310459'
    made = api.made('/api/customers', {
            'name': secret, 'vatId': vat_id, 'address': secret, 'email': secret, 'phone': secret,
            'contactPerson': secret, 'buyerReference': secret, 'bankName': secret, 'bic': secret,
            'iban': iban})
    client.call('party.party.write', [made['id']], {'active': False})
    _wizard(client, 'party.erase', made['id'], 'erase', {'ask': {'party': made['id']}})
    for table, column in [
            ('party_party', 'id'), ('party_address', 'party'), ('party_identifier', 'party'),
            ('party_contact_mechanism', 'party')]:
        rows = superuser.execute(
            f'SELECT t::text FROM {table} t WHERE {column} = %s', (made['id'],)).fetchall()
        assert rows
        for row, in rows:
            assert secret.lower() not in row.lower() and vat_id not in row
    assert superuser.execute(
        'SELECT count(*) FROM bank_account_number WHERE number_compact = %s', (iban,)).fetchone() == (0,)


def _wizard(client, name, party_id, state, data):
    context = {**client.context, 'active_model': 'party.party', 'active_id': party_id,
        'active_ids': [party_id]}
    session, start, end = client.ask(f'wizard.{name}.create', context)
    client.ask(f'wizard.{name}.execute', session, data, state, context)
    return session, start, end
