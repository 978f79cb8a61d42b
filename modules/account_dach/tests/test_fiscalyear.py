"""Fiscal years are made on demand, for the first date in them"""
import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from trytond.modules.account.exceptions import PeriodNotFoundError
from trytond.pool import Pool

from trytond.modules.account_dach.exceptions import FiscalYearClosedError, FiscalYearRangeError
from trytond.modules.account_dach.fiscalyear import (
    SERIES, check_range, create_years, ensure_fiscalyear, months, year_of)
from trytond.modules.kernel.rows import delete_own
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
    """Move the tenant's years to July to June"""
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


def years_of(company, today):
    """Request the years of the earliest, the latest and a day in between; return days and states of all"""
    for date in (today - relativedelta(years=10), today + relativedelta(years=1), today):
        ensure_fiscalyear(company, date, today)
    for year in range(today.year - 10, today.year):
        ensure_fiscalyear(company, dt.date(year, 12, 31), today)
    years = Pool().get('account.fiscalyear').search(
        [('company', '=', company)], order=[('start_date', 'ASC')])
    return [(y.start_date, y.end_date, y.state, len(y.periods)) for y in years]


def test_eleven_years_back_to_back_whatever_the_order_they_are_asked_for(pool, operator):
    tenant = operator.tenant('DE', chart='skr03')
    years = in_tenant(pool, tenant, years_of, tenant['company'], dt.date.today())
    this = dt.date.today().year
    assert years == [
        (dt.date(year, 1, 1), dt.date(year, 12, 31), 'open', 12) for year in range(this - 10, this + 2)]


def close(company, date):
    Pool().get('account.fiscalyear').close([ensure_fiscalyear(company, date)])


def states_at(company, date):
    """Return the state of the year of a date and of its periods, and whether a booking finds a period"""
    year = ensure_fiscalyear(company, date)
    try:
        Pool().get('account.period').find(company, date=date)
        found = True
    except PeriodNotFoundError:
        found = False
    return year.state, {period.state for period in year.periods}, found


def test_a_closed_year_is_found_and_takes_no_booking(pool, operator):
    tenant = operator.tenant('AT')
    last = dt.date.today().replace(month=1, day=1) - dt.timedelta(days=1)
    assert in_tenant(pool, tenant, states_at, tenant['company'], last) == ('open', {'open'}, True)
    in_tenant(pool, tenant, close, tenant['company'], last)
    assert in_tenant(pool, tenant, states_at, tenant['company'], last) == ('closed', {'closed'}, False)
    assert in_tenant(pool, tenant, states_at, tenant['company'], dt.date.today())[2] is True


def test_no_year_is_opened_before_a_closed_one(pool, operator):
    tenant = operator.tenant('DE')
    last = dt.date.today().replace(month=1, day=1) - dt.timedelta(days=1)
    in_tenant(pool, tenant, close, tenant['company'], last)
    with pytest.raises(FiscalYearClosedError) as error:
        in_tenant(
            pool, tenant, ensure_fiscalyear, tenant['company'], last - dt.timedelta(days=400))
    assert (error.value.field, error.type.code) == ('date', 'invalid_state')
