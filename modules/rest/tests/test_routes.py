"""The route table: spelling counts, literals win, unknown and forbidden differ"""
import uuid

import pytest

from trytond.modules.rest.contract import Contract, Operation
from trytond.modules.rest.house import DIALECT
from trytond.modules.rest.routes import (
    Table,
    UnknownPath,
    WrongMethod,
    public_path,
    raw_path,
    record_id,
)

SEND = '/api/v1/invoices/3f2b8c1e-0000-4000-8000-000000000001/send'


def contract(name, root, *lines):
    return Contract(
        name=name, title=name, roots=[root], dialect=DIALECT, ways=[],
        operations=[
            Operation(
                id=f'{method} {path}', method=method, path=path, handler=None, summary='', tag='')
            for method, path in (line.split() for line in lines)])


BILLING = contract(
    'billing', '/api',
    'GET /api/units', 'POST /api/units', 'GET /api/units/codes', 'GET /api/units/{id:int}',
    'PATCH /api/units/{id:int}', 'DELETE /api/units/{id:int}',
    'GET /api/projects/{id:int}/items/{itemId:int}')
TEAMS = contract('teams', '/api/v1', 'POST /api/v1/invoices/{id:uuid}/send')
TRADES = contract('trades', '/api/v1/', 'POST /api/v1/invoices/{id:uuid}/send/')
LEDGER = contract('ledger', '/v1', 'GET /v1/tax-codes/{code}', 'GET /v1/tax-codes/open')
TABLE = Table([BILLING, TEAMS, TRADES, LEDGER])


@pytest.mark.parametrize('method, path, operation, params', [
        ('GET', '/api/units', 'GET /api/units', {}),
        ('HEAD', '/api/units', 'GET /api/units', {}),
        ('GET', '/api/units/codes', 'GET /api/units/codes', {}),
        ('GET', '/api/units/7', 'GET /api/units/{id:int}', {'id': 7}),
        ('GET', '/api/units/0', 'GET /api/units/{id:int}', {'id': 0}),
        ('GET', '/api/units/-1', 'GET /api/units/{id:int}', {'id': 0}),
        ('GET', '/api/units/2147483647', 'GET /api/units/{id:int}', {'id': 2147483647}),
        ('GET', '/api/units/2147483648', 'GET /api/units/{id:int}', {'id': 0}),
        ('GET', '/api/units/9223372036854775808', 'GET /api/units/{id:int}', {'id': 0}),
        ('GET', '/api/projects/3/items/4', 'GET /api/projects/{id:int}/items/{itemId:int}',
            {'id': 3, 'itemId': 4}),
        ('GET', '/v1/tax-codes/open', 'GET /v1/tax-codes/open', {}),
        ('GET', '/v1/tax-codes/U%20St%2B', 'GET /v1/tax-codes/{code}', {'code': 'U St+'}),
        ('POST', SEND, 'POST /api/v1/invoices/{id:uuid}/send',
            {'id': uuid.UUID('3f2b8c1e-0000-4000-8000-000000000001')}),
        ('POST', SEND + '/', 'POST /api/v1/invoices/{id:uuid}/send/',
            {'id': uuid.UUID('3f2b8c1e-0000-4000-8000-000000000001')}),
        ])
def test_match(method, path, operation, params):
    match = TABLE.match(method, path)
    assert (match.operation.id, match.params) == (operation, params)


@pytest.mark.parametrize('path', [
        '/api', '/api/', '//api', '//api/units', '/API', '/Api/units', '/api/Units', '/api/units/',
        '/api//units', '/api/units//7', '/api/units/007', '/api/units/7/', '/api/units/%37',
        '/api/%75nits', '/%61pi/units', '/api%2Funits', '/api/units/abc', '/api/units/7.0',
        '/api/units/+7', '/api/units/٧', '/api/units/1e3', '/api/units/' + '9' * 41,
        '/api/units/codes/', '/api/units/Codes', '/api/units;x=1', '/api/./units',
        '/api/x/../units', '/v1/tax-codes/a%2Fb', '/v1/tax-codes/%FF', '/v1/tax-codes/%00',
        '/v1/tax-codes/' + 'a' * 501, '/v1/tax-codes/', '', '*', 'api/units',
        SEND.replace('3f2b8c1e', '3f2b8c1')])
def test_unknown(path):
    with pytest.raises(UnknownPath):
        TABLE.match('GET', path)


@pytest.mark.parametrize('method, path, allowed', [
        ('PUT', '/api/units', 'GET, HEAD, OPTIONS, POST'),
        ('POST', '/api/units/7', 'DELETE, GET, HEAD, OPTIONS, PATCH'),
        ('DELETE', '/api/units/codes', 'GET, HEAD, OPTIONS'),
        ('GET', SEND, 'OPTIONS, POST'),
        ('get', '/api/units', 'GET, HEAD, OPTIONS, POST'),
        ('TRACE', '/api/units', 'GET, HEAD, OPTIONS, POST')])
def test_wrong_method(method, path, allowed):
    with pytest.raises(WrongMethod) as raised:
        TABLE.match(method, path)
    assert raised.value.allowed == allowed


@pytest.mark.parametrize('path, name', [
        ('/api', 'billing'), ('/api/nothing', 'billing'), ('//API/x', 'billing'),
        ('/%61pi/x', 'billing'), ('/api%2fx', 'billing'), ('/api/v2/x', 'billing'),
        ('/v1/x', 'ledger'), ('/apix', None), ('/', None), ('', None), ('/%ff', None)])
def test_contract_of(path, name):
    found = TABLE.contract_of(path)
    assert (found.name if found else None) == name


@pytest.mark.parametrize('path, name', [
        ('/api/units/7/x', 'billing'), ('/api/projects/x', 'billing'),
        ('/api/projects/1/items/2/3', 'billing'),
        ('/v1/tax-codes/a/b', 'ledger'), ('/v1', 'ledger'), (SEND + '/x', 'teams'),
        (SEND + 's', 'teams'), ('/api/v1/nothing', 'teams'), ('/api/v1/nothing/', 'trades'),
        ('/api/v1', 'teams'), ('/api/v1/', 'trades'), ('/API//v1/Invoices/x', 'teams'),
        ('/api/v2/', 'billing')])
def test_the_nearest_operations_decide_then_the_longest_root(path, name):
    assert TABLE.contract_of(path).name == name


def test_a_parameter_that_takes_several_segments():
    table = Table([contract('files', '/files', 'GET /files/{path:path}/', 'GET /files/{path:path}/about')])
    assert table.match('GET', '/files/a/b%20c/').params == {'path': 'a/b c'}
    assert table.match('GET', '/files/a/about/about').params == {'path': 'a/about'}
    for path in ['/files/', '/files//', '/files/a', '/files/../a/', '/files/a%2Fb/', '/files/' + 'a/' * 33]:
        with pytest.raises(UnknownPath):
            table.match('GET', path)


def test_same_line_twice_is_an_error():
    with pytest.raises(ValueError, match='defined twice'):
        Table([BILLING, BILLING])


@pytest.mark.parametrize('target, path', [
        ('/api/units?x=1', '/api/units'), ('http://host:8000/api/units?x', '/api/units'),
        ('/api//x#f', '/api//x'), ('http://host', '/'), ('*', '*'), ('http://[', '')])
def test_raw_path(target, path):
    assert raw_path(target) == path


def test_public_path():
    assert public_path('/api/projects/{id:int}/items/{itemId:int}') == (
        '/api/projects/{id}/items/{itemId}')


@pytest.mark.parametrize('number, id_', [(1, 1), (0, 0), (-5, 0), (2 ** 31, 0), (10 ** 30, 0)])
def test_record_id(number, id_):
    assert record_id(number) == id_
