"""The short-term income statement of a set of books"""
import datetime as dt
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.account_dach import bwa
from trytond.modules.account_dach.fiscalyear import ensure_fiscalyear
from trytond.modules.account_dach.tests.tools import book, in_tenant

TODAY = dt.date(2026, 11, 25)


def statement(company, first, last):
    """Return {line: amount} without empty lines"""
    return {row['line']: amount for row, amount in bwa.figures(company, first, last) if amount}


def result_of_year(company):
    """Return the result that the account types give"""
    year = ensure_fiscalyear(company, TODAY)
    with Transaction().set_context(company=company, fiscalyear=year.id):
        type_, = Pool().get('account.account.type').search(
            [('company', '=', company), ('law', 'like', '%§ 275 (2) 17 HGB')])
        return type_.amount


def test_figures_of_a_year_and_of_a_month(pool, operator):
    tenant = operator.tenant('DE')
    company = tenant['company']
    for date in (TODAY - dt.timedelta(days=400), TODAY):
        in_tenant(pool, tenant, ensure_fiscalyear, company, date, TODAY)
    in_tenant(pool, tenant, book, company, TODAY)
    year = in_tenant(pool, tenant, statement, company, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert year == {
        '1020': Decimal('950'), '1051': Decimal('950'), '1060': Decimal('-333.33'),
        '1080': Decimal('616.67'), '1092': Decimal('616.67'), '1260': Decimal('-42'),
        '1280': Decimal('-42'), '1300': Decimal('574.67'), '1345': Decimal('574.67'),
        '1380': Decimal('574.67')}
    assert in_tenant(pool, tenant, result_of_year, company) == year['1380']
    november = in_tenant(pool, tenant, statement, company, dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    assert november['1020'] == -50 and november['1380'] == -92
