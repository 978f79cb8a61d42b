"""Members of the two tenants at Tryton's own protocol."""
import threading

import pytest
from werkzeug.serving import make_server

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
    logins = {role: f"{role}@{german['company']}.example" for role in ROLES}
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
def address(application):
    """http://… of a server in this process"""
    server = make_server('127.0.0.1', 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.port}'
    server.shutdown()
