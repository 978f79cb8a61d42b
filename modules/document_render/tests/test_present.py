import datetime as dt
from dataclasses import replace
from decimal import Decimal as D

import pytest
from trytond.modules.document_render.document import Reference, TaxRow, Totals
from trytond.modules.document_render.present import present

from . import samples


def plain(value):
    """Return the value with no-break spaces as plain blanks"""
    if isinstance(value, str):
        return value.replace('\u00a0', ' ')
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def shown(document):
    return plain(present(document))


def test_an_invoice_bears_what_the_law_asks_for():
    """§ 14 (4) 1–8 UStG"""
    data = shown(samples.document(4))
    assert data['title'] == 'Rechnung INV-2026-05-0009'
    assert data['return_line'] == 'Beispiel Werkstatt GmbH · Musterstraße 12 · 10115 Berlin'
    assert data['recipient'] == [
        'Kundin & Söhne KG', 'z. Hd. Einkauf', 'Lange Straße 45', '80331 München']
    assert data['facts'] == [
        ['Rechnungsnummer', 'INV-2026-05-0009'], ['Rechnungsdatum', '16.05.2026'],
        ['Leistungsdatum', '16.05.2026'], ['Zahlbar bis', '30.05.2026'],
        ['Kundennummer', '10042'], ['Ansprechpartner', 'Buchhaltung'],
        ['Ihre USt-IdNr.', 'DE987654323']]
    assert data['table']['rows'][1] == [
        '2', {'text': 'Inbetriebnahme und Überwachung\neinschließlich Dokumentation für den '
            'Betrieb', 'key': 'OPS-02'}, ['2,5', ''], 'Stunden', ['110,00', '00'],
        ['275,00', '']]
    assert data['totals'] == [
        ['Nettobetrag', '1.189,84 €'], ['19 % USt auf 1.189,84 €', '226,07 €'],
        ['Rechnungsbetrag', '1.415,91 €']]
    footer = [line for column in data['footer'] for line in column['lines']]
    assert 'USt-IdNr. DE123456788' in footer
    assert 'Steuernummer 30/123/45678' in footer
    assert 'Amtsgericht Charlottenburg, HRB 12345 B' in footer
    assert 'IBAN DE02 1203 0000 0000 2020 51' in footer


def test_an_iban_stays_on_one_line():
    data = present(samples.document(1, language='en'))
    grouped = 'DE02\u00a01203\u00a00000\u00a00000\u00a02020\u00a051'
    assert ['IBAN', grouped] in data['payment']['rows']
    assert f'IBAN {grouped}' in data['footer'][3]['lines']
    assert ['Invoice date', '16\u00a0May\u00a02026'] in data['facts']


def test_in_english():
    data = shown(samples.document(1, language='en-GB'))
    assert data['title'] == 'Invoice INV-2026-05-0009'
    assert data['facts'][:4] == [
        ['Invoice number', 'INV-2026-05-0009'], ['Invoice date', '16 May 2026'],
        ['Date of supply', '16 May 2026'], ['Payable by', '30 May 2026']]
    assert data['totals'] == [
        ['Net amount', '€760.00'], ['19% VAT on €760.00', '€144.40'],
        ['Amount due', '€904.40']]
    assert data['page'] == ['Page ', ' of ', '']


def test_in_austria():
    data = shown(samples.document(
        1, seller=samples.AUSTRIAN, buyer=replace(samples.BUYER, country='AT', vat_id='ATU1')))
    assert ['Ihre UID-Nr.', 'ATU1'] in data['facts']
    assert data['footer'][2]['lines'][0] == 'UID-Nr. ATU12345675'


def test_each_rate_has_its_base_and_tax():
    data = shown(samples.document(4, rates=(D('19'), D('7'))))
    assert [column['label'] for column in data['table']['columns']] == [
        'Pos.', 'Beschreibung', 'Menge', 'Einheit', 'Einzelpreis (€)', 'USt', 'Betrag (€)']
    assert [row[5] for row in data['table']['rows']] == ['19 %', '7 %', '19 %', '7 %']
    assert data['totals'] == [
        ['Nettobetrag', '1.189,84 €'], ['19 % USt auf 864,94 €', '164,34 €'],
        ['7 % USt auf 324,90 €', '22,74 €'], ['Rechnungsbetrag', '1.376,92 €']]


def test_without_tax_only_the_sum_and_the_reason():
    """§ 34a UStDV, § 14a (5) UStG"""
    reason = 'Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.'
    data = shown(samples.document(
        1, rates=(D(0),), taxes=(TaxRow(rate=D(0), base=D(760), tax=D(0), reason=reason),)))
    assert data['totals'] == [['Rechnungsbetrag', '760,00 €']]
    assert data['notices'] == [reason]


def test_gross_prices_are_said_to_be_gross():
    data = shown(samples.document(1, prices_include_tax=True, tax_label='MwSt'))
    assert data['notices'] == ['Die Preise der Positionen enthalten die MwSt.']
    assert data['totals'][1][0] == '19 % MwSt auf 760,00 €'


def test_a_gutschrift_is_the_buyers_letter_to_the_supplier():
    """§ 14 (2), (4) 10 UStG"""
    supplier = replace(
        samples.BUYER, tax_number='147/222/33333', iban='DE02120300000000202051')
    data = shown(samples.document(
        1, kind='gutschrift', number='GS-1', seller=supplier, buyer=samples.SELLER))
    assert data['title'] == 'Gutschrift GS-1'
    assert data['name'] == 'Beispiel Werkstatt GmbH'
    assert data['recipient'][0] == 'Kundin & Söhne KG'
    assert ['Ihre Steuernummer', '147/222/33333'] in data['facts']
    assert ['Ihre USt-IdNr.', 'DE987654323'] in data['facts']
    assert data['payment']['title'] == 'Auszahlung an'
    assert data['payment']['rows'][:2] == [
        ['Empfänger', 'Kundin & Söhne KG'], ['IBAN', 'DE02 1203 0000 0000 2020 51']]
    assert 'Gutschrift' in shown(samples.document(
        1, kind='gutschrift', language='en'))['title']


def test_a_credit_note_names_its_invoice_and_never_the_word_gutschrift():
    data = shown(samples.document(
        1, kind='credit_note', number='K-1', due_date=None, payment_instructions='',
        preceding=Reference(number='INV-1', date=dt.date(2026, 5, 1))))
    assert data['title'] == 'Rechnungskorrektur K-1'
    assert ['Zu Rechnung', 'INV-1 vom 01.05.2026'] in data['facts']
    assert data['payment'] is None
    assert 'utschrift' not in str(data)


def test_a_delivery_note_has_no_prices():
    data = shown(samples.document(
        2, kind='delivery_note', payment_instructions='', totals=None, taxes=()))
    assert [column['label'] for column in data['table']['columns']] == [
        'Pos.', 'Beschreibung', 'Menge', 'Einheit']
    assert data['totals'] == [] and data['payment'] is None
    assert ['Lieferdatum', '16.05.2026'] in data['facts']


def test_an_offer_is_valid_for_a_while():
    data = shown(samples.document(1, kind='offer', number='AN-1', supply_date=None))
    assert data['title'] == 'Angebot AN-1'
    assert ['Gültig bis', '30.05.2026'] in data['facts']
    assert data['totals'][-1] == ['Angebotssumme', '904,40 €']


def test_a_delivery_note_may_show_prices_and_is_signed():
    data = shown(samples.document(1, kind='delivery_note', payment_instructions=''))
    assert data['table']['columns'][-1]['label'] == 'Betrag (€)'
    assert data['totals'][-1] == ['Gesamtbetrag', '904,40 €']
    assert data['receipt']['lines'] == ['Ort, Datum', 'Unterschrift']
    assert shown(samples.document(1))['receipt'] is None


def test_the_sum_may_stand_without_prices():
    """Lines without a price have empty cells; if no line has one, the columns are omitted"""
    bare = {'unit_price': None, 'amount': None, 'tax_rate': None}
    one = (samples.line(0), samples.line(1, **bare))
    data = shown(samples.document(2, kind='offer', lines=one, prices_include_tax=True))
    assert [row[-1] for row in data['table']['rows']] == [['760,00', ''], ['', '']]
    assert len(data['table']['columns']) == 6 and len(data['notices']) == 1
    none = tuple(samples.line(n, **bare) for n in range(2))
    data = shown(samples.document(2, kind='offer', lines=none, prices_include_tax=True))
    assert len(data['table']['columns']) == 4 and data['notices'] == []
    assert data['totals'][-1][0] == 'Angebotssumme'


@pytest.mark.parametrize('language, days, text', [
    ('de', 0, 'sofort'), ('de', 1, '1 Tag'), ('de', 30, '30 Tage'), ('en', 0, 'immediate'),
    ('en', 1, '1 day'), ('en', 30, '30 days')])
def test_an_offer_says_when_it_is_delivered(language, days, text):
    data = shown(samples.document(1, kind='offer', language=language, delivery_days=days))
    assert text in [value for _, value in data['facts']]


def test_subject_and_summary():
    data = shown(samples.document(1, subject='Relaunch', summary='All pages\nand the shop'))
    assert (data['subject'], data['summary']) == ('Relaunch', 'All pages\nand the shop')


@pytest.mark.parametrize('country, language, address, last', [
    ('FR', 'de', ('75002 Paris',), 'FRANKREICH'),
    ('FR', 'en', ('75002 Paris',), 'FRANCE'),
    ('FR', 'de', ('75002 Paris', 'Frankreich'), 'Frankreich'),
    ('DE', 'de', ('10115 Berlin',), '10115 Berlin'),
    ('', 'de', ('10115 Berlin',), '10115 Berlin'),
    ])
def test_abroad_the_country_is_the_last_line(country, language, address, last):
    buyer = replace(samples.BUYER, country=country, address=address)
    assert shown(samples.document(1, language=language, buyer=buyer))['recipient'][-1] == last


def test_a_period_of_supply():
    data = shown(samples.document(
        1, supply_date=dt.date(2026, 4, 1), supply_end=dt.date(2026, 4, 30)))
    assert ['Leistungszeitraum', '01.04. – 30.04.2026'] in data['facts']


def test_columns_fill_the_line_and_huge_figures_shrink_the_table():
    ordinary = present(samples.document(3))['table']
    widths = [column['width'] for column in ordinary['columns']]
    assert ordinary['size'] == 9 and sum(widths) == pytest.approx(467.7, abs=0.1)
    huge = D('1' + '0' * 12 + '.1234')
    table = present(samples.document(1, lines=(
        samples.line(0, quantity=huge, unit_price=huge, amount=D('1' + '0' * 24)),)))['table']
    assert 5.5 <= table['size'] < 7
    assert table['columns'][1]['width'] - 9 >= 100
    assert sum(column['width'] for column in table['columns']) == pytest.approx(467.7, abs=0.1)


def test_texts_go_through_untouched():
    hostile = 'x] #panic("pwn") [ <lbl> @ref * _ $ # \\ // /* */ {0} %s'
    data = present(samples.document(1, notes=hostile, totals=Totals(
        net=D(1), tax=D(0), gross=D(1))))
    assert data['notes'] == hostile
