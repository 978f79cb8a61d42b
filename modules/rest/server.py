"""Gunicorn's settings: ``gunicorn -c python:trytond.modules.rest.server trytond.modules.rest.wsgi``

From the environment: KONTOR_BIND (``127.0.0.1:8000``), KONTOR_WORKERS (2), KONTOR_THREADS (16),
KONTOR_DATA (the folder whose ``run/web-<pid>`` names the workers; none without it).
"""
import os
from pathlib import Path

bind = os.environ.get('KONTOR_BIND', '127.0.0.1:8000')
workers = int(os.environ.get('KONTOR_WORKERS', '2'))
threads = int(os.environ.get('KONTOR_THREADS', '16'))
worker_class = 'trytond.modules.rest.worker.Worker'
worker_connections = 2000
preload_app = True
proc_name = 'kontor-web'

keepalive = 75
graceful_timeout = 3
timeout = 60

http_parser = 'python'
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
# A header field may never set the application's own variables, whoever sends it
forwarder_headers = ''
sendfile = False


def _mark(pid):
    "Return the file that says a web worker runs under this process id"
    data = os.environ.get('KONTOR_DATA')
    return Path(data) / 'run' / f'web-{pid}' if data else None


def post_fork(server, worker):
    if mark := _mark(os.getpid()):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def worker_exit(server, worker):
    "In the worker, at its end"
    close = getattr(getattr(worker, 'wsgi', None), 'close', None)
    if close:
        close()


def child_exit(server, worker):
    "In the master, after a worker has gone, however it went"
    if mark := _mark(worker.pid):
        mark.unlink(missing_ok=True)
