"""The arrows between the modules run down only, and contracts do not know each other."""
import ast

import pytest

from scripts.lib.quality import layers


def test_every_module_keeps_to_the_layout():
    assert layers.findings() == []


@pytest.mark.parametrize('module, target, allowed', [
    ('rest_billing', 'rest', True),
    ('rest_billing', 'account_invoice_issue', True),
    ('rest_billing', 'rest_ledger', False),
    ('account_invoice_issue', 'party_customer', True),
    ('account_invoice_issue', 'rest', False),
    ('account_dach', 'account_invoice_issue', False),
    ('tenant', 'account_dach', False),
    ('tenant', 'backend', True),
    ('document_render', 'archive', True),
    ])
def test_which_arrows_are_allowed(module, target, allowed):
    assert layers.allowed(module, target) is allowed


def test_imports_are_found_in_every_form():
    tree = ast.parse(
        'import trytond.modules.rest.routes\n'
        'from trytond.modules.tenant import clock\n'
        'from trytond.modules import archive\n'
        'def f():\n'
        '    from trytond.modules.account.move import Move\n'
        'from . import own\n')
    assert sorted(layers.imported(tree)) == [(1, 'rest'), (2, 'tenant'), (3, 'archive'), (5, 'account')]


def test_an_arrow_that_runs_up_is_named_with_its_line(tmp_path):
    module = tmp_path / 'tenant'
    module.mkdir()
    (module / 'tryton.cfg').write_text('[tryton]\nversion=8.0.0\ndepends:\n    ir\n    archive\n    rest\n')
    (module / 'wrong.py').write_text('import os\nfrom trytond.modules.account_dach import tax\n')
    assert layers.findings(tmp_path) == [
        f'{module}/tryton.cfg: tenant must not know rest',
        f'{module}/wrong.py:2: tenant must not know account_dach']


def test_a_module_without_a_place_is_named(tmp_path):
    (tmp_path / 'cellar').mkdir()
    (tmp_path / 'cellar' / 'tryton.cfg').write_text('[tryton]\nversion=8.0.0\n')
    assert layers.findings(tmp_path) == [
        'modules/cellar: has no place in WINGS of scripts/lib/quality/layers.py']
