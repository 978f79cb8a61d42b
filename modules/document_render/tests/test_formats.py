import datetime as dt
from decimal import Decimal as D

import pytest
from trytond.modules.document_render import formats


@pytest.mark.parametrize('value, language, decimals, expected', [
    ('1234.56', 'de', 2, '1.234,56'),
    ('1234.56', 'en', 2, '1,234.56'),
    ('0', 'de', 2, '0,00'),
    ('-0.00', 'de', 2, '0,00'),
    ('-1234.5', 'de', 2, '\u22121.234,50'),
    ('1234567.8', 'en', 2, '1,234,567.80'),
    ('95.0000', 'de', 2, '95,00'),
    ('0.8745', 'de', 2, '0,8745'),
    ('1E+3', 'de', 0, '1.000'),
    ('1E-7', 'en', 0, '0.0000001'),
    ('8.00', 'de', 0, '8'),
    ('1000000000000.1234', 'de', 0, '1.000.000.000.000,1234'),
    ])
def test_number(value, language, decimals, expected):
    assert formats.number(D(value), language, decimals) == expected


@pytest.mark.parametrize('value', [1, 1.5, '1', None, D('NaN'), D('Infinity')])
def test_a_figure_is_a_finite_decimal(value):
    with pytest.raises(TypeError):
        formats.number(value, 'de')


@pytest.mark.parametrize('value, language, currency, expected', [
    ('1234.5', 'de', 'EUR', '1.234,50\u00a0€'),
    ('1234.5', 'en', 'EUR', '€1,234.50'),
    ('-5', 'en', 'EUR', '\u2212€5.00'),
    ('-5', 'de', 'EUR', '\u22125,00\u00a0€'),
    ('5', 'de', 'CHF', '5,00\u00a0CHF'),
    ('5', 'en', 'CHF', '5.00\u00a0CHF'),
    ])
def test_money(value, language, currency, expected):
    assert formats.money(D(value), language, currency) == expected


@pytest.mark.parametrize('value, language, expected', [
    ('19', 'de', '19\u00a0%'), ('4.9', 'de', '4,9\u00a0%'), ('20.00', 'en', '20%')])
def test_percent(value, language, expected):
    assert formats.percent(D(value), language) == expected


def test_date():
    assert formats.date(dt.date(2026, 5, 6), 'de') == '06.05.2026'
    assert formats.date(dt.date(2026, 5, 6), 'en') == '6\u00a0May\u00a02026'


@pytest.mark.parametrize('first, last, language, expected', [
    ((2026, 4, 1), (2026, 4, 30), 'de', '01.04. – 30.04.2026'),
    ((2025, 12, 1), (2026, 1, 31), 'de', '01.12.2025 – 31.01.2026'),
    ((2026, 4, 1), (2026, 5, 3), 'en', '1 April – 3 May 2026'),
    ])
def test_period(first, last, language, expected):
    period = formats.period(dt.date(*first), dt.date(*last), language)
    assert period.replace('\u00a0', ' ') == expected


def test_iban_in_groups_of_four_on_one_line():
    expected = 'DE02\u00a01203\u00a00000\u00a00000\u00a02020\u00a051'
    assert formats.iban('DE02120300000000202051') == expected
    assert formats.iban('de02 1203 0000 0000 2020 51') == expected
    assert formats.iban('') == ''


@pytest.mark.parametrize('tag, expected', [
    ('de', 'de'), ('de-AT', 'de'), ('de_CH', 'de'), ('DE', 'de'), ('en', 'en'), ('fr', 'en'),
    ('', 'en'), ('den', 'en')])
def test_language(tag, expected):
    assert formats.language_of(tag) == expected


def test_decimal_points_meet_when_what_is_missing_is_left_blank():
    column = [D('8'), D('2.5'), D('120.125'), None]
    assert formats.aligned(column, 'de') == [
        ('8', ',000'), ('2,5', '00'), ('120,125', ''), ('', '')]
    assert formats.aligned([D('8'), D('9')], 'de') == [('8', ''), ('9', '')]
    assert formats.aligned([D('1'), D('0.125')], 'en', 2) == [('1.00', '0'), ('0.125', '')]
