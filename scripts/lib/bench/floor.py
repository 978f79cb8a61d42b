"""The floor, a lower bound of time on this machine: one small transaction, one bare route.

The transaction writes a header and four lines to plain tables over the connection settings of a web worker;
the route is a Werkzeug function under the gunicorn that serves Kontor, with one worker.
"""
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from . import client

TABLES = """
    CREATE TABLE IF NOT EXISTS bench_header (
        id serial PRIMARY KEY, company int NOT NULL, number text, date date, total numeric);
    CREATE TABLE IF NOT EXISTS bench_line (
        id serial PRIMARY KEY, header int NOT NULL REFERENCES bench_header, account int, debit numeric,
        credit numeric);
    GRANT SELECT, INSERT ON bench_header, bench_line TO {0};
    GRANT USAGE ON SEQUENCE bench_header_id_seq, bench_line_id_seq TO {0}"""
_HEADER = (
    "INSERT INTO bench_header (company, number, date, total)"
    " VALUES (5, 'INV-2026-11-0001', current_date, 119) RETURNING id")
_LINES = (
    "INSERT INTO bench_line (header, account, debit, credit) VALUES ({0}, 1, 119, 0), ({0}, 2, 0, 60),"
    " ({0}, 3, 0, 40), ({0}, 4, 0, 19)")
_PGBENCH = f"BEGIN;\n{_HEADER} \\gset\n{_LINES.format(':id')};\nCOMMIT;\n"
_BARE = '''
from werkzeug.wrappers import Request, Response
@Request.application
def application(request):
    return Response('[{"code": "HUR", "label": "Stunde"}]', mimetype='application/json')
'''


def prepare(connection, role):
    """Make the tables of the floor. connection: the superuser's; role: that of the web workers"""
    connection.execute(SQL(TABLES).format(Identifier(role)))
    connection.commit()


def transaction(dsn):
    """Return a function that executes the transaction of the floor once, through psycopg"""
    connection = psycopg.connect(dsn)

    def work():
        cursor = connection.cursor()
        id, = cursor.execute(_HEADER).fetchone()
        cursor.execute(_LINES.format('%(id)s'), {'id': id})
        connection.commit()
    return work


def pgbench(dsn, clients=1, seconds=2):
    """Return (milliseconds per transaction, transactions per second) by pgbench, None if it is missing"""
    program = _program()
    if not program:
        return None
    with tempfile.NamedTemporaryFile('w', suffix='.sql') as script:
        script.write(_PGBENCH.replace(' \\gset', '\\gset'))
        script.flush()
        result = subprocess.run(
            [program, '--no-vacuum', '--file', script.name, '--client', str(clients), '--jobs', str(clients),
                '--time', str(seconds), dsn], capture_output=True, text=True)
    latency = re.search(r'latency average = ([\d.]+) ms', result.stdout)
    rate = re.search(r'tps = ([\d.]+)', result.stdout)
    return (float(latency[1]), float(rate[1])) if latency and rate else None


def _program():
    from shutil import which

    from ..install import postgres
    own = postgres._binaries() / 'pgbench'
    return str(own) if os.access(own, os.X_OK) else which('pgbench')


@contextlib.contextmanager
def bare_route(threads=16):
    """Serve a Werkzeug function by gunicorn with one worker; yield the port"""
    with tempfile.TemporaryDirectory(prefix='kontor-floor-') as folder:
        Path(folder, 'bare.py').write_text(_BARE)
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, '-m', 'gunicorn', '--worker-class', 'gthread', '--threads', str(threads),
                '--workers', '1', '--bind', f'127.0.0.1:{port}', '--keep-alive', '75', 'bare:application'],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={name: value for name, value in os.environ.items() if not name.startswith('GUNICORN')})
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def _wait(port):
    until = time.monotonic() + 20
    while True:
        try:
            caller = client.Caller('127.0.0.1', port)
            caller.call(caller.request('GET', '/'))
            caller.close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
