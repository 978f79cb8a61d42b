"""A module that adds columns to what is booked finds its place in both ways: the engine writes its columns as
Tryton's own workflow does.

The module (`extension`) is active in a database of its own.
"""
import collections
import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from scripts.lib.quality.row_methods import ROW_METHOD
from tests.oracle import extended
from tests.oracle.cases import Case, Paper, Row, cases
from tests.oracle.comparison import Oracle
from tests.oracle.world import twins
from tests.support.operator import Operator
from tests.support.server import ROLES

BOOKS = 'DE'
CASES = 8
ROWS = (Row('2', '10.01'), Row('1', '5.55'), Row('0', None))


@pytest.fixture(scope='module')
def extended_pool(pool, postgres, template_database, worker_id, tmp_path_factory):
    """The pool of a database in which the extension is active.

    Needs ``pool``: Tryton's modules are registered once per process, before this one.
    """
    from trytond import backend
    from trytond.cache import Cache
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    name = f'test_{worker_id}_extended'
    postgres.clone(name, template_database)
    with extended.announced(tmp_path_factory.mktemp('extension')), extended.registered():
        postgres.run_as('owner', ['-m', 'tests.oracle.extended', name, ROLES])
        with Transaction().start(name, 0, readonly=True):
            found = Pool(name)
            found.init()
        yield found
        Cache.drop(name)
        backend.Database(name).close()
        Pool.stop(name)
    postgres.drop(name)


@pytest.fixture(scope='module')
def pairs(extended_pool, postgres):
    operator = Operator(postgres, extended_pool.database_name)
    yield {BOOKS: twins(extended_pool, operator, BOOKS)}
    operator.close()


def paper(kind='invoice', rows=ROWS, **others):
    return Paper(kind, 'home', 19, False, 'de', rows, **others)


def case(*papers):
    return Case(BOOKS, dt.date(2026, 11, 2), papers)


PLAYED = {
    'several at once': case(paper(), paper('gutschrift'), paper(rows=(Row('2', '1'), Row('-2', '1')))),
    'a stored draft': case(paper(stored=True, term='Raten')),
    'paid': case(paper(then=('paid',)), paper('gutschrift', then=('paid',))),
    'paid in parts': case(paper(then=('less', 'paid')), paper(then=('more',))),
    'taken back': case(paper(then=('credit',)), paper(then=('paid', 'credit')), paper(then=('part', 'paid'))),
    'a project': case(paper('project')),
    }


@pytest.mark.parametrize('played', PLAYED.values(), ids=PLAYED)
def test_the_engine_writes_the_columns_of_another_module(pairs, typeset, played):
    oracle = Oracle(pairs)
    assert oracle.differences(played) == []
    assert oracle.counts['documents'], oracle.counts


def test_at_random(pairs, typeset):
    @seed(1)
    @settings(
        max_examples=CASES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), print_blob=False)
    @given(cases(books=(BOOKS,)))
    def check(played):
        assert Oracle(pairs).differences(played) == []
    check()


# It is the row methods that do it

WRITTEN = {
    ('account_invoice', 'extra'): {'3'}, ('account_invoice', 'settled'): {'paid'},
    ('account_invoice_line', 'extra'): {'2'}, ('account_invoice_line-account_tax', 'extra'): {'chosen'},
    ('account_invoice_tax', 'extra'): {'30.43'}, ('account_move', 'extra'): {'2026-11'},
    ('account_move_line', 'extra'): {'line', 'tax', 'claim', 'payment'},
    ('account_tax_line', 'extra'): {'line', 'tax'},
    ('account_invoice-account_move_line', 'extra'): {'counts'},
    ('account_move_reconciliation', 'extra'): {'2'}}
"""(table, column) → values that Tryton's workflow writes of one paid invoice"""
DIFFERENCE = re.compile(r"(\S+) .*\.(\w+): 'None' by the engine, '(.*)' by Tryton")


def test_without_the_row_methods_the_columns_stay_empty(pairs, typeset, monkeypatch):
    from tests.oracle.extension import columns
    for Class in vars(columns).values():
        for name in [name for name in getattr(Class, '__dict__', ()) if name.endswith(ROW_METHOD)]:
            monkeypatch.delattr(Class, name)
    found = collections.defaultdict(set)
    for line in Oracle(pairs).differences(case(paper(then=('paid',)))):
        table, column, value = DIFFERENCE.fullmatch(line).groups()
        found[table, column].add(value)
    assert found == WRITTEN
