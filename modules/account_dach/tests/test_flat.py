"""Flat accounts have the same balances as stock Tryton's nested set"""
import datetime as dt
import json
from pathlib import Path

import psycopg
import pytest
from trytond import backend
from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.transaction import Transaction

from tests.support import drawing
from trytond.modules.account_dach.fiscalyear import ensure_fiscalyear
from trytond.modules.account_dach.tests.tools import book, figures, in_tenant

TODAY = dt.date(2026, 11, 25)
STOCK = Path(__file__).with_name('stock_books.json')
"""The figures of stock Tryton on TODAY; the long test computes them again and compares"""


def test_balances_equal_those_of_nested_accounts(pool, operator):
    tenant = operator.tenant('DE')
    company = tenant['company']
    for date in (TODAY - dt.timedelta(days=400), TODAY):
        in_tenant(pool, tenant, ensure_fiscalyear, company, date, TODAY)
    party = in_tenant(pool, tenant, book, company, TODAY)
    found = in_tenant(pool, tenant, figures, company, party, TODAY)
    assert found == json.loads(STOCK.read_text())
    assert found['parties'] == ['630.50', '0.00', '630.50']
    assert found['until today']['1800'][0] == '25061.34'
    assert found['children']['1200'] == ['1200']


@pytest.fixture
def stock_database(postgres, worker_id):
    name = f'test_{worker_id}_stock'
    postgres.drop(name)
    with psycopg.connect(postgres.owner('postgres'), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    yield name
    postgres.drop(name)


@pytest.mark.slow
@pytest.mark.skipif(not drawing.whole(), reason="a minute: only with --whole")
def test_stock_tryton_still_gives_these_figures(postgres, stock_database):
    output = postgres.run_as('owner', [
            '-m', 'trytond.modules.account_dach.tests.stock_books', stock_database, TODAY.isoformat()])
    assert json.loads(output.splitlines()[-1]) == json.loads(STOCK.read_text())


def intervals(company):
    table = Pool().get('account.account').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.left, table.right, where=table.company == company))
    return cursor.fetchall()


def test_every_account_of_a_tenant_is_its_own_interval(pool, german):
    rows = in_tenant(pool, german, intervals, german['company'])
    assert len(rows) >= 571
    assert all((left, right) == (2 * id_, 2 * id_ + 1) for id_, left, right in rows)


def new_account(company, code, **values):
    Account = Pool().get('account.account')
    bank, = Account.search([('company', '=', company), ('code', '=', '1800')])
    account, = Account.create([{
                'name': "Bank 6", 'code': code, 'type': bank.type.id, 'company': company, **values}])
    copy, = Account.copy([account], default={'code': f'{code}0'})
    return [(a.id, a.left, a.right) for a in (account, copy)]


def test_a_new_account_and_its_copy_get_their_interval_and_touch_no_other(pool, operator):
    tenant = operator.tenant('DE')
    before = in_tenant(pool, tenant, intervals, tenant['company'])
    new = in_tenant(pool, tenant, new_account, tenant['company'], '1860')
    assert all((left, right) == (2 * id_, 2 * id_ + 1) for id_, left, right in new)
    after = in_tenant(pool, tenant, intervals, tenant['company'])
    assert sorted(after) == sorted(before + new)


def nested_account(company):
    parent, = Pool().get('account.account').search(
        [('company', '=', company), ('code', '=', '1800')])
    new_account(company, '1870', parent=parent.id)


def test_an_account_under_another_is_refused(pool, german):
    with pytest.raises((UserError, backend.DatabaseIntegrityError)):
        in_tenant(pool, german, nested_account, german['company'])
