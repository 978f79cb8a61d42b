"""The server of a run, and how the tests of a module are imported; fixtures stand in tests/support/."""
import importlib
import os
import random
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import drawing, rooms
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
    parser.addoption('--quick', action='store_true', help='pure functions, then one pass through each room')
    parser.addoption('--whole', action='store_true', help='everything, nothing drawn by the seed')
    parser.addoption(
        '--changed', metavar='BASE', nargs='?', const='main',
        help='the tests that a change since a commit reaches, by the imports (default: main)')
    parser.addoption('--seed', type=int, help='draw what the run with this seed drew')


def pytest_configure(config):
    config.addinivalue_line('markers', 'drawn(share): a run tries a share of the parameters, --whole all')
    if config.option.whole:
        os.environ[drawing.WHOLE] = '1'
    if not hasattr(config, 'workerinput'):
        os.environ[drawing.SEED] = str(
            random.randrange(10 ** 6) if config.option.seed is None else config.option.seed)


def pytest_terminal_summary(terminalreporter):
    if not drawing.whole():
        terminalreporter.write_line(
            f'drawn by seed {drawing.seed()}: --seed {drawing.seed()} draws the same, --whole tries all')


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
    if config.option.quick:
        # Made while the pure functions are tested; who needs it sooner waits for it
        threading.Thread(target=server.template, daemon=True).start()


def pytest_collection_modifyitems(config, items):
    """While one process makes the template database, the other installs an instance in the tests of serve"""
    chosen = rooms.ordered(items)
    if config.option.changed:
        chosen = rooms.changed(chosen, config.option.changed)
    if config.option.quick:
        chosen = rooms.quick(chosen)
    if not any('::' in argument for argument in config.args):
        chosen = drawing.draw_items(chosen)
    kept = {id(item) for item in chosen}
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    items[:] = chosen


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
