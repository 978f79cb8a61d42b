"""Whoever calls, and whoever's ids he sends: every operation of the billing contract, made from its table.

Each operation × no key, malformed key, revoked key, suspended tenant, a plan without API access or the
feature, another tenant's key, another tenant's ids in path, query and body. The last three once more with
each wall alone. What is refused must look as if the record did not exist, and leave no trace in the tenant
it belongs to.
"""
import contextlib
import copy
import sys

import pytest
from trytond.modules.rest.exchange import Call
from trytond.modules.rest.routes import parameters
from trytond.modules.rest_billing import CONTRACT

from tests.contracts.billing.cases import CASES
from tests.support.billing import Api
from tests.contracts.kit.table import UNKNOWN, Board
from tests.support.tenancy import fingerprints, without_row_level_security
from tests.contracts.billing.world import World

pytestmark = pytest.mark.drawn(1 / 3)
BOARD = Board(CONTRACT)
OPERATIONS = BOARD.operations
ROWS = {
    id: next(case for case in CASES if case.operation == id and not case.code) for id in OPERATIONS}
"""Operation → the row that shows its success"""
IN_PATH = [id for id in OPERATIONS if any(parameters(OPERATIONS[id].path))]
FOREIGN = {
    'customerId': lambda api: api.made('/api/customers', {'name': 'Theirs'})['id'],
    'invoiceTemplateId': lambda api: api.get('/api/invoice-templates').json[0]['id'],
    'customUnitId': lambda api: api.made('/api/units', {'label': 'Theirs'})['id'],
    'itemIds': lambda api: given(api, 'listProjectItems')['itemId'],
    }
"""Name of an id in a query or body → function(api) that makes such a record"""
NO_RECORDS = {'businessProcessId', 'vatId'}
"""Called an id, but no record of ours"""
IGNORED = {
    'itemIds': "the contract has ids that are not of the project ignored",
    }
"""Name of an id that is nobody's or another's → why it is no error"""


@pytest.fixture(scope='module')
def world(pool, superuser, operator):
    return World(pool, superuser, operator)


@pytest.fixture(scope='module')
def victim(billing, operator, world):
    return world.enter(Api(billing, operator.tenant('AT', name='Victim GmbH')))


@pytest.fixture(scope='module')
def intruder(billing, operator, world):
    return world.enter(Api(billing, operator.tenant('AT', name='Intruder GmbH')))


def refusal(api, id, status, code, **headers):
    """Assert that an operation refuses whatever it is called with"""
    operation = OPERATIONS[id]
    answer = api.client.open(
        BOARD.path(ROWS[id], {}), method=operation.method, headers={**api.key, **headers}, json={})
    assert (answer.status_code, answer.json['error']) == (status, code), (id, answer.text)
    BOARD.check_shape(id, answer)
    return answer.json['message']


# Who calls

@pytest.mark.parametrize('id', OPERATIONS)
def test_no_key(victim, id):
    answer = victim.client.open(BOARD.path(ROWS[id], {}), method=OPERATIONS[id].method, json={})
    assert (answer.status_code, answer.json['error']) == (401, 'missing_api_key')
    BOARD.check_shape(id, answer)


@pytest.fixture(scope='module')
def malformed(victim):
    """Keys that look like the tenant's and are not"""
    key = victim.key['X-Api-Key']
    prefix, secret = key[:-43], key[-43:]
    return [
        'x', key[:-1], key + 'x', key[:-1] + ('A' if key[-1] != 'A' else 'B'), key.upper(), prefix,
        prefix + 'x' * len(secret), secret, key.replace('_test_', '_other_'), f'Bearer {key}', f'"{key}"',
        "' OR 1=1 --", 'x' * 4000]


@pytest.mark.parametrize('id', OPERATIONS)
def test_a_malformed_key(victim, malformed, id):
    for key in malformed:
        refusal(victim, id, 401, 'invalid_api_key', **{'X-Api-Key': key})


@pytest.fixture(scope='module')
def revoked(operator, database, victim):
    id, _, key = operator.call(
        'tenant_provision.provision.issue_key', victim.tenant['company'], 'billing', database)
    assert victim.get('/api/units', X_Api_Key=key).status_code == 200
    operator.call('tenant_provision.provision.revoke_key', id)
    return key


@pytest.mark.parametrize('id', OPERATIONS)
def test_a_revoked_key(victim, revoked, id):
    refusal(victim, id, 401, 'invalid_api_key', **{'X-Api-Key': revoked})


@pytest.fixture(scope='module')
def suspended(billing, operator):
    api = Api(billing, operator.tenant('AT'))
    operator.call('tenant_provision.provision.set_state', api.tenant['company'], 'suspended')
    return api


@pytest.mark.parametrize('id', OPERATIONS)
def test_a_suspended_tenant(suspended, id):
    assert 'suspended' in refusal(suspended, id, 403, 'plan_forbidden')


@pytest.fixture(scope='module')
def poor(billing, operator, world):
    """Function(features that are off) → caller of such a tenant"""
    made = {}

    def poor(*features):
        if features not in made:
            made[features] = world.enter(Api(billing, operator.tenant('AT')))
            world.features(made[features], dict.fromkeys(features, False))
        return made[features]
    return poor


@pytest.mark.parametrize('id', OPERATIONS)
def test_a_plan_without_access(poor, id):
    assert 'API access' in refusal(poor('api_access'), id, 403, 'plan_forbidden')


@pytest.mark.parametrize('id', [id for id in OPERATIONS if OPERATIONS[id].feature])
def test_a_plan_without_the_feature(poor, id):
    feature = OPERATIONS[id].feature
    assert feature in refusal(poor(feature), id, 403, 'plan_forbidden')


@pytest.mark.parametrize('id', OPERATIONS)
def test_a_key_without_the_ability(billing, operator, database, victim, id):
    _, _, key = operator.call(
        'tenant_provision.provision.issue_key', victim.tenant['company'], 'billing', database,
        abilities=['nothing:read'])
    assert OPERATIONS[id].ability in refusal(victim, id, 403, 'plan_forbidden', **{'X-Api-Key': key})


# Whose record it is

@contextlib.contextmanager
def both_walls(world, victim):
    yield


@contextlib.contextmanager
def rules_alone(world, victim):
    """Row-level security is down"""
    with without_row_level_security(world.superuser, world.pool):
        yield


@contextlib.contextmanager
def row_level_security_alone(world, victim):
    """Tryton's rules are off, and every condition of ours asks for the victim's rows"""
    with pytest.MonkeyPatch.context() as patch:
        context = Call.context
        patch.setattr(Call, 'context', lambda call: {**context(call), '_check_access': False})
        for module in list(sys.modules.values()):
            name = getattr(module, '__name__', '')
            if (name.startswith('trytond.modules.') and hasattr(module, 'current_company')
                    and not name.startswith('trytond.modules.tenant')):
                patch.setattr(module, 'current_company', lambda: victim.tenant['company'])
        yield


WALLS = [both_walls, rules_alone, row_level_security_alone]


@pytest.fixture(scope='module', params=WALLS, ids=lambda wall: wall.__name__)
def wall(request, world, victim, intruder):
    """Walls in a state; in the end the victim must have what he had"""
    # Templates last: a row of theirs changes the default that other rows bill with
    made = {id: given(victim, id) for id in sorted(IN_PATH, key=lambda id: 'Template' in id)}
    ids = {name: make(victim) for name, make in FOREIGN.items()}
    before = fingerprints(world.superuser, world.pool, victim.tenant['company'])
    with request.param(world, victim):
        yield request.param, made, ids
    after = fingerprints(world.superuser, world.pool, victim.tenant['company'])
    changed = {name for name in before if before[name] != after[name]}
    # The log of requests and the last use of a key are the victim's own doing
    assert changed <= {'rest.request', 'tenant.credential', 'rest.idempotency'}


def given(api, id):
    """Make what the row of an operation is about, once per tenant"""
    known = api.__dict__.setdefault('known', {})
    make = ROWS[id].given
    if make not in known:
        known[make] = make(api)
    return known[make]


def unreached(wall, answer, like):
    """Assert that a foreign record answered as one that does not exist does.

    With one wall alone another refusal will do, as long as it is one.
    """
    assert answer.status_code < 500, answer.text
    assert 'Victim' not in answer.text and 'Theirs' not in answer.text
    if wall is row_level_security_alone:
        assert answer.status_code in {400, 403, 404}, answer.text
        return
    assert (answer.status_code, answer.json) == (like.status_code, like.json)
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize('id', IN_PATH)
def test_another_tenants_ids_in_the_path(wall, intruder, id):
    kind, made, _ = wall
    method, foreign, body = BOARD.request(ROWS[id], made[id])
    unknown = BOARD.path(ROWS[id], {})
    assert foreign != unknown
    unreached(kind, intruder(method, foreign, body), intruder(method, unknown, body))


@pytest.mark.parametrize('id', [
    id for id in OPERATIONS if OPERATIONS[id].query and 'customer_id' in OPERATIONS[id].query.model_fields])
def test_another_tenants_ids_in_the_query(wall, intruder, id):
    _, _, ids = wall
    path = OPERATIONS[id].path
    answers = [intruder.get(f'{path}?customerId={n}').json for n in (ids['customerId'], UNKNOWN)]
    assert answers[0] == answers[1] and answers[0]['items'] == [] and answers[0]['total'] == 0


def places(schema, document, path=()):
    """Yield the paths of all ids in the schema of a body"""
    while '$ref' in schema:
        target = document
        for name in schema['$ref'].removeprefix('#/').split('/'):
            target = target[name]
        schema = target
    for part in schema.get('anyOf', ()):
        yield from places(part, document, path)
    if 'items' in schema and path[-1:] != ('itemIds',):
        yield from places(schema['items'], document, (*path, 0))
    for name, part in schema.get('properties', {}).items():
        if name.endswith(('Id', 'Ids')) and name not in NO_RECORDS:
            yield (*path, name)
        yield from places(part, document, (*path, name))


def in_bodies():
    for id, operation in OPERATIONS.items():
        if operation.request:
            path = BOARD.document['paths'][operation.path.replace(':int', '')][operation.method.lower()]
            schema = path['requestBody']['content']['application/json']['schema']
            for place in dict.fromkeys(places(schema, BOARD.document)):
                yield id, place


BODIES = list(in_bodies())


def test_ids_in_bodies_are_found():
    found = {(id, place[-1]) for id, place in BODIES}
    assert {
        ('createInvoice', 'customerId'), ('createInvoice', 'invoiceTemplateId'),
        ('createInvoice', 'customUnitId'), ('createItem', 'customUnitId'), ('updateItem', 'customUnitId'),
        ('createProject', 'customerId')} <= found
    assert {name for _, name in found} <= FOREIGN.keys()


@pytest.mark.parametrize('id, place', BODIES, ids=lambda value: str(value))
def test_another_tenants_ids_in_the_body(wall, intruder, id, place):
    kind, _, ids = wall
    if kind is row_level_security_alone:
        mine = {'id': UNKNOWN, 'itemId': UNKNOWN, 'template': UNKNOWN, 'items': [], 'customerId': UNKNOWN}
    else:
        mine = given(intruder, id)
    method, path, body = BOARD.request(ROWS[id], mine)
    answers = [
        intruder(method, path, placed(body or {}, place, value))
        for value in (ids[place[-1]], UNKNOWN)]
    if place[-1] in IGNORED and kind is not row_level_security_alone:
        assert [answer.status_code for answer in answers] == [204, 204]
        return
    unreached(kind, *answers)


def placed(body, place, value):
    """Return a body with an id at a place"""
    body = copy.deepcopy(body)
    part = body
    for step, following in zip(place, place[1:], strict=False):
        if isinstance(part, dict):
            part = part.setdefault(step, [{'description': 'x'}] if following == 0 else {})
        else:
            if not part:
                part.append({'description': 'x'})
            part = part[step]
    part[place[-1]] = [value] if place[-1].endswith('Ids') else value
    return body
