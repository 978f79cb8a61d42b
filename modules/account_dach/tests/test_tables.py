"""The tables agree with each other and with the law"""
import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest

from trytond.modules.account_dach import tables
from trytond.modules.account_dach.bwa import statement

CHARTS = ['skr03', 'skr04', 'ekr']
TODAY = dt.date(2026, 11, 25)
EKR_TYPES = {
    '0': 'a.a', '1': 'a.b.1', '20': 'a.b.2.1', '21': 'a.b.2.1', '25': 'a.b.2.4.s', '26': 'a.b.3',
    '27': 'a.b.4', '28': 'a.b.4', '29': ('a.c', 'a.d'), '30': 'p.b', '32': 'p.c.3', '35': 'p.c.8.s',
    '36': 'p.c.8.v',
    '39': 'p.d', '40': 'guv.1', '41': 'guv.1', '42': 'guv.1', '43': 'guv.1', '44': 'guv.1',
    '45': ('guv.2', 'guv.3'), '46': 'guv.4.a', '47': 'guv.4.b', '48': 'guv.4.c', '50': 'guv.5.a',
    '51': 'guv.5.a', '57': 'guv.5.b', '60': 'guv.6.a.1', '62': 'guv.6.a.2', '64': 'guv.6.b',
    '65': 'guv.6.b', '70': 'guv.7', '71': 'guv.8.a', '72': 'guv.8.b.2', '73': 'guv.8.b.3',
    '74': 'guv.8.b.4', '75': 'guv.8.b.5', '76': 'guv.8.b.6', '77': 'guv.8.b.7', '78': 'guv.8.b.7',
    '85': 'guv.18',
    }
"""First digits of the EKR → allowed types of their accounts (ranges of the framework)"""


def by_key(rows, key):
    return {row[key]: row for row in rows}


@pytest.mark.parametrize('chart, accounts, types', [
    ('skr03', 567, 100), ('skr04', 571, 100), ('ekr', 434, 114)])
def test_size_of_the_charts(chart, accounts, types):
    assert len(tables.accounts(chart)) == accounts
    assert len(tables.account_types(chart)) == types


@pytest.mark.parametrize('chart', CHARTS)
def test_account_numbers_are_four_digits_and_unique_in_order(chart):
    numbers = [row['number'] for row in tables.accounts(chart)]
    assert numbers == sorted(set(numbers))
    assert all(len(n) == 4 and n.isdigit() for n in numbers)


@pytest.mark.parametrize('chart', CHARTS)
def test_every_account_has_both_names_and_a_type_without_children(chart):
    parents = {row['parent'] for row in tables.account_types(chart)}
    types = by_key(tables.account_types(chart), 'key')
    for row in tables.accounts(chart):
        assert row['name_de'].strip() and row['name_en'].strip(), row
        assert row['type'] in types, row
        assert types[row['type']]['statement'] in {'balance', 'income'}
        assert row['type'] not in {'aktiva', 'passiva', 'guv'} & parents, row


@pytest.mark.parametrize('chart', CHARTS)
def test_types_stand_after_their_parent_and_inherit_its_side(chart):
    seen = {}
    for row in tables.account_types(chart):
        parent = seen.get(row['parent'])
        assert row['parent'] == '' or parent, row
        if parent and row['key'] != 'guv':
            assert row['statement'] == parent['statement'], row
            assert ('assets' in row['flags']) == ('assets' in parent['flags']), row
        seen[row['key']] = row


@pytest.mark.parametrize('chart', CHARTS)
def test_the_result_of_the_year_stands_in_equity(chart):
    types = by_key(tables.account_types(chart), 'key')
    key = 'guv'
    while types[key]['parent']:
        key = types[key]['parent']
    assert key == 'passiva'
    assert [k for k, row in types.items() if row['statement'] == 'income'][0] == 'guv'


@pytest.mark.parametrize('chart', CHARTS)
def test_only_balance_accounts_need_a_party_and_are_reconciled(chart):
    types = by_key(tables.account_types(chart), 'key')
    for row in tables.accounts(chart):
        flags = row['flags'].split()
        assert set(flags) <= {'reconcile', 'party', 'closed', 'auto'}, row
        if {'reconcile', 'party'} & set(flags):
            assert types[row['type']]['statement'] == 'balance', row
        if 'party' in flags:
            assert {'receivable', 'payable'} & set(types[row['type']]['flags'].split()), row


def test_accounts_of_the_ekr_stand_in_the_range_of_their_type():
    for row in tables.accounts('ekr'):
        allowed = EKR_TYPES.get(row['number'][0]) or EKR_TYPES.get(row['number'][:2])
        if allowed:
            assert row['type'].startswith(allowed), row


@pytest.mark.parametrize('chart', ['skr03', 'skr04'])
def test_automatic_accounts_have_the_key_of_their_rate(chart):
    keys = {'19 % USt': '3', '7 % USt': '2', '19 % Vorsteuer': '9', '7 % Vorsteuer': '8'}
    for row in tables.accounts(chart):
        assert 'auto' in row['flags'].split() or not row['datev_key'], row
        for text, key in keys.items():
            if row['datev_key'] and row['name_de'].endswith(text) and ' und ' not in row['name_de']:
                assert row['datev_key'] == key, row


def test_both_german_charts_say_the_same_of_the_same_account():
    """One account under two numbers: type, key and line agree for equal names"""
    skr04 = {row['name_de']: row for row in tables.accounts('skr04')}
    same = [(row, skr04[row['name_de']]) for row in tables.accounts('skr03') if row['name_de'] in skr04]
    assert len(same) >= 560
    names = Counter(row['name_de'] for row in tables.accounts('skr04'))
    for one, other in same:
        if names[one['name_de']] == 1:
            for column in ('name_en', 'type', 'datev_key', 'bwa'):
                assert one[column] == other[column], (one, other)


@pytest.mark.parametrize('chart', CHARTS)
def test_every_role_has_an_account_of_the_right_kind(chart):
    accounts = by_key(tables.accounts(chart), 'number')
    types = by_key(tables.account_types(chart), 'key')
    for role, number in tables.roles(chart).items():
        kind = types[accounts[number]['type']]
        if role in {'receivable', 'payable', 'revenue', 'expense'}:
            assert role in kind['flags'].split(), role
        elif role.startswith('exchange_'):
            assert kind['statement'] == 'income', role
        else:
            assert kind['statement'] == 'balance', role
    assert 'reconcile' in accounts[tables.roles(chart)['clearing']]['flags']


@pytest.mark.parametrize('chart', CHARTS)
def test_accounts_of_taxes_exist_and_are_of_the_right_kind(chart):
    accounts = by_key(tables.accounts(chart), 'number')
    types = by_key(tables.account_types(chart), 'key')
    for row in tables.taxes(tables.chart(chart)['country']):
        base = types[accounts[row[f'base_{chart}']]['type']]
        assert {'sale': 'revenue', 'purchase': 'expense'}[row['kind']] in base['flags'].split(), row
        for column in ('tax', 'due'):
            number = row[f'{column}_{chart}']
            if number or column == 'tax':
                assert types[accounts[number]['type']]['statement'] == 'balance', row


@pytest.mark.parametrize('country, count', [('DE', 39), ('AT', 21)])
def test_every_tax_names_its_source(country, count):
    rows = tables.taxes(country)
    assert len(rows) == count
    assert all(row['source'] and row['text_de'] and row['text_en'] for row in rows)


@pytest.mark.parametrize('country', ['DE', 'AT'])
def test_exempt_sales_tell_the_reason_in_both_languages(country):
    for row in tables.taxes(country):
        if row['kind'] == 'sale' and row['category'] in {'E', 'AE', 'K', 'G'}:
            assert row['rate'] == 0 and row['notice_de'] and row['notice_en'], row


@pytest.mark.parametrize('country', ['DE', 'AT'])
def test_no_two_taxes_answer_on_the_same_day(country):
    question = ('kind', 'category', 'reason', 'rate')
    for one, other in combinations(tables.taxes(country), 2):
        if all(one[name] == other[name] for name in question):
            first, second = sorted([one, other], key=lambda row: row['valid_from'])
            assert first['valid_to'] and first['valid_to'] < second['valid_from'], (one, other)


@pytest.mark.parametrize('country', ['DE', 'AT'])
def test_every_box_is_a_code_of_the_vat_return(country):
    codes = by_key(tables.tax_codes(country), 'code')
    assert len(codes) == len(tables.tax_codes(country))
    used = Counter()
    for row in tables.taxes(country):
        for column in ('base_box', 'tax_box', 'due_box'):
            used.update(code for code, _ in tables.boxes(row[column]))
        if row['vat_box']:
            assert row['vat_box'] in codes, row
    assert set(used) <= set(codes)
    parents = {row['parent'] for row in codes.values()}
    assert set(codes) - parents <= set(used), "a leaf that no tax fills"


def test_a_minus_before_a_box_subtracts():
    assert tables.boxes('66 -83') == [('66', '+'), ('83', '-')]
    assert tables.boxes('') == []


@pytest.mark.parametrize('country, date, rate', [
    ('DE', dt.date(2016, 11, 25), 19),
    ('DE', dt.date(2020, 6, 30), 19),
    ('DE', dt.date(2020, 7, 1), 16),
    ('DE', dt.date(2020, 12, 31), 16),
    ('DE', dt.date(2021, 1, 1), 19),
    ('DE', TODAY, 19),
    ('AT', dt.date(2016, 11, 25), 20),
    ('AT', TODAY, 20),
    ])
def test_standard_rate(country, date, rate):
    assert tables.standard_rate(country, date) == Decimal(rate)


@pytest.mark.parametrize('country, date', [('FR', TODAY), ('DE', dt.date(2006, 12, 31))])
def test_no_standard_rate(country, date):
    with pytest.raises(LookupError):
        tables.standard_rate(country, date)


def test_rates_in_force_today():
    assert {
        country: sorted({
            row['rate'] for row in tables.taxes(country)
            if row['kind'] == 'sale' and tables.covers(row, TODAY)})
        for country in ('DE', 'AT')} == {
        'DE': [0, 7, 19], 'AT': [0, Decimal('4.9'), 10, 13, 20]}


# The short-term income statement

@pytest.mark.parametrize('chart', CHARTS)
def test_every_account_of_the_result_has_its_line_of_the_short_term_statement(chart):
    lines = {row['line'] for row in tables.bwa_lines() if not row['parts']}
    result = income_types(chart)
    for row in tables.accounts(chart):
        if row['type'] in result:
            assert row['bwa'] in lines, row
        else:
            assert row['bwa'] == '', row


def income_types(chart):
    """Return the types below net income; later ones (reserves) do not belong to the short-term statement"""
    result = {'hgb': 'guv', 'ugb': 'guv.21'}[tables.chart(chart)['types']]
    keys = {result}
    for row in tables.account_types(chart):
        if row['parent'] in keys:
            keys.add(row['key'])
    return keys


@pytest.mark.parametrize('chart', CHARTS)
@pytest.mark.parametrize('types, lines', [
    ({'hgb': 'guv.1', 'ugb': 'guv.1'}, {'1020', '1090'}),
    ({'hgb': 'guv.5', 'ugb': 'guv.5'}, {'1060'}),
    ({'hgb': 'guv.14', 'ugb': 'guv.18'}, {'1355'}),
    ({'hgb': 'guv.13', 'ugb': 'guv.15'}, {'1310', '1312', '1323'}),
    ])
def test_lines_follow_the_profit_and_loss_account(chart, types, lines):
    type_ = types[tables.chart(chart)['types']]
    found = {
        row['bwa'] for row in tables.accounts(chart)
        if row['type'] == type_ or row['type'].startswith(f'{type_}.')}
    assert found and found <= lines


def test_sums_of_the_short_term_statement():
    amounts = {
        '1020': Decimal(1000), '1040': Decimal(50), '1060': Decimal(-400), '1090': Decimal(10),
        '1100': Decimal(-300), '1260': Decimal(-20), '1310': Decimal(-5), '1312': Decimal(-7),
        '1322': Decimal(2), '1323': Decimal(3), '1355': Decimal(-100)}
    found = {row['line']: amount for row, amount in statement(amounts)}
    assert {line: found[line] for line in (
        '1051', '1080', '1092', '1280', '1300', '1320', '1330', '1345', '1380')} == {
        '1051': 1050, '1080': 650, '1092': 660, '1280': -320, '1300': 340, '1320': -12, '1330': 5,
        '1345': 333, '1380': 233}
    assert found['1380'] == sum(amounts.values())


def test_every_line_reaches_the_result_once():
    for line in (row['line'] for row in tables.bwa_lines() if not row['parts']):
        assert statement({line: Decimal(1)})[-1][1] == 1


# Taxes over time

RATES = [
    ('DE', 'sale', 'S', '', {
        '2016-01-01': '7 19', '2020-06-30': '7 19', '2020-07-01': '5 16', '2020-12-31': '5 16',
        '2021-01-01': '7 19', '2026-12-31': '7 19'}),
    ('DE', 'purchase', 'S', '', {
        '2020-06-30': '7 19', '2020-07-01': '5 16', '2020-12-31': '5 16', '2021-01-01': '7 19'}),
    ('DE', 'purchase', 'K', '', {
        '2016-01-01': '7 19', '2020-06-30': '7 19', '2020-07-01': '5 16', '2020-12-31': '5 16',
        '2021-01-01': '7 19'}),
    ('DE', 'purchase', 'AE', '', {
        '2016-01-01': '7 19', '2020-06-30': '7 19', '2020-07-01': '5 16', '2021-01-01': '7 19'}),
    ('DE', 'purchase', 'AE', 'domestic', {
        '2016-01-01': '7 19', '2020-06-30': '7 19', '2020-07-01': '5 16', '2021-01-01': '7 19'}),
    ('DE', 'sale', 'Z', '', {'2022-12-31': '', '2023-01-01': '0', '2026-12-31': '0'}),
    ('AT', 'sale', 'S', '', {
        '2015-12-31': '10 20', '2016-01-01': '10 13 20', '2026-06-30': '10 13 20',
        '2026-07-01': '4.9 10 13 20', '2027-12-31': '4.9 10 13 20'}),
    ('AT', 'purchase', 'S', '', {'2026-06-30': '10 13 20', '2026-07-01': '4.9 10 13 20'}),
    ('AT', 'purchase', 'K', '', {
        '2015-12-31': '10 20', '2016-01-01': '10 13 20', '2026-07-01': '4.9 10 13 20'}),
    ('AT', 'purchase', 'AE', '', {'2016-01-01': '20', '2026-07-01': '20'}),
    ]


@pytest.mark.parametrize('country, kind, category, reason, expected', RATES)
def test_rates_around_their_changes(country, kind, category, reason, expected):
    found = {
        date: ' '.join(str(rate) for rate in sorted(
            row['rate'] for row in tables.taxes(country)
            if (row['kind'], row['category'], row['reason']) == (kind, category, reason)
            and tables.covers(row, dt.date.fromisoformat(date))))
        for date in expected}
    assert found == expected


UNTAXED = [('E', ''), ('E', 'small_business'), ('G', ''), ('AE', ''), ('AE', 'domestic'), ('K', '')]
"""Categories and reasons of a sale without tax"""


@pytest.mark.parametrize('country', ['DE', 'AT'])
@pytest.mark.parametrize('date', [
    dt.date(2016, 1, 1), dt.date(2020, 7, 1), dt.date(2024, 12, 31), dt.date(2025, 1, 1), TODAY,
    dt.date(2027, 12, 31)])
def test_every_kind_of_untaxed_sale_has_one_tax_on_every_day(country, date):
    found = [
        (row['category'], row['reason']) for row in tables.taxes(country)
        if row['kind'] == 'sale' and row['rate'] == 0 and row['category'] != 'Z'
        and tables.covers(row, date)]
    assert sorted(found) == sorted(UNTAXED)


def test_an_unknown_chart_is_an_error():
    with pytest.raises(KeyError):
        tables.roles('skr99')
