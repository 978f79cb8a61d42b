"""The web server as ``config/gunicorn.conf.py`` sets it up, on a database of the tests"""
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time

HOST = '127.0.0.1'
CONFIG = 'config/gunicorn.conf.py'
PATIENCE = 90
"""Seconds until the server answers"""


@contextlib.contextmanager
def served(configuration, database, application=None, **environment):
    """Run a server with one worker; yields its port.

    configuration: path of a trytond configuration; application: module:name in place of the configured one;
    environment: further variables.
    """
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port = sock.getsockname()[1]
    environment = os.environ | environment | {
        'TRYTOND_CONFIG': str(configuration), 'TRYTOND_DATABASE_NAMES': database,
        'KONTOR_BIND': f'{HOST}:{port}', 'KONTOR_WORKERS': '1'}
    process = subprocess.Popen(
        [sys.executable, '-m', 'gunicorn', '--config', CONFIG, *([application] if application else [])],
        env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port, process):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=10)
            connection.request('GET', '/readyz')
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError('gunicorn does not answer')
