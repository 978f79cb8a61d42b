"""The billing contract as a table: every operation with every answer its document names"""
import pytest
import yaml
from trytond.modules.rest_billing import CONTRACT

from scripts.lib.install.bootstrap import ROOT
from tests.contracts.billing.cases import CASES, UNREACHABLE
from tests.support.billing import Api
from tests.contracts.kit.table import Board
from tests.contracts.billing.world import World

BOARD = Board(CONTRACT)
OPERATIONS = sorted(BOARD.operations)
POSTS = [id for id in OPERATIONS if BOARD.operations[id].method == 'POST']
DOCUMENT = ROOT.parent / 'shared' / 'contracts' / 'billing.yaml'


@pytest.fixture(scope='module')
def world(pool, superuser, operator):
    return World(pool, superuser, operator)


@pytest.fixture(scope='module')
def account(billing, operator, world):
    """An Austrian tenant that most rows share"""
    return world.enter(Api(billing, operator.tenant('AT')))


@pytest.fixture
def api_of(billing, operator, world, account):
    """Function(case) → caller of the tenant that a row needs"""
    def api_of(case):
        if not case.own:
            return account
        seller = case.own if isinstance(case.own, dict) else {}
        return world.enter(Api(billing, operator.tenant('AT', **seller)))
    return api_of


@pytest.mark.parametrize('case', CASES, ids=str)
def test_row(api_of, case):
    BOARD.check(api_of(case), case)


def test_every_documented_answer_has_a_row():
    shown = {(case.operation, case.status, case.code) for case in CASES}
    assert BOARD.documented() - shown - UNREACHABLE.keys() == set()
    assert not UNREACHABLE.keys() & shown
    assert shown | UNREACHABLE.keys() <= BOARD.documented()


def test_every_status_of_the_document_is_among_them():
    if not DOCUMENT.exists():
        pytest.skip("the document is not there to compare with")
    paths = yaml.safe_load(DOCUMENT.read_text())['paths']
    wanted = {
        (operation['operationId'], int(status))
        for path in paths.values() for operation in path.values()
        for status in operation['responses'] if operation['operationId'] in BOARD.operations}
    # 401 and 403 are shown for every operation by the tests of tenancy, the 409 of a reused key below
    everywhere = {(id, status) for id in OPERATIONS for status in (401, 403)} | {(id, 409) for id in POSTS}
    shown = {(case.operation, case.status) for case in CASES}
    unreachable = {(id, status) for id, status, _ in UNREACHABLE}
    assert wanted - shown - unreachable - everywhere == set()


# The same request again

@pytest.mark.parametrize('id', POSTS)
def test_a_repeated_post(api_of, id):
    case = next(case for case in CASES if case.operation == id and not case.code)
    api = api_of(case)
    method, path, body = BOARD.request(case, case.given(api))
    first, again = (api(method, path, body, Idempotency_Key='row-1') for _ in range(2))
    assert first.status_code == case.status, first.text
    assert (again.status_code, again.data) == (first.status_code, first.data)
    mismatch = api(method, path, {**(body or {}), 'x': 1}, Idempotency_Key='row-1')
    assert (mismatch.status_code, mismatch.json['error']) == (409, 'idempotency_key_request_mismatch')
    BOARD.check_shape(id, mismatch)
