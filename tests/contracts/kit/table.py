"""A contract as a table of cases: one row per operation and documented answer.

A row says what must be there, what is sent and what comes back. Every answer is held against the generated
OpenAPI document as well: a documented status, a documented code, the documented shape.
"""
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from trytond.modules.rest.openapi import document
from trytond.modules.rest.routes import parameters, public_path

UNKNOWN = 2 ** 31 - 1
"""An id that nobody has"""


class Like:
    """Stands in an expected answer for what differs from run to run"""

    def __init__(self, pattern):
        self.pattern = re.compile(pattern)

    def __eq__(self, other):
        return self.pattern.fullmatch(str(other)) is not None

    def __repr__(self):
        return f'Like({self.pattern.pattern})'


ID = Like(r'[1-9]\d*')
STAMP = Like(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ')
SHA512 = Like(r'[0-9a-f]{128}')
SHA256 = Like(r'[0-9a-f]{64}')


@dataclass(frozen=True)
class Case:
    """One row.

    given: function(api) → the record the operation is about (its ``id`` goes into the path), or anything
    else that body and answer are made from; body, answer, query: plain data or function(given); code: of a
    refusal; message: what its text must hold; headers: of the answer; own: needs a tenant of its own, with
    these plan features if it is a dict.
    """
    operation: str
    status: int
    code: str = ''
    given: Callable = lambda api: {}
    id: int | None = None
    query: Any = ''
    body: Any = None
    answer: Any = None
    message: str = ''
    headers: dict = field(default_factory=dict)
    own: Any = False

    def __str__(self):
        return ' '.join(filter(None, [self.operation, str(self.status), self.code]))


def word(answer):
    """Return the contract's word of a refusal: ``error``, or the end of a problem's ``type`` (RFC 9457)"""
    return answer.json.get('error') or answer.json['type'].rpartition('/')[2]


class Board:
    """A contract, its OpenAPI document and the way to send a row"""

    def __init__(self, contract):
        self.contract = contract
        self.operations = {operation.id: operation for operation in contract.operations}
        self.document = json.loads(json.dumps(document(contract)))

    def documented(self):
        """Return {(operation, status, code)} that rows must show: what an operation's own table says and its
        success; what all operations refuse alike is shown for all by other tests.
        """
        return {
            (operation.id, status, code)
            for operation in self.contract.operations
            for status, codes in [(operation.status, {'': ''}), *operation.problems.items()]
            for code in codes}

    def path(self, case, given):
        """Return the path and query of a row; what ``given`` does not name is nobody's id"""
        path = self.operations[case.operation].path
        known = given if isinstance(given, dict) else {}
        for name in (parameter.name for parameter in parameters(path)):
            id = case.id if name == 'id' and case.id is not None else known.get(name, UNKNOWN)
            path = path.replace(f'{{{name}:int}}', str(id))
        return path + _made(case.query, given)

    def request(self, case, given):
        """Return (method, path, body) of a row"""
        method = self.operations[case.operation].method
        return method, self.path(case, given), _made(case.body, given)

    def check(self, api, case):
        """Send a row and compare the answer, by shape and by meaning"""
        given = case.given(api)
        answer = api(*self.request(case, given))
        assert answer.status_code == case.status, answer.text
        self.check_shape(case.operation, answer)
        for name, value in case.headers.items():
            assert answer.headers[name] == value
        if case.code:
            assert word(answer) == case.code
            assert case.message in answer.json.get('message', answer.json.get('detail'))
        expected = _made(case.answer, given)
        if expected is not None and case.code:
            assert {**answer.json, **expected} == answer.json
        elif expected is not None:
            assert answer.json == expected
        return answer

    def check_shape(self, id, answer):
        """Assert that an answer is one that the OpenAPI document describes"""
        operation = self.operations[id]
        described = self.document['paths'][public_path(operation.path)][operation.method.lower()]
        response = self._resolved(described['responses'][str(answer.status_code)])
        if 'content' not in response:
            assert answer.data == b''
            return
        schema = response['content'][answer.headers['Content-Type'].split(';')[0]]['schema']
        if not answer.is_json:
            assert answer.data
            return
        Draft202012Validator({**schema, 'components': self.document['components']}).validate(answer.json)
        if answer.status_code >= 400:
            assert word(answer) in response['x-error-codes'], (id, answer.json)

    def _resolved(self, part):
        while '$ref' in part:
            target = self.document
            for name in part['$ref'].removeprefix('#/').split('/'):
                target = target[name]
            part = target
        return part


def _made(value, given):
    return value(given) if callable(value) else value
