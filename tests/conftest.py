"""Fixtures of the tests that come in by Tryton's own protocol.

Imports stand in the fixtures: trytond must not be imported before the run's configuration is known.
"""
import pytest

SECRET = 'geheim'
ROLES = ('owner', 'accountant', 'clerk', 'readonly')


@pytest.fixture(scope='session')
def application(pool, database):
    """The WSGI application of this process: RPC, no contract."""
    from trytond import config

    from tests.support.rpc import application_of
    # The members below log in once, and a run takes longer than a session lies idle
    config.set('session', 'timeout', str(24 * 3600))
    return application_of(database)


@pytest.fixture(scope='session')
def members(operator, german):
    """Role → (login, password) in the German tenant."""
    logins = {role: f'{role}@german.example' for role in ROLES}
    return {
        role: (login, operator.call(
            'tenant_provision.provision.add_member', german['company'], login, role)[1])
        for role, login in logins.items()}


@pytest.fixture(scope='session')
def clients(application, database, members):
    """Role → client of a member of the German tenant, logged in."""
    from tests.support.rpc import Client
    return {role: Client(application, database).login(*members[role]) for role in ROLES}


@pytest.fixture(scope='session')
def client(clients):
    """Client of the German tenant's owner."""
    return clients['owner']


@pytest.fixture(scope='session')
def neighbour(application, database, austrian):
    """Client of the Austrian tenant's owner."""
    from tests.support.rpc import Client
    login = austrian['login']
    return Client(application, database).login(login['user'], login['password'])


@pytest.fixture(scope='session')
def superuser(postgres, database):
    """A connection to the worker's database that no wall stops, in autocommit."""
    import psycopg
    with psycopg.connect(postgres.superuser(database), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope='session')
def web(postgres, database):
    """A plain connection with the rights of a web worker, in autocommit; see tests.support.tenancy."""
    import psycopg
    with psycopg.connect(postgres.role('web', database), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope='session')
def rows(superuser, pool, german):
    """Rows of the German tenant, one at least of every table."""
    return _rows(superuser, pool, german)


@pytest.fixture(scope='session')
def foreign_rows(superuser, pool, austrian):
    """Rows of the Austrian tenant, one at least of every table; their texts begin with SECRET."""
    return _rows(superuser, pool, austrian, SECRET)


def _rows(superuser, pool, tenant, text='x'):
    from trytond.modules.tenant.ownership import owned_models

    from tests.support.rows import Rows
    rows = Rows(superuser, pool, tenant['company'], text)
    for name in owned_models(pool):
        rows.of(name)
    return rows
