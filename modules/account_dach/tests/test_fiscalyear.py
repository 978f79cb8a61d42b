"Fiscal years are made when the first date in them is needed"
import datetime as dt

import pytest
from trytond.pool import Pool

from trytond.modules.account_dach.exceptions import FiscalYearClosedError, FiscalYearRangeError
from trytond.modules.account_dach.fiscalyear import (
    SERIES, check_range, create_years, ensure_fiscalyear, months, year_of)
from trytond.modules.account_dach.rows import delete_own
from trytond.modules.account_dach.tests.tools import in_tenant

TODAY = dt.date(2026, 11, 25)


@pytest.mark.parametrize('date, begin, expected', [
    (dt.date(2026, 11, 25), None, (dt.date(2026, 1, 1), dt.date(2026, 12, 31))),
    (dt.date(2026, 7, 1), dt.date(2020, 7, 1), (dt.date(2026, 7, 1), dt.date(2027, 6, 30))),
    (dt.date(2026, 6, 30), dt.date(2020, 7, 1), (dt.date(2025, 7, 1), dt.date(2026, 6, 30))),
    (dt.date(2024, 2, 29), dt.date(2020, 3, 1), (dt.date(2023, 3, 1), dt.date(2024, 2, 29))),
    ])
def test_the_twelve_months_around_a_date(date, begin, expected):
    assert year_of(date, begin) == expected


def test_months_of_a_leap_year():
    ends = [end for _, end in months(dt.date(2024, 1, 1), dt.date(2024, 12, 31))]
    assert len(ends) == 12
    assert ends[1] == dt.date(2024, 2, 29)


@pytest.mark.parametrize('date, allowed', [
    (dt.date(2016, 11, 25), True), (dt.date(2016, 11, 24), False),
    (dt.date(2027, 11, 25), True), (dt.date(2027, 11, 26), False),
    (dt.date(1, 1, 1), False), (dt.date(9999, 12, 31), False),
    ])
def test_ten_years_back_and_one_ahead(pool, german, date, allowed):
    if allowed:
        in_tenant(pool, german, check_range, date, TODAY)
    else:
        with pytest.raises(FiscalYearRangeError) as error:
            in_tenant(pool, german, check_range, date, TODAY)
        assert (error.value.field, error.type.code) == ('date', 'invalid_argument')


def shape(company, date, today=None):
    year = ensure_fiscalyear(company, date, today)
    series = {
        getattr(row, name).id for row in year.invoice_sequences for name in SERIES}
    return {
        'id': year.id, 'name': year.name, 'days': (year.start_date, year.end_date),
        'state': year.state, 'periods': [p.name for p in sorted(year.periods, key=lambda p: p.start_date)],
        'numbers': {p.move_sequence.id for p in year.periods} == {year.move_sequence.id},
        'prefix': year.move_sequence.prefix, 'series': series}


def test_a_new_tenant_has_last_this_and_next_year(pool, german):
    today = dt.date.today()
    for year in (today.year - 1, today.year, today.year + 1):
        made = in_tenant(pool, german, shape, german['company'], dt.date(year, 1, 1))
        assert made['name'] == str(year)
        assert made['periods'] == [f'{year}-{month:02}' for month in range(1, 13)]
        assert made['state'] == 'open'


def test_an_old_year_is_made_once_with_its_own_numbers_and_the_same_invoice_series(pool, operator):
    tenant = operator.tenant('AT')
    date = dt.date.today() - dt.timedelta(days=365 * 5)
    made = in_tenant(pool, tenant, shape, tenant['company'], date)
    assert made['days'] == (dt.date(date.year, 1, 1), dt.date(date.year, 12, 31))
    assert made['prefix'] == f'{date.year}-'
    assert made['numbers'] and len(made['series']) == 2
    again = in_tenant(pool, tenant, shape, tenant['company'], dt.date(date.year, 1, 1))
    assert again == made
    current = in_tenant(pool, tenant, shape, tenant['company'], dt.date.today())
    assert current['series'] == made['series']


def shift_years(company):
    "Make the tenant's years run from July to June"
    for model in ('account.fiscalyear.invoice_sequence', 'account.period', 'account.fiscalyear'):
        delete_own(model, company)
    today = dt.date.today()
    create_years(company, [(dt.date(today.year - 1, 7, 1), dt.date(today.year, 6, 30))])


def test_a_later_year_keeps_the_rhythm_of_the_company(pool, operator):
    tenant = operator.tenant('DE')
    in_tenant(pool, tenant, shift_years, tenant['company'])
    today = dt.date.today()
    after = in_tenant(pool, tenant, shape, tenant['company'], dt.date(today.year, 7, 1))
    assert after['days'] == (dt.date(today.year, 7, 1), dt.date(today.year + 1, 6, 30))
    assert after['name'] == f'{today.year}/{(today.year + 1) % 100:02}'
    before = in_tenant(pool, tenant, shape, tenant['company'], dt.date(today.year - 1, 6, 30))
    assert before['days'] == (dt.date(today.year - 2, 7, 1), dt.date(today.year - 1, 6, 30))


def close(company, date):
    Pool().get('account.fiscalyear').close([ensure_fiscalyear(company, date)])


def test_no_year_is_opened_before_a_closed_one(pool, operator):
    tenant = operator.tenant('DE')
    last = dt.date.today().replace(month=1, day=1) - dt.timedelta(days=1)
    in_tenant(pool, tenant, close, tenant['company'], last)
    with pytest.raises(FiscalYearClosedError) as error:
        in_tenant(
            pool, tenant, ensure_fiscalyear, tenant['company'], last - dt.timedelta(days=400))
    assert (error.value.field, error.type.code) == ('date', 'invalid_state')
