"""REST in front of the real database: tenant, locks, idempotency under races, log, outage"""
import datetime as dt
import time
from decimal import Decimal

import psycopg
import pytest
from trytond import backend
from trytond.cache import Cache
from trytond.modules.rest import Answer, Contract, Key, Operation, Refusal, Repeats, not_found
from trytond.modules.rest.application import assemble
from trytond.modules.rest.fields import Body, Output, text
from trytond.modules.rest.gateway import Gateway
from trytond.modules.rest.tests import fakes
from trytond.modules.tenant.scope import tenant_scope
from trytond.pool import Pool
from trytond.transaction import Transaction
from werkzeug.test import Client

from tests.support.parallel import together


class Party(Output):
    id: int
    name: str


class PartyCreate(Body):
    name: text(100, minimum=1)
    fail: bool = False
    seconds: int = 0


RUNS = []


def show(party):
    return Party(id=party.id, name=party.name)


def create(call):
    RUNS.append(call.body.name)
    if call.body.seconds:
        Transaction().connection.cursor().execute("SELECT pg_sleep(%s)", (call.body.seconds,))
    party, = Pool().get('party.party').create([{'name': call.body.name}])
    if call.body.fail:
        raise Refusal('failed', says='text', text="after the record was made")
    return show(party)


def read(call):
    parties = Pool().get('party.party').search([('id', '=', call.params['id'])])
    if not parties:
        raise not_found()
    return show(parties[0])


def write(call):
    party = Pool().get('party.party')(read(call).id)
    party.name = call.body.name
    party.save()
    return show(party)


def count(call):
    """Read a number, think, write it: what only a lock makes safe"""
    Party = Pool().get('party.party')
    number = Party.search([('name', '=', 'counted')], count=True)
    time.sleep(0.02)
    Party.create([{'name': 'counted'}])
    return {'number': number}


def duplicate(call):
    """What a unique constraint refuses although the check before it saw nothing"""
    Party = Pool().get('party.party')
    if Party.search([('code', '=', call.body.name)]):
        raise Refusal('exists', says='text', text="exists")
    time.sleep(0.1)
    party, = Party.create([{'name': 'unique', 'code': call.body.name}])
    return {'id': party.id}


def secret(call):
    """A record with a secret that is shown until somebody used it"""
    return Answer(
        {'id': 7, 'secret': f'{call.token}" \\ä', 'other': Decimal('1.50')}, record=call.body.name)


CONTRACT = Contract(
    name='parties', title="Parties", roots=['/api'], dialect=fakes.DIALECT, repeats=Repeats(),
    ways=[Key(scheme='billing', header='X-Api-Key')], operations=[
        Operation(id='create', method='POST', path='/api/parties', handler=create, status=201,
            request=PartyCreate, response=Party, summary='', tag='', etag=True),
        Operation(id='read', method='GET', path='/api/parties/{id:int}', handler=read,
            response=Party, summary='', tag='', etag=True),
        Operation(id='write', method='PATCH', path='/api/parties/{id:int}', handler=write,
            request=PartyCreate, response=Party, summary='', tag='', etag=True, current=read),
        Operation(id='count', method='POST', path='/api/count', handler=count, summary='', tag='',
            locks=['party_party', 'ir_sequence_strict']),
        Operation(id='secret', method='POST', path='/api/secrets', handler=secret, summary='', tag='',
            request=PartyCreate, secrets=['secret']),
        Operation(id='duplicate', method='POST', path='/api/duplicate', handler=duplicate,
            request=PartyCreate, summary='', tag=''),
        ])


@pytest.fixture
def app(database, pool):
    RUNS.clear()
    return assemble([CONTRACT], Gateway([database]))


class Caller:
    """A tenant's key and a client"""

    def __init__(self, app, tenant):
        self.client = Client(app)
        self.headers = {'X-Api-Key': tenant['credentials']['billing']}

    def __call__(self, method, path, json=None, **headers):
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.client.open(
            path, method=method, json=json, headers={**self.headers, **headers},
            environ_overrides={'REMOTE_ADDR': '192.0.2.9'})


@pytest.fixture
def german_caller(app, german):
    return Caller(app, german)


@pytest.fixture
def austrian_caller(app, austrian):
    return Caller(app, austrian)


def test_a_record_is_the_tenants_alone(german_caller, austrian_caller, german, owner):
    made = german_caller('POST', '/api/parties', {'name': 'Müller'})
    assert made.status_code == 201, made.text
    path = f'/api/parties/{made.json["id"]}'
    assert german_caller('GET', path).json == {'id': made.json['id'], 'name': 'Müller'}
    foreign, unknown = austrian_caller('GET', path), austrian_caller('GET', '/api/parties/999999')
    assert (foreign.status_code, foreign.data) == (unknown.status_code, unknown.data)
    assert foreign.status_code == 404
    assert owner.execute(
        "SELECT company FROM party_party WHERE id = %s", (made.json['id'],)).fetchone()[0] == (
            german['company'])


def test_a_failure_leaves_nothing(german_caller, owner):
    made = german_caller('POST', '/api/parties', {'name': 'Never', 'fail': True})
    assert (made.status_code, made.json['error']) == (422, 'failed')
    assert owner.execute(
        "SELECT count(*) FROM party_party WHERE name = 'Never'").fetchone() == (0,)


def test_where_the_time_went(german_caller):
    timing = german_caller('POST', '/api/parties', {'name': 'Zeit'}).headers['Server-Timing']
    parts = dict(part.split(';dur=') for part in timing.split(', '))
    assert float(parts['auth']) > 0 and float(parts['sql']) > 0 and float(parts['compute']) > 0


def test_a_replay_does_nothing(german_caller, austrian_caller, owner):
    first = german_caller('POST', '/api/parties', {'name': 'Once'}, Idempotency_Key='k-1')
    again = german_caller('POST', '/api/parties', {'name': 'Once'}, Idempotency_Key='k-1')
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.data, first.headers['ETag']) == (again.data, again.headers['ETag'])
    assert again.headers['Idempotency-Replayed'] == 'true'
    clash = german_caller('POST', '/api/parties', {'name': 'Other'}, Idempotency_Key='k-1')
    assert (clash.status_code, clash.json['error']) == (409, 'idempotency_key_request_mismatch')
    bad = german_caller('POST', '/api/parties', {'nmae': 'Other'}, Idempotency_Key='k-1')
    assert (bad.status_code, bad.json['error']) == (409, 'idempotency_key_request_mismatch')
    assert austrian_caller(
        'POST', '/api/parties', {'name': 'Once'}, Idempotency_Key='k-1').json['id'] != (
            first.json['id'])
    assert RUNS == ['Once', 'Once']


def test_a_failure_is_not_kept(german_caller):
    key = {'Idempotency_Key': 'k-2'}
    body = {'name': 'Again', 'fail': True}
    assert german_caller('POST', '/api/parties', body, **key).status_code == 422
    assert german_caller('POST', '/api/parties', body, **key).status_code == 422
    assert RUNS == ['Again', 'Again']
    assert german_caller('POST', '/api/parties', {'name': 'Again'}, **key).status_code == 201


def test_a_secret_in_a_stored_answer_is_encrypted_and_can_be_wiped(german_caller, german, owner, database):
    ask = lambda key: german_caller('POST', '/api/secrets', {'name': 'x-1'}, Idempotency_Key=key)
    first, other = ask('s-1'), ask('s-2')
    assert ask('s-1').data == first.data and first.json['secret']
    stored, = owner.execute("SELECT body, sealed, record FROM rest_idempotency WHERE key = 's-1'")
    assert bytes(stored[0]) == b'{"id":7,"secret":null,"other":1.50}'
    assert first.json['secret'][:64].encode() not in bytes(stored[1]) and stored[2] == 'x-1'

    def wipe(*arguments):
        context = {'company': german['company']}
        with tenant_scope(german['company']), Transaction().start(database, 0, context=context):
            Pool().get('rest.idempotency').wipe(*arguments)
    wipe('parties', ['x-2'])
    assert ask('s-1').data == first.data
    wipe('parties', ['x-1'])
    again = ask('s-1')
    assert again.json == {'id': 7, 'secret': None, 'other': 1.5}
    assert (again.status_code, again.headers['Idempotency-Replayed']) == (200, 'true')
    assert ask('s-2').json == {**other.json, 'secret': None}
    assert owner.execute(
        "SELECT count(*) FROM rest_idempotency WHERE sealed IS NOT NULL").fetchone() == (0,)


def test_a_key_expires_after_a_day_and_is_forgotten(german_caller, german, owner, database):
    key = {'Idempotency_Key': 'k-3'}
    german_caller('POST', '/api/parties', {'name': 'Old'}, **key)
    owner.execute(
        "UPDATE rest_idempotency SET created = created - interval '24 hours' WHERE key = 'k-3'")
    assert german_caller('POST', '/api/parties', {'name': 'New'}, **key).status_code == 201
    assert german_caller('POST', '/api/parties', {'name': 'Old'}, **key).status_code == 409
    owner.execute(
        "UPDATE rest_idempotency SET created = created - interval '25 hours' WHERE key = 'k-3'")
    before, = owner.execute("SELECT count(*) FROM rest_idempotency").fetchone()
    with tenant_scope(german['company']), Transaction().start(database, 0):
        Pool().get('rest.idempotency').clean()
    assert owner.execute("SELECT count(*) FROM rest_idempotency").fetchone() == (before - 1,)


def test_the_same_key_at_the_same_time(german_caller):
    answers = together(8, lambda _: german_caller(
            'POST', '/api/parties', {'name': 'Race', 'seconds': 1}, Idempotency_Key='k-4'))
    assert [a.status_code for a in answers] == [201] * 8
    assert len({a.data for a in answers}) == 1
    assert RUNS == ['Race']


def test_the_same_key_at_the_same_time_when_it_fails(german_caller):
    answers = together(4, lambda _: german_caller(
            'POST', '/api/parties', {'name': 'Fail', 'fail': True}, Idempotency_Key='k-5'))
    assert [a.status_code for a in answers] == [422] * 4
    assert RUNS == ['Fail'] * 4


def test_different_bodies_under_one_key_at_the_same_time(german_caller):
    answers = together(6, lambda n: german_caller(
            'POST', '/api/parties', {'name': f'Name {n}', 'seconds': 1}, Idempotency_Key='k-6'))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 5
    assert len(RUNS) == 1


def test_callers_wait_for_the_lock_and_all_succeed(german_caller, austrian_caller):
    answers = together(20, lambda n: (german_caller if n % 2 else austrian_caller)(
            'POST', '/api/count'))
    assert [a.status_code for a in answers] == [200] * 20
    numbers = sorted(a.json['number'] for a in answers[1::2])
    assert numbers == list(range(numbers[0], numbers[0] + 10))


def test_a_unique_violation_ends_in_the_domains_words(german_caller):
    answers = together(6, lambda _: german_caller(
            'POST', '/api/duplicate', {'name': 'same'}))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 5
    assert {a.json['error'] for a in answers if a.status_code == 409} == {'exists'}


def test_if_match_protects_against_a_lost_update(german_caller):
    made = german_caller('POST', '/api/parties', {'name': 'v1'})
    path, tag = f'/api/parties/{made.json["id"]}', made.headers['ETag']
    answers = together(6, lambda n: german_caller(
            'PATCH', path, {'name': f'v2 by {n}'}, If_Match=tag))
    assert sorted(a.status_code for a in answers) == [200] + [412] * 5


def test_a_slow_statement_is_given_up(german_caller, monkeypatch):
    monkeypatch.setattr(
        'trytond.modules.rest.transaction.in_transaction.__kwdefaults__',
        {'readonly': False, 'locks': (), 'timeout': 1})
    started = time.monotonic()
    answer = german_caller('POST', '/api/parties', {'name': 'Slow', 'seconds': 30})
    assert (answer.status_code, answer.json['error']) == (503, 'unavailable')
    assert 'Retry-After' in answer.headers
    assert time.monotonic() - started < 3
    assert RUNS == ['Slow']


def test_revoked_and_suspended_hold_at_the_next_call(app, operator):
    tenant = operator.tenant('DE', name='Kurzlebig GmbH')
    caller = Caller(app, tenant)
    assert caller('GET', '/api/parties/1').status_code == 404
    operator.call('tenant_provision.provision.set_state', tenant['company'], 'suspended')
    refused = caller('GET', '/api/parties/1')
    assert (refused.status_code, refused.json['error']) == (403, 'plan_forbidden')
    operator.call('tenant_provision.provision.set_state', tenant['company'], 'active')
    assert caller('GET', '/api/parties/1').status_code == 404


def test_every_request_is_in_the_log(app, german_caller, german, owner, database):
    owner.execute("DELETE FROM rest_request")
    german_caller('POST', '/api/parties', {'name': 'Logged'}, X_Request_Id='log-test-0001')
    german_caller('GET', '/api/parties/0', X_Request_Id='log-test-0002')
    german_caller('GET', '/api/nothing', X_Request_Id='log-test-0003')
    Client(app).get('/api/parties/1', headers={'X-Request-Id': 'log-test-0004'})
    app.journal.flush()
    rows = owner.execute(
        "SELECT request, company, method, path, status, operation, address, key_prefix,"
        " duration > 0 FROM rest_request ORDER BY request").fetchall()
    company, prefix = german['company'], german['prefix']
    assert rows == [
        ('log-test-0001', company, 'POST', '/api/parties', 201, 'create', '192.0.2.9', prefix, True),
        ('log-test-0002', company, 'GET', '/api/parties/0', 404, 'read', '192.0.2.9', prefix, True),
        ('log-test-0003', None, 'GET', '/api/nothing', 404, None, '192.0.2.9', None, True),
        ('log-test-0004', None, 'GET', '/api/parties/1', 401, 'read', '', None, True)]


def test_a_tenant_reads_its_own_log_only(app, german_caller, austrian_caller, postgres, database,
        german, austrian):
    german_caller('GET', '/api/parties/0')
    austrian_caller('GET', '/api/parties/0')
    app.journal.flush()
    with psycopg.connect(postgres.role('web', database), autocommit=True) as web:
        assert web.execute("SELECT count(*) FROM rest_request").fetchone() == (0,)
        for tenant in (german, austrian):
            web.execute("SELECT set_config('app.company', %s, false)", (str(tenant['company']),))
            assert web.execute("SELECT DISTINCT company FROM rest_request").fetchall() == [
                (tenant['company'],)]
        for statement in ("UPDATE rest_request SET status = 200", "DELETE FROM rest_request"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(statement)


def test_a_member_reads_the_log_over_tryton(app, german_caller, german, austrian_caller, database):
    german_caller('GET', '/api/parties/0')
    austrian_caller('GET', '/api/parties/0')
    app.journal.flush()
    with Transaction().start(
            database, german['login']['id'], context={'_check_access': True}, readonly=True):
        Log = Pool().get('rest.request')
        lines = Log.search([])
        assert lines and {line.company.id for line in lines} == {german['company']}


def test_old_log_lines_go(app, german_caller, owner, postgres, database):
    german_caller('GET', '/api/parties/0', X_Request_Id='log-old-00001')
    german_caller('GET', '/api/parties/0', X_Request_Id='log-new-00001')
    app.journal.flush()
    owner.execute(
        "UPDATE rest_request SET moment = moment - interval '91 days'"
        " WHERE request = 'log-old-00001'")
    from trytond.modules.rest.exchange import utcnow
    from trytond.modules.rest.request_log import old_lines
    with psycopg.connect(postgres.role('worker', database), autocommit=True) as worker:
        worker.execute(*old_lines(Pool(database).get('rest.request').__table__(), utcnow()))
    assert owner.execute(
        "SELECT request FROM rest_request WHERE request LIKE 'log-%%-00001'").fetchall() == [
            ('log-new-00001',)]


def test_last_use_of_a_key(app, german_caller, german, owner):
    owner.execute("UPDATE tenant_credential SET last_use = NULL")
    german_caller('GET', '/api/parties/0')
    app.journal.flush()
    used = owner.execute(
        "SELECT last_use FROM tenant_credential WHERE last_use IS NOT NULL").fetchall()
    assert len(used) == 1
    assert abs(used[0][0] - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(minutes=1)


def test_ready(app):
    assert Client(app).get('/readyz').json == {'status': 'ready'}


def test_a_database_that_goes_away_and_comes_back(fresh_database, postgres, pool):
    """503 with Retry-After while it is away, at once after the first; served again within a second"""
    with Transaction().start(fresh_database, 0, readonly=True):
        Pool(fresh_database).init()
    app = assemble([CONTRACT], Gateway([fresh_database]))
    client, headers = Client(app), {'X-Api-Key': 'kbl_any_00000000_secret'}
    assert client.get('/api/parties/1', headers=headers).status_code == 401

    with psycopg.connect(postgres.superuser('postgres'), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{fresh_database}" ALLOW_CONNECTIONS false')
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'", (fresh_database,))
        started = time.monotonic()
        for most in (5, 0.5, 0.5, 0.5):
            answer = client.get('/api/parties/1', headers=headers)
            assert (answer.status_code, answer.json['error']) == (503, 'unavailable')
            assert answer.headers['Retry-After'] == '2'
            assert time.monotonic() - started < most
            started = time.monotonic()
        assert client.get('/readyz').status_code == 503
        assert client.get('/healthz').status_code == 200
        assert not app.journal.flush(), "the log waits"
        admin.execute(f'ALTER DATABASE "{fresh_database}" ALLOW_CONNECTIONS true')

    time.sleep(0.6)
    assert client.get('/api/parties/1', headers=headers).status_code == 401
    assert client.get('/readyz').json == {'status': 'ready'}
    assert app.journal.flush()
    app.close()
    Pool.stop(fresh_database)
    Cache.drop(fresh_database)
    backend.Database(fresh_database).close()
