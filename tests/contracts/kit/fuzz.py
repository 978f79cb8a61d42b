"""Requests made from a contract's OpenAPI document: such as it allows, and such as it forbids.

Every answer must be one that the document names, in its shape, and no answer a 5xx; what the document forbids
must be refused. Half of the ids are those of records that exist, so that a request gets beyond its ids.
"""
import collections
import time

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance, negative_data_rejection, response_schema_conformance,
    status_code_conformance)

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    negative_data_rejection)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


class Fuzzer:
    """Sends requests to a WSGI application.

    document: of OpenAPI; headers: of every request, with the key; known: {name of an id: ids of records},
    ``id`` in a path stands for those of its tag.
    """

    def __init__(self, application, document, headers, known):
        # The key is sent with every request: what may be left out of it is not for drawing
        open_ = {name: part for name, part in document.items() if name != 'security'}
        self.schema = schemathesis.openapi.from_dict(open_)
        self.schema.app = application
        self.operations = [result.ok() for result in self.schema.get_all_operations()]
        self.headers = headers
        self.known = known
        self.statuses = collections.Counter()

    def run(self, operation, mode, examples, number):
        """Send up to so many requests to an operation; raises what a check says of the first bad answer.

        Where nothing is sent there is nothing to get wrong.
        """
        @seed(number)
        @settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False)
        @given(st.data())
        def send(data):
            case = data.draw(operation.as_strategy(generation_mode=mode))
            if mode is GenerationMode.POSITIVE:
                self.acquaint(case, data)
            response = case.call(headers=self.headers)
            self.statuses[operation.label, response.status_code] += 1
            case.validate_response(response, checks=list(CHECKS), headers=self.headers)
        try:
            send()
        except Unsatisfiable:
            if mode is GenerationMode.POSITIVE:
                raise

    def acquaint(self, case, data):
        """Give a case ids of records that exist, some of the time"""
        tag = case.operation.tags[0] if case.operation.tags else ''
        for name in case.path_parameters or {}:
            ids = self.known.get(name) or self.known.get(tag, ())
            if ids and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(ids))
        if isinstance(case.body, dict):
            self._acquaint_body(case.body, data)

    def _acquaint_body(self, body, data):
        for name, value in body.items():
            if name in self.known and value is not None:
                body[name] = data.draw(st.sampled_from(self.known[name]))
            for part in value if isinstance(value, list) else ():
                if isinstance(part, dict):
                    self._acquaint_body(part, data)


def fuzz(fuzzer, seconds, number=1, examples=10):
    """Go through all operations in both modes until the time is up, once at least; return the requests sent.

    number: seed of the first round; each round has another.
    """
    until = time.monotonic() + seconds
    while True:
        for operation in fuzzer.operations:
            for mode in MODES:
                fuzzer.run(operation, mode, examples, number)
        number += 1
        if time.monotonic() >= until:
            return sum(fuzzer.statuses.values())
