"""scripts/test --changed: which files a change reaches"""
import pytest

from scripts.lib.quality.imports import Graph

FILES = {
    'modules/ground/__init__.py': '', 'modules/ground/clock.py': '', 'modules/ground/tests/test_clock.py': '',
    'modules/ground/tryton.cfg': '[tryton]\nversion=8.0.0\ndepends:\n    ir\n',
    'modules/sales/__init__.py': 'from . import bill\n',
    'modules/sales/bill.py': 'from .rounding import cents\n',
    'modules/sales/rounding.py': '', 'modules/sales/message.xml': '',
    'modules/sales/tests/test_bill.py': 'from trytond.modules.sales import bill\n',
    'modules/sales/tryton.cfg': '[tryton]\nversion=8.0.0\ndepends:\n    ground\n',
    'modules/apart/__init__.py': '', 'modules/apart/tests/test_apart.py': '',
    'modules/apart/tryton.cfg': '[tryton]\nversion=8.0.0\ndepends:\n    ir\n',
    'scripts/lib/tool.py': '', 'scripts/lib/__init__.py': '', 'scripts/test': '#!/usr/bin/env python3\n',
    'tests/support/tools.py': 'def make():\n    from scripts.lib import tool\n',
    'tests/test_tools.py': 'import tests.support.tools\n',
    }
GROUND, SALES, APART, TOOLS = (
    'modules/ground/tests/test_clock.py', 'modules/sales/tests/test_bill.py',
    'modules/apart/tests/test_apart.py', 'tests/test_tools.py')


@pytest.fixture(scope='module')
def graph(tmp_path_factory):
    root = tmp_path_factory.mktemp('root')
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Graph.of(root)


@pytest.mark.parametrize('changed, tests', [
    ('modules/ground/clock.py', {GROUND, SALES}),
    ('modules/sales/rounding.py', {SALES}),
    ('modules/sales/message.xml', {SALES}),
    ('modules/apart/__init__.py', {APART}),
    ('scripts/lib/tool.py', {TOOLS}),
    ('modules/sales/tests/test_bill.py', {SALES}),
    ('README.md', set()),
    ])
def test_what_a_change_reaches(graph, changed, tests):
    reached = graph.reaching({changed})
    assert reached & {GROUND, SALES, APART, TOOLS} == tests


def test_nothing_changed(graph):
    assert graph.reaching(()) == set()
