"""The server of a run, and how the tests of a module are imported; fixtures stand in tests/support/."""
import importlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.server import KEEP, SLOT, Running, Server

pytest_plugins = [
    'tests.support.ground_fixtures', 'tests.support.client_fixtures', 'tests.support.billing_fixtures',
    'tests.support.domain_fixtures', 'tests.support.paying']

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
        item.path.parent.name == 'walls',
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
