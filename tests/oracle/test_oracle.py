"""The engine books what Tryton's own workflow would have booked: every row, and the document to the byte.

The same random case is played in two tenants alike, in one by the engine, in the other by Tryton's
workflow (`account_invoice_issue.workflow`, with numbers from Tryton's sequences). Compared is every row
of every table that either has written, with all columns: invoices, lines, taxes, moves, tax lines, payments,
reconciliations, sequences, fiscal years, sealed documents and their bytes, events. Left out are ids, users
and times of writing; what points at a row must point at the same one in both. Beyond that the sealed PDF of
each tenant is held against one made anew of the rows alone. Both ways share what is decided before anything
is written (`draft.complete`: dates, tax of a line, accounts, rounding), which has tests of its own.

KONTOR_ORACLE_CASES and KONTOR_ORACLE_SEED ask for more cases, or others, as `scripts/bench --oracle N` does.
"""
import datetime as dt
import os
from decimal import Decimal as D
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.oracle.cases import BOOKS, Case, Paper, Row, cases
from tests.oracle.comparison import Oracle
from tests.oracle.world import twins
from tests.support import drawing
from tests.support.invoicing import inside

CASES = int(os.environ.get('KONTOR_ORACLE_CASES') or drawing.number(60, 15))
SEED = int(os.environ.get('KONTOR_ORACLE_SEED') or drawing.seed())
COLLECT = 'KONTOR_ORACLE_CASES' in os.environ
"""Go on after a difference, up to MOST of them, instead of making its case smaller"""
MOST = 20
SHRINK = [] if COLLECT else [Phase.shrink]


@pytest.fixture(scope='module')
def pairs(pool, operator):
    return {books: twins(pool, operator, books) for books in BOOKS}


@pytest.mark.slow
def test_the_engine_books_what_tryton_would_have_booked(pairs, typeset):
    oracle, failures = Oracle(pairs), []

    @seed(SEED)
    @settings(
        max_examples=CASES, deadline=None, database=None, phases=[Phase.generate, *SHRINK],
        suppress_health_check=list(HealthCheck), print_blob=False)
    @given(cases())
    def check(case):
        if found := oracle.differences(case):
            failures.append('\n'.join([repr(case), *found]))
            assert COLLECT and len(failures) < MOST, failures[-1]
    try:
        check()
    finally:
        print(f'oracle: seed {SEED}, {len(failures)} differ,', ', '.join(
                f'{n} {what}' for what, n in sorted(oracle.counts.items()) if n))
    assert not failures, '\n\n'.join(failures)


def _case(books, *papers):
    return Case(books, dt.date(2026, 11, 2), papers)


@pytest.mark.parametrize('case', [
    pytest.param(
        _case('DE', Paper('invoice', 'home', 19, False, 'de', (Row('1', '0'), Row('1', '10')),
            then=('part', 'credit'))),
        id='a credit note over nothing, then one over the rest'),
    pytest.param(
        _case('AT', Paper('invoice', 'home', 20, False, 'de', (Row('1', '50'),), then=('more',)),
            Paper('invoice', 'home', 20, False, 'de', (Row('1', '2'), Row('-1', '2')), then=('credit',))),
        id="reconciled by Tryton, by the engine, and by Tryton again"),
    pytest.param(
        _case('DE', Paper('invoice', 'home', 19, False, 'einvoice', (Row('3', '5.72'),), stored=True,
            term='Raten')),
        id='an electronic invoice in three instalments'),
    pytest.param(
        _case('AT', Paper('invoice', 'home', 10, False, 'de', (Row('3', '5.72', 'USt 4,9 %'),))),
        id='a rate with a digit behind the comma')])
def test_what_once_differed(pairs, typeset, case):
    oracle = Oracle(pairs)
    assert oracle.differences(case) == []
    assert oracle.counts['documents'], oracle.counts


# The oracle can fail

PAPER = Paper('invoice', 'home', 19, False, 'de', (Row('2', '10.01'), Row('1', '5.55')), due=30)
FAULTS = {
    'account_move_line': lambda name, rows: _changed(name, rows, 'account.move.line', 'account', 'swap'),
    'account_invoice_line': lambda name, rows: _changed(
        name, rows, 'account.invoice.line', 'net_amount', D('.01')),
    'account_tax_line': lambda name, rows: rows[1:] if name == 'account.tax.line' else rows,
    'maturity_date': lambda name, rows: _changed(
        name, rows, 'account.move.line', 'maturity_date', dt.timedelta(days=1)),
    'number': lambda name, rows: _changed(name, rows, 'account.invoice', 'number', 'more'),
    }
"""What a difference must name → (model, rows) as a faulty engine would insert them"""


def _changed(name, rows, model, column, change):
    """Return rows of which the last has another value in a column, where they are those of a model"""
    if name != model:
        return rows
    *others, last = rows
    value = last[column]
    if change == 'swap':
        value, others[0] = others[0][column], others[0] | {column: value}
    elif change == 'more':
        value += '0'
    else:
        value += change
    return [*others, last | {column: value}]


@pytest.mark.parametrize('where', FAULTS)
def test_a_fault_of_the_engine_is_found(pairs, typeset, where):
    from trytond.modules.account_invoice_issue import booking
    real = booking.insert_all

    def faulty(company, tables):
        return real(company, {model: FAULTS[where](model, rows) for model, rows in tables.items()})
    case = Case('DE', dt.date(2026, 5, 15), (PAPER,))
    with mock.patch.object(booking, 'insert_all', faulty):
        found = Oracle(pairs).differences(case)
    assert any(where in line for line in found), found
    assert Oracle(pairs).differences(case) == []


# Modules of an operator

@pytest.fixture
def extended(pool):
    """As if an operator's module extended the invoice: the pool puts its class in front, as Pool.fill does"""
    from trytond.pool import PoolMeta

    class Extended(metaclass=PoolMeta):
        __name__ = 'account.invoice'
        __module__ = 'trytond.modules.operator_extra.invoice'

        def get_move(self):
            move = super().get_move()
            move.description = "Kostenstelle 7"
            return move
    before = pool.get('account.invoice')
    pool.add(type('account.invoice', (Extended, before), {'__slots__': ()}))
    yield
    pool.add(before)


def test_an_operators_module_is_not_skipped(pool, german, extended, caplog):
    from trytond.modules.account_invoice_issue.tests.tools import customer, draft
    from trytond.modules.document_issue.reading import pdf_of
    with inside(pool, german) as transaction:
        Invoice, party = pool.get('account.invoice'), customer()
        first, = Invoice.issue([draft(party, [(1.0, '10.00')])])
        second, = Invoice.issue([draft(party, [(2.0, '10.00'), (1.0, '3.33')])])
        assert [i.move.description for i in (first, second)] == ["Kostenstelle 7"] * 2
        assert [i.move.state for i in (first, second)] == ['posted'] * 2
        assert int(second.number[-4:]) == int(first.number[-4:]) + 1
        assert pdf_of(second)[0].startswith(b'%PDF')
        events = transaction.connection.execute(
            'SELECT event FROM outbox WHERE subject = %s', (str(second),)).fetchall()
        assert events == [('invoice.created',)]
        transaction.rollback()
    said = [record for record in caplog.records if 'operator_extra extends account.invoice' in record.message]
    assert [record.levelname for record in said] == ['WARNING']


def test_without_such_a_module_the_engine_books(pool, german):
    from trytond.modules.account_invoice_issue import engine, posting
    with inside(pool, german):
        assert posting.foreign_modules(pool) == {}
        assert posting.posting_backend() is engine
