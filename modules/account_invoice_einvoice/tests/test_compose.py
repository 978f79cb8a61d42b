"""Content of the electronic invoice of a bill, term by term"""
import dataclasses
import datetime as dt
from decimal import Decimal as D
from types import SimpleNamespace

import pytest
from trytond.modules.account_invoice_einvoice.compose import einvoice, net_price
from trytond.modules.account_invoice_issue.bill import Item
from trytond.modules.document_render import Reference

from .bills import SELLERS, bill, customer, item, tax


def composed(*items, **options):
    return einvoice(bill(list(items or [item()]), **options))


@pytest.mark.parametrize('quantity, unit_price, net, included, expected', [
    ('3', '33.33', '99.99', '0', ('33.33', '1')),
    ('-3', '33.33', '-99.99', '0', ('33.33', '1')),
    ('1.5', '33.3333', '50.00', '0', ('33.3333', '1')),
    ('0', '12', '0', '19', ('10.0840', '1')),
    # 9.99 / 1.19 = 8.39495…: four decimals are exact for one piece, but not for a thousand
    ('1', '9.99', '8.39', '19', ('8.39', '1')),
    ('2', '9.99', '16.79', '19', ('8.3950', '1')),
    ('1000', '9.99', '8394.96', '19', ('8394.96', '1000')),
    ('-1000', '9.99', '-8394.96', '19', ('8394.96', '1000')),
    ('1', '11.90', '10.00', '19', ('10.0000', '1')),
    ('3', '0.0001', '0.00', '20', ('0.0001', '1'))])
def test_the_net_price_of_a_line(quantity, unit_price, net, included, expected):
    price, base = net_price(D(quantity), D(unit_price), D(net), D(included))
    assert (price, base) == tuple(map(D, expected))
    assert abs(D(quantity) * price / base - D(net)) <= D('0.005')


def test_a_negative_price_is_a_negative_quantity():
    line, = composed(item(-2, '-5')).lines
    assert (line.quantity, line.price, line.net) == (2, 5, D('10.00'))
    first, second = composed(item(3, 10), item(1, '-5')).lines
    assert (second.quantity, second.price, second.net) == (-1, 5, D('-5.00'))


def test_none_is_none():
    assert composed(profile='None') is None


# Parties

@pytest.mark.parametrize('address, country, expected', [
    ('Hauptstraße 5, 20095 Hamburg', 'DE', ('Hauptstraße 5', '', '20095', 'Hamburg')),
    ('c/o Einkauf\nHauptstraße 5\n20095 Hamburg', 'DE', ('Hauptstraße 5', 'c/o Einkauf', '20095', 'Hamburg')),
    ('Musterstraße 1/2/3, A-1010 Wien', 'AT', ('Musterstraße 1/2/3', '', '1010', 'Wien')),
    ('Irgendwo', 'DE', ('', '', '', 'Irgendwo')), ('', 'DE', ('', '', '', '')),
    (None, 'DE', ('', '', '', ''))])
def test_the_address_of_the_buyer_is_taken_apart(address, country, expected):
    found = composed(buyer=customer(country, address=address)).buyer.address
    assert (found.street, found.additional, found.postal_code, found.city) == expected
    assert found.country == country


def test_a_buyer_without_a_country_is_at_home():
    buyer = dataclasses.replace(customer(), country=None)
    assert composed(country='AT', buyer=buyer).buyer.address.country == 'AT'


def test_the_street_of_the_tenant_may_have_lines():
    address = composed(country='AT').seller.address
    assert (address.street, address.additional, address.further) == ('Ringstraße 7', 'Top 3', '')
    many = dataclasses.replace(SELLERS['AT'], street=' A \n\n B\nC\nD')
    address = composed(country='AT', seller=many).seller.address
    assert (address.street, address.additional, address.further) == ('A', 'B', 'C, D')


@pytest.mark.parametrize('vat_id, identifier', [('DE123456788', ''), (None, '181/815/08155')])
def test_a_seller_can_be_told_from_others(vat_id, identifier):
    """BR-CO-26 requires BT-29, BT-30 or BT-31"""
    seller = composed(seller=dataclasses.replace(SELLERS['DE'], vat_id=vat_id)).seller
    assert (seller.vat_id, seller.identifier, seller.tax_number) == (
        vat_id or '', identifier, '181/815/08155')


@pytest.mark.parametrize('profile, credited, type_code', [
    ('EN16931', None, '389'), ('XRechnung', None, '389'), ('EN16931', 'posted', '261'),
    ('XRechnung', 'paid', '381')])
def test_on_a_gutschrift_the_customer_sells(profile, credited, type_code):
    buyer = customer('FR', vat_id='FR40303265045', iban='FR7630006000011234567890189')
    invoice = composed(item(2, 10), profile=profile, buyer=buyer, self_billed=True, credited=credited)
    assert (invoice.type_code, invoice.seller.name, invoice.buyer.name) == (
        type_code, 'Kunde', 'Musterwerkstatt GmbH')
    assert (invoice.seller.vat_id, invoice.buyer.vat_id, invoice.buyer.tax_number) == (
        'FR40303265045', 'DE123456788', '')
    assert invoice.transfer.iban == 'FR7630006000011234567890189'
    assert invoice.lines[0].quantity == 2 and invoice.gross == D('23.80')


def test_a_partner_without_a_number_is_no_seller_that_could_be_told():
    assert composed(self_billed=True).seller.identifier == ''


# Lines and taxes

def test_titles_and_comments():
    invoice = composed(
        Item(None, 'Teil 1'), Item(None, ''), Item(None, 'vorab'), item(), item(), Item(None, 'Ende'),
        draft=SimpleNamespace(introduction='Hallo', comment='Danke'), payment_instructions='Bar')
    assert [(line.number, line.note) for line in invoice.lines] == [('1', 'Teil 1\nvorab'), ('2', '')]
    assert [(note.code, note.text) for note in invoice.notes] == [
        ('AAI', 'Hallo'), ('AAI', 'Ende'), ('AAI', 'Danke'), ('PMT', 'Bar')]


@pytest.mark.parametrize('text, name, description', [
    ('Arbeit', 'Arbeit', ''), ('Arbeit\nund mehr\nund noch', 'Arbeit', 'und mehr\nund noch'),
    (' \t ', '–', ''), ('\x00\x0b\x1f', '–', ''), ('a\x00b\ud800c', 'abc', ''), ('😀 ä', '😀 ä', '')])
def test_the_name_of_a_line(text, name, description):
    line, = composed(item(description=text)).lines
    assert (line.name, line.description) == (name, description)


def test_taxes_of_one_category_and_rate_are_one():
    """The ledger may distinguish several exempt supplies, the norm has one breakdown for all (BR-E-1)"""
    invoice = composed(
        item(1, 10, tax('E', notice='§ 19 UStG')), item(1, 5, tax('S', 19)),
        item(1, 20, tax('E', notice='§ 4 UStG')), item(1, 7, tax('E', notice='§ 4 UStG', reason='other')),
        item(1, 1, tax('S', 0)))
    assert [(t.category, t.rate, t.base, t.tax, t.reason, t.reason_code) for t in invoice.taxes] == [
        ('E', 0, 37, 0, '§ 19 UStG; § 4 UStG', ''), ('S', 19, 5, D('0.95'), '', ''), ('Z', 0, 1, 0, '', '')]


@pytest.mark.parametrize('category, code', [
    ('AE', 'VATEX-EU-AE'), ('K', 'VATEX-EU-IC'), ('G', 'VATEX-EU-G'), ('E', '')])
def test_why_no_tax_is_charged(category, code):
    found, = composed(item(1, 10, tax(category, notice='Darum'))).taxes
    assert (found.reason, found.reason_code) == ('Darum', code)


def test_only_an_intra_community_supply_says_where_it_went():
    buyer = customer('FR', vat_id='FR40303265045')
    there = composed(item(1, 10, tax('K', notice='x')), buyer=buyer).delivery
    assert (there.name, there.address.city, there.address.country) == ('Kunde', 'Paris', 'FR')
    nowhere = composed(item(1, 10, tax('AE', notice='x')), buyer=buyer).delivery
    assert (nowhere.name, nowhere.address) == ('', None)


def test_the_day_or_period_of_supply():
    made = bill([item()], supplied=dt.date(2026, 10, 1))
    assert einvoice(made).delivery.date == dt.date(2026, 10, 1)
    made.document = dataclasses.replace(made.document, supply_end=dt.date(2026, 10, 31))
    delivery = einvoice(made).delivery
    assert (delivery.date, delivery.start, delivery.end) == (
        dt.date(2026, 10, 31), dt.date(2026, 10, 1), dt.date(2026, 10, 31))


# Payment

def test_parts_have_their_days():
    invoice = composed(item(1, 100), maturities=2)
    assert invoice.terms == '2026-11-16: 59.50 EUR\n2026-11-30: 59.50 EUR'
    assert invoice.due_date == dt.date(2026, 11, 30)
    assert composed().terms == ''


@pytest.mark.parametrize('state, language, due, terms', [
    ('posted', 'de', None, 'Wird mit der Rechnung INV-0 verrechnet.'),
    ('posted', 'en', None, 'Set off against the invoice INV-0.'), ('paid', 'de', dt.date(2026, 11, 16), '')])
def test_what_is_taken_back_is_set_off_or_refunded(state, language, due, terms):
    invoice = composed(item(2, 10), credited=state, language=language)
    assert (invoice.type_code, invoice.due_date, invoice.terms) == ('381', due, terms)
    assert (invoice.preceding.number, invoice.preceding.date) == ('INV-0', dt.date(2026, 11, 2))
    line, = invoice.lines
    assert (line.quantity, line.net, invoice.gross) == (2, 20, D('23.80'))


def test_the_account_to_pay_to():
    transfer = composed().transfer
    assert (transfer.iban, transfer.bic, transfer.account_name, transfer.reference) == (
        'DE89370400440532013000', 'COBADEFFXXX', 'Musterwerkstatt GmbH', 'INV-1')


@pytest.mark.parametrize('profile, given, process', [
    ('XRechnung', '', 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'), ('XRechnung', 'urn:x', 'urn:x'),
    ('EN16931', '', ''), ('Basic', 'urn:x', 'urn:x')])
def test_the_business_process(profile, given, process):
    assert composed(profile=profile, business_process_id=given).process == process


def test_a_preceding_document_is_named():
    made = bill([item()])
    made.document = dataclasses.replace(made.document, preceding=Reference(number='A-1', date=None))
    assert (einvoice(made).preceding.number, einvoice(made).type_code) == ('A-1', '380')
