"""Invoices without tax: which reason counts, in the order of the law, and what the accountant is told"""
from decimal import Decimal as D

import pytest

from tests.support.billing import Api, refused
from tests.support.invoicing import Biller, inside, item, make_template, posted

FRANCE = {'name': 'Beta', 'country': 'FR', 'vatId': 'FR40303265045'}


@pytest.fixture
def biller_of(billing, operator, pool):
    """Function(customer, country, …) → a new tenant's Biller with a template that applies no tax"""
    def biller_of(customer, country='AT', **seller):
        biller = Biller(Api(billing, operator.tenant(country, **seller)), customer)
        biller.template = make_template(pool, biller.api.tenant, apply_tax=False)
        return biller
    return biller_of


def goods(pool, biller, key):
    """Mark what an item key stands for as goods, in the client's catalogue"""
    biller.api.made('/api/items', {
            'itemKey': key, 'description': 'Table', 'defaultPrice': 100, 'unit': 'Piece'})
    with inside(pool, biller.api.tenant):
        product, = pool.get('product.product').search([('code', '=', key)])
        pool.get('product.template').write([product.template], {'type': 'goods'})


def warnings(pool, biller, made):
    with inside(pool, biller.api.tenant, check_access=False):
        return list(pool.get('account.invoice')(made['id']).warnings)


def revenue(pool, biller, made):
    return {account: credit for account, _, credit in posted(pool, biller.api.tenant, made) if credit}


def test_goods_to_the_eu_are_an_intra_community_supply(biller_of, pool):
    biller = biller_of(FRANCE)
    goods(pool, biller, 'W-1')
    made = biller.bill(item(2, 100, itemKey='W-1'), item(1, 50))
    assert (made['totalWithTax'], made['taxRate']) == (250, 0)
    assert revenue(pool, biller, made)['4100'] == D('200.00')
    text = biller.text(made)
    assert 'innergemeinschaftliche Lieferung' in text and 'Reverse Charge' in text
    assert warnings(pool, biller, made) == []


def test_goods_at_home_are_no_intra_community_supply(biller_of, pool):
    biller = biller_of({'name': 'Beta', 'country': 'AT', 'vatId': 'ATU12345675'})
    goods(pool, biller, 'W-1')
    assert '4100' not in revenue(pool, biller, biller.bill(item(1, 100, itemKey='W-1')))


@pytest.mark.parametrize('country, printed', [
    ('DE', 'Steuerschuldnerschaft des Leistungsempfängers'), ('AT', 'Übergang der Steuerschuld')])
def test_domestic_reverse_charge_is_the_customers_mark(biller_of, pool, country, printed):
    biller = biller_of({'name': 'Bau', 'country': country}, country)
    before = biller.bill(item())
    assert warnings(pool, biller, before) == ['untaxed_unexplained']
    with inside(pool, biller.api.tenant):
        Party = pool.get('party.party')
        Party.write([Party(biller.customer)], {'domestic_reverse_charge': True})
    made = biller.bill(item())
    assert printed in biller.text(made) and printed not in biller.text(before)
    assert warnings(pool, biller, made) == []
    assert revenue(pool, biller, made) != revenue(pool, biller, before)


def test_the_mark_counts_at_home_only(biller_of, pool):
    biller = biller_of({'name': 'Beta', 'country': 'FR'})
    with inside(pool, biller.api.tenant):
        Party = pool.get('party.party')
        Party.write([Party(biller.customer)], {'domestic_reverse_charge': True})
    refused(biller.post(item()), 'invoiceTemplateId', 'VAT id')


@pytest.mark.parametrize('customer, codes', [
    ({'name': 'A', 'country': 'AT'}, ['untaxed_unexplained']), ({'name': 'A'}, ['untaxed_unexplained']),
    ({'name': 'A', 'country': 'CH'}, []), (FRANCE, [])])
def test_what_nobody_explained_is_doubtful(biller_of, pool, customer, codes):
    biller = biller_of(customer)
    assert warnings(pool, biller, biller.bill(item())) == codes


def test_a_small_business_comes_before_all_else(biller_of, pool):
    biller = biller_of(FRANCE, small_business=True)
    goods(pool, biller, 'W-1')
    made = biller.bill(item(1, 100, itemKey='W-1'))
    assert '§ 6 Abs. 1 Z 27 UStG' in biller.text(made)
    assert warnings(pool, biller, made) == []


def test_rate_zero_is_as_good_as_no_tax(biller_of, pool):
    biller = biller_of(FRANCE)
    biller.template = make_template(pool, biller.api.tenant, tax_rate=D(0), name='zero')
    assert 'Reverse Charge' in biller.text(biller.bill(item()))


@pytest.mark.parametrize('date, printed', [
    ('2020-12-31', 'Reverse Charge'), ('2021-01-01', 'Ausfuhr')])
def test_who_left_the_eu_left_it_on_a_day(biller_of, date, printed):
    biller = biller_of({'name': 'Beta', 'country': 'GB', 'vatId': 'GB980780684'})
    assert printed in biller.text(biller.bill(item(), issueDate=date))
