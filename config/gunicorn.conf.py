"""How the web is served: gunicorn with threads, the application loaded once before the workers fork.

Taken from the environment: KONTOR_LISTEN_FD (an open listening socket) or KONTOR_BIND (an address),
KONTOR_WORKERS, and KONTOR_RUN, the folder where each worker leaves its pid.
"""
import os
from pathlib import Path

_run = os.environ.get('KONTOR_RUN')

if 'KONTOR_LISTEN_FD' in os.environ:
    bind = 'fd://' + os.environ['KONTOR_LISTEN_FD']
else:
    bind = os.environ.get('KONTOR_BIND', '127.0.0.1:8000')
wsgi_app = 'trytond.modules.web_server.wsgi:application'
worker_class = 'trytond.modules.web_server.worker.Worker'
workers = int(os.environ.get('KONTOR_WORKERS', 2))
threads = 16
preload_app = True
backlog = 2048
keepalive = 75
timeout = 60
graceful_timeout = 2
limit_request_line = 8190       # the largest that gunicorn allows
limit_request_field_size = 16380
worker_tmp_dir = '/dev/shm' if os.path.isdir('/dev/shm') else None
control_socket_disable = True
proc_name = 'kontor'
errorlog = '-'
accesslog = None                # the request log of the application is complete


def _mark(pid):
    return Path(_run, f'web-{pid}')


def post_worker_init(worker):
    """The worker is ready: leave its pid for the supervisor, and warm its document process."""
    from trytond.modules import document_render
    document_render.start()
    if _run:
        _mark(worker.pid).touch(mode=0o600)


def worker_exit(server, worker):
    from trytond.modules import document_render
    document_render.shutdown()
    child_exit(server, worker)


def child_exit(server, worker):
    if _run:
        _mark(worker.pid).unlink(missing_ok=True)
