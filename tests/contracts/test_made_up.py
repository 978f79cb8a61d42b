"""The kit of checks on a contract that shares no policy with billing; it needs no database"""
import functools
import uuid

import pytest
from trytond.modules.rest.tests import fakes, made_up
from werkzeug.test import Client

from tests.contracts.kit import wrong
from tests.contracts.kit.fuzz import Fuzzer, fuzz
from tests.contracts.kit.table import Board, Case, Like

UUID = Like(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
NOTE = {'title': "Eins", 'amount_cents': 1999}
BOARD = Board(made_up.CONTRACT)
CASES = [
    Case('createNote', 201, body=NOTE, answer={**NOTE, 'id': UUID, 'secret': 's3cret'}),
    Case('createNote', 422, 'validation-failed', body={}, message="title: ist erforderlich"),
    Case('createNote', 422, 'validation-failed', body={**NOTE, 'amount_cents': 1.5},
        message="amount_cents: muss eine ganze Zahl sein"),
    Case('listNotes', 200, answer={'data': [], 'next_cursor': None}),
    Case('listNotes', 422, 'validation-failed', query='?cursor=x', message="cursor: ist kein Cursor"),
    Case('getNote', 404, 'not-found'),
    Case('burnNote', 403, 'forbidden', message="Berechtigung notes:burn"),
    Case('countNotes', 200, answer={'count': 0, 'company': None}),
    ]


@pytest.fixture
def client():
    made_up.NOTES.clear()
    gateway = fakes.FakeGateway()
    gateway.identities[made_up.KEY] = made_up.CALLER
    return Client(fakes.application(gateway, [made_up.CONTRACT]))


def call(client, method, path, json=None, data=None):
    path = path.replace('{id:uuid}', str(uuid.UUID(int=7)))
    headers = {'Authorization': f'Bearer {made_up.KEY}', 'Idempotency-Key': str(uuid.uuid4())}
    if data is not None:
        headers['Content-Type'] = 'application/json'
    return client.open(path, method=method, json=json, data=data, headers=headers)


@pytest.mark.parametrize('case', CASES, ids=str)
def test_table(client, case):
    BOARD.check(functools.partial(call, client), case)


SCHEMA = BOARD.document['components']['schemas']['NoteCreate']


@pytest.mark.parametrize('label, data', list(wrong.bodies(SCHEMA, NOTE)), ids=lambda value: str(value)[:60])
def test_bad_input_is_refused_or_taken_as_documented(client, label, data):
    answer = call(client, 'POST', '/api/v1/notes', data=data)
    assert answer.status_code in {201, 400, 422}
    BOARD.check_shape('createNote', answer)
    if answer.status_code == 422:
        assert answer.json['errors']


def test_fuzz(client):
    headers = {'Authorization': f'Bearer {made_up.KEY}'}
    fuzzer = Fuzzer(client.application, BOARD.document, headers, {})
    fuzzer.operations = [
        operation for operation in fuzzer.operations
        if not operation.path.startswith(('/login/', '/notes/', '/made-up/'))]
    assert fuzz(fuzzer, 0) > 50
