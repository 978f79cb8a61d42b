"""The OpenAPI document that comes out of an operation table"""
import copy

import jsonschema
import pytest
from trytond.modules.rest.openapi import document
from trytond.modules.rest.dialect import from_error

from . import fakes
from .comparison import differences, effective, missing_operations, resolve

DOCUMENT = document(fakes.CONTRACT)
STATUSES = {
    '400', '401', '403', '404', '405', '408', '413', '414', '415', '429', '431', '500', '503'}


def operation(method, path):
    return DOCUMENT['paths'][path][method]


def test_paths_are_written_as_in_the_contract():
    assert list(DOCUMENT['paths']) == [
        '/api/things', '/api/things/{id}', '/api/things/{id}/pdf', '/api/things/{id}/mark']


def test_every_operation_lists_what_any_may_answer():
    for item in DOCUMENT['paths'].values():
        for described in item.values():
            assert set(described['responses']) >= STATUSES


@pytest.mark.parametrize('method, path, more', [
        ('get', '/api/things', {'200'}), ('post', '/api/things', {'201', '409'}),
        ('get', '/api/things/{id}', {'200', '304'}),
        ('patch', '/api/things/{id}', {'200', '409', '412'}),
        ('delete', '/api/things/{id}', {'204', '409'}),
        ('get', '/api/things/{id}/pdf', {'200', '304'})])
def test_what_else_an_operation_answers(method, path, more):
    assert set(operation(method, path)['responses']) == STATUSES | more


def test_codes():
    post = operation('post', '/api/things')['responses']
    assert set(resolve(post['409'], DOCUMENT)['x-error-codes']) == {
        'idempotency_key_request_mismatch', 'conflict', 'name_taken'}
    assert set(resolve(post['401'], DOCUMENT)['x-error-codes']) == {
        'missing_api_key', 'invalid_api_key'}


def test_empty_query_parameters_are_allowed():
    parameters = {p['name']: p for p in operation('get', '/api/things')['parameters']}
    assert parameters['limit']['schema'] == {
        'anyOf': [{'type': 'integer', 'minimum': 1, 'maximum': 200},
            {'type': 'string', 'const': ''}], 'default': 50}
    assert parameters['search']['schema'] == {'type': 'string', 'maxLength': 20}
    assert not parameters['page']['required']


def test_bodies():
    body = operation('post', '/api/things')['requestBody']
    schema = effective(body['content']['application/json']['schema'], DOCUMENT)
    assert schema['required'] == ['name'] and schema['additionalProperties'] is False
    assert schema['properties']['name'] == {'type': 'string', 'minLength': 1, 'maxLength': 16}
    assert schema['properties']['ownerId']['type'] == ['integer', 'null']
    assert operation('post', '/api/things/{id}/mark')['requestBody']['required'] is False


def test_headers():
    names = [p['name'] for p in operation('patch', '/api/things/{id}')['parameters']]
    assert names == ['id', 'If-Match']
    names = [p['name'] for p in operation('post', '/api/things/{id}/mark')['parameters']]
    assert names == ['id', 'Idempotency-Key']


def test_a_thing_fits_its_schema():
    schema = {
        **effective(
            operation('get', '/api/things/{id}')['responses']['200']['content'][
                'application/json']['schema'], DOCUMENT),
        'components': DOCUMENT['components']}
    jsonschema.validate({'id': 1, 'name': 'a', 'unitPrice': None}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({'id': '1', 'name': 'a', 'unitPrice': None}, schema)


def test_no_title_is_made_up():
    assert 'title' not in DOCUMENT['components']['schemas']['Thing']['properties']['unitPrice']


def test_the_same_document_does_not_differ():
    assert differences(DOCUMENT, DOCUMENT) == []
    assert missing_operations(DOCUMENT, DOCUMENT) == []


@pytest.mark.parametrize('change, difference', [
        (lambda d: d['paths']['/api/things'].pop('get'), "GET /api/things: not documented"),
        (lambda d: d['components']['schemas']['Thing']['properties'].update(x={'type': 'string'}),
            "GET /api/things 200.items[].x: missing"),
        (lambda d: d['components']['schemas']['ThingCreate']['properties']['name'].update(
                maxLength=15), "POST /api/things body.name: maxLength is 16, not 15"),
        (lambda d: d['components']['schemas']['ThingCreate']['required'].append('ownerId'),
            "POST /api/things body: not required: ownerId"),
        (lambda d: d['paths']['/api/things']['post']['responses'].update({'422': {}}),
            "POST /api/things 422: missing")])
def test_differences_are_found(change, difference):
    documented = copy.deepcopy(DOCUMENT)
    change(documented)
    assert difference in differences(DOCUMENT, documented)


def test_domain_errors_are_in_the_table():
    refusal = from_error(fakes.Taken("is taken"))
    assert fakes.DIALECT.problem(refusal).status == 409
