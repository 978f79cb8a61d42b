"""The charts agree with other publications; data/SOURCES.md has the figures"""
import re

import pytest

from trytond.modules.account_dach import tables
from trytond.modules.account_dach.tests.compare_sources import mark, record

CHARTS = ['skr03', 'skr04', 'ekr']
FEW = {
    'skr03': "0820 0830 1539 1568 1773 8192 8290",
    'skr04': "1403 3803 4184 4290",
    'ekr': "8050 8100 8110 8130 8200 8500 8510 8520 8530 8700 8750 8900 9200 9210 9300 9310 9320 9810 9820"
        " 9880",
    }
"""Accounts confirmed by fewer than two sources"""


def sources(chart):
    return [name for name in record(chart)[0] if name not in {'number', 'why'}]


@pytest.mark.parametrize('chart', CHARTS)
def test_every_account_was_compared(chart):
    assert [row['number'] for row in record(chart)] == [row['number'] for row in tables.accounts(chart)]


@pytest.mark.parametrize('chart', CHARTS)
def test_two_sources_confirm_an_account_or_it_is_on_the_list(chart):
    few = [
        row['number'] for row in record(chart)
        if sum(row[name] in {'=', '~'} for name in sources(chart)) < 2]
    assert few == FEW[chart].split()


@pytest.mark.parametrize('chart', ['skr03', 'skr04'])
def test_datev_itself_calls_no_account_otherwise(chart):
    marks = [row['datev'] for row in record(chart)]
    assert 'x' not in marks
    unknown = [row['number'] for row in record(chart) if not row['datev']]
    assert len(unknown) == 5
    assert all(row['why'].startswith("reserved in 2026") for row in record(chart) if not row['datev'])


@pytest.mark.parametrize('chart', CHARTS)
def test_every_difference_has_its_reason(chart):
    for row in record(chart):
        assert row['why'] or 'x' not in [row[name] for name in sources(chart)], row


@pytest.mark.parametrize('chart', CHARTS)
def test_the_figures_in_the_document_are_those_of_the_records(chart):
    rows = record(chart)
    for name in sources(chart):
        marks = [row[name] for row in rows]
        line = f"| {chart} | {name} | " + " | ".join(
            str(marks.count(sign)) for sign in ('=', '~', 'x', '')) + " |"
        assert line in document()


def document():
    return (tables.DATA / 'SOURCES.md').read_text(encoding='utf-8')


def test_the_document_counts_the_accounts():
    found = dict(re.findall(r'^\| (skr03|skr04|ekr) \| (\d+) accounts', document(), re.M))
    assert found == {chart: str(len(tables.accounts(chart))) for chart in CHARTS}


@pytest.mark.parametrize('ours, theirs, expected', [
    ("Erlöse 19 % USt", "Erlöse 19% USt", '='),
    ("Umsatzsteuer 19 %", "USt 19%", '='),
    ("Forderungen aus Lieferungen und Leistungen", "Ford. a.Lieferungen und Leistungen", '~'),
    ("Reparaturen und Instandhaltung von Bauten", "Reparatur/Instandh. Bauten", '~'),
    ("Erlöse 19 % USt", "Erlöse 7 % USt", 'x'),
    ("Sonstiger Betriebsbedarf", "Mietleasing bewegliche Wirtschaftsgüter", 'x'),
    ("Bank 1", "Paypal", 'x'),
    ])
def test_marks_of_names(ours, theirs, expected):
    assert mark(ours, theirs) == expected
