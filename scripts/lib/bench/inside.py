"""The application in a process of the bench, for measurements that are not possible over HTTP.

Statements per operation, a profile, and issuing with a renderer that returns fixed bytes (the product has no
such switch). As a program, with the configuration of a web worker, it takes one JSON call per line.
"""
import cProfile
import io
import itertools
import json
import os
import pstats
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

from .recorder import recording

ROOT = Path(__file__).resolve().parents[3]
PDF = b'%PDF-1.7\n' + b'0123456789abcdef' * 2000
"""32 kB, about as large as an invoice of two lines"""
_WARM = 5
_numbers = itertools.count()
"""Counter that makes the bytes of each document unique, so that each is stored"""


class Process:
    """The calling side: calls functions of a module of the bench in a process with the rights of a role"""

    def __init__(self, serve, role, module='inside'):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(('KONTOR_', 'TRYTOND_'))}
        self._process = subprocess.Popen(
            [sys.executable, '-m', f'scripts.lib.bench.{module}'], text=True, cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            env=environment | {
                'TRYTOND_CONFIG': str(serve.data / 'conf' / f'{role}.conf'), 'TRYTOND_LOGGING_LEVEL': '40',
                'TRYTOND_DATABASE_NAMES': serve.demo['database'],
                'PYTHONWARNINGS': 'ignore:The path specified in the URI:UserWarning'})

    def __call__(self, function, **arguments):
        self._process.stdin.write(json.dumps([function, arguments]) + '\n')
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError('the process has ended; its error stands above')
        return json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def answer(functions):
    """Answer the calls on standard input, until its end"""
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(functions[name](**arguments)), flush=True)


# Issuing without documents

def issue(secret, customer, template, lines, number, times):
    """Issue ``number`` invoices per call of the door, ``times`` calls; return the seconds of each.

    Each call is a transaction of its own with the tenant's locks, like a request.
    """
    seconds = []
    with _fixed_documents():
        for _ in range(times):
            started = time.perf_counter()
            _transaction(secret, lambda: _issue(customer, template, lines, number))
            seconds.append(time.perf_counter() - started)
    return seconds


def _fixed_documents():
    from unittest.mock import patch
    return patch(
        'trytond.modules.document_render.render', lambda *_, **__: PDF + str(next(_numbers)).encode())


def _issue(customer, template, lines, number):
    from trytond.modules.account_invoice_issue.draft import Draft, DraftLine, RecordId
    from trytond.modules.product_catalog.uom import built_in_units
    from trytond.modules.rest_billing.types import UNITS
    from trytond.pool import Pool
    unit = RecordId(built_in_units()[UNITS['Hour']])
    Pool().get('account.invoice').issue([
        Draft(party=RecordId(customer), template=RecordId(template), lines=[
            DraftLine(
                description=f'Software development, part {n}', quantity=1.5, unit=unit,
                unit_price=Decimal(80 + n % 40))
            for n in range(lines)])
        for _ in range(number)])


def _transaction(secret, function):
    from trytond.modules.document_issue.locks import LOCKS
    from trytond.modules.rest.transaction import in_transaction
    from trytond.modules.tenant.credential import authenticate
    database = os.environ['TRYTOND_DATABASE_NAMES']
    identity = authenticate(database, secret, 'billing')
    return in_transaction(
        function, database=database, company=identity.company, user=identity.user, locks=LOCKS, context={
            'company': identity.company, 'language': 'en', '_check_access': True, '_skip_warnings': True})


# Statements and profiles of requests

def statements(tenant, operations):
    """Return {operation: [(statement, seconds)]} of one request of each, after a warm-up"""
    found = {}
    for key in operations:
        work = _work(tenant, key)
        for _ in range(_WARM):
            work()
        with recording() as sent:
            work()
        found[key] = sent
    return found


def profile(tenant, operation, times=20, lines=45):
    """Return the table of cProfile over some requests of an operation"""
    work = _work(tenant, operation)
    for _ in range(_WARM):
        work()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(times):
        work()
    profiler.disable()
    text = io.StringIO()
    pstats.Stats(profiler, stream=text).sort_stats('cumulative').print_stats(lines)
    pstats.Stats(profiler, stream=text).sort_stats('tottime').print_stats(lines)
    return text.getvalue()


def _work(tenant, key):
    """Return a function that executes an operation once, in this process"""
    from . import operations
    operation = next(o for o in operations.OPERATIONS if o.key == key)
    return operation.make(InProcess(**tenant))


class InProcess:
    """A tenant of operations.py whose requests go to the application of this process"""

    def __init__(self, **values):
        self.__dict__.update(values)

    def caller(self):
        return Direct(self.secret)


class Direct:
    """A client.Caller without a socket"""

    def __init__(self, secret):
        self._secret = secret

    def request(self, method, path, body=None):
        return method, path, None if body is None else json.dumps(body).encode()

    def call(self, request, status=200):
        from werkzeug.test import EnvironBuilder, run_wsgi_app

        from trytond.modules.web_server.wsgi import application
        method, path, data = request
        environ = EnvironBuilder(path, method=method, data=data, headers={
            'X-Api-Key': self._secret, 'Content-Type': 'application/json'}).get_environ()
        body, line, _ = run_wsgi_app(application, environ)
        content = b''.join(body)
        if int(line.split()[0]) != status:
            raise RuntimeError(f'{path} answered {line}: {content[:500]}')
        return content


if __name__ == '__main__':
    from trytond.modules.web_server import wsgi  # noqa: F401
    answer({'issue': issue, 'statements': statements, 'profile': profile})
