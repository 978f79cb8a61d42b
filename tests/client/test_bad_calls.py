"""Whatever is sent to Tryton's protocol: a refusal below 500, within 5 s, that gives nothing away."""
import gzip
import json
import re
import time
import zlib

import pytest

from tests.support.rpc import Client, Fault, basic_header, read

SECONDS = 5
LEAKS = re.compile(
    r'Traceback|psycopg|File "|SELECT |INSERT |UPDATE |relation "|violates|SQLSTATE|row-level|'
    r'permission denied', re.I)


def refused(response, started, status=None):
    """Check a refusal: its time, its status, what it says and what it does not say"""
    assert time.monotonic() - started < SECONDS
    assert response.status_code < 500, response.text
    assert response.headers['X-Request-Id']
    assert not LEAKS.search(response.text), response.text
    assert 'Content-Type' in response.headers and 'html' not in response.content_type
    if status:
        assert response.status_code == status, response.text
    if response.status_code == 200:
        assert b'"error":' in response.data, response.text
    assert len(response.data) < 2000


def send(client, body, path=None, **headers):
    if not isinstance(body, str | bytes):
        body = json.dumps(body)
    return client.post(body, path, **headers)


def call(method, *params):
    return {'id': 1, 'method': method, 'params': params}


def deep(levels, left='[', right=']'):
    return left * levels + right * levels


def domain_of(levels):
    """OR in OR in OR …"""
    domain = ['name', '=', 'x']
    for _ in range(levels):
        domain = ['OR', domain, ['code', '=', 'y']]
    return domain


SEARCH = 'model.party.party.search'
MALFORMED = [
    ('empty', b'', 400),
    ('no JSON', b'{"id": 1, "method": ', 400),
    ('a list', b'[]', 400),
    ('a number', b'1', 400),
    ('null', b'null', 400),
    ('no method', b'{"id": 1, "params": []}', 400),
    ('method null', b'{"id": 1, "method": null, "params": []}', 400),
    ('method a list', b'{"id": 1, "method": ["a"], "params": []}', 400),
    ('method of a megabyte', json.dumps(call('m' * 10 ** 6)), 400),
    ('no params', b'{"id": 1, "method": "model.party.party.search"}', 400),
    ('params an object', b'{"id": 1, "method": "model.party.party.search", "params": {"a": 1}}', 400),
    ('params a text', b'{"id": 1, "method": "model.party.party.search", "params": "abc"}', 400),
    ('not UTF-8', b'{"id": 1, "method": "model.party.party.search", "params": ["\xff"]}', 400),
    ('UTF-16', json.dumps(call(SEARCH, [], {})).encode('utf-16'), 400),
    ('nested 100,000 deep', deep(100_000), None),
    ('nested 900 deep', '{"id": 1, "method": "%s", "params": [%s, {}]}' % (SEARCH, deep(900)), 400),
    ('objects nested 100 deep', '{"id": 1, "method": "%s", "params": [%s0%s]}' % (
            SEARCH, '{"a":' * 100, '}' * 100), 400),
    ('NaN', '{"id": 1, "method": "%s", "params": [[["id", "=", NaN]], {}]}' % SEARCH, 400),
    ('Infinity', '{"id": 1, "method": "%s", "params": [[["id", "=", -Infinity]], {}]}' % SEARCH, 400),
    ('1e400', '{"id": 1, "method": "%s", "params": [[["id", "=", 1e400]], {}]}' % SEARCH, 400),
    ('number of 100,000 digits', '{"id": 1, "method": "%s", "params": [[["id", "=", %s]], {}]}' % (
            SEARCH, '9' * 100_000), 400),
    ('number of 4,000 digits', '{"id": 1, "method": "%s", "params": [[["id", "=", %s]], {}]}' % (
            SEARCH, '9' * 4_000), 400),
    ('half a character', r'{"id": 1, "method": "%s", "params": [[["name", "=", "\ud800"]], {}]}' % SEARCH,
        400),
    ('NUL', r'{"id": 1, "method": "%s", "params": [[["name", "=", "a\u0000b"]], {}]}' % SEARCH, 400),
    ('10 MB of clauses', json.dumps(call(SEARCH, [['name', '=', 'x']] * 600_000, {})), 413),
    ('a text of 20 MB', json.dumps(call(SEARCH, [['name', '=', 'x' * 20_000_000]], {})), 413),
    ('a text of 2 MB', json.dumps(call('model.party.party.create', [{'name': 'x' * 2_000_000}], {})), 413),
    ('a text of 20 KB to look for', json.dumps(call(SEARCH, [['name', '=', 'x' * 20_000]], {})), 413),
    ('1,000,000 ids', json.dumps(call('model.party.party.read', list(range(10 ** 6)), ['name'], {})),
        413),
    ('20,000 ids', json.dumps(call('model.party.party.read', list(range(20_000)), ['name'], {})), 413),
    ('2,000 clauses', json.dumps(call(SEARCH, [['name', '=', 'x']] * 2_000, {})), 413),
    ('domain 1,000 deep', json.dumps(call(SEARCH, domain_of(300), {})), 400),
    ('endless field name', json.dumps(call(
                'model.party.party.read', [1], ['.'.join(['addresses', 'party'] * 50)], {})), 400),
    ('endless clause', json.dumps(call(
                SEARCH, [['.'.join(['addresses', 'party'] * 50) + '.name', '=', 'x']], {})), 400),
    ]


@pytest.mark.parametrize('body, status', [line[1:] for line in MALFORMED], ids=[
        line[0] for line in MALFORMED])
def test_what_is_no_call(client, body, status):
    started = time.monotonic()
    refused(send(client, body), started, status)


@pytest.mark.parametrize('value', [
        {'__class__': 'Decimal', 'decimal': 'NaN'},
        {'__class__': 'Decimal', 'decimal': 'sNaN'},
        {'__class__': 'Decimal', 'decimal': '-Infinity'},
        {'__class__': 'Decimal', 'decimal': '1E+999999'},
        {'__class__': 'Decimal', 'decimal': '1e-999999'},
        {'__class__': 'Decimal', 'decimal': '9' * 10_000},
        {'__class__': 'Decimal', 'decimal': 'abc'},
        {'__class__': 'Decimal'},
        {'__class__': 'date', 'year': 0, 'month': 13, 'day': 32},
        {'__class__': 'date', 'year': '2026', 'month': 1, 'day': 1},
        {'__class__': 'datetime', 'year': 2026},
        {'__class__': 'timedelta', 'seconds': 1e300},
        {'__class__': 'bytes', 'base64': 'a'},
        {'__class__': 'bytes', 'base64': 7},
        ], ids=str)
def test_values_that_are_none(client, value):
    started = time.monotonic()
    refused(send(client, call('model.party.party.create', [{'name': value}], {})), started, 400)


# Methods and arguments

@pytest.mark.parametrize('method', [
        'nonsense', 'model', 'model.', 'model..search', 'model.party', 'model.party.party',
        'model.party.party.nonsense', 'model.party.party.__init__', 'model.party.party.validate',
        'model.party.party._validate', 'model.no.such.model.search', 'wizard.no.such.wizard.create',
        'report.no.such.report.execute', 'nonsense.party.party.search', '*.party.party.search',
        'common.db.list', 'common.db.create', 'common.server.version', 'system.methodHelp',
        'system.methodSignature', 'common.db.list_lang', 'model.ir.session.search',
        'model.party.party.search;DROP TABLE party_party', '.', '..', 'model.party.party.search ',
        ])
def test_methods_that_are_none(client, method):
    started = time.monotonic()
    refused(send(client, call(method, [], {})), started, 404)


def test_no_report_class_is_made_of_any_name(client, pool):
    before = len(list(pool.iterobject('report')))
    for number in range(10):
        send(client, call(f'report.invented.{number}.execute', [], {}, {}))
    assert len(list(pool.iterobject('report'))) == before
    assert set(pool._pool) <= {'model', 'wizard', 'report'}


ARGUMENTS = [
    ('model.party.party.read', []),
    ('model.party.party.read', [{}]),
    ('model.party.party.read', [[1]]),
    ('model.party.party.read', [[1], ['name']]),
    ('model.party.party.read', [[1], ['name'], {}, {}, {}, {}]),
    ('model.party.party.read', ['abc', ['name'], {}]),
    ('model.party.party.read', [[1], 'name', {}]),
    ('model.party.party.read', [[1], ['no_such_field'], {}]),
    ('model.party.party.read', [[1], ['name.name'], {}]),
    ('model.party.party.read', [[1], [None], {}]),
    ('model.party.party.read', [[1], [{}], {}]),
    ('model.party.party.read', [[None], ['name'], {}]),
    ('model.party.party.read', [[{}], ['name'], {}]),
    ('model.party.party.read', [['1'], ['name'], {}]),
    ('model.party.party.read', [[1.5], ['name'], {}]),
    ('model.party.party.read', [[-1], ['name'], {}]),
    ('model.party.party.read', [[0], ['name'], {}]),
    ('model.party.party.read', [[2 ** 31], ['name'], {}]),
    ('model.party.party.read', [[2 ** 63 - 1], ['name'], {}]),
    ('model.party.party.read', [[2 ** 63], ['name'], {}]),
    ('model.party.party.read', [list(range(10_000)), ['name'], {}]),
    ('model.party.party.read', [[1], ['name'], []]),
    ('model.party.party.read', [[1], ['name'], {'language': ['de']}]),
    ('model.party.party.read', [[1], ['name'], {'language': 'xx_XX'}]),
    ('model.party.party.read', [[1], ['name'], {'_datetime': 'yesterday'}]),
    ('model.party.party.search', [5, {}]),
    ('model.party.party.search', ['name', {}]),
    ('model.party.party.search', [['name'], {}]),
    ('model.party.party.search', [[['name', '=']], {}]),
    ('model.party.party.search', [[['name', 'nonsense', 'x']], {}]),
    ('model.party.party.search', [[['nonsense', '=', 'x']], {}]),
    ('model.party.party.search', [[['name', 'in', 'x']], {}]),
    ('model.party.party.search', [[['name', 'in', [[1]]]], {}]),
    ('model.party.party.search', [[['name', '=', {}]], {}]),
    ('model.party.party.search', [[['name', '=', {'__class__': 'Eval', 'v': 'x', 'd': ''}]], {}]),
    ('model.party.party.search', [[['id', '=', 'abc']], {}]),
    ('model.party.party.search', [[['id', '=', 2 ** 63 - 1]], {}]),
    ('model.party.party.search', [[['create_date', '>', 'never']], {}]),
    ('model.party.party.search', [[['name', '=', 'x'], 'OR'], {}]),
    ('model.party.party.search', [['OR', 'AND', 'OR'], {}]),
    ('model.party.party.search', [[], -1, 10, None, {}]),
    ('model.party.party.search', [[], 0, -1, None, {}]),
    ('model.party.party.search', [[], 0, 'all', None, {}]),
    ('model.party.party.search', [[], 'a', 10, None, {}]),
    ('model.party.party.search', [[], 0, 10, 'name', {}]),
    ('model.party.party.search', [[], 0, 10, [['name', 'SIDEWAYS']], {}]),
    ('model.party.party.search', [[], 0, 10, [['nonsense', 'ASC']], {}]),
    ('model.party.party.search', [[], 0, 10, [['name; DROP TABLE party_party', 'ASC']], {}]),
    ('model.party.party.search', [[], 0, 2 ** 63, None, {}]),
    ('model.party.party.search_read', [[], 0, 10, None, ['nonsense'], {}]),
    ('model.party.party.create', [{}, {}]),
    ('model.party.party.create', [[5], {}]),
    ('model.party.party.create', [[{'nonsense': 1}], {}]),
    ('model.party.party.create', [[{'name': 5}], {}]),
    ('model.party.party.create', [[{'name': []}], {}]),
    ('model.party.party.create', [[{'addresses': 'x'}], {}]),
    ('model.party.party.create', [[{'addresses': [['create']]}], {}]),
    ('model.party.party.create', [[{'addresses': [['nonsense', [1]]]}], {}]),
    ('model.party.party.create', [[{'name': 'x', 'addresses': [['add', [999999]]]}], {}]),
    ('model.party.party.create', [[{'name': 'x', 'lang': 'german'}], {}]),
    ('model.party.party.create', [[{'name': 'x', 'lang': 999999}], {}]),
    ('model.party.party.write', [[1], {}]),
    ('model.party.party.write', [[999999], {'name': 'x'}, {}]),
    ('model.party.party.write', [[1], {'id': 5}, {}]),
    ('model.party.party.write', [{}, {}, {}]),
    ('model.party.party.delete', [[999999], {}]),
    ('model.party.party.delete', ['x', {}]),
    ('model.party.party.copy', [[999999], {}, {}]),
    ('model.party.party.export_data', [[999999], ['name'], {}]),
    ('model.party.party.import_data', [['name'], [['x', 'y', 'z']], {}]),
    ('model.party.party.import_data', [['nonsense'], [['x']], {}]),
    ('model.party.party.on_change', [{}, ['nonsense'], {}]),
    ('model.party.party.on_change_with', [{'nonsense': 1}, ['x'], {}]),
    ('model.party.party.default_get', [5, {}]),
    ('model.party.party.fields_view_get', ['x', 'y', {}]),
    ('model.party.party.fields_view_get', [999999, 'form', {}]),
    ('model.ir.ui.view_search.create', [
            [{'name': 'x', 'model': 'party.party', 'domain': '[["name", "=", {"__class__": "Boom"}]]'}],
            {}]),
    ('model.account.move.post', [[999999], {}]),
    ('model.account.move.post', [['x'], {}]),
    ('model.account.move.line.search', [[['debit', '=', 'x']], {}]),
    ('model.res.user.set_preferences', [5, {}]),
    ('model.res.user.get_preferences', []),
    ('wizard.party.replace.create', []),
    ('wizard.party.replace.execute', [1, {}, 'replace', {}]),
    ('wizard.party.replace.execute', ['x', {}, 'nonsense', {}]),
    ('wizard.party.replace.delete', [999999, {}]),
    ('report.party.label.execute', [[999999], {}, {}]),
    ('report.party.label.execute', ['x', 'y', {}]),
    ('common.db.login', []),
    ('common.db.login', ['x']),
    ('common.db.login', [5, {'password': 'x'}]),
    ('common.db.login', ['x', 'y']),
    ('common.db.login', ['x', {'password': 5}]),
    ('common.db.login', [['x'], {'password': ['x']}, {}, {}, {}]),
    ]


@pytest.mark.parametrize('method, params', ARGUMENTS, ids=[
        f'{method}-{number}' for number, (method, _) in enumerate(ARGUMENTS)])
def test_arguments_that_do_not_fit(client, method, params):
    """An answer is fine where Tryton has one; what is refused is refused in words"""
    started = time.monotonic()
    response = send(client, call(method, *params))
    if response.status_code == 200 and 'result' in read(response):
        assert time.monotonic() - started < SECONDS
        return
    refused(response, started)


def test_a_limit_beyond_all_numbers(client):
    assert isinstance(client.call('party.party.search', [], 0, 10 ** 9), list)


@pytest.mark.parametrize('name, values', [
        ('party.address', {'sequence': 2 ** 40}),
        ('party.identifier', {'code': ''.join(map(str, range(150_000)))}),
        ('ir.attachment', {'name': 'x' * 900_000}),
        ('party.party', {'name': 'x' * 900_000}),
        ('party.party', {'code': ''.join(map(str, range(150_000)))}),
        ('party.category', {'name': ''.join(map(str, range(150_000)))}),
        ])
def test_what_the_database_refuses_is_said_in_words(client, name, values):
    """2^40 in a column of 4 bytes, a megabyte in a column with an index: stock tries that six times"""
    party = client.call('party.party.search', [])[0]
    needed = {'party': party} if name in {'party.address', 'party.identifier'} else {}
    if name == 'ir.attachment':
        needed = {'resource': f'party.party,{party}'}
    started = time.monotonic()
    try:
        client.call(f'{name}.create', [{**needed, **values}])
    except Fault as fault:
        assert (fault.status, fault.kind) == (200, 'UserError')
        assert not LEAKS.search(fault.text)
    assert time.monotonic() - started < SECONDS


# The frame around a call

def test_a_gzip_bomb(client):
    """200 MB of zeros in 200 KB: refused before they are unpacked, in less than a second"""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b''.join([*(packer.compress(bytes(2 ** 20)) for _ in range(200)), packer.flush()])
    assert len(bomb) < 250_000
    started = time.monotonic()
    response = client.post(bomb, **{'Content-Encoding': 'gzip'})
    assert time.monotonic() - started < 1
    refused(response, started, 413)


PACKED = gzip.compress(b'{}', mtime=0)


@pytest.mark.parametrize('encoding, body, status', [
        ('gzip', b'no gzip', 400),
        ('gzip', PACKED[:-4], 400),
        ('gzip', PACKED + b'more', 400),
        ('gzip', gzip.compress(PACKED, mtime=0), 400),
        ('br', b'{}', 415),
        ('gzip, gzip', b'{}', 415),
        ('deflate', zlib.compress(b'{}'), 415),
        ])
def test_encodings(client, encoding, body, status):
    started = time.monotonic()
    refused(client.post(body, **{'Content-Encoding': encoding}), started, status)


@pytest.mark.parametrize('content_type, status', [
        ('text/plain', 415), ('', 415), ('application/x-www-form-urlencoded', 415),
        ('multipart/form-data; boundary=x', 415), ('application/octet-stream', 415)])
def test_content_types(client, database, content_type, status):
    started = time.monotonic()
    response = client.browser.post(
        f'/{database}/rpc/', data=b'{}', headers=client.headers, content_type=content_type,
        environ_base=client.address)
    refused(response, started, status)


XML = '<?xml version="1.0"?><methodCall><methodName>model.party.party.search</methodName>%s</methodCall>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    '<methodCall><methodName>&c;</methodName><params></params></methodCall>')
FILE = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    '<methodCall><methodName>&f;</methodName><params></params></methodCall>')


def _xml(value):
    return XML % f'<params><param><value>{value}</value></param></params>'


@pytest.mark.parametrize('body', [
        '', '<', '<a/>', LAUGHS, FILE, '<methodResponse/>', XML % '',
        _xml('<int>abc</int>'), _xml(f'<int>{"9" * 5000}</int>'), _xml('<double>nan</double>'),
        _xml('<double>inf</double>'), _xml('<bigdecimal>NaN</bigdecimal>'),
        _xml('<bigdecimal>1e999999</bigdecimal>'),
        _xml('<array><data><value>' * 300 + '</value></data></array>' * 300),
        _xml('<array><data>' + '<value><int>1</int></value>' * 20_000 + '</data></array>'),
        _xml('<base64>*</base64>'), _xml('<dateTime.iso8601>never</dateTime.iso8601>'),
        _xml('<struct><member><value>1</value></member></struct>'),
        ], ids=range(18))
def test_xml_that_is_no_call(client, database, body):
    started = time.monotonic()
    response = client.browser.post(
        f'/{database}/', data=body, headers=client.headers, content_type='text/xml',
        environ_base=client.address)
    if response.status_code == 200:
        assert '<fault>' in response.text
        assert not LEAKS.search(response.text)
        return
    refused(response, started)


# The way in

@pytest.mark.parametrize('header', [
        None, '', 'Session', 'Session x', 'Session AAAA', 'Session ' + 'A' * 5000, 'Basic', 'Basic x',
        'Basic AAAA', 'Bearer x', 'Negotiate x', basic_header('x', 'y'), basic_header('', ''),
        basic_header('x' * 5000, 'y' * 5000), 'Session eDoxOng=', 'Session eDotMTp4',
        'Session eDo5OTk5OTk5OTk5OTk5Ong=', 'Session eDoxOnk=', 'Digest username="x"'])
def test_nobody(application, database, header):
    client = Client(application, database)
    if header is not None:
        client.headers['Authorization'] = header
    started = time.monotonic()
    response = send(client, call(SEARCH, [], {}))
    refused(response, started, 401)
    assert response.headers['WWW-Authenticate'] == 'Basic realm="Tryton"'


def test_passwords_cannot_be_tried_out(application, database, operator, german):
    """After six wrong ones the seventh is not even looked at; no thread sleeps over it"""
    login = 'tried@german.example'
    _, password = operator.call('tenant_provision.provision.add_member', german['company'], login, 'clerk')
    client = Client(application, database)
    started = time.monotonic()
    statuses = []
    for _ in range(8):
        with pytest.raises(Fault) as fault:
            client.login(login, 'wrong')
        statuses.append(fault.value.status)
    assert statuses == [401] * 6 + [429] * 2
    with pytest.raises(Fault) as fault:
        client.login(login, password)
    assert fault.value.status == 429
    assert fault.value.response.headers['Retry-After']
    assert time.monotonic() - started < SECONDS


def test_pages_of_other_hosts_are_not_answered(client):
    started = time.monotonic()
    response = send(client, call(SEARCH, [], {}), Origin='https://elsewhere.example')
    refused(response, started, 403)


def test_a_suspended_tenant_is_out_at_once(application, database, operator):
    tenant = operator.tenant('DE')
    client = Client(application, database).login(
        tenant['login']['user'], tenant['login']['password'])
    operator.call('tenant_provision.provision.set_state', tenant['company'], 'suspended')
    with pytest.raises(Fault) as fault:
        client.call('party.party.search', [])
    assert fault.value.status == 403
    with pytest.raises(Fault) as fault:
        client.login(tenant['login']['user'], tenant['login']['password'])
    assert fault.value.status == 401
    operator.call('tenant_provision.provision.set_state', tenant['company'], 'active')
    assert client.login(tenant['login']['user'], tenant['login']['password']).user == client.user
