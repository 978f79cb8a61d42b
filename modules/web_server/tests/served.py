"""An application for tests of the worker alone: accepts bodies, returns streams, reports its state"""
import contextlib
import hashlib
import json
import os
from types import SimpleNamespace
from urllib.parse import parse_qs

from werkzeug.wrappers import Request

from trytond.modules.rest.answers import Stream, wire
from trytond.modules.rest.bodies import MultipartBody, Upload
from trytond.modules.rest.dialect import Dialect, Entry
from trytond.modules.rest.fields import Body
from trytond.modules.rest.refusals import Kind
from trytond.modules.rest.spool import PIECE

LIMIT = 60_000_000
DIALECT = Dialect(
    table={Kind.UNAVAILABLE: Entry(503, 'unavailable'), Kind.TOO_SLOW: Entry(408, 'too_slow'),
        Kind.INTERNAL: Entry(500, 'internal')},
    render=lambda problem, dialect, address: problem.code)


class Form(Body):
    files: list[Upload]


FORM = MultipartBody(Form, files={'files': 25_000_000}, lists={'files'}, limit=LIMIT)


class Application:
    """Accepts at most LIMIT bytes.

    POST /sum answers size and hash of the body, POST /form the hashes of a form's files. GET /stream answers
    ``pieces`` pieces of ``size`` bytes, with ``known`` length or in chunks, and fails after ``fail`` pieces;
    GET /status answers the state of the streams.
    """
    patience = 5

    def __init__(self):
        self.state = {'begun': 0, 'pulled': 0, 'closed': 0}

    def admit(self, environ):
        environ['kontor.exchange'] = SimpleNamespace(body_limit=LIMIT, tenant=None, exclusive=False)

    def malformed(self, refusal, address, method=None, target=None):
        return DIALECT.answer(refusal)

    def close(self):
        pass

    def __call__(self, environ, start_response):
        query = {name: int(values[0]) for name, values in parse_qs(environ['QUERY_STRING']).items()}
        answer = getattr(self, environ['PATH_INFO'].strip('/'))(environ, **query)
        length, pieces = wire(answer, environ['REQUEST_METHOD'] == 'HEAD')
        headers = [('Content-Type', 'application/octet-stream')]
        start_response(
            '200 OK', headers if length is None else [*headers, ('Content-Length', str(length))])
        return pieces

    def sum(self, environ):
        size, digest = 0, hashlib.sha256()
        while data := environ['wsgi.input'].read(PIECE):
            size += len(data)
            digest.update(data)
        return json.dumps({'size': size, 'sha256': digest.hexdigest()}).encode()

    def form(self, environ):
        request = Request(environ)
        FORM.check_head(request)
        with contextlib.closing(FORM.receive(request)) as came:
            form, _ = came.value()
            return json.dumps([file.sha256 for file in form.files]).encode()

    def stream(self, environ, pieces, size, known=0, fail=0):
        return Stream(
            self._pieces(pieces, size, fail), pieces * size if known else None, self._closed)

    def _pieces(self, pieces, size, fail):
        self.state['begun'] += 1
        for number in range(1, pieces + 1):
            if number == fail:
                raise RuntimeError("no more of it")
            self.state['pulled'] += 1
            yield bytes([number % 251]) * size

    def _closed(self):
        self.state['closed'] += 1

    def status(self, environ):
        return json.dumps({**self.state, 'pid': os.getpid()}).encode()


def application():
    return Application()
