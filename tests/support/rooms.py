"""Which tests of a run, and in which order: whole, quick, or those that a change reaches."""
import subprocess

from scripts.lib.install.bootstrap import ROOT
from scripts.lib.quality import imports

LONGEST = (
    'tests/crash/', 'tests/upgrade/', 'tests/contracts/billing/test_golden.py', 'tests/oracle/',
    'modules/web_server/tests/test_worker.py', 'modules/account_invoice_payment_link/',
    'modules/document_render/tests/test_pool.py', 'tests/client/test_views.py',
    'tests/contracts/billing/test_table.py', 'modules/rest_billing/')
"""Beginnings of the paths of what takes longest: begun first, so that all processes end together"""
DATABASES = {'postgres', 'template_database'}
"""Fixtures of tests that need a server"""
EVERYTHING = ('conftest.py', 'pyproject.toml', 'setup.py', 'config/')
"""Beginnings of the paths on which all tests depend"""
PROGRAMS = ('tests/crash/', 'tests/upgrade/')
"""Tests that start the whole house"""
PASS = 2
"""Tests of each file that a quick run takes of those with a database"""


def path_of(item):
    return item.path.relative_to(ROOT).as_posix()


def ordered(items):
    """Files that take long first, each file in its own order; the walls last: they fill every table"""
    def place(item):
        path = path_of(item)
        place = next((n for n, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))
        return path.startswith('tests/walls/'), place
    return sorted(items, key=place)


def quick(items):
    """Pure functions first, then one pass through each room; nothing slow"""
    quick = [item for item in items if not item.get_closest_marker('slow')]
    pure = [item for item in quick if not DATABASES & set(item.fixturenames)]
    taken, passes = {}, []
    for item in quick:
        if DATABASES & set(item.fixturenames):
            taken[path_of(item)] = taken.get(path_of(item), 0) + 1
            if taken[path_of(item)] <= PASS:
                passes.append(item)
    return pure + passes


def changed(items, base):
    """The tests of files that a change since ``base`` reaches: by their imports, or by those of a fixture"""
    files = changed_files(base)
    if any(file.startswith(EVERYTHING) for file in files):
        return items
    reached = imports.Graph.of(ROOT).reaching(files)
    if any(file.startswith(('modules/', 'scripts/')) and '/tests/' not in file for file in files):
        reached |= {path_of(item) for item in items if path_of(item).startswith(PROGRAMS)}
    return [item for item in items if reached & {path_of(item), *_fixtures(item)}]


def _fixtures(item):
    """Return the files that define the fixtures of a test"""
    found = set()
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            file = definition.func.__code__.co_filename
            if file.startswith(f'{ROOT}/'):
                found.add(file.removeprefix(f'{ROOT}/'))
    return found


def changed_files(base):
    """Return the paths that differ from a commit, those that git does not know yet among them"""
    def git(*words):
        return subprocess.run(
            ['git', *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {*git('diff', '--name-only', base), *git('ls-files', '--others', '--exclude-standard')}
