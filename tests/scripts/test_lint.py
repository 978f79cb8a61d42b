"""Modules know only what they depend on; depends run down, faces never meet, no imports run in circles."""
import ast

import pytest

from scripts.lib.quality import layers


def test_the_house_keeps_to_its_layout():
    assert layers.findings() == []


@pytest.mark.parametrize('module, target, allowed', [
    ('rest_billing', 'rest', True),
    ('rest_billing', 'account_invoice_issue', True),
    ('rest_billing', 'rest_ledger', False),
    ('rest_billing', 'rest_hooks', False),
    ('rest_hooks', 'rest_billing', False),
    ('rest_anything', 'rest', True),
    ('rest_anything', 'web', False),
    ('web', 'rest', True),
    ('web_server', 'rest', True),
    ('rpc', 'rest', True),
    ('rest', 'rpc', False),
    ('rest', 'kernel', True),
    ('rest', 'rest_billing', False),
    ('rest', 'account_invoice_issue', False),
    ('rest', 'account_dach', False),
    ('document_review', 'account_invoice_issue', True),
    ('account_invoice_issue', 'document_issue', True),
    ('document_issue', 'account_invoice_issue', False),
    ('account_invoice_issue', 'party_customer', True),
    ('account_invoice_issue', 'rest', False),
    ('account_invoice_issue', 'flat_rate_project', False),
    ('flat_rate_project', 'account_invoice_issue', True),
    ('account_dach', 'account_invoice_issue', False),
    ('account_dach', 'account_immutable', False),
    ('tenant', 'account_dach', False),
    ('tenant', 'backend', True),
    ('backend', 'tenant', False),
    ('kernel', 'tenant', True),
    ('tenant', 'kernel', False),
    ('document_render', 'archive', False),
    ])
def test_the_depends_that_are_allowed(module, target, allowed):
    assert layers.may_depend(module, target) is allowed


def test_imports_are_found_in_every_form():
    tree = ast.parse(
        'import trytond.modules.rest.routes\n'
        'from trytond.modules.tenant import clock\n'
        'from trytond.modules import archive\n'
        'def f():\n'
        '    from trytond.modules.account.move import Move\n'
        'from . import own\n')
    assert sorted(layers.imported(tree)) == [(1, 'rest'), (2, 'tenant'), (3, 'archive'), (5, 'account')]


# A tree with findings

@pytest.fixture
def write(tmp_path):
    """Function(path below the root, text): writes a file of a tree"""
    def write(path, text):
        path = tmp_path / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path
    return write


def depends(*names):
    return '[tryton]\nversion=8.0.0\ndepends:\n' + ''.join(f'    {name}\n' for name in names)


def test_depends_that_run_up_are_named(tmp_path, write):
    config = write('modules/tenant/tryton.cfg', depends('ir', 'party', 'kernel', 'rest'))
    assert layers.findings(tmp_path) == [
        f'{config}: tenant must not know kernel', f'{config}: tenant must not know rest']


def test_an_import_that_is_not_declared_is_named_with_its_line(tmp_path, write):
    """What a dependency depends on is declared as well, Tryton's own modules included"""
    write('modules/backend/tryton.cfg', depends('ir'))
    write('modules/tenant/tryton.cfg', depends('backend', 'company'))
    write('modules/kernel/tryton.cfg', depends('tenant'))
    write('modules/kernel/tests/test_it.py', 'from trytond.modules.account import move\n')
    path = write('modules/kernel/wrong.py', (
        'import os\n'
        'from trytond.modules import get_module_info\n'
        'from trytond.modules.backend import database\n'
        'from trytond.modules.party import party, address\n'
        'def late():\n'
        '    from trytond.modules.account import move, tax\n'
        'import trytond.modules.account.move\n'))
    assert layers.findings(tmp_path) == [
        f'{path}:7: kernel does not depend on account', f'{path}:6: kernel does not depend on account']


def test_contracts_and_hooks_that_know_each_other_are_named(tmp_path, write):
    write('modules/rest/tryton.cfg', depends('ir'))
    write('modules/rest_things/tryton.cfg', depends('rest'))
    config = write('modules/rest_others/tryton.cfg', depends('rest', 'rest_things'))
    path = write('modules/rest_things/wrong.py', 'from trytond.modules.rest_others import names\n')
    assert layers.findings(tmp_path) == [
        f'{config}: rest_others must not know rest_things',
        f'{path}:1: rest_things does not depend on rest_others']


def test_a_module_without_a_place_is_named(tmp_path, write):
    write('modules/cellar/tryton.cfg', '[tryton]\nversion=8.0.0\n')
    assert layers.findings(tmp_path) == [
        'modules/cellar: has no place in WINGS of scripts/lib/quality/layers.py']


def test_circles_of_files_are_named_by_one_way_round(tmp_path, write):
    """Imports inside functions and of a package's own names count, a package around its files does not"""
    write('modules/kernel/tryton.cfg', depends('ir'))
    write('modules/kernel/__init__.py', 'from .rows import insert\n')
    write('modules/kernel/rows.py', 'import os\nfrom . import clock\n')
    write('modules/kernel/clock.py', 'def now():\n    from trytond.modules.kernel.vault import seal\n')
    write('modules/kernel/vault.py', 'from .rows import insert\n')
    write('scripts/lib/one.py', 'from ..lib.two import thing\n')
    write('scripts/lib/two.py', 'import scripts.lib.three\n')
    write('scripts/lib/three.py', 'from . import four\n')
    assert layers.findings(tmp_path) == [
        'circle of imports: modules/kernel/clock.py → modules/kernel/vault.py → modules/kernel/rows.py'
        ' → modules/kernel/clock.py']


@pytest.mark.parametrize('graph, found', [
    ({}, []),
    ({'a': ['b'], 'b': ['c'], 'c': []}, []),
    ({'a': ['b'], 'b': ['a']}, [['a', 'b', 'a']]),
    ({'a': ['b', 'c'], 'b': ['d'], 'c': ['a'], 'd': ['a']}, [['a', 'c', 'a'], ['b', 'd', 'a', 'b']]),
    ({'a': ['b'], 'b': ['c'], 'c': ['b'], 'd': ['e'], 'e': ['d']}, [['b', 'c', 'b'], ['d', 'e', 'd']]),
    ])
def test_circles_of_a_graph(graph, found):
    assert layers.circles(graph) == found
