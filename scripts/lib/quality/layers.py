"""The layout as a table: which modules may know which. Arrows run down only, contracts never meet.

The wings are those of README.md. A module that is not listed is a finding: it has no place in the house yet.
"""
import ast
import configparser
from pathlib import Path

from ..install.bootstrap import ROOT

WINGS = (
    ('faces', (
        'rest_billing', 'rest_ledger', 'rest_teams', 'rest_trades', 'rest_hooks', 'web')),
    ('the ground of the faces', ('web_server', 'rpc', 'rest')),
    ('inbox', ('document_review', 'assistant')),
    ('sales and bank', (
        'account_invoice_issue', 'account_invoice_einvoice', 'account_invoice_self_billing',
        'account_invoice_payment_link', 'account_invoice_recurring', 'account_dunning_dach', 'quote',
        'flat_rate_project', 'checkout', 'account_statement_match', 'account_payment_run')),
    ('papers', ('party_customer', 'product_catalog', 'invoice_template', 'document_issue')),
    ('books', ('account_dach', 'account_immutable', 'account_booking', 'account_close', 'account_datev')),
    ('ground', ('backend', 'tenant', 'kernel', 'tenant_provision', 'immutable', 'archive',
        'outbox', 'document_render', 'text_key')),
    )
"""Wing → modules, from the top of the house to the ground"""
ALONE = ('rest_billing', 'rest_ledger', 'rest_teams', 'rest_trades')
"""Contracts: none of them may know another"""
HEIGHT = {
    module: len(WINGS) - number for number, (_, modules) in enumerate(WINGS) for module in modules}


def findings(root=ROOT / 'modules'):
    """Return a sentence for every arrow that runs up, and for every module without a place."""
    own = {path.parent.name for path in Path(root).glob('*/tryton.cfg')}
    found = [f'modules/{name}: has no place in WINGS of scripts/lib/quality/layers.py'
        for name in sorted(own - HEIGHT.keys())]
    for module in sorted(own & HEIGHT.keys()):
        for where, target in arrows(Path(root) / module):
            if target in HEIGHT and not allowed(module, target):
                found.append(f'{where}: {module} must not know {target}')
    return found


def allowed(module, target):
    """Tell if a module may import or depend on another."""
    if module == target:
        return True
    if module in ALONE and target in ALONE:
        return False
    return HEIGHT[target] <= HEIGHT[module]


def arrows(folder):
    """Yield (file and line, module) for each dependency of a module: its imports and its tryton.cfg."""
    config = configparser.ConfigParser()
    config.read(folder / 'tryton.cfg')
    for option in ('depends', 'extras_depend'):
        for name in config.get('tryton', option, fallback='').split():
            yield f'{folder / "tryton.cfg"}', name
    for path in sorted(folder.rglob('*.py')):
        if 'tests' in path.relative_to(folder).parts:
            continue
        for line, name in imported(ast.parse(path.read_text())):
            yield f'{path}:{line}', name


def imported(tree):
    """Yield (line, module) for each Tryton module that a syntax tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f'{node.module}.{alias.name}' for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split('.')
            if parts[:2] == ['trytond', 'modules'] and len(parts) > 2:
                yield node.lineno, parts[2]
