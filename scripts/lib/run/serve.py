"""The steps of scripts/serve, in order: check, lock, listen, database, migrate, serve, supervise.

`check` runs before the installation and needs the standard library only; `main` runs in the venv.
"""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from . import children, listen, processes, tied
from ..install import demo, roles
from ..install.bootstrap import CONFIG, ROOT, Failed, say
from ..install.home import Busy, Home
from .supervise import Stopped, Supervisor

_FIRST_ANSWER = 60
"""Seconds until the first successful answer"""


def check(arguments):
    """Exit with a message and code 1 if the folder is in use or the port is taken."""
    home = Home(arguments.data)
    try:
        home.make()
        home.lock()
        end_leftovers(home)
        listen.open_socket(arguments.host, arguments.port).close()
        home.unlock()
    except (Busy, listen.Taken, OSError) as error:
        say(f'error: {error}')
        sys.exit(1)


def end_leftovers(home):
    """End processes of an earlier run; PostgreSQL is stopped by its own module."""
    left = [pid for pid in processes.marked(home.path) if not _is_postgres(pid)]
    if left:
        say('ending processes left behind by an earlier run')
        processes.end(left)
    home.forget_everybody()


def _is_postgres(pid):
    try:
        return os.path.basename(os.readlink(f'/proc/{pid}/exe')).split()[0] == 'postgres'
    except OSError:
        return False


def main(arguments):
    """Serve until a stop signal; return the exit code: 0 after a signal, 1 after an error."""
    started = time.monotonic()
    house = None
    try:
        house = House(arguments)
        house.open()
        house.report(time.monotonic() - started)
        house.supervisor.run()
    except Stopped:
        say('stopping')
        return 0
    except (Failed, Busy, listen.Taken, children.GaveUp, demo.Unfilled) as error:
        say(f'error: {error}')
        return 1
    finally:
        if house:
            house.close()
    return 0


class House:
    """A running installation: socket, database, children"""

    def __init__(self, arguments):
        self.arguments = arguments
        self.home = Home(arguments.data)
        self.home.make()
        self.home.lock()
        self.home.secret_key()
        end_leftovers(self.home)
        self.listener = listen.open_socket(arguments.host, arguments.port)
        self.port = self.listener.getsockname()[1]
        self.url = _url(arguments.host, self.port)
        self.unavailable = listen.Unavailable(self.listener)
        self.supervisor = Supervisor()
        self.access = self.board = self.web = self.server = None

    def open(self):
        """Start all processes and wait for the first successful answer."""
        self.unavailable.start()
        self.unavailable.switch(True)
        self.access = self._database()
        roles.write_configurations(self.home, self.access)
        self._prepare()
        if self.server:
            self.server.checkpoint()
        self.board = demo.Board(self.home, self.url, self.access.database, {
            role: self.access.dsn(role) for role in (roles.OWNER, roles.WEB)})
        say('starting web workers, worker and cron')
        self._start_children()
        self._wait_for_answer()
        demo.fill(self.url, self.home)
        self.supervisor.each_tick.append(self.board.update)
        self.board.update()

    def close(self):
        """End all processes within 5 seconds."""
        self.supervisor.stop()
        self.unavailable.stop()
        self.listener.close()

    # -- steps

    def _database(self):
        """Start or check the server; return the Access of the roles."""
        url = os.environ.get('KONTOR_DATABASE_URL')
        passwords = self.home.secrets()
        if url:
            from ..install.existing import Existing
            server = Existing(url)
            server.check()
            return _access(server.database, server.owner, server.role, passwords)
        from ..install import postgres
        server = self.server = postgres.Embedded(self.home.postgres, passwords)
        server.prepare()
        child = self._child(
            'PostgreSQL', 'postgres', server.command, stop=signal.SIGINT, ready=server.ready,
            before=server.end_leftover)
        self.supervisor.database = child
        say('starting PostgreSQL')
        self.supervisor.run(until=lambda: child.is_ready)
        server.ensure_owner()
        return _access('kontor', server.owner, server.role, passwords)

    def _prepare(self):
        """Run database.py as the owner."""
        request = {
            'database': self.access.database, 'roles': roles.prefix(self.access.database),
            'web_password': self.home.secrets()['web'],
            'worker_password': self.home.secrets()['worker'], 'tenants': str(self.home.tenants)}
        process = subprocess.Popen(
            tied.command([sys.executable, ROOT / 'scripts/lib/install/database.py'], signal.SIGKILL),
            stdin=subprocess.PIPE, stdout=sys.stderr, cwd=self.home.path,
            env=self._environment(roles.OWNER), start_new_session=True)
        try:
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
            if self.supervisor.watch(process):
                raise Failed('the database could not be prepared')
        finally:
            if process.poll() is None:
                process.kill()

    def _start_children(self):
        after = self.supervisor.database
        self.web = self._child(
            'web', 'web', self._gunicorn, environment=self._web_environment(), after=after,
            ready=self._workers_ready, on_exit=self._dismiss_workers,
            pass_fds=[self.listener.fileno()])
        # The others start after the web workers: on a small machine they would only delay those
        self.supervisor.add(self.web, *(
            self._child(
                f'trytond-{name}', name, lambda name=name: self._background(name), after=self.web,
                environment=self._environment(roles.WORKER))
            for name in ('worker', 'cron')))
        self.supervisor.each_tick.append(self._answer_meanwhile)

    def _child(self, name, log, command, environment=None, **options):
        return children.Child(
            name, command, environment or children.environment(os.environ, self.home.path),
            log=lambda: self.home.logs(log), folder=self.home.path, **options)

    def _environment(self, role, **extra):
        if url := os.environ.get('KONTOR_STRIPE_URL'):
            extra['KONTOR_STRIPE_URL'] = url
        return children.environment(
            os.environ, self.home.path, TRYTOND_CONFIG=str(self.home.conf / f'{role}.conf'),
            TRYTOND_DATABASE_NAMES=self.access.database, TRYTOND_LOGGING_LEVEL='30', **extra)

    def _web_environment(self):
        return self._environment(
            roles.WEB, KONTOR_RUN=str(self.home.run),
            KONTOR_WORKERS=str(self.arguments.workers),
            KONTOR_LISTEN_FD=str(self.listener.fileno()))

    def _gunicorn(self):
        return tied.command(
            [sys.executable, '-m', 'gunicorn', '--config', CONFIG / 'gunicorn.conf.py'],
            signal.SIGQUIT)

    def _background(self, name):
        return tied.command(
            [sys.executable, ROOT / 'scripts/lib/run/background.py', name,
                '--config', self.home.conf / 'worker.conf',
                '--database', self.access.database, '-n', '1'],
            signal.SIGTERM)

    def _workers_ready(self):
        return len(self.board.alive('web')) >= self.arguments.workers

    def _dismiss_workers(self):
        """After the death of the master: let its workers finish their requests, and accept no more."""
        processes.send(self.board.alive('web'), signal.SIGTERM)

    def _answer_meanwhile(self):
        """Answer clients with 503 while there is no web worker."""
        self.unavailable.switch(not self.board.alive('web'))

    def _wait_for_answer(self):
        until = time.monotonic() + _FIRST_ANSWER
        self.supervisor.run(until=lambda: self.web.is_ready or time.monotonic() > until)
        self.supervisor.run(until=lambda: _good(self.url) or time.monotonic() > until)
        if not _good(self.url):
            raise Failed(
                f'{self.url}/readyz gave no good answer within {_FIRST_ANSWER} s: '
                f'see {self.home.log}/web.log')

    def report(self, seconds):
        say(f'ready after {seconds:.1f} s')
        if self.arguments.json:
            print(self.home.demo.read_text(), flush=True)
        else:
            print(demo.report(self.home, self.url, self.access.database), flush=True)


def _access(database, owner, role, passwords):
    dsns = {
        name: role(roles.role_name(database, name), passwords[name], database)
        for name in (roles.WEB, roles.WORKER)}
    return roles.Access(database, dsns | {roles.OWNER: owner(database)})


def _url(host, port):
    if host in {'0.0.0.0', ''}:
        host = '127.0.0.1'
    elif ':' in host:
        host = '[::1]' if host == '::' else f'[{host}]'
    return f'http://{host}:{port}'


def _good(url):
    try:
        with urllib.request.urlopen(f'{url}/readyz', timeout=2) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False
