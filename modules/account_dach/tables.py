"""The tables of facts: charts, account types, accounts, taxes and boxes of the VAT return.

One CSV file each in ``data/``, UTF-8, first line the column names; a row is a dictionary of strings.
Numbers and names of accounts are facts of the published charts; ``data/SOURCES.md`` lists the sources and
the number of rows that agree. ``datev_key`` is the tax key of DATEV's automatic posting on that account,
if any; ``bwa`` the line of the short-term income statement (``bwa.csv``), empty on accounts of the balance
sheet.

``flags`` are words: ``reconcile`` (lines may be reconciled), ``party`` (a line needs a party), ``closed``,
``auto`` (DATEV computes the tax by itself, AM and AV in its charts).
A further chart is a line in ``chart.csv``, a file ``account_CHART.csv`` and columns ``…_CHART`` in
``role.csv`` and ``tax.csv``.
"""
import csv
import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / 'data'


@cache
def read(name):
    """Return the rows of a table as a tuple of dictionaries; they are shared: do not change them"""
    with open(DATA / f'{name}.csv', encoding='utf-8', newline='') as file:
        return tuple(csv.DictReader(file))


def chart(name):
    """Return the row of a chart: ``country``, ``types`` (law of its statements), names; or raise KeyError"""
    return {row['chart']: row for row in read('chart')}[name]


def account_types(name):
    """Return the account types of a chart, parents first"""
    return read(f"type_{chart(name)['types']}")


def accounts(name):
    """Return the accounts of a chart in order of their numbers"""
    return read(f'account_{name}')


def roles(name):
    """Return {role: account number} of a chart"""
    chart(name)
    return {row['role']: row[name] for row in read('role')}


@cache
def taxes(country):
    """Return the taxes of a country (ISO code); ``rate`` is a Decimal in percent, dates are dates or None"""
    return tuple(
        row | {
            'rate': Decimal(row['rate']),
            'valid_from': dt.date.fromisoformat(row['valid_from']),
            'valid_to': dt.date.fromisoformat(row['valid_to']) if row['valid_to'] else None}
        for row in read('tax') if row['country'] == country)


def tax_codes(country):
    """Return the boxes of a country's VAT return, parents first"""
    return [row for row in read('tax_code') if row['country'] == country]


def bwa_lines():
    """Return the lines of the short-term income statement in order.

    ``line`` is DATEV's number, ``parts`` are the lines of a sum, empty for a line of accounts.
    """
    return read('bwa')


def boxes(text):
    """Return [(code, operator)] of a box column: '66 -83' is box 66 added, box 83 subtracted"""
    return [(word.lstrip('-'), '-' if word.startswith('-') else '+') for word in text.split()]


def standard_rate(country, date):
    """Return the standard VAT rate of a country (ISO code, DE or AT) at a date, in percent.

    § 12 (1) UStG, § 10 (1) UStG 1994. LookupError where the table has none.
    """
    for row in taxes(country):
        if row['kind'] == 'sale' and row['category'] == 'S' and row['level'] == 'standard' \
                and covers(row, date):
            return row['rate']
    raise LookupError(f"no standard rate for {country} at {date}")


def covers(row, date):
    """Tell whether a row is in force at a date"""
    return row['valid_from'] <= date and (row['valid_to'] is None or date <= row['valid_to'])
