"""Laws of the one place that rounds"""
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st
import pytest
from trytond.modules.document_issue.rounding import CENT, cents, line_amount, totals

quantities = st.decimals('-10000', '10000', places=4)
prices = st.decimals('-100000', '100000', places=4)
rates = st.sampled_from([D(0), D(7), D(19), D(20), D(13), D('4.9')])
lines = st.lists(
    st.tuples(quantities, prices, rates).map(lambda line: (line[0], line[1], line[2], line[2])),
    min_size=1, max_size=30)


@pytest.mark.parametrize('amount,rounded', [
        ('0.005', '0.01'), ('0.015', '0.02'), ('2.675', '2.68'), ('-0.005', '-0.01'), ('0.0049999', '0.00'),
        ('123456789012345678.905', '123456789012345678.91')])
def test_cents_round_half_up(amount, rounded):
    assert cents(D(amount)) == D(rounded)


def test_a_float_quantity_counts_as_it_is_written():
    assert line_amount(0.1, D('0.05')) == D('0.01')
    assert line_amount(1.1, D('3.00')) == D('3.30')


def test_the_documented_example_net():
    found = totals([(8, D('95.00'), 20, D(20)), (2, D('110.00'), 20, D(20))])
    assert (found.untaxed, found.tax, found.total) == (D('980.00'), D('196.00'), D('1176.00'))


def test_gross_prices_are_what_the_customer_pays():
    found = totals([(1, D('9.99'), 'a', D(19)), (1, D('9.99'), 'a', D(19)), (1, D('9.99'), 'a', D(19))], True)
    assert found.total == D('29.97')
    assert (found.untaxed, found.tax) == (D('25.18'), D('4.79'))
    assert sorted(found.net) == [D('8.39'), D('8.39'), D('8.40')]
    assert found.shown == [D('9.99')] * 3


def test_without_tax_gross_is_net():
    found = totals([(3, D('10.005'), None, D(0))], True)
    assert (found.net, found.tax, found.total) == ([D('30.02')], D(0), D('30.02'))


@given(lines)
def test_net_prices(lines):
    found = totals(lines)
    assert found.net == found.shown
    for rate, share in found.taxes.items():
        amounts = [a for a, line in zip(found.net, lines, strict=True) if line[2] == rate]
        assert share.base == sum(amounts)
        assert share.tax == cents(share.base * rate / 100)
    assert found.untaxed == sum(found.net)
    assert found.untaxed + found.tax == found.total


@given(lines)
def test_gross_prices(lines):
    found = totals(lines, tax_included=True)
    assert found.total == sum(found.shown)
    assert found.untaxed == sum(found.net)
    for shown, net, line in zip(found.shown, found.net, lines, strict=True):
        exact = shown * 100 / (100 + line[3])
        assert abs(net - exact) < CENT
        assert net == net.quantize(CENT)


@given(lines)
def test_the_tax_of_gross_prices_is_within_a_cent_of_base_times_rate(lines):
    """EN 16931 BR-CO-17 allows no more"""
    for share in totals(lines, tax_included=True).taxes.values():
        assert abs(share.tax - cents(share.base * share.rate / 100)) <= CENT
