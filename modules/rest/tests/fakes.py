"""A small contract and a gateway without a database, for tests of the application itself"""
import threading
import time
from types import SimpleNamespace

from trytond.exceptions import UserError

from trytond.modules.rest import Answer, Contract, Key, Open, Operation, Repeats
from trytond.modules.rest.application import assemble
from trytond.modules.rest.dialect import Dialect, Entry, Finished
from trytond.modules.rest.exchange import utcnow
from trytond.modules.rest.fields import Body, Id, Output, camel, text
from trytond.modules.rest.house import WORDS
from trytond.modules.rest.journal import Journal
from trytond.modules.rest.paging import Page, PageQuery
from trytond.modules.rest.refusals import Kind, Refusal, not_found
from trytond.modules.rest.replay import MISMATCH, REPLAY, Stored, decide

KEY, OTHER, READER = 'kbl_shard_00000001_good', 'kbl_shard_00000002_other', 'kbl_shard_00000003_ro'
SUSPENDED, FREE = 'kbl_shard_00000004_suspended', 'kbl_shard_00000005_free'


class Thing(Output, alias_generator=camel):
    id: int
    name: str
    unit_price: int | None = None


class ThingCreate(Body, alias_generator=camel):
    name: text(16, minimum=1)
    owner_id: Id | None = None


class ThingUpdate(Body, alias_generator=camel):
    name: text(16, minimum=1) | None = None


class Query(PageQuery, alias_generator=camel):
    search: text(20) | None = None


class Taken(UserError):
    code = 'name_taken'
    path = ('unit_price',)
    extra = {'existing_id': 7}


THINGS = {}


def show(id_):
    if id_ not in THINGS:
        raise not_found()
    return Thing(id=id_, name=THINGS[id_])


def create(call):
    if call.body.name == 'taken':
        raise Taken("is taken")
    if call.body.name == 'boom':
        raise RuntimeError('SELECT secret FROM res_user')
    if call.body.name.startswith('slow'):
        time.sleep(0.2)
    THINGS[len(THINGS) + 1] = call.body.name
    return show(len(THINGS))


def update(call):
    show(call.params['id'])
    if call.body.name is not None:
        THINGS[call.params['id']] = call.body.name
    return show(call.params['id'])


def listing(call):
    things = [show(id_) for id_ in sorted(THINGS)]
    return {
        'items': things[call.query.offset:][:call.query.limit], 'page': call.query.page,
        'limit': call.query.limit, 'total': len(things)}


def remove(call):
    show(call.params['id'])
    del THINGS[call.params['id']]


def pdf(call):
    return Answer(b'%PDF-1.7', etag='abc', headers={'Content-Disposition': 'inline'})


DIALECT = Dialect(case=camel, table={
        **WORDS,
        Kind.NO_CREDENTIAL: Entry(401, 'missing_api_key'),
        Kind.BAD_CREDENTIAL: Entry(401, 'invalid_api_key'),
        Kind.SUSPENDED: Entry(403, 'plan_forbidden'),
        Kind.PLAN: Entry(403, 'plan_forbidden'),
        Kind.NOT_ALLOWED: Entry(403, 'plan_forbidden'),
        Kind.UNKNOWN_RECORD: Entry(404, 'not_found'),
        Kind.KEY_MISSING: Entry(400, 'invalid_argument'),
        Kind.KEY_MALFORMED: Entry(400, 'invalid_argument'),
        Kind.KEY_REUSED: Entry(409, 'idempotency_key_request_mismatch'),
        Kind.CHANGED_SINCE: Entry(412, 'precondition_failed'),
        Kind.CONFLICT: Entry(409, 'conflict'),
        Kind.STATE: Entry(400, 'invalid_state'),
        'name_taken': Entry(409, 'name_taken', members=lambda facts, rename: {
                'existingId': facts['existing_id']}),
        'failed': Entry(422, 'failed'),
        'exists': Entry(409, 'exists'),
        })
CONTRACT = Contract(
    name='things', title="Things", roots=['/api'], dialect=DIALECT,
    ways=[Key(scheme='billing', header='X-Api-Key')],
    repeats=Repeats(), operations=[
        Operation(
            id='listThings', method='GET', path='/api/things', handler=listing, tag='things',
            summary="List things", query=Query, response=Page[Thing]),
        Operation(
            id='createThing', method='POST', path='/api/things', handler=create, tag='things',
            summary="Create a thing", request=ThingCreate, response=Thing, status=201, etag=True,
            ability='things:write', body_limit=1000, locks=('thing',),
            problems={409: {'name_taken': "another thing has this name"}}),
        Operation(
            id='getThing', method='GET', path='/api/things/{id:int}', tag='things',
            handler=lambda call: show(call.params['id']), summary="One thing", response=Thing,
            etag=True),
        Operation(
            id='updateThing', method='PATCH', path='/api/things/{id:int}', tag='things',
            handler=update, current=lambda call: show(call.params['id']), request=ThingUpdate,
            summary="Change a thing", response=Thing, etag=True),
        Operation(
            id='deleteThing', method='DELETE', path='/api/things/{id:int}', handler=remove,
            tag='things', summary="Delete a thing", status=204),
        Operation(
            id='getPdf', method='GET', path='/api/things/{id:int}/pdf', handler=pdf, tag='things',
            summary="Paper", response=bytes, media_type='application/pdf'),
        Operation(
            id='markThing', method='POST', path='/api/things/{id:int}/mark', tag='things',
            handler=lambda call: show(call.params['id']), summary="Mark a thing",
            request=ThingUpdate, body_required=False, response=Thing, feature='marking'),
        ])


def identity(number, secret, *abilities, active=True, api_access=True):
    return SimpleNamespace(
        id=number, company=number, user=number, prefix=secret.rpartition('_')[0], active=active,
        may=lambda ability: not abilities or ability in abilities,
        features={'api_access': api_access, 'marking': number == 1, 'requests_per_second': 100_000})


def said(refusal):
    """Return the English sentence of a Refusal"""
    return DIALECT.problem(refusal).message


class FakeGateway:
    """Keeps idempotency answers in memory; counts what it was asked"""
    databases = ('shard',)

    def __init__(self):
        self.tasks = []
        self.entries = []
        self.stored = {}
        self.problem = None
        self.lock = threading.Lock()
        self.identities = {
            KEY: identity(1, KEY), OTHER: identity(2, OTHER),
            READER: identity(3, READER, 'things:read'),
            SUSPENDED: identity(4, SUSPENDED, active=False),
            FREE: identity(5, FREE, api_access=False)}

    def authenticate(self, secret, scheme):
        if self.problem:
            raise self.problem
        return 'shard', self.identities.get(secret)

    def perform(self, call, work, locks=()):
        task = SimpleNamespace(
            database=call.database, readonly=not call.operation.writes, locks=locks,
            context=call.context())
        if not call.key:
            self.tasks.append(task)
            return work()
        with self.lock:
            self.tasks.append(task)
            policy = call.contract.repeats
            place = (call.caller.company, *call.place, call.key)
            known = self.stored.get(place)
            decision = decide(known, call.fingerprint, utcnow(), policy.hours)
            if decision == MISMATCH:
                raise Refusal(Kind.KEY_REUSED, header=policy.header, key=call.key)
            if decision == REPLAY:
                return Finished(
                    known.status, {**known.headers, policy.replayed: 'true'}, known.body)
            finished = work()
            self.stored[place] = Stored(
                call.fingerprint, utcnow(), finished.status, finished.headers, finished.body)
            return Finished(finished.status, dict(finished.headers), finished.body)

    def write_log(self, entries):
        self.entries.extend(entries)

    def complaints(self):
        return ["shard: away"] if self.problem else []


def application(gateway=None, contracts=(CONTRACT,), **options):
    """Return an application over CONTRACT; its journal is flushed by hand"""
    gateway = gateway or FakeGateway()
    return assemble(contracts, gateway, Journal(gateway.write_log, interval=0.01), **options)


BIG = 20_000_000
BIG_PAGE = Operation(
    id='big', method='GET', path='/big', summary='', tag='', logged=False, ways=[Open()],
    handler=lambda call: Answer(b'a' * BIG, media_type='application/octet-stream'))


def served(patience=15):
    """The application for tests with a real server; it has one page that is far too big for a socket"""
    big = Contract(
        name='big', title='', dialect=DIALECT, ways=[Open()], documented=False, operations=[BIG_PAGE])
    return application(contracts=[CONTRACT, big], patience=patience)
