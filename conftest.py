"""Fixtures for every test, in tests/ and in modules/*/tests/, and how the tests of a module are imported."""
import importlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.operator import Operator
from tests.support.server import KEEP, SLOT, Running, Server

MODULES = Path(__file__).parent / 'modules'
_running = pytest.StashKey()

# How long an example takes says something about the machine, nothing about the code
settings.register_profile('kontor', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('kontor')


def pytest_addoption(parser):
    parser.addoption(
        '--keep-template', action='store_true',
        help='use the template database as it is, even if the code has changed since')


def pytest_sessionstart(session):
    """Start the server in the process that controls the run, before any worker and any import of trytond."""
    config = session.config
    if hasattr(config, 'workerinput') or config.option.collectonly:
        return
    if config.option.keep_template:
        os.environ[KEEP] = '1'
    config.stash[_running] = running = Running()
    server = Server(running.home.path)
    os.environ[SLOT] = str(running.home.path)
    os.environ['TRYTOND_CONFIG'] = str(server.configuration('web'))


def pytest_collection_modifyitems(items):
    """While one process makes the template database, the other installs an instance in the tests of serve.

    The tests of the walls come last: they put rows into every table, sense or not.
    """
    first = items[0].path.name if items else None
    order = [first, 'test_serve.py']
    items.sort(key=lambda item: (
        item.path.name.startswith('test_tenancy_'),
        order.index(item.path.name) if item.path.name in order else len(order)))


def pytest_unconfigure(config):
    if _running in config.stash:
        config.stash[_running].stop()


def pytest_pycollect_makemodule(module_path, parent):
    """Import modules/NAME/tests/… as trytond.modules.NAME.tests…, the name the code itself goes by.

    Otherwise pytest would import the module a second time, under a name of its own.
    """
    if MODULES not in module_path.parents:
        return
    parts = module_path.relative_to(MODULES).with_suffix('').parts
    if not (module_path.parent / '__init__.py').exists():
        raise pytest.UsageError(f'{module_path.parent} needs an __init__.py')
    module = importlib.import_module('.'.join(['trytond', 'modules', *parts]))
    sys.modules.setdefault('.'.join(parts), module)


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
def operator(postgres, database):
    """Acts as the operator on the worker's database; see tests.support.operator.Operator."""
    operator = Operator(postgres, database)
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
