"""Items of the billing contract: every documented answer, and what integrators send by mistake"""
import concurrent.futures
import datetime as dt

import psycopg
import pytest

from tests.support.billing import Api, body_with, refused

DEV = {
    'itemKey': 'DEV-01', 'description': 'Backend development — senior rate', 'defaultPrice': 95.00,
    'unit': 'Hour', 'customUnitId': None}
UNITS = [
    'Piece', 'Kilogram', 'Gram', 'Liter', 'Milliliter', 'Hour', 'Minute', 'Meter', 'Centimeter',
    'SquareMeter', 'Package']
MARKUP = """'; DROP TABLE x; -- #set text(red) $x$ *b* <a> @ref [x] %(y)s {{z}} \\"""


@pytest.fixture
def moment():
    from trytond.modules.kernel import clock
    with clock.at(dt.datetime(2026, 5, 18, 16, 42, 17, tzinfo=dt.UTC)):
        yield clock


# The documented answers

def test_create_answers_the_whole_item(new_api, moment):
    answer = new_api.post('/api/items', DEV)
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert '2026-05-18T16:42:16Z' <= made['createdAt'] <= '2026-05-18T16:42:40Z'
    assert made == {
        **DEV, 'id': made['id'], 'createdAt': made['createdAt'], 'updatedAt': None}
    assert new_api.get(f'/api/items/{made["id"]}').json == made
    assert b'"defaultPrice":95.0' in answer.data


def test_a_key_and_a_description_are_enough(new_api):
    made = new_api.made('/api/items', {'itemKey': 'A', 'description': 'B'})
    assert (made['defaultPrice'], made['unit'], made['customUnitId']) == (None, 'Piece', None)
    null = new_api.made('/api/items', {
            'itemKey': 'N', 'description': 'B', 'defaultPrice': None, 'customUnitId': None})
    assert (null['defaultPrice'], null['unit'], null['customUnitId']) == (None, 'Piece', None)


@pytest.mark.parametrize('unit', UNITS)
def test_every_built_in_unit(api, unit):
    key = f'unit-{UNITS.index(unit)}'
    made = api.made('/api/items', {'itemKey': key, 'description': 'x', 'unit': unit})
    assert made['unit'] == unit
    changed = api.patch(f'/api/items/{made["id"]}', {'unit': UNITS[0]})
    assert changed.json['unit'] == 'Piece'


@pytest.mark.parametrize('token, price', [
    ('95', b'95'), ('95.00', b'95.00'), ('0', b'0'), ('0.0001', b'0.0001'), ('-5.5', b'-5.5'),
    ('1e2', b'100'), ('1000000000000', b'1000000000000'), ('12345678901.2345', b'12345678901.2345'),
    ])
def test_prices_lose_nothing(new_api, token, price):
    answer = new_api.raw('POST', '/api/items', body_with(
            'defaultPrice', token, itemKey='P', description='x'))
    assert answer.status_code == 201, answer.text
    assert b'"defaultPrice":' + price + b',' in answer.data
    assert new_api.get(f'/api/items/{answer.json["id"]}').data == answer.data


def test_an_own_unit(new_api):
    unit = new_api.made('/api/units', {'label': 'Sprint', 'eInvoiceCode': 'DAY'})
    made = new_api.made('/api/items', {**DEV, 'customUnitId': unit['id']})
    assert (made['unit'], made['customUnitId']) == ('Hour', unit['id'])
    plain = new_api.made('/api/items', {**DEV, 'itemKey': 'B'})
    changed = new_api.patch(f'/api/items/{plain["id"]}', {'customUnitId': unit['id']})
    assert changed.json['customUnitId'] == unit['id']
    same = new_api.patch(f'/api/items/{plain["id"]}', {'customUnitId': None, 'unit': 'Meter'})
    assert (same.json['unit'], same.json['customUnitId']) == ('Meter', unit['id'])


def test_a_key_is_one_items_only(new_api, other):
    first = new_api.made('/api/items', DEV)
    answer = new_api.post('/api/items', {**DEV, 'description': 'again'})
    assert answer.status_code == 409
    assert answer.json == {
        'error': 'itemkey_exists', 'message': "Item with itemKey 'DEV-01' already exists",
        'existingId': first['id'], 'itemKey': 'DEV-01'}
    second = new_api.made('/api/items', {**DEV, 'itemKey': 'dev-01'})
    clash = new_api.patch(f'/api/items/{second["id"]}', {'itemKey': 'DEV-01'})
    assert (clash.status_code, clash.json['existingId']) == (409, first['id'])
    own = new_api.patch(f'/api/items/{first["id"]}', {'itemKey': 'DEV-01'})
    assert own.status_code == 200
    assert other.post('/api/items', DEV).status_code == 201


def test_a_key_is_one_items_only_at_the_same_time(new_api):
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(
                lambda n: new_api.post('/api/items', {**DEV, 'description': f'N{n}'}), range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    winner, = (a.json['id'] for a in answers if a.status_code == 201)
    assert {a.json['existingId'] for a in answers if a.status_code == 409} == {winner}
    assert {a.json['error'] for a in answers if a.status_code == 409} == {'itemkey_exists'}
    assert new_api.get('/api/items').json['total'] == 1


def test_change_only_what_is_sent(new_api, moment):
    made = new_api.made('/api/items', DEV)
    path = f'/api/items/{made["id"]}'
    for nothing in ({}, dict.fromkeys(DEV)):
        assert new_api.patch(path, nothing).json == made
    with moment.at(dt.datetime(2026, 5, 19, 8, 0, tzinfo=dt.UTC)):
        answer = new_api.patch(path, {
                'description': 'Backend development — lead rate', 'defaultPrice': 110.00})
    changed = answer.json
    assert answer.status_code == 200 and changed['updatedAt'].startswith('2026-05-19T08:00:')
    assert changed == {
        **made, 'description': 'Backend development — lead rate', 'defaultPrice': 110.0,
        'updatedAt': changed['updatedAt']}
    moved = new_api.patch(path, {'itemKey': 'LEAD-01'})
    assert moved.json['itemKey'] == 'LEAD-01'
    assert new_api.get(path).json == moved.json
    assert new_api.made('/api/items', DEV)['itemKey'] == 'DEV-01'


@pytest.mark.parametrize('field, value', [
        ('itemKey', 'X'), ('description', 'x'), ('defaultPrice', 1), ('unit', 'Gram')])
def test_every_change_has_its_moment(new_api, field, value):
    made = new_api.made('/api/items', DEV)
    assert made['updatedAt'] is None
    changed = new_api.patch(f'/api/items/{made["id"]}', {field: value}).json
    assert (changed[field], changed['createdAt']) == (value, made['createdAt'])
    assert changed['updatedAt'] >= made['createdAt']


# Lists

def test_the_list_is_in_order_of_keys_a_page_at_a_time(new_api):
    for key in ('DEV-01', 'b', 'DESIGN-01', 'ä', 'Z', '10', '9'):
        new_api.made('/api/items', {'itemKey': key, 'description': 'x'})
    page = new_api.get('/api/items').json
    assert [i['itemKey'] for i in page['items']] == [
        '10', '9', 'DESIGN-01', 'DEV-01', 'Z', 'b', 'ä']
    assert (page['page'], page['limit'], page['total']) == (1, 50, 7)
    second = new_api.get('/api/items?page=2&limit=5').json
    assert [i['itemKey'] for i in second['items']] == ['b', 'ä']
    assert second['total'] == 7
    beyond = new_api.get('/api/items?page=9&search=').json
    assert (beyond['items'], beyond['total']) == ([], 7)


@pytest.fixture(scope='module')
def searched(billing, operator):
    api = Api(billing, operator.tenant('DE'))
    for key, description in [
            ('DEV-01', 'Senior rate'), ('OPS', 'Größe 100%'), ('MAT_1', 'Schraube\nM4')]:
        api.made('/api/items', {'itemKey': key, 'description': description})
    return api


@pytest.mark.parametrize('search, found', [
        ('dev', ['DEV-01']),
        ('SENIOR', ['DEV-01']),
        ('GRÖSSE', ['OPS']),
        ('%', ['OPS']),
        ('_', ['MAT_1']),
        ('m4', ['MAT_1']),
        ('nothing', []),
        ('-01senior', []),
        ("'", []),
        ])
def test_search_in_key_and_description(searched, search, found):
    answer = searched.client.get(
        '/api/items', query_string={'search': search}, headers=searched.key)
    assert [i['itemKey'] for i in answer.json['items']] == found
    assert answer.json['total'] == len(found)


# Walls, versions, repetition

def test_anothers_item_is_an_unknown_one(new_api, other):
    made = new_api.made('/api/items', DEV)
    for method, body in [('GET', None), ('PATCH', {'description': 'Mine'})]:
        foreign = other(method, f'/api/items/{made["id"]}', body)
        unknown = other(method, '/api/items/2147483647', body)
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.data == unknown.data
    assert new_api.get(f'/api/items/{made["id"]}').json == made


def test_anothers_unit_is_an_unknown_one(new_api, other):
    unit = other.made('/api/units', {'label': 'Theirs'})
    made = new_api.made('/api/items', DEV)
    answers = []
    for id in (unit['id'], 2147483647, 0, -1, 2 ** 63):
        answers += [
            new_api.post('/api/items', {**DEV, 'itemKey': 'U', 'customUnitId': id}),
            new_api.patch(f'/api/items/{made["id"]}', {'customUnitId': id})]
    assert {a.status_code for a in answers} == {404}
    assert len({a.data for a in answers}) == 1
    assert answers[0].json['error'] == 'not_found'
    assert answers[0].json['message'].startswith('customUnitId: ')
    assert new_api.get(f'/api/items/{made["id"]}').json == made


def test_versions(new_api):
    made = new_api.post('/api/items', DEV)
    path = f'/api/items/{made.json["id"]}'
    first = new_api.get(path).headers['ETag']
    assert first == made.headers['ETag']
    changed = new_api.patch(path, {'defaultPrice': 1}, If_Match=first)
    assert changed.status_code == 200 and changed.headers['ETag'] != first
    late = new_api.patch(path, {'defaultPrice': 2}, If_Match=first)
    assert (late.status_code, late.json['error']) == (412, 'precondition_failed')
    assert new_api.get(path).json['defaultPrice'] == 1


def test_a_repeated_post_makes_one_item(new_api):
    first, again = (new_api.post('/api/items', DEV, Idempotency_Key='item-1') for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    mismatch = new_api.post('/api/items', {**DEV, 'unit': 'Gram'}, Idempotency_Key='item-1')
    assert (mismatch.status_code, mismatch.json['error']) == (
        409, 'idempotency_key_request_mismatch')


def test_the_client_sees_products(new_api, postgres, database):
    made = new_api.made('/api/items', DEV)
    with psycopg.connect(postgres.owner(database)) as connection:
        row = connection.execute(
            "SELECT t.code, t.name, t.type, u.unece_code, u.digits, l.list_price, p.company"
            " FROM product_product p JOIN product_template t ON t.id = p.template"
            " JOIN product_uom u ON u.id = t.default_uom"
            " JOIN product_list_price l ON l.template = t.id WHERE p.id = %s",
            (made['id'],)).fetchone()
    assert row[:5] == ('DEV-01', DEV['description'], 'service', 'HUR', 4)
    assert (float(row[5]), row[6]) == (95.0, new_api.tenant['company'])


# Bad input

@pytest.mark.parametrize('field, value, reason', [
        ('itemKey', '', "must not be empty"),
        ('itemKey', '  ', "must not be empty"),
        ('itemKey', 'x' * 17, "at most 16 characters"),
        ('itemKey', 5, "must be a string"),
        ('itemKey', 'a\nb', "must be a single line"),
        ('description', '', "must not be empty"),
        ('description', 'x' * 201, "at most 200 characters"),
        ('description', ['x'], "must be a string"),
        ('defaultPrice', '95.00', "must be a number"),
        ('defaultPrice', True, "must be a number"),
        ('defaultPrice', {}, "must be a number"),
        ('defaultPrice', 1.12345, "at most 4 decimals"),
        ('defaultPrice', 10 ** 12 + 1, "must be at most 1000000000000"),
        ('defaultPrice', -10 ** 12 - 1, "must be at least -1000000000000"),
        ('unit', 'hour', "must be one of"),
        ('unit', 'Stunde', "must be one of"),
        ('unit', '', "must be one of"),
        ('unit', 1, "must be one of"),
        ('customUnitId', '5', "must be an integer"),
        ('customUnitId', 5.5, "must be an integer"),
        ('customUnitId', True, "must be an integer"),
        ('customUnitId', [1], "must be an integer"),
        ('price', 5, "is not a known field"),
        ('createdAt', '2026-05-18T16:42:17Z', "is not a known field"),
        ])
def test_a_wrong_field(api, field, value, reason):
    refused(api.post('/api/items', {**DEV, 'itemKey': 'wrong', field: value}), field, reason)
    made = _somewhat(api)
    refused(api.patch(f'/api/items/{made["id"]}', {field: value}), field, reason)
    assert api.get(f'/api/items/{made["id"]}').json == made


def _somewhat(api):
    found = api.get('/api/items?search=SOMEWHAT').json['items']
    return found[0] if found else api.made('/api/items', {**DEV, 'itemKey': 'SOMEWHAT'})


@pytest.mark.parametrize('field, value, reason', [
        ('itemKey', None, "must be a string"),
        ('description', None, "must be a string"),
        ('unit', None, "must be one of"),
        ])
def test_null_where_a_new_item_needs_a_value(api, field, value, reason):
    refused(api.post('/api/items', {**DEV, 'itemKey': 'wrong', field: value}), field, reason)


@pytest.mark.parametrize('field', ['itemKey', 'description'])
def test_a_missing_field(api, field):
    body = {name: value for name, value in DEV.items() if name != field}
    refused(api.post('/api/items', body), field, "is required")


@pytest.mark.parametrize('field, token, reason', [
        ('defaultPrice', 'NaN', "NaN is none"),
        ('defaultPrice', 'Infinity', "Infinity is none"),
        ('defaultPrice', '-Infinity', "-Infinity is none"),
        ('defaultPrice', '1e30', "must be at most"),
        ('defaultPrice', '1e999999999', "out of range"),
        ('defaultPrice', '1' + '0' * 30, "must be at most"),
        ('defaultPrice', '9' * 100_000, "out of range"),
        ('defaultPrice', '0.00001', "at most 4 decimals"),
        ('customUnitId', 'NaN', "NaN is none"),
        ('customUnitId', '1e30', ""),
        ('itemKey', '"a\\u0000b"', "NUL"),
        ('itemKey', '"\\ud800"', "lone surrogate"),
        ('description', '"a\\u0000b"', "NUL"),
        ('description', '"\\udfff"', "lone surrogate"),
        ('description', '"a\\u001bb"', "U+001B"),
        ])
def test_a_wrong_value(api, field, token, reason):
    others = {n: v for n, v in {**DEV, 'itemKey': 'wrong'}.items() if n != field}
    answer = api.raw('POST', '/api/items', body_with(field, token, **others))
    if field == 'customUnitId' and token == '1e30':
        assert (answer.status_code, answer.json['error']) == (404, 'not_found')
    else:
        refused(answer, field, reason)


@pytest.mark.parametrize('data, field, reason', [
        (b'', 'body', "is not JSON"),
        (b'[1]', 'body', "must be an object"),
        (b'{"itemKey": "\xfe"}', 'body', "is not UTF-8"),
        (b'{"itemKey": "a", "itemKey": "a"}', 'itemKey', "is given twice"),
        (b'{"x": ' + b'{"x":' * 10_000 + b'1' + b'}' * 10_000 + b'}', '', "levels deep"),
        ])
def test_a_wrong_body(api, data, field, reason):
    for method, path in [('POST', '/api/items'), ('PATCH', f'/api/items/{_somewhat(api)["id"]}')]:
        refused(api.raw(method, path, data), field, reason)


def test_five_megabytes(api):
    answer = api.post('/api/items', {**DEV, 'description': 'x' * 5_000_000})
    assert (answer.status_code, answer.json['error']) == (413, 'payload_too_large')


@pytest.mark.parametrize('query, field, reason', [
        ('limit=0', 'limit', "from 1 to 200"),
        ('limit=201', 'limit', "from 1 to 200"),
        ('limit=abc', 'limit', "must be an integer"),
        ('page=0', 'page', "from 1"),
        ('search=%00', 'search', "NUL"),
        ])
def test_a_wrong_query(api, query, field, reason):
    refused(api.get(f'/api/items?{query}'), field, reason)


@pytest.mark.parametrize('id', ['0', '-1', '9223372036854775808', '99999999', 'abc', '1.0'])
def test_an_id_nobody_has(api, id):
    for method, body in [('GET', None), ('PATCH', {'description': 'x'})]:
        answer = api(method, f'/api/items/{id}', body)
        assert (answer.status_code, answer.json['error']) == (404, 'not_found')


def test_markup_is_text(new_api):
    made = new_api.made('/api/items', {'itemKey': "'; --#*$<a>[x]\\", 'description': MARKUP})
    assert (made['itemKey'], made['description']) == ("'; --#*$<a>[x]\\", MARKUP)
    assert new_api.get(f'/api/items/{made["id"]}').json == made


def test_the_longest_texts_fit(new_api):
    made = new_api.made('/api/items', {
            'itemKey': '\U0001f600' * 16, 'description': 'ﷺ' * 200})
    assert new_api.get(f'/api/items/{made["id"]}').json == made


def test_two_items_take_the_same_key_at_the_same_time(new_api):
    made = [new_api.made('/api/items', {**DEV, 'itemKey': key}) for key in 'AB']
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        answers = list(executor.map(
                lambda i: new_api.patch(f'/api/items/{i["id"]}', {'itemKey': 'C'}), made))
    assert sorted(a.status_code for a in answers) == [200, 409]
    winner, = (a.json for a in answers if a.status_code == 200)
    loser, = (a.json for a in answers if a.status_code == 409)
    assert (loser['error'], loser['existingId']) == ('itemkey_exists', winner['id'])
