"""The made-up contract beside a plain one: each policy is the contract's, none the core's"""
import io
import json
import re
import uuid

import pytest
from jsonschema import Draft202012Validator
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client, encode_multipart

from trytond.modules.rest.openapi import document
from trytond.modules.rest.routes import public_path
from trytond.modules.rest.ways import csrf_token

from . import fakes, made_up

TOKEN = {'Authorization': f'Bearer {made_up.KEY}'}
ENGLISH = {'Accept-Language': 'en'}
UNKNOWN = uuid.UUID(int=7)
DOCUMENT = json.loads(json.dumps(document(made_up.CONTRACT)))


@pytest.fixture
def gateway():
    made_up.NOTES.clear()
    gateway = fakes.FakeGateway()
    gateway.identities[made_up.KEY] = made_up.CALLER
    return gateway


@pytest.fixture
def client(gateway):
    return Client(fakes.application(gateway, [fakes.CONTRACT, made_up.CONTRACT]))


@pytest.fixture
def browser(client):
    client.set_cookie('sessionid', made_up.SESSION)
    return client


def key():
    return {**TOKEN, 'Idempotency-Key': str(uuid.uuid4())}


def made(client, **values):
    answer = client.post(
        '/api/v1/notes', json={'title': "Eins", 'amount_cents': 1999, **values}, headers=key())
    assert answer.status_code == 201, answer.text
    return answer


def refused(answer, status, word):
    assert answer.status_code == status, answer.text
    assert answer.content_type == 'application/problem+json'
    assert answer.json['type'] == f'http://localhost/problems/{word}'
    assert answer.json['status'] == status
    return answer.json


def described(id, status):
    """Return the response that the OpenAPI document has for an operation"""
    operation = next(o for o in made_up.CONTRACT.operations if o.id == id)
    path = DOCUMENT['paths'][public_path(operation.path)]
    response = path[operation.method.lower()]['responses'][str(status)]
    name = response.get('$ref', '').rpartition('/')[2]
    return DOCUMENT['components']['responses'][name] if name else response


def fits(id, answer):
    schema = described(id, answer.status_code)['content'][answer.mimetype]['schema']
    Draft202012Validator({**schema, 'components': DOCUMENT['components']}).validate(answer.json)


# Refusals

def test_all_faults_are_in_a_map_in_german(client):
    answer = client.post('/api/v1/notes', json={'title': '', 'amount_cents': -1, 'x': 1}, headers=key())
    assert refused(answer, 422, 'validation-failed')['errors'] == {
        'title': ["darf nicht leer sein"], 'x': ["ist kein bekanntes Feld"],
        'amount_cents': ["muss eine ganze Zahl von 0 bis 1000000000000 sein"]}
    fits('createNote', answer)


def test_the_caller_chooses_the_language(client):
    note = {'title': 1, 'amount_cents': 1}
    answer = client.post('/api/v1/notes', json=note, headers={**key(), **ENGLISH})
    assert refused(answer, 422, 'validation-failed')['errors'] == {'title': ["must be a string"]}
    english, german = client.get('/api/v1/notes', headers=ENGLISH), client.get('/api/v1/notes')
    assert english.json['detail'] == "The header Authorization is missing"
    assert german.json['detail'] == "Der Header Authorization fehlt"


@pytest.mark.parametrize('data, status, word, errors', [
        (b'{', 400, 'malformed-request', {'body': ["ist kein JSON: Zeile 1, Spalte 2"]}),
        (b'{"title": NaN, "a": {"b": [1e999]}}', 422, 'validation-failed', {
                'title': ["muss eine Zahl sein, NaN ist keine"],
                'a.b.0': ["liegt außerhalb des erlaubten Bereichs"]})])
def test_what_has_a_place_in_the_document_is_named_by_it(client, data, status, word, errors):
    headers = {**key(), 'Content-Type': 'application/json'}
    answer = client.post('/api/v1/notes', data=data, headers=headers)
    assert refused(answer, status, word)['errors'] == errors


@pytest.mark.parametrize('method, path, headers, status, word', [
        ('GET', '/api/v1/notes', {}, 401, 'unauthenticated'),
        ('GET', '/api/v1/notes', {'Authorization': 'Bearer wrong'}, 401, 'unauthenticated'),
        ('GET', '/api/v1/notes', {'X-Api-Key': fakes.KEY}, 401, 'unauthenticated'),
        ('DELETE', f'/api/v1/notes/{UNKNOWN}', TOKEN, 403, 'forbidden'),
        ('GET', f'/api/v1/notes/{UNKNOWN}', TOKEN, 404, 'not-found'),
        ('GET', '/api/v1/notes/7', TOKEN, 404, 'not-found'),
        ('GET', '/api/v1/nothing', {}, 404, 'not-found'),
        ('PUT', '/api/v1/notes', {}, 405, 'method-not-allowed'),
        ('GET', '/api/v1/notes?cursor=AAAA', TOKEN, 422, 'validation-failed'),
        ('GET', '/api/v1/notes?limit=101', TOKEN, 422, 'validation-failed')])
def test_refused(client, method, path, headers, status, word):
    refused(client.open(path, method=method, headers=headers), status, word)


def test_a_challenge_comes_with_401(client):
    assert client.get('/api/v1/notes').headers['WWW-Authenticate'] == 'Bearer'


def test_two_contracts_refuse_side_by_side(client):
    assert client.get('/api/nothing').json['error'] == 'not_found'
    assert client.get('/api/things/1/nothing').json['error'] == 'not_found'
    assert client.get('/elsewhere').json['error'] == 'not_found'
    refused(client.get('/api/v1'), 404, 'not-found')
    refused(client.get('/notes/1'), 404, 'not-found')


# Repeats

def test_a_key_is_required_where_the_contract_says_so(client):
    note = {'title': "Eins", 'amount_cents': 1}
    refused(client.post('/api/v1/notes', json=note, headers=TOKEN), 400, 'key-required')
    refused(client.post('/api/v1/notes', json=note), 401, 'unauthenticated')
    headers = key()
    first = client.post('/api/v1/notes', json=note, headers=headers)
    again = client.post('/api/v1/notes', json=note, headers=headers)
    assert (again.data, again.headers['Idempotent-Replayed']) == (first.data, 'true')
    assert 'Idempotency-Replayed' not in again.headers
    other = client.post('/api/v1/notes', json={**note, 'amount_cents': 2}, headers=headers)
    refused(other, 422, 'key-reused')


# Answers and lists

def test_cents_uuids_and_cursors(client):
    for number in range(3):
        made(client, amount_cents=number)
    first = client.get('/api/v1/notes?limit=2', headers=TOKEN)
    fits('listNotes', first)
    last = client.get(f"/api/v1/notes?limit=2&cursor={first.json['next_cursor']}", headers=TOKEN).json
    assert (len(first.json['data']), len(last['data']), last['next_cursor']) == (2, 1, None)
    assert sorted(note['amount_cents'] for note in first.json['data'] + last['data']) == [0, 1, 2]


@pytest.mark.parametrize('name', ['2026.csv', 'a/b/c.csv'])
def test_a_stream_below_a_path_with_slashes(client, name):
    answer = client.get(f'/api/v1/notes/export/{name}/', headers=TOKEN)
    assert (answer.data, answer.headers['Content-Length']) == (b'a;b\n1;2\n', '8')
    assert client.head(f'/api/v1/notes/export/{name}/', headers=TOKEN).data == b''


@pytest.mark.parametrize('path', ['export/a//b/', 'export/../x/', 'export/a%2Fb/', 'export/', 'export/a'])
def test_a_path_that_leads_nowhere(client, path):
    environ = {'RAW_URI': f'/api/v1/notes/{path}', 'REQUEST_URI': f'/api/v1/notes/{path}'}
    answer = client.get('/', headers=TOKEN, environ_overrides=environ)
    refused(answer, 404, 'not-found')


# Forms

def file(data, name='a.txt'):
    return FileStorage(io.BytesIO(data), name)


def form(headers=(), **values):
    """Return the arguments of a request with a form; werkzeug's own boundary may be too long"""
    files = [file(b'x' * 10), file(b'y', 'b.txt')]
    boundary, data = encode_multipart({'title': "Eins", 'attachments': files, **values}, 'boundary')
    return {'data': data, 'headers': {
            'Content-Type': f'multipart/form-data; boundary={boundary}', **dict(headers)}}


def test_a_form_with_files(client):
    assert client.post('/api/v1/notes/send', **form(TOKEN)).json == {
        'sizes': [10, 1], 'by': 'token'}
    wrong = form(TOKEN, title='', attachments=[file(b'x' * 1001)])
    answer = client.post('/api/v1/notes/send', **wrong)
    assert set(refused(answer, 422, 'validation-failed')['errors']) == {'title', 'attachments.0'}
    refused(client.post('/api/v1/notes/send', json={}, headers=TOKEN), 415, 'media-type')


# Sessions

def test_a_page_of_a_session(browser):
    page = browser.get('/notes/')
    assert page.content_type == 'text/html; charset=utf-8'
    assert '<html lang="de">' in page.text and '<h1>&lt;Notiz&gt;</h1>' in page.text
    assert f'value="{csrf_token(made_up.SESSION)}"' in page.text
    assert "default-src 'none'" in page.headers['Content-Security-Policy']
    assert '<html lang="en">' in browser.get('/notes/', headers=ENGLISH).text
    style = browser.get(re.search('href="([^"]+)"', page.text)[1])
    assert style.headers['Cache-Control'] == 'public, max-age=31536000, immutable'
    assert (style.mimetype, style.data) == ('text/css', b'h1 { color: #123; }\n')


def test_a_session_needs_its_token_to_write(browser):
    token = csrf_token(made_up.SESSION)
    send = '/api/v1/notes/send'
    refused(browser.post(send, **form()), 403, 'csrf')
    refused(browser.post(send, **form(csrf_token='x')), 403, 'csrf')
    evil = {'Origin': 'http://evil.example'}
    refused(browser.post(send, **form(evil, csrf_token=token)), 403, 'csrf')
    assert browser.post(send, **form(csrf_token=token)).json == {'sizes': [10, 1], 'by': 'session'}
    ours = {'X-CSRFToken': token, 'Origin': 'http://localhost'}
    assert browser.post(send, **form(ours)).status_code == 200
    note = {'title': "Eins", 'amount_cents': 1}
    headers = {'Idempotency-Key': 'k', 'X-CSRFToken': token}
    refused(browser.post('/api/v1/notes', json=note, headers={'Idempotency-Key': 'k'}), 403, 'csrf')
    assert browser.post('/api/v1/notes', json=note, headers=headers).status_code == 201
    assert browser.post(send, **form(TOKEN)).json['by'] == 'token'


def test_nobodys_session(client):
    refused(client.get('/notes/'), 401, 'unauthenticated')
    client.set_cookie('sessionid', 'stolen')
    refused(client.get('/notes/'), 401, 'unauthenticated')


def test_the_cookies_of_a_session():
    begun, csrf = made_up.COOKIE.cookies('abc', secure=True)
    assert begun == 'sessionid=abc; Path=/; SameSite=Lax; Secure; HttpOnly'
    assert csrf == f'csrftoken={csrf_token("abc")}; Path=/; SameSite=Lax; Secure'
    assert made_up.COOKIE.cookies('', secure=False)[0] == (
        'sessionid=; Path=/; SameSite=Lax; Max-Age=0; HttpOnly')


def test_a_login_begins_a_session(client):
    page = client.get('/login/')
    token = re.search('name="csrf_token" value="([0-9a-f]{32})"', page.text)[1]
    cookie, = page.headers.getlist('Set-Cookie')
    assert cookie == f'csrftoken={token}; Path=/; SameSite=Lax; HttpOnly'
    assert token in client.get('/login/').text, "a second page has the same token"
    refused(client.post('/login/', data={'title': 'x'}), 403, 'csrf')
    refused(client.post('/login/', data={'title': 'x', 'csrf_token': 'y' * 32}), 403, 'csrf')
    answer = client.post('/login/', data={'title': 'x', 'csrf_token': token})
    assert (answer.status_code, answer.headers['Location']) == (303, '/notes/')
    assert client.get('/notes/').status_code == 200
    stranger = Client(client.application)
    refused(stranger.post('/login/', data={'title': 'x', 'csrf_token': token}), 403, 'csrf')


# Open to everybody, also to pages of other hosts

def test_an_open_operation_answers_pages_of_other_hosts(client, gateway):
    origin = {'Origin': 'https://shop.example'}
    answer = client.post('/api/v1/notes/count', headers=origin)
    assert answer.json == {'count': 0, 'company': None}
    assert answer.headers['Access-Control-Allow-Origin'] == '*'
    assert 'Access-Control-Allow-Credentials' not in answer.headers
    assert gateway.tasks == []
    wrong = client.get('/api/v1/notes/count', headers=origin)
    refused(wrong, 405, 'method-not-allowed')
    assert wrong.headers['Access-Control-Allow-Origin'] == '*'
    assert 'Access-Control-Allow-Origin' not in client.get('/api/v1/notes', headers=origin).headers


def test_a_preflight(client):
    asked = {'Origin': 'https://shop.example', 'Access-Control-Request-Method': 'POST'}
    answer = client.options('/api/v1/notes/count', headers=asked)
    assert (answer.status_code, answer.headers['Access-Control-Allow-Methods']) == (204, 'OPTIONS, POST')
    assert answer.headers['Access-Control-Allow-Headers'] == 'Content-Type, Accept-Language'
    assert 'Access-Control-Allow-Methods' not in client.options('/api/v1/notes', headers=asked).headers


def test_one_address_too_often(client):
    answers = [client.post('/api/v1/notes/count') for _ in range(12)]
    assert refused(answers[-1], 429, 'rate-limited')['detail'] == (
        "Mehr als 5 Anfragen pro Sekunde von dieser Adresse")


# The document

def test_the_document_says_all_that():
    paths = DOCUMENT['paths']
    assert DOCUMENT['components']['securitySchemes'] == {
        'token': {'type': 'http', 'scheme': 'bearer'},
        'session': {'type': 'apiKey', 'in': 'cookie', 'name': 'sessionid'}}
    assert DOCUMENT['security'] == [{'token': []}, {'session': []}]
    assert paths['/api/v1/notes/count']['post']['security'] == []
    assert paths['/notes/']['get']['security'] == [{'session': []}]
    create = paths['/api/v1/notes']['post']
    header, = [p for p in create['parameters'] if p['name'] == 'Idempotency-Key']
    assert header['required']
    assert list(paths['/api/v1/notes/send']['post']['requestBody']['content']) == ['multipart/form-data']
    assert described('createNote', 422)['x-error-codes'].keys() == {'validation-failed', 'key-reused'}
    assert list(described('getNote', 404)['content']) == ['application/problem+json']
    assert '401' not in paths['/api/v1/notes/count']['post']['responses']
    assert paths['/api/v1/notes/export/{name}/']['get']['responses']['200']['content'].keys() == {'text/csv'}


def test_every_refusal_is_documented(client):
    for method, path, id in [
            ('GET', '/api/v1/notes', 'listNotes'), ('DELETE', f'/api/v1/notes/{UNKNOWN}', 'burnNote'),
            ('GET', f'/api/v1/notes/{UNKNOWN}', 'getNote')]:
        for headers in ({}, TOKEN):
            answer = client.open(path, method=method, headers=headers)
            if answer.status_code >= 400:
                fits(id, answer)
                assert answer.json['type'].rpartition('/')[2] in described(
                    id, answer.status_code)['x-error-codes']
