"""The database of a test worker, the operator's hand in it, and two tenants.

Imports stand in the fixtures: trytond must not be imported before the run's configuration is known.
"""
import os

import pytest

from tests.support.operator import Operator
from tests.support.server import SLOT, Server


@pytest.fixture(scope='session')
def postgres():
    """The server of this run: superuser(db), owner(db), role('web' or 'worker', db) return DSNs."""
    return Server(os.environ[SLOT])


@pytest.fixture(scope='session')
def template_database(postgres):
    """Name of the database that clones are made from: all modules, both charts, no tenant."""
    return postgres.template()


@pytest.fixture(scope='session')
def database(postgres, template_database, worker_id):
    """Name of a clone for this worker. Tests share it, so each makes its own tenants.

    trytond in this process is configured with the rights of a web worker.
    """
    name = f'test_{worker_id}'
    postgres.clone(name, template_database)
    return name


@pytest.fixture
def fresh_database(postgres, template_database, worker_id):
    """Name of a clone for one test alone."""
    name = f'test_{worker_id}_fresh'
    postgres.clone(name, template_database)
    yield name
    postgres.drop(name)


@pytest.fixture(scope='session')
def pool(database):
    """The pool of the worker's database."""
    from trytond import backend
    from trytond.cache import Cache
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        pool = Pool(database)
        pool.init()
    yield pool
    Cache.drop(database)
    backend.Database(database).close()


@pytest.fixture(scope='session')
def operator(postgres, database):
    """Acts as the operator on the worker's database; see tests.support.operator.Operator."""
    operator = Operator(postgres, database, stocked=True)
    yield operator
    operator.close()


@pytest.fixture(scope='session')
def german(operator):
    """A German tenant on SKR04, as in demo.json."""
    return operator.tenant('DE')


@pytest.fixture(scope='session')
def austrian(operator):
    """An Austrian tenant on the EKR, as in demo.json."""
    return operator.tenant('AT')


@pytest.fixture(scope='session')
def superuser(postgres, database):
    """A connection to the worker's database that no wall stops, in autocommit."""
    with _connected(postgres.superuser(database)) as connection:
        yield connection


@pytest.fixture(scope='session')
def web(postgres, database):
    """A plain connection with the rights of a web worker, in autocommit; see tests.support.tenancy."""
    with _connected(postgres.role('web', database)) as connection:
        yield connection


@pytest.fixture
def owner(postgres, database):
    """A plain connection as the owner of the tables, in autocommit."""
    with _connected(postgres.owner(database)) as connection:
        yield connection


def _connected(address):
    import psycopg
    return psycopg.connect(address, autocommit=True)
