"""Custom units of the billing contract: every documented answer, and what integrators send by mistake"""
import concurrent.futures

import pytest

from tests.support.billing import body_with, refused

SPRINT = {'label': 'Sprint', 'eInvoiceCode': 'DAY'}
ITEM = {'itemKey': 'DEV-01', 'description': 'Backend development'}
MARKUP = "'; DROP TABLE x;-- #*$<a>[x]\\"


# The documented answers

def test_create_and_read(new_api):
    answer = new_api.post('/api/units', SPRINT)
    assert answer.status_code == 201, answer.text
    assert set(answer.json) == {'id', 'label', 'eInvoiceCode', 'createdAt'}
    assert (answer.json['label'], answer.json['eInvoiceCode']) == ('Sprint', 'DAY')
    assert answer.json['createdAt'].endswith('Z')
    assert new_api.get(f'/api/units/{answer.json["id"]}').json == answer.json


def test_a_label_is_enough(new_api):
    assert new_api.made('/api/units', {'label': 'Pauschale'})['eInvoiceCode'] == 'LS'


def test_all_units_in_the_order_they_were_made(new_api):
    assert new_api.get('/api/units').json == []
    made = [
        new_api.made('/api/units', {'label': label, 'eInvoiceCode': code})
        for label, code in [('Workshop', 'HUR'), ('Sprint', 'DAY'), ('Sprint', 'LS')]]
    assert new_api.get('/api/units').json == made


def test_codes_are_the_documents_own(api):
    expected = [
        {'code': 'LS', 'label': 'Pauschal'},
        {'code': 'H87', 'label': 'Stück'},
        {'code': 'HUR', 'label': 'Stunde'},
        {'code': 'DAY', 'label': 'Tag'},
        {'code': 'KGM', 'label': 'Kilogramm'},
        {'code': 'GRM', 'label': 'Gramm'},
        {'code': 'MTR', 'label': 'Meter'},
        {'code': 'MTK', 'label': 'Quadratmeter'},
        {'code': 'LTR', 'label': 'Liter'},
        {'code': 'MLT', 'label': 'Milliliter'},
        ]
    for language in ('en', 'de'):
        answer = api.get('/api/units/codes', Accept_Language=language)
        assert (answer.status_code, answer.json) == (200, expected)
    made = [
        api.made('/api/units', {'label': row['label'], 'eInvoiceCode': row['code']})
        for row in expected]
    assert [unit['eInvoiceCode'] for unit in made] == [row['code'] for row in expected]


def test_change_only_what_is_sent(new_api):
    made = new_api.made('/api/units', SPRINT)
    path = f'/api/units/{made["id"]}'
    for nothing in ({}, dict.fromkeys(SPRINT)):
        assert new_api.patch(path, nothing).json == made
    assert new_api.patch(path, {'label': 'Iteration'}).json == {**made, 'label': 'Iteration'}
    assert new_api.patch(path, {'eInvoiceCode': 'HUR'}).json == {
        **made, 'label': 'Iteration', 'eInvoiceCode': 'HUR'}


def test_delete(new_api):
    made = new_api.made('/api/units', SPRINT)
    path = f'/api/units/{made["id"]}'
    answer = new_api('DELETE', path)
    assert (answer.status_code, answer.data) == (204, b'')
    assert new_api.get(path).status_code == 404
    assert new_api('DELETE', path).status_code == 404


def test_a_unit_in_use_stays(new_api):
    made = new_api.made('/api/units', SPRINT)
    new_api.made('/api/items', {**ITEM, 'customUnitId': made['id']})
    answer = new_api('DELETE', f'/api/units/{made["id"]}')
    assert (answer.status_code, answer.json['error']) == (409, 'unit_in_use')
    assert set(answer.json) == {'error', 'message'}
    assert '"Sprint"' in answer.json['message']
    assert new_api.get(f'/api/units/{made["id"]}').json == made


def test_deleted_and_used_at_the_same_time(new_api):
    for number in range(4):
        unit = new_api.made('/api/units', SPRINT)
        item = {**ITEM, 'itemKey': f'K{number}', 'customUnitId': unit['id']}
        with concurrent.futures.ThreadPoolExecutor(2) as executor:
            used = executor.submit(new_api.post, '/api/items', item)
            deleted = executor.submit(new_api, 'DELETE', f'/api/units/{unit["id"]}')
            outcome = (used.result().status_code, deleted.result().status_code)
        assert outcome in {(201, 409), (404, 204)}


def test_the_database_refuses_what_the_check_did_not_see(new_api, pool, database):
    """The item comes after the check of the deletion, in a transaction it cannot see."""
    from trytond.transaction import Transaction

    from trytond.modules.product_catalog.exceptions import UnitInUse
    from trytond.modules.tenant.scope import tenant_scope
    unit = new_api.made('/api/units', SPRINT)
    company = new_api.tenant['company']
    with tenant_scope(company), Transaction().start(database, 0, context={'company': company}):
        Unit = pool.get('product.unit')
        Unit.search([])
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            executor.submit(
                new_api.made, '/api/items', {**ITEM, 'customUnitId': unit['id']}).result()
        with pytest.raises(UnitInUse):
            Unit.delete([Unit(unit['id'])])


# Walls, versions, repetition

def test_anothers_unit_is_an_unknown_one(new_api, other):
    made = new_api.made('/api/units', SPRINT)
    for method, body in [('GET', None), ('PATCH', {'label': 'Mine'}), ('DELETE', None)]:
        foreign = other(method, f'/api/units/{made["id"]}', body)
        unknown = other(method, '/api/units/2147483647', body)
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.data == unknown.data
        assert foreign.json['error'] == 'not_found'
    assert made not in other.get('/api/units').json
    assert new_api.get(f'/api/units/{made["id"]}').json == made


def test_versions(new_api):
    made = new_api.post('/api/units', SPRINT)
    path = f'/api/units/{made.json["id"]}'
    first = new_api.get(path).headers['ETag']
    assert first == made.headers['ETag']
    assert new_api.patch(path, {'label': 'A'}, If_Match=first).status_code == 200
    late = new_api.patch(path, {'label': 'B'}, If_Match=first)
    assert (late.status_code, late.json['error']) == (412, 'precondition_failed')
    assert new_api.get(path).json['label'] == 'A'


def test_a_repeated_post_makes_one_unit(new_api):
    first, again = (new_api.post('/api/units', SPRINT, Idempotency_Key='unit-1') for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    mismatch = new_api.post('/api/units', {'label': 'B'}, Idempotency_Key='unit-1')
    assert (mismatch.status_code, mismatch.json['error']) == (
        409, 'idempotency_key_request_mismatch')
    assert len(new_api.get('/api/units').json) == 1


# Bad input

@pytest.mark.parametrize('field, value, reason', [
        ('label', '', "must not be empty"),
        ('label', ' ', "must not be empty"),
        ('label', 'x' * 31, "at most 30 characters"),
        ('label', 5, "must be a string"),
        ('label', {}, "must be a string"),
        ('label', 'a\nb', "must be a single line"),
        ('eInvoiceCode', '', "must be one of"),
        ('eInvoiceCode', 'ls', "must be one of"),
        ('eInvoiceCode', 'MIN', "must be one of"),
        ('eInvoiceCode', 'XPK', "must be one of"),
        ('eInvoiceCode', 1, "must be one of"),
        ('eInvoiceCode', ['LS'], "must be one of"),
        ('einvoiceCode', 'LS', "is not a known field"),
        ('id', 1, "is not a known field"),
        ])
def test_a_wrong_field(api, field, value, reason):
    refused(api.post('/api/units', {**SPRINT, field: value}), field, reason)
    made = _unit(api)
    refused(api.patch(f'/api/units/{made["id"]}', {field: value}), field, reason)
    assert api.get(f'/api/units/{made["id"]}').json == made


def _unit(api):
    units = api.get('/api/units').json
    return units[0] if units else api.made('/api/units', SPRINT)


def test_a_missing_label(api):
    refused(api.post('/api/units', {}), 'label', "is required")
    refused(api.post('/api/units', {'label': None}), 'label', "must be a string")


@pytest.mark.parametrize('field, token, reason', [
        ('label', '"a\\u0000b"', "NUL"),
        ('label', '"\\ud83d"', "lone surrogate"),
        ('label', '"a\\u0008b"', "U+0008"),
        ('label', 'NaN', ""),
        ('label', '1e30', "must be a string"),
        ('eInvoiceCode', 'Infinity', ""),
        ])
def test_a_wrong_value(api, field, token, reason):
    others = {n: v for n, v in SPRINT.items() if n != field}
    refused(api.raw('POST', '/api/units', body_with(field, token, **others)), field, reason)


@pytest.mark.parametrize('data, field, reason', [
        (b'', 'body', "is not JSON"),
        (b'7', 'body', "must be an object"),
        (b'{"label": "\xc3\x28"}', 'body', "is not UTF-8"),
        (b'{"label": "a", "label": "b"}', 'label', "is given twice"),
        (b'{"label": ' + b'[' * 10_000 + b']' * 10_000 + b'}', '', "levels deep"),
        ])
def test_a_wrong_body(api, data, field, reason):
    for method, path in [('POST', '/api/units'), ('PATCH', f'/api/units/{_unit(api)["id"]}')]:
        refused(api.raw(method, path, data), field, reason)


def test_five_megabytes(api):
    answer = api.post('/api/units', {'label': 'x' * 5_000_000})
    assert (answer.status_code, answer.json['error']) == (413, 'payload_too_large')


@pytest.mark.parametrize('id', ['0', '-1', '9223372036854775808', '99999999', 'abc', 'Codes'])
def test_an_id_nobody_has(api, id):
    for method, body in [('GET', None), ('PATCH', {'label': 'x'}), ('DELETE', None)]:
        answer = api(method, f'/api/units/{id}', body)
        assert (answer.status_code, answer.json['error']) == (404, 'not_found')


def test_codes_is_no_unit(api):
    for method, body in [('PATCH', {'label': 'x'}), ('DELETE', None)]:
        answer = api(method, '/api/units/codes', body)
        assert (answer.status_code, answer.json['error']) == (405, 'method_not_allowed')
        assert answer.headers['Allow'] == 'GET, HEAD, OPTIONS'


def test_markup_is_text(new_api):
    made = new_api.made('/api/units', {'label': MARKUP})
    assert made['label'] == MARKUP
    assert new_api.made('/api/units', {'label': '\U0001f600' * 30})['label'] == '\U0001f600' * 30
