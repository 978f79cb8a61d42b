"""Customers of the billing contract: every documented answer, and what integrators send by mistake"""
import concurrent.futures
import time

import pytest

from tests.support.billing import PATIENCE, Api, body_with, refused

ACME = {
    'name': 'Acme GmbH', 'vatId': 'ATU12345678', 'address': 'Musterstraße 1, 1010 Wien',
    'country': 'AT', 'email': 'billing@acme.example', 'phone': '+43 1 234 5678',
    'contactPerson': 'Anna Berger', 'buyerReference': 'PO-2026-1042', 'bankName': 'Erste Bank',
    'iban': 'AT611904300234573201', 'bic': 'GIBAATWWXXX'}
EMPTY = dict.fromkeys(ACME)
MARKUP = """'; DROP TABLE party_party; -- #set text(red) $x$ *b* <a> @ref [x] %(y)s {{z}} \\"""


# The documented answers

def test_create_answers_the_whole_customer(new_api):
    answer = new_api.post('/api/customers', ACME)
    assert answer.status_code == 201, answer.text
    assert answer.json == {'id': answer.json['id'], **ACME}
    assert new_api.get(f'/api/customers/{answer.json["id"]}').json == answer.json


def test_only_the_name_is_needed_and_empty_is_null(new_api):
    made = new_api.made('/api/customers', {'name': 'Max Mustermann'})
    assert made == {**EMPTY, 'id': made['id'], 'name': 'Max Mustermann'}
    empty = dict.fromkeys(ACME, '') | {'name': 'Max Mustermann'}
    again = new_api.made('/api/customers', empty)
    assert again == {**made, 'id': again['id']}


def test_the_documents_own_numbers_are_kept_although_their_digits_are_wrong(new_api, owner):
    made = new_api.made('/api/customers', {
            'name': 'Digits', 'vatId': 'DE812345678', 'iban': 'AT021100000123456789'})
    assert (made['vatId'], made['iban']) == ('DE812345678', 'AT021100000123456789')
    marks = owner.execute(
        "SELECT i.unchecked, n.type FROM party_identifier i, bank_account_number n"
        " WHERE i.party = %s AND n.company = i.company AND n.number = 'AT021100000123456789'",
        (made['id'],)).fetchall()
    assert marks == [(True, 'other')]


@pytest.mark.parametrize('before', [None, 'ATU12345675', 'GB980780684', 'DE123456788'])
@pytest.mark.parametrize('after', ['ATU12345678', 'DE812345678', 'ATU12345675', 'GB980780684'])
def test_any_number_may_follow_any_other(new_api, before, after):
    """Right ones, wrong ones and those that nobody here can check"""
    made = new_api.made('/api/customers', {'name': 'Acme', 'vatId': before})
    changed = new_api.patch(f'/api/customers/{made["id"]}', {'vatId': after})
    assert (changed.status_code, changed.json) == (200, {**made, 'vatId': after})
    assert new_api.get(f'/api/customers?vatId={after}').json['id'] == made['id']


def test_numbers_are_kept_compact(new_api):
    made = new_api.made('/api/customers', {
            'name': 'Blanks', 'vatId': 'at u 1234 5675', 'iban': 'at61 1904 3002 3457 3201'})
    assert (made['vatId'], made['iban']) == ('ATU12345675', 'AT611904300234573201')


def test_two_customers_may_share_an_account(new_api):
    for name in ('Anna', 'Bert'):
        made = new_api.made('/api/customers', {'name': name, 'iban': ACME['iban']})
        assert made['iban'] == ACME['iban']


def test_a_vat_id_is_one_customers_only(new_api, other):
    first = new_api.made('/api/customers', ACME)
    answer = new_api.post('/api/customers', {'name': 'Second', 'vatId': 'ATU 12345678'})
    assert answer.status_code == 409
    assert answer.json == {
        'error': 'vatid_exists', 'message': "Customer with vatId 'ATU12345678' already exists",
        'existingId': first['id'], 'name': 'Acme GmbH'}
    assert other.post('/api/customers', {**ACME, 'name': 'Elsewhere'}).status_code == 201


def test_a_vat_id_is_one_customers_only_at_the_same_time(new_api):
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(
                lambda n: new_api.post('/api/customers', {'name': f'N{n}', 'vatId': 'DE136695976'}),
                range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    winner, = (a.json for a in answers if a.status_code == 201)
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json == {
                'error': 'vatid_exists',
                'message': "Customer with vatId 'DE136695976' already exists",
                'existingId': winner['id'], 'name': winner['name']}
    assert new_api.get('/api/customers').json['total'] == 1


def test_change_only_what_is_sent(new_api):
    made = new_api.made('/api/customers', ACME)
    path = f'/api/customers/{made["id"]}'
    sent = {
        'email': 'accounting@acme.example', 'phone': '+43 1 234 9999',
        'iban': 'AT021100000123456789'}
    answer = new_api.patch(path, sent)
    assert (answer.status_code, answer.json) == (200, {**made, **sent})
    assert new_api.patch(path, {}).json == answer.json
    assert new_api.patch(path, dict.fromkeys(ACME)).json == answer.json
    assert new_api.get(path).json == answer.json


def test_every_field_can_be_changed_and_cleared(new_api):
    made = new_api.made('/api/customers', ACME)
    path = f'/api/customers/{made["id"]}'
    changed = {
        'name': 'Beta AG', 'vatId': 'DE136695976', 'address': 'Ring 2\n10115 Berlin',
        'country': 'DE', 'email': 'b@beta.example', 'phone': '030 1', 'contactPerson': 'Bo',
        'buyerReference': '04011000-12345-03', 'bankName': 'Beta', 'bic': 'COBADEFFXXX',
        'iban': 'DE89370400440532013000'}
    assert new_api.patch(path, changed).json == {'id': made['id'], **changed}
    cleared = new_api.patch(path, {name: '' for name in changed if name != 'name'})
    assert cleared.json == {**EMPTY, 'id': made['id'], 'name': 'Beta AG'}
    assert new_api.patch(path, ACME).json == made


def test_a_cleared_vat_id_is_free_again(new_api):
    first = new_api.made('/api/customers', ACME)
    new_api.patch(f'/api/customers/{first["id"]}', {'vatId': ''})
    second = new_api.made('/api/customers', ACME)
    clash = new_api.patch(f'/api/customers/{first["id"]}', {'vatId': ACME['vatId']})
    assert (clash.status_code, clash.json['error']) == (409, 'vatid_exists')
    assert clash.json['existingId'] == second['id']
    own = new_api.patch(f'/api/customers/{second["id"]}', {'vatId': ACME['vatId']})
    assert own.status_code == 200


def test_a_country_alone_leaves_the_address(new_api):
    made = new_api.made('/api/customers', ACME)
    path = f'/api/customers/{made["id"]}'
    assert new_api.patch(path, {'country': 'DE'}).json == {**made, 'country': 'DE'}
    assert new_api.patch(path, {'address': 'Weg 1'}).json == {
        **made, 'country': 'DE', 'address': 'Weg 1'}


# Lists and look-ups

NAMES = ['Zeta', 'abc', 'Ärzte', 'Bcd', 'éclair', 'Straße', 'Strasse 2', '50% Rabatt_1']


def test_the_list_is_in_order_of_names_a_page_at_a_time(new_api):
    for name in NAMES:
        new_api.made('/api/customers', {'name': name})
    page = new_api.get('/api/customers').json
    assert [c['name'] for c in page['items']] == [
        '50% Rabatt_1', 'abc', 'Ärzte', 'Bcd', 'éclair', 'Straße', 'Strasse 2', 'Zeta']
    assert (page['page'], page['limit'], page['total']) == (1, 50, 8)
    third = new_api.get('/api/customers?page=3&limit=3').json
    assert [c['name'] for c in third['items']] == ['Strasse 2', 'Zeta']
    assert (third['page'], third['limit'], third['total']) == (3, 3, 8)
    beyond = new_api.get('/api/customers?page=2147483647&limit=200').json
    assert (beyond['items'], beyond['total']) == ([], 8)


@pytest.mark.parametrize('search, found', [
        ('ÄRZ', ['Ärzte']),
        ('arz', []),
        ('strasse', ['Straße', 'Strasse 2']),
        ('%', ['50% Rabatt_1']),
        ('_', ['50% Rabatt_1']),
        ('\\', []),
        ('--', []),
        ('', ['50% Rabatt_1', 'Ärzte', 'Straße', 'Strasse 2', 'VAT']),
        ('tu123', ['VAT']),
        ('atu 12', ['VAT']),
        ("' OR 1=1 --", []),
        ])
def test_search_in_name_and_vat_id(searched, search, found):
    answer = searched.client.get(
        '/api/customers', query_string={'search': search, 'vatId': '', 'name': ''},
        headers=searched.key)
    assert [c['name'] for c in answer.json['items']] == found
    assert answer.json['total'] == len(found)


@pytest.fixture(scope='module')
def searched(billing, operator):
    api = Api(billing, operator.tenant('DE'))
    for name in ('Ärzte', 'Straße', 'Strasse 2', '50% Rabatt_1'):
        api.made('/api/customers', {'name': name})
    api.made('/api/customers', {'name': 'VAT', 'vatId': 'ATU12345675'})
    return api


def test_the_tenants_own_party_is_no_customer(new_api):
    assert new_api.get('/api/customers').json == {'items': [], 'page': 1, 'limit': 50, 'total': 0}


def test_find_by_vat_id(new_api):
    made = new_api.made('/api/customers', ACME)
    answer = new_api.get('/api/customers?vatId=ATU12345678')
    assert (answer.status_code, answer.json) == (200, made)
    assert new_api.get('/api/customers?vatId=ATU12345').status_code == 404
    missing = new_api.get('/api/customers?vatId=DE136695976')
    assert (missing.status_code, missing.json) == (404, {
            'error': 'not_found', 'message': "No customer found with vatId 'DE136695976'"})


def test_find_by_name(new_api):
    made = new_api.made('/api/customers', {'name': 'Müller & Söhne'})
    answer = new_api.client.get(
        '/api/customers', query_string={'name': 'MÜLLER & söhne'}, headers=new_api.key)
    assert (answer.status_code, answer.json) == (200, made)
    missing = new_api.get('/api/customers?name=Erika Musterfrau')
    assert (missing.status_code, missing.json) == (404, {
            'error': 'not_found', 'message': "No customer found with name 'Erika Musterfrau'"})
    assert new_api.get('/api/customers?name=Müller').status_code == 404


def test_several_customers_of_one_name(new_api):
    made = [
        new_api.made('/api/customers', {'name': name, 'vatId': vat_id})
        for name, vat_id in [
            ('Max Mustermann', None), ('max MUSTERMANN', None), ('Max Mustermann', 'DE812345678')]]
    answer = new_api.get('/api/customers?name=Max Mustermann')
    assert answer.status_code == 409
    assert answer.json == {
        'error': 'ambiguous_name',
        'message': (
            "3 customers found with name 'Max Mustermann' — use the id to fetch a specific one"),
        'matches': [{'id': c['id'], 'name': c['name'], 'vatId': c['vatId']} for c in made]}


# Walls, versions, repetition

def test_anothers_customer_is_an_unknown_one(new_api, other):
    made = new_api.made('/api/customers', ACME)
    for method, body in [('GET', None), ('PATCH', {'name': 'Mine'})]:
        foreign = other(method, f'/api/customers/{made["id"]}', body)
        unknown = other(method, '/api/customers/2147483647', body)
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.data == unknown.data
        assert foreign.json['error'] == 'not_found'
    assert new_api.get(f'/api/customers/{made["id"]}').json == made


def test_versions(new_api):
    made = new_api.post('/api/customers', ACME)
    path = f'/api/customers/{made.json["id"]}'
    first = new_api.get(path).headers['ETag']
    assert first == made.headers['ETag'] and not first.startswith('W/')
    assert new_api.get('/api/customers?vatId=ATU12345678').headers['ETag'] == first
    assert new_api.get(path, If_None_Match=first).status_code == 304
    changed = new_api.patch(path, {'phone': '1'}, If_Match=first)
    assert changed.status_code == 200 and changed.headers['ETag'] != first
    late = new_api.patch(path, {'phone': '2'}, If_Match=first)
    assert (late.status_code, late.json['error']) == (412, 'precondition_failed')
    assert new_api.get(path).json['phone'] == '1'


def test_a_repeated_post_makes_one_customer(new_api):
    first, again = (
        new_api.post('/api/customers', ACME, Idempotency_Key='customer-1') for _ in range(2))
    assert (first.status_code, first.data) == (again.status_code, again.data)
    mismatch = new_api.post('/api/customers', {'name': 'B'}, Idempotency_Key='customer-1')
    assert (mismatch.status_code, mismatch.json['error']) == (
        409, 'idempotency_key_request_mismatch')
    assert new_api.get('/api/customers').json['total'] == 1


@pytest.mark.parametrize('key, status, code', [
        (None, 401, 'missing_api_key'), ('kbl_x_0_nothing', 401, 'invalid_api_key')])
def test_who_calls(api, key, status, code):
    headers = {'X-Api-Key': key} if key else {}
    for path in ('/api/customers', '/api/customers/1'):
        answer = api.client.get(path, headers=headers)
        assert (answer.status_code, answer.json['error']) == (status, code)


def test_a_plan_without_access(new_api, operator):
    company = new_api.tenant['company']
    operator.call('tenant_provision.provision.set_features', company, {'api_access': False})
    answer = new_api.get('/api/customers')
    assert (answer.status_code, answer.json['error']) == (403, 'plan_forbidden')


# Bad input

FIELDS = [name for name in ACME if name != 'name']


@pytest.mark.parametrize('field, value, reason', [
        ('name', '', "must not be empty"),
        ('name', '   ', "must not be empty"),
        ('name', None, "must be a string"),
        ('name', 5, "must be a string"),
        ('name', True, "must be a string"),
        ('name', ['x'], "must be a string"),
        ('name', 'x' * 501, "at most 500 characters"),
        ('name', 'a\nb', "must be a single line"),
        *((field, 5, "must be a string") for field in FIELDS),
        *((field, {'a': 1}, "must be a string") for field in FIELDS),
        *((field, 'x' * 501, "at most 500 characters") for field in FIELDS),
        ('email', 'a\nb', "must be a single line"),
        ('country', 'XX', "alpha-2"),
        ('country', 'at', "alpha-2"),
        ('country', 'AUT', "alpha-2"),
        ('country', 'Österreich', "alpha-2"),
        ('vatId', '12345', "is no VAT ID"),
        ('vatId', 'ATU1234567', "is no VAT ID"),
        ('vatId', 'DE12345678', "is no VAT ID"),
        ('vatId', 'XX123456789', "is no VAT ID"),
        ('vatId', MARKUP, "is no VAT ID"),
        ('iban', 'AT12', "is no IBAN"),
        ('iban', 'XX611904300234573201', "is no IBAN"),
        ('iban', 'AT6119043002345732011', "is no IBAN"),
        ('iban', 'DE8937040044053201300X', "is no IBAN"),
        ('iban', MARKUP, "is no IBAN"),
        ('nmae', 'x', "is not a known field"),
        ('vat_id', 'ATU12345678', "is not a known field"),
        ('id', 5, "is not a known field"),
        ])
def test_a_wrong_field(api, field, value, reason):
    body = {'name': 'Wrong', field: value}
    refused(api.post('/api/customers', body), field, reason)
    if (field, value) != ('name', None):
        made = _somebody(api)
        refused(api.patch(f'/api/customers/{made["id"]}', {field: value}), field, reason)
        assert api.get(f'/api/customers/{made["id"]}').json == made


def _somebody(api):
    found = api.get('/api/customers?search=Somebody').json['items']
    return found[0] if found else api.made('/api/customers', {**ACME, 'name': 'Somebody'})


def test_a_missing_name(api):
    refused(api.post('/api/customers', {}), 'name', "is required")


@pytest.mark.parametrize('field', ['name', *FIELDS])
@pytest.mark.parametrize('token, reason', [
        ('"a\\u0000b"', "NUL"),
        ('"a\\ud800b"', "lone surrogate"),
        ('"a\\u0007b"', "U+0007"),
        ('NaN', "must be a"),
        ('Infinity', "must be a"),
        ('1e30', "must be a string"),
        ])
def test_a_wrong_text(api, field, token, reason):
    others = {} if field == 'name' else {'name': 'Wrong'}
    refused(api.raw('POST', '/api/customers', body_with(field, token, **others)), field, reason)


@pytest.mark.parametrize('data, field, reason', [
        (b'', 'body', "is not JSON"),
        (b'{', 'body', "is not JSON"),
        (b'{"name": "a",}', 'body', "is not JSON"),
        (b'[]', 'body', "must be an object"),
        (b'"name"', 'body', "must be an object"),
        (b'null', 'body', "must be an object"),
        (b'{"name": "\xff"}', 'body', "is not UTF-8"),
        (b'\xef\xbb\xbf{"name": "a"}', 'body', "byte order mark"),
        (b'{"name": "a", "name": "b"}', 'name', "is given twice"),
        (b'{"name": "a", "x": ' + b'[' * 10_000 + b']' * 10_000 + b'}', '', "levels deep"),
        (b'[' * 10_000, '', ""),
        ])
def test_a_wrong_body(api, data, field, reason):
    started = time.perf_counter()
    for method, path in [('POST', '/api/customers'), ('PATCH', f'/api/customers/{_id(api)}')]:
        refused(api.raw(method, path, data), field, reason)
    assert time.perf_counter() - started < PATIENCE


def _id(api):
    return _somebody(api)['id']


def test_five_megabytes(api):
    answer = api.post('/api/customers', {'name': 'x' * 5_000_000})
    assert (answer.status_code, answer.json['error']) == (413, 'payload_too_large')


@pytest.mark.parametrize('query, field, reason', [
        ('limit=0', 'limit', "from 1 to 200"),
        ('limit=201', 'limit', "from 1 to 200"),
        ('limit=abc', 'limit', "must be an integer"),
        ('limit=1.5', 'limit', "must be an integer"),
        ('limit=-1', 'limit', "from 1 to 200"),
        ('page=0', 'page', "from 1"),
        ('page=-1', 'page', "from 1"),
        ('page=abc', 'page', "must be an integer"),
        ('page=99999999999999999999', 'page', "from 1"),
        ('vatId=ATU12345678&name=Acme', 'vatId', "together with name"),
        ('search=a&search=b', 'search', "given twice"),
        ('search=%00', 'search', "NUL"),
        ('search=%ff', '', "is not UTF-8"),
        ('search=' + 'x' * 501, 'search', "at most 500 characters"),
        ])
def test_a_wrong_query(api, query, field, reason):
    refused(api.get(f'/api/customers?{query}'), field, reason)


@pytest.mark.parametrize('id', ['0', '-1', '9223372036854775808', '2147483648', '99999999'])
def test_an_id_nobody_has(api, id):
    for method, body in [('GET', None), ('PATCH', {'name': 'x'})]:
        answer = api(method, f'/api/customers/{id}', body)
        assert (answer.status_code, answer.json['error']) == (404, 'not_found')


@pytest.mark.parametrize('id', ['abc', '1.0', '+1', '0x1', '1%20', '%31', '', '1/', '01', '1;2'])
def test_what_is_no_id(api, id):
    answer = api.get(f'/api/customers/{id}')
    assert (answer.status_code, answer.json['error']) == (404, 'not_found')


def test_other_methods_and_types(api):
    delete = api('DELETE', f'/api/customers/{_id(api)}')
    assert (delete.status_code, delete.json['error']) == (405, 'method_not_allowed')
    assert delete.headers['Allow'] == 'GET, HEAD, OPTIONS, PATCH'
    form = api.client.post('/api/customers', data={'name': 'x'}, headers=api.key)
    assert (form.status_code, form.json['error']) == (415, 'unsupported_media_type')


def test_markup_is_text(new_api):
    texts = dict.fromkeys(
        ['name', 'address', 'email', 'phone', 'contactPerson', 'buyerReference', 'bankName', 'bic'],
        MARKUP)
    made = new_api.made('/api/customers', texts)
    assert made == {**EMPTY, 'id': made['id'], **texts}
    found = new_api.client.get(
        '/api/customers', query_string={'name': MARKUP}, headers=new_api.key)
    assert found.json == made


def test_the_longest_texts_fit(new_api):
    texts = dict.fromkeys(
        ['name', 'address', 'email', 'phone', 'contactPerson', 'buyerReference', 'bankName', 'bic'],
        '\U0001f600' * 500)
    made = new_api.made('/api/customers', texts)
    assert made == {**EMPTY, 'id': made['id'], **texts}


def test_two_changes_at_the_same_time_see_each_other(new_api):
    made = new_api.post('/api/customers', {'name': 'Busy'})
    path, tag = f'/api/customers/{made.json["id"]}', made.headers['ETag']
    changes = [{'email': 'a@example.com'}, {'phone': '1'}, {'address': 'x'}, {'country': 'AT'}]
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(lambda c: new_api.patch(path, c, If_Match=tag), changes))
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(lambda c: new_api.patch(path, c), changes))
    assert [a.status_code for a in answers] == [200] * 4
    now = new_api.get(path).json
    assert {name: now[name] for c in changes for name in c} == {
        name: value for c in changes for name, value in c.items()}


def test_two_customers_take_the_same_vat_id_at_the_same_time(new_api):
    made = [new_api.made('/api/customers', {'name': name}) for name in ('Ada', 'Bob')]
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        answers = list(executor.map(
                lambda c: new_api.patch(f'/api/customers/{c["id"]}', {'vatId': 'DE136695976'}), made))
    assert sorted(a.status_code for a in answers) == [200, 409]
    winner, = (a.json for a in answers if a.status_code == 200)
    loser, = (a.json for a in answers if a.status_code == 409)
    assert (loser['error'], loser['existingId'], loser['name']) == (
        'vatid_exists', winner['id'], winner['name'])


def test_the_same_account_at_the_same_time(new_api):
    with concurrent.futures.ThreadPoolExecutor(8) as executor:
        answers = list(executor.map(
                lambda n: new_api.post('/api/customers', {'name': f'N{n}', 'iban': ACME['iban']}),
                range(16)))
    assert [a.status_code for a in answers] == [201] * 16, [a.text for a in answers]
    assert {a.json['iban'] for a in answers} == {ACME['iban']}
