"""The application without a socket and without a database: the order of things, and every refusal"""
import datetime as dt
import json
import logging
import re

import pytest
from trytond.modules.rest.refusals import Kind, Refusal
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from . import fakes

GOOD = {'X-Api-Key': fakes.KEY}
JSON = {**GOOD, 'Content-Type': 'application/json'}
REQUEST_ID = re.compile(r'req_[0-9a-f]{24}')


@pytest.fixture
def gateway():
    fakes.THINGS.clear()
    return fakes.FakeGateway()


@pytest.fixture
def app(gateway):
    return fakes.application(gateway)


@pytest.fixture
def client(app):
    return Local(app)


class Local(Client):
    """A client on this machine"""

    def open(self, *args, **options):
        options.setdefault('environ_overrides', {'REMOTE_ADDR': '127.0.0.1'})
        return super().open(*args, **options)


def refused(response, status, code, message=None):
    assert (response.status_code, response.json['error']) == (status, code), response.text
    assert response.content_type == 'application/json'
    assert response.headers['X-Request-Id']
    if message is not None:
        assert response.json['message'] == message


def test_a_thing_is_created(client, gateway):
    response = client.post('/api/things', json={'name': 'Änder'}, headers=GOOD)
    assert response.status_code == 201
    assert response.data == '{"id":1,"name":"Änder","unitPrice":null}'.encode()
    assert REQUEST_ID.fullmatch(response.headers['X-Request-Id'])
    assert re.fullmatch(r'"[0-9a-f]{32}"', response.headers['ETag'])
    task, = gateway.tasks
    assert (task.database, task.readonly, task.locks) == ('shard', False, ('thing',))
    assert task.context['company'] == 1
    assert task.context['_check_access'] and task.context['_skip_warnings']


def test_where_the_time_went_is_said_on_writes_only(client):
    response = client.post('/api/things', json={'name': 'a'}, headers=GOOD)
    parts = re.findall(r'(\w+);dur=\d+\.\d', response.headers['Server-Timing'])
    assert parts == ['auth', 'compute', 'sql', 'render', 'validate', 'seal']
    assert 'Server-Timing' not in client.get('/api/things', headers=GOOD).headers


@pytest.mark.parametrize('method, path, headers, status, code', [
        ('GET', '/api', {}, 404, 'not_found'),
        ('GET', '/api/', {}, 404, 'not_found'),
        ('GET', '//api', {}, 404, 'not_found'),
        ('GET', '//api/things', GOOD, 404, 'not_found'),
        ('GET', '/API/things', GOOD, 404, 'not_found'),
        ('GET', '/api/things/', GOOD, 404, 'not_found'),
        ('GET', '/api/%74hings', GOOD, 404, 'not_found'),
        ('GET', '/api/things/1/', GOOD, 404, 'not_found'),
        ('GET', '/api/things/0', GOOD, 404, 'not_found'),
        ('GET', '/api/things/-1', GOOD, 404, 'not_found'),
        ('GET', '/api/things/9223372036854775808', GOOD, 404, 'not_found'),
        ('GET', '/api/things/99', GOOD, 404, 'not_found'),
        ('GET', '/', {}, 404, 'not_found'),
        ('GET', '/nothing', {}, 404, 'not_found'),
        ('GET', '/index.html', {}, 404, 'not_found'),
        ('POST', '/unknown/database/', {}, 404, 'not_found'),
        ('PUT', '/api/things', {}, 405, 'method_not_allowed'),
        ('POST', '/healthz', {}, 405, 'method_not_allowed'),
        ('GET', '/api/things', {}, 401, 'missing_api_key'),
        ('GET', '/api/things', {'X-Api-Key': ''}, 401, 'missing_api_key'),
        ('GET', '/api/things', {'X-Api-Key': 'wrong'}, 401, 'invalid_api_key'),
        ('GET', '/api/things', {'X-Api-Key': 'ä' * 4000}, 401, 'invalid_api_key'),
        ('GET', '/api/things', {'Authorization': f'Bearer {fakes.KEY}'}, 401, 'missing_api_key'),
        ('GET', '/api/things', {'X-Api-Key': fakes.SUSPENDED}, 403, 'plan_forbidden'),
        ('GET', '/api/things', {'X-Api-Key': fakes.FREE}, 403, 'plan_forbidden'),
        ('POST', '/api/things', {'X-Api-Key': fakes.READER}, 403, 'plan_forbidden'),
        ('POST', '/api/things/1/mark', {'X-Api-Key': fakes.OTHER}, 403, 'plan_forbidden'),
        ('GET', '/api/things?limit=0', GOOD, 400, 'invalid_argument'),
        ('GET', '/api/things?limit=201', GOOD, 400, 'invalid_argument'),
        ('GET', '/api/things?limit=abc', GOOD, 400, 'invalid_argument'),
        ('GET', '/api/things?page=0', GOOD, 400, 'invalid_argument'),
        ('GET', '/api/things?page=1&page=2', GOOD, 400, 'invalid_argument'),
        ('GET', '/api/things?search=%FF', GOOD, 400, 'invalid_argument')])
def test_refused(client, method, path, headers, status, code):
    # Client normalizes neither slashes nor percent signs when the path is given as an environment
    refused(send(client.application, method, path, headers), status, code)


def send(app, method, path, headers=(), data=b''):
    """Send a request with its path exactly as written"""
    environ = EnvironBuilder('/x', method=method, headers=headers, data=data).get_environ()
    environ.update(RAW_URI=path, REQUEST_URI=path, QUERY_STRING=path.partition('?')[2])
    return Response(*run_wsgi_app(app, environ))


def test_wrong_method_says_which_are_right(client):
    response = client.put('/api/things/1', headers=GOOD)
    refused(response, 405, 'method_not_allowed', "PUT is not allowed at /api/things/1")
    assert response.headers['Allow'] == 'DELETE, GET, HEAD, OPTIONS, PATCH'


def test_options(client):
    response = client.options('/api/things')
    assert (response.status_code, response.headers['Allow']) == (204, 'GET, HEAD, OPTIONS, POST')
    refused(client.options('/api/nothing'), 404, 'not_found')


def test_head_is_get_without_a_body(client):
    client.post('/api/things', json={'name': 'a'}, headers=GOOD)
    shown = client.get('/api/things/1', headers=GOOD)
    head = client.head('/api/things/1', headers=GOOD)
    assert (head.status_code, head.data) == (200, b'')
    assert head.headers['Content-Length'] == str(len(shown.data))
    assert head.headers['ETag'] == shown.headers['ETag']


@pytest.mark.parametrize('headers, data, status, code, message', [
        ({}, b'', 400, 'invalid_argument',
            "body: is not JSON: Expecting value at line 1, column 1"),
        ({}, b'{"name": "a", "x": 1}', 400, 'invalid_argument', "x: is not a known field"),
        ({}, b'{}', 400, 'invalid_argument', "name: is required"),
        ({}, b'{"name": 5}', 400, 'invalid_argument', "name: must be a string"),
        ({}, b'{"name": "a", "ownerId": "1"}', 400, 'invalid_argument',
            "ownerId: must be an integer"),
        ({}, b'[]', 400, 'invalid_argument', "body: must be an object"),
        ({}, b'{"name": "a", "name": "b"}', 400, 'invalid_argument', "name: is given twice"),
        ({}, b'{"name": NaN}', 400, 'invalid_argument', "name: must be a number, NaN is none"),
        ({}, b'[' * 450 + b']' * 450, 400, 'invalid_argument', "body: is nested more than 64 levels deep"),
        ({}, b'{"name": "' + b'a' * 1000 + b'"}', 413, 'payload_too_large',
            "The body is larger than 1000 bytes"),
        ({'Content-Type': 'text/plain'}, b'{}', 415, 'unsupported_media_type',
            "Content-Type: must be application/json, encoded as UTF-8"),
        ({'Content-Type': 'application/json; charset=latin-1'}, b'{}', 415,
            'unsupported_media_type', None),
        ({'Content-Type': 'application/x-www-form-urlencoded'}, b'name=a', 415,
            'unsupported_media_type', None),
        ({'Content-Type': ''}, b'{}', 415, 'unsupported_media_type', None),
        ({'Content-Encoding': 'gzip'}, b'\x1f\x8b', 415, 'unsupported_media_type',
            "Content-Encoding: a compressed body is not accepted"),
        ({'Idempotency-Key': 'x' * 256}, b'{"name": "a"}', 400, 'invalid_argument',
            "Idempotency-Key: must be 1 to 255 printable ASCII characters"),
        ({'Idempotency-Key': 'k'}, b'{}', 400, 'invalid_argument', "name: is required")])
def test_bad_bodies(client, gateway, headers, data, status, code, message):
    response = client.post('/api/things', data=data, headers={**JSON, **headers})
    refused(response, status, code, message)
    assert not fakes.THINGS
    assert all(not task.locks for task in gateway.tasks), "no lock is waited for"


@pytest.mark.parametrize('media_type', [
        'application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])
def test_json_by_any_name(client, media_type):
    response = client.post(
        '/api/things', data=b'{"name": "a"}', headers={**JSON, 'Content-Type': media_type})
    assert response.status_code == 201


def test_key_and_ability_come_before_the_body(app):
    class Unreadable:
        def read(self, size=-1):
            raise AssertionError("the body was read")
    for key, status in [('wrong', 401), (fakes.READER, 403), (fakes.SUSPENDED, 403)]:
        environ = EnvironBuilder(
            '/api/things', method='POST', headers={**JSON, 'X-Api-Key': key}).get_environ()
        environ['wsgi.input'] = Unreadable()
        environ['CONTENT_LENGTH'] = '100'
        response = Response(*run_wsgi_app(app, environ))
        assert response.status_code == status


def test_a_body_that_ends_early(app):
    environ = EnvironBuilder(
        '/api/things', method='POST', headers=JSON, data=b'{"name"').get_environ()
    environ['CONTENT_LENGTH'] = '100'
    response = Response(*run_wsgi_app(app, environ))
    refused(response, 400, 'invalid_argument', "body: ended after 7 of 100 bytes")


def test_domain_refusals_carry_their_code_field_and_members(client):
    response = client.post('/api/things', json={'name': 'taken'}, headers=GOOD)
    assert response.status_code == 409
    assert response.json == {
        'error': 'name_taken', 'message': "unitPrice: is taken", 'existingId': 7}


def test_what_should_not_happen_gives_nothing_away(client, caplog):
    with caplog.at_level(logging.ERROR):
        response = client.post('/api/things', json={'name': 'boom'}, headers=GOOD)
    id_ = response.headers['X-Request-Id']
    refused(
        response, 500, 'internal_error', f"Something went wrong on our side (request {id_})")
    assert 'SELECT' not in response.text
    assert id_ in caplog.text and 'SELECT secret' in caplog.text


def test_a_database_that_is_away(client, gateway):
    gateway.problem = Refusal(Kind.UNAVAILABLE, retry_after=2)
    response = client.get('/api/things', headers=GOOD)
    refused(response, 503, 'unavailable')
    assert response.headers['Retry-After'] == '2'
    assert client.get('/healthz').json == {'status': 'ok'}
    assert client.get('/readyz').status_code == 503
    gateway.problem = None
    assert client.get('/readyz').json == {'status': 'ready'}


@pytest.mark.parametrize('wanted, kept', [
        ('my-request-0001', True), ('a' * 128, True), ('short', False), ('a' * 129, False),
        ('with space in it', False), ('new\x7fline-and-more', False), ('ä' * 10, False)])
def test_request_id(client, wanted, kept):
    given = client.get('/api/x', headers={'X-Request-Id': wanted}).headers['X-Request-Id']
    assert (given == wanted) is kept
    assert kept or REQUEST_ID.fullmatch(given)


def test_the_same_key_replays_and_another_body_clashes(client, gateway):
    headers = {**GOOD, 'Idempotency-Key': 'k1'}
    first = client.post('/api/things', json={'name': 'a'}, headers=headers)
    again = client.post('/api/things', json={'name': 'a'}, headers=headers)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers['ETag'] == first.headers['ETag']
    assert again.headers['X-Request-Id'] != first.headers['X-Request-Id']
    refused(
        client.post('/api/things', json={'name': 'b'}, headers=headers), 409,
        'idempotency_key_request_mismatch')
    refused(
        client.post('/api/things', json={'nmae': 'b'}, headers=headers), 409,
        'idempotency_key_request_mismatch')
    assert fakes.THINGS == {1: 'a'}
    other = client.post(
        '/api/things', json={'name': 'b'}, headers={**headers, 'X-Api-Key': fakes.OTHER})
    assert other.json['id'] == 2, "another tenant's key is another key"


def test_a_failure_is_not_kept(client):
    headers = {**GOOD, 'Idempotency-Key': 'k2'}
    refused(client.post('/api/things', json={'name': 'taken'}, headers=headers), 409, 'name_taken')
    assert client.post('/api/things', json={'name': 'a'}, headers=headers).status_code == 201


def test_if_match(client):
    client.post('/api/things', json={'name': 'a'}, headers=GOOD)
    tag = client.get('/api/things/1', headers=GOOD).headers['ETag']
    patched = client.patch(
        '/api/things/1', json={'name': 'b'}, headers={**GOOD, 'If-Match': tag})
    assert (patched.status_code, patched.json['name']) == (200, 'b')
    refused(
        client.patch('/api/things/1', json={'name': 'c'}, headers={**GOOD, 'If-Match': tag}),
        412, 'precondition_failed')
    assert fakes.THINGS == {1: 'b'}
    assert client.patch('/api/things/1', json={'name': 'c'}, headers=GOOD).status_code == 200
    assert client.get('/api/things/1', headers=GOOD).headers['ETag'] == client.patch(
        '/api/things/1', json={}, headers={**GOOD, 'If-Match': '*'}).headers['ETag']
    refused(
        client.patch('/api/things/9', json={}, headers={**GOOD, 'If-Match': tag}), 404,
        'not_found')


def test_if_none_match(client):
    client.post('/api/things', json={'name': 'a'}, headers=GOOD)
    tag = client.get('/api/things/1', headers=GOOD).headers['ETag']
    again = client.get('/api/things/1', headers={**GOOD, 'If-None-Match': tag})
    assert (again.status_code, again.data, again.headers['ETag']) == (304, b'', tag)


def test_bytes_and_no_content(client):
    client.post('/api/things', json={'name': 'a'}, headers=GOOD)
    paper = client.get('/api/things/1/pdf', headers=GOOD)
    assert (paper.data, paper.content_type) == (b'%PDF-1.7', 'application/pdf')
    assert (paper.headers['ETag'], paper.headers['Content-Disposition']) == ('"abc"', 'inline')
    gone = client.delete('/api/things/1', headers=GOOD)
    assert (gone.status_code, gone.data) == (204, b'')
    assert 'Content-Type' not in gone.headers


def test_an_optional_body(client):
    client.post('/api/things', json={'name': 'a'}, headers=GOOD)
    assert client.post('/api/things/1/mark', headers=GOOD).status_code == 200
    assert client.post('/api/things/1/mark', json={}, headers=GOOD).status_code == 200
    refused(
        client.post('/api/things/1/mark', data=b'null', headers=JSON), 400, 'invalid_argument',
        "body: must be an object")


def test_pages(client):
    for name in ('a', 'b', 'c'):
        client.post('/api/things', json={'name': name}, headers=GOOD)
    page = client.get('/api/things?page=2&limit=2&search=', headers=GOOD).json
    assert page == {
        'items': [{'id': 3, 'name': 'c', 'unitPrice': None}], 'page': 2, 'limit': 2, 'total': 3}


@pytest.mark.parametrize('accepted, language', [
        (None, 'en'), ('de', 'de'), ('de-AT,de;q=0.9,en;q=0.5', 'de'), ('fr', 'en'),
        ('en,de', 'en'), ('x' * 5000, 'en')])
def test_language(client, gateway, accepted, language):
    headers = {**GOOD, 'Accept-Language': accepted} if accepted else GOOD
    client.get('/api/things', headers=headers)
    assert gateway.tasks[0].context['language'] == language


def test_one_request_too_many(client, gateway):
    gateway.identities[fakes.KEY].features['requests_per_second'] = 3
    answers = [client.get('/api/things', headers=GOOD) for _ in range(8)]
    assert [a.status_code for a in answers].count(429) >= 2
    refused(answers[-1], 429, 'rate_limited', "More than 3 requests per second with this key")
    assert answers[-1].headers['Retry-After'] == '1'


def test_everything_is_noted_without_secrets(client, gateway):
    client.post('/api/things?token=secret', json={'name': 'geheim'}, headers=GOOD)
    client.get('/api/things', headers={'X-Api-Key': 'kbl_shard_0000000a_wrong'})
    client.get('/api/things', headers={'X-Api-Key': 'whatever'})
    client.post('/api/things', json={'name': 'boom'}, headers=GOOD)
    client.get('/healthz')
    client.application.journal.flush()
    rows = [
        (e.method, e.path, e.status, e.contract, e.operation, e.company, e.key_prefix, e.address)
        for e in gateway.entries]
    assert rows == [
        ('POST', '/api/things', 201, 'things', 'createThing', 1, 'kbl_shard_00000001', '127.0.0.1'),
        ('GET', '/api/things', 401, 'things', 'listThings', None, 'kbl_shard_0000000a',
            '127.0.0.1'),
        ('GET', '/api/things', 401, 'things', 'listThings', None, None, '127.0.0.1'),
        ('POST', '/api/things', 500, 'things', 'createThing', 1, 'kbl_shard_00000001',
            '127.0.0.1')]
    assert all(0 < entry.duration < 5000 for entry in gateway.entries)
    assert all(
        abs(entry.moment - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(minutes=1)
        for entry in gateway.entries)
    assert 'secret' not in repr(gateway.entries) and 'geheim' not in repr(gateway.entries)


def test_the_proxy_says_who_calls(gateway):
    app = fakes.application(gateway, proxies=1)
    Client(app).get('/api/things', headers={**GOOD, 'X-Forwarded-For': '6.6.6.6, 192.0.2.7'})
    app.journal.flush()
    assert gateway.entries[0].address == '192.0.2.7'


def test_nobody_else_says_who_calls(client, gateway):
    client.get('/api/things', headers={**GOOD, 'X-Forwarded-For': '192.0.2.7'})
    client.application.journal.flush()
    assert gateway.entries[0].address == '127.0.0.1'


def test_rpc_is_handed_on(gateway):
    def rpc(environ, start_response):
        if environ['PATH_INFO'] == '/shard/boom':
            raise RuntimeError("boom")
        start_response('200 OK', [('Content-Type', 'text/plain'), ('X-Request-Id', 'mine')])
        return [b'rpc']
    rpc.serves = lambda path: path.startswith('/shard/')
    app = fakes.application(gateway, rpc=rpc)
    response = Client(app).post('/shard/', buffered=True)
    assert (response.status_code, response.text) == (200, 'rpc')
    assert REQUEST_ID.fullmatch(response.headers['X-Request-Id'])
    refused(Client(app).post('/shard/boom'), 500, 'internal_error')
    refused(Client(app).post('/other/'), 404, 'not_found')
    app.journal.flush()
    assert [e.status for e in gateway.entries] == [200, 500, 404]


def test_admission_is_asked_once(app, gateway):
    environ = EnvironBuilder(
        '/api/things', method='POST', headers=JSON, data=b'{"name": "a"}').get_environ()
    asked = []
    real = gateway.authenticate
    gateway.authenticate = lambda *args: asked.append(1) or real(*args)
    assert app.admit(environ) is None
    assert environ['kontor.exchange'].body_limit == 1000
    response = Response(*run_wsgi_app(app, environ))
    assert (response.status_code, asked) == (201, [1])


def test_a_refusal_may_carry_headers(client, gateway):
    gateway.problem = Refusal(Kind.CROWDED, retry_after=7)
    assert client.get('/api/things', headers=GOOD).headers['Retry-After'] == '7'


def test_reference_page_works_without_its_script(client):
    page = client.get('/docs/things')
    assert page.content_type == 'text/html; charset=utf-8'
    assert "default-src 'none'" in page.headers['Content-Security-Policy']
    assert '<code>/api/things/{id}</code>' in page.text and 'Create a thing' in page.text


def test_openapi_is_served(client):
    served = client.get('/openapi/things.json')
    assert json.loads(served.data)['paths']['/api/things/{id}']['patch']['operationId'] == (
        'updateThing')
    again = client.get('/openapi/things.json', headers={'If-None-Match': served.headers['ETag']})
    assert again.status_code == 304
