"""What each strategy charges and lists, item by item"""
from dataclasses import dataclass, field
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st
import pytest
from trytond.modules.document_issue.rounding import line_amount
from trytond.modules.flat_rate_project import pricing


@dataclass
class Item:
    description: str
    price: D | None = None
    quantity: D = D(1)
    unit: str = 'Piece'
    custom_unit: None = None


@dataclass
class Project:
    pricing_strategy: str
    total_price: D | None = None
    hide_item_prices: bool = False
    name: str = 'Relaunch'
    description: str | None = None
    items: list = field(default_factory=lambda: [Item('a', D(100)), Item('b'), Item('c', D('0.5'), D(3))])


@pytest.fixture(autouse=True)
def unit(monkeypatch):
    monkeypatch.setattr(pricing, 'lump_sum_unit', lambda: 'Lump sum')


def listed(project):
    return [(r.number, r.description, r.price, r.shown) for r in pricing.rows(project)]


def test_a_lump_sum_has_all_items_in_it():
    assert listed(Project('ProjectPrice', D(900))) == [
        ('1', 'Relaunch', 900, True), ('1.1', 'a', None, True), ('1.2', 'b', None, True),
        ('1.3', 'c', None, True)]


def test_without_one_it_is_what_the_items_come_to():
    whole, *_ = pricing.rows(Project('ProjectPrice'))
    assert (whole.price, whole.quantity, whole.unit, whole.whole) == (D('101.50'), 1, 'Lump sum', True)


def test_nothing_priced_is_nothing_charged():
    for strategy in ('ProjectPrice', 'ItemPrice', 'Combined'):
        assert pricing.charges(Project(strategy, items=[Item('a')])) == []
    assert pricing.charges(Project('ItemPrice', D(5), items=[Item('a')])) == []


def test_a_price_of_nothing_is_a_price():
    assert [r.price for r in pricing.charges(Project('ProjectPrice', D(0)))] == [0]
    assert [r.price for r in pricing.charges(Project('ItemPrice', items=[Item('a', D(0))]))] == [0]


def test_each_item_at_its_price():
    assert listed(Project('ItemPrice', D(900))) == [
        ('1', 'a', 100, True), ('2', 'b', None, True), ('3', 'c', D('0.5'), True)]


def test_both():
    assert listed(Project('Combined', D(900), description='Everything', hide_item_prices=True)) == [
        ('1', 'Relaunch\nEverything', 900, True), ('2', 'a', 100, False), ('3', 'b', None, False),
        ('4', 'c', D('0.5'), False)]
    assert [r.description for r in pricing.charges(Project('Combined', D(900)))] == ['Relaunch', 'a', 'c']
    assert [r.number for r in pricing.rows(Project('Combined'))] == ['1', '2', '3']


@pytest.mark.parametrize('strategy, descriptions', [
    ('ProjectPrice', ['Relaunch']), ('ItemPrice', ['a', 'b', 'c']),
    ('Combined', ['Relaunch', 'a', 'b', 'c'])])
def test_the_lines_of_an_invoice(strategy, descriptions):
    assert [r.description for r in pricing.invoice_rows(Project(strategy, D(900)))] == descriptions


def test_a_delivery_note_lists_the_items_or_names_the_project():
    found = pricing.unpriced_rows(Project('ProjectPrice', D(900)))
    assert [(r.number, r.description, r.price) for r in found] == [
        ('1', 'a', None), ('2', 'b', None), ('3', 'c', None)]
    alone, = pricing.unpriced_rows(Project('ItemPrice', items=[]))
    assert (alone.description, alone.price, alone.whole) == ('Relaunch', None, True)


PRICES = st.none() | st.decimals(-1000, 100000, places=4)
ITEMS = st.lists(st.builds(
        Item, st.text(), PRICES, st.decimals(0, 1000, places=4)), max_size=12)


@given(ITEMS, PRICES, st.booleans())
def test_an_invoice_charges_what_the_offer_charges(items, total, hidden):
    for strategy in ('ProjectPrice', 'ItemPrice', 'Combined'):
        project = Project(strategy, total, hidden, items=items)
        assert sums(pricing.rows(project)) == sums(pricing.invoice_rows(project)) == sums(
            pricing.charges(project))
        described = [row.description for row in pricing.rows(project)]
        assert all(item.description in described for item in items)


@given(ITEMS, st.decimals(0, 100000, places=4))
def test_combined_is_the_sum_of_both(items, total):
    both, items_alone, whole = (
        sums(pricing.charges(Project(strategy, total, items=items)))
        for strategy in ('Combined', 'ItemPrice', 'ProjectPrice'))
    assert both == items_alone + whole


def sums(rows):
    return sum(line_amount(row.quantity, row.price) for row in rows if row.price is not None)
