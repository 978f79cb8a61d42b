"""The PostgreSQL server of a test run, and the template database that each worker clones.

Each run takes a slot below DATA (var/test): a cluster of its own, so that two runs at once do not meet. The
template is kept in the cluster under a name that holds a hash of the code it was made from.
KONTOR_TEST_DATABASE_URL names an existing server to use instead; its user has to be a superuser.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from scripts.lib.install import postgres, roles
from scripts.lib.run import processes
from scripts.lib.install.bootstrap import ROOT
from scripts.lib.install.home import Home

URL = 'KONTOR_TEST_DATABASE_URL'
SLOT = 'KONTOR_TEST_SLOT'
DATA = 'KONTOR_TEST_DATA'
KEEP = 'KONTOR_TEST_KEEP'
"""Set by --keep-template: take the template as it is, even if the code has changed since"""
ROLES = 'kontor_test'
"""Beginning of the names of the roles that the tests use"""
_SLOTS = 8
_CODE = {'.py', '.xml', '.cfg', '.po', '.tsv', '.csv', '.fodt', '.typ'}


class Server:
    """Addresses of the server of this run, by role and database"""

    def __init__(self, slot):
        self.home = Home(slot)
        facts = json.loads((self.home.path / 'server.json').read_text())
        self._superuser = urlsplit(facts['superuser'])
        self._owner = facts['owner']

    def superuser(self, database):
        return self._superuser._replace(path='/' + database).geturl()

    def owner(self, database):
        return self._dsn(self._owner, self.home.secrets()['owner'], database)

    def role(self, name, database):
        """Return the DSN of 'web' or 'worker'."""
        return self._dsn(f'{ROLES}_{name}', self.home.secrets()[name], database)

    def _dsn(self, user, password, database):
        address = self._superuser.netloc.rpartition('@')[2]
        return self._superuser._replace(
            netloc=f'{user}:{password}@{address}', path='/' + database).geturl()

    def configuration(self, role):
        """Return the path of the trytond configuration of 'owner', 'web' or 'worker'."""
        return self.home.conf / f'{role}.conf'

    def run_as(self, role, arguments, **options):
        """Run a Python program with the configuration of a role; raise if it fails."""
        environment = os.environ | {'TRYTOND_CONFIG': str(self.configuration(role))}
        result = subprocess.run(
            [sys.executable, *map(str, arguments)], env=environment, text=True, cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        if result.returncode:
            raise RuntimeError(result.stdout[-4000:])
        return result.stdout

    # -- databases

    def template(self):
        """Return the name of the template database of this state of the code; make it if missing."""
        name = f'template_{code_hash()}'
        with self._one_at_a_time():
            if os.environ.get(KEEP) and self._templates():
                return self._templates()[0]
            if not self._exists(name):
                self._drop(('template_', 'building'))
                self._build(name)
        return name

    def _build(self, name):
        secrets = self.home.secrets()
        self.run_as('owner', ['-m', 'trytond.modules.tenant_provision.install'], input=json.dumps({
            'database': 'building', 'roles': ROLES, 'web_password': secrets['web'],
            'worker_password': secrets['worker']}))
        self._say('ALTER DATABASE building RENAME TO {}', name)

    def clone(self, name, template):
        """Make a database that equals the template; an older one of that name is replaced."""
        self.drop(name)
        with self._one_at_a_time():
            self._say('CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY', name, template)

    def drop(self, name):
        with self._one_at_a_time():
            self._say('DROP DATABASE IF EXISTS {} WITH (FORCE)', name)

    def drop_clones(self):
        self._drop(('test_',))

    def _drop(self, beginnings):
        for name in self._databases():
            if name.startswith(beginnings):
                self._say('DROP DATABASE IF EXISTS {} WITH (FORCE)', name)

    def _exists(self, name):
        return name in self._databases()

    def _templates(self):
        return [name for name in self._databases() if name.startswith('template_')]

    def _databases(self):
        with self._connect() as connection:
            return [row[0] for row in connection.execute('SELECT datname FROM pg_database')]

    def _say(self, statement, *names):
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self):
        return psycopg.connect(self.owner('postgres'), autocommit=True)

    @contextlib.contextmanager
    def _one_at_a_time(self):
        """The workers of a run share the server: a template being copied must not be in use."""
        with open(self.home.path / 'template.lock', 'w') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def code_hash():
    """Return a hash of everything that a database is made from."""
    digest = hashlib.sha256((ROOT / 'config' / 'constraints.txt').read_bytes())
    for path in sorted((ROOT / 'modules').rglob('*')):
        if path.suffix in _CODE and 'tests' not in path.relative_to(ROOT).parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Running:
    """The server of this run, started by the process that controls it"""

    def __init__(self):
        self.home, self._lock = _take_slot()
        self._process = None
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        url = os.environ.get(URL)
        superuser, owner = self._existing(url) if url else self._embedded()
        facts = self.home.path / 'server.json'
        facts.write_text(json.dumps({'superuser': superuser, 'owner': owner}))
        facts.chmod(0o600)
        server = Server(self.home.path)
        self.home.secret_key()
        access = roles.Access('postgres', {
            'owner': server.owner('postgres'),
            **{name: server.role(name, 'postgres') for name in (roles.WEB, roles.WORKER)}})
        roles.write_configurations(self.home, access)
        server.drop_clones()

    def _embedded(self):
        embedded = postgres.Embedded(
            self.home.postgres, self.home.secrets(), postgres.FOR_TESTS)
        embedded.prepare()
        with open(self.home.logs('postgres'), 'ab') as log:
            self._process = subprocess.Popen(
                embedded.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        embedded.wait_ready(self._process)
        embedded.ensure_owner()
        return embedded.superuser('postgres'), postgres.OWNER

    def _existing(self, url):
        owner = f'{ROLES}_owner'
        with psycopg.connect(url, autocommit=True) as connection:
            known = connection.execute(
                'SELECT 1 FROM pg_roles WHERE rolname = %s', (owner,)).fetchone()
            statement = '{} ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}'
            connection.execute(sql.SQL(statement).format(
                sql.SQL('ALTER' if known else 'CREATE'), sql.Identifier(owner),
                sql.Literal(self.home.secrets()['owner'])))
        return url, owner

    def stop(self):
        if self._process:
            processes.end([self._process.pid], (2, 5), (3, 5), (9, 2))
            self._process.wait()
        self._lock.close()


def _take_slot():
    """Return a Home below DATA that no other run uses, and the open file that keeps it."""
    base = Path(os.environ.get(DATA) or ROOT / 'var' / 'test')
    base.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        base.parent.chmod(base.parent.stat().st_mode | 0o011)
        base.chmod(0o711)
    for number in range(_SLOTS):
        home = Home(base / str(number))
        home.make()
        lock = open(home.path / 'slot.lock', 'w')  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return home, lock
        except BlockingIOError:
            lock.close()
    raise RuntimeError(f'{_SLOTS} test runs are under way in {base}')
