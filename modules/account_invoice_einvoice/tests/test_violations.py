"""Plain words of violated rules"""
import dataclasses
import re

import pytest
from lxml import etree
from trytond.modules.account_invoice_einvoice import cii, rules, ubl
from trytond.modules.account_invoice_einvoice.findings import Violation
from trytond.modules.account_invoice_einvoice.plain import PLAIN
from trytond.modules.account_invoice_einvoice.violations import to_violations
from trytond.modules.kernel.exceptions import spell

from . import breaking, samples

STRUCTURE = re.compile('XSD|SCH|FX-SCH-A-.*|CII-SR-.*|UBL-SR-.*')
"""Rules of the syntax: no value can violate one of them without violating one with a plain text"""

GERMAN = (
    'XRechnung verlangt eine Käuferreferenz, bei Behörden die Leitweg-ID. '
    'Tragen Sie sie beim Kunden ein.')
ENGLISH = (
    'XRechnung wants a buyer reference, with public authorities the Leitweg-ID. '
    'Enter it at the customer.')


def answered(checker, einvoice, language='de', writer=cii, **options):
    syntax = 'ubl' if writer is ubl else 'cii'
    found = checker.judge(writer.write(einvoice), syntax, einvoice.profile)['violations']
    return to_violations(found, language, einvoice, **options)


@pytest.mark.parametrize('writer', [cii, ubl])
@pytest.mark.parametrize('language, message', [
    ('de', GERMAN), ('de-AT', GERMAN), ('en', ENGLISH), ('fr', ENGLISH)])
def test_the_buyer_reference_in_the_language_of_the_template(checker, writer, language, message):
    einvoice = samples.einvoice('XRechnung', buyer_reference='')
    assert answered(checker, einvoice, language, writer) == [
        {'rule': 'BR-DE-15', 'path': ('customer', 'buyer_reference'), 'message': message}]


def without(party, *terms):
    address = dataclasses.replace(party.address, **{
        term: '' for term in terms if hasattr(party.address, term)})
    return dataclasses.replace(party, address=address, **{
        term: '' for term in terms if hasattr(party, term)})


@pytest.mark.parametrize('role, term, rule, field', [
    ('seller', 'city', 'BR-DE-3', 'seller.city'),
    ('seller', 'postal_code', 'BR-DE-4', 'seller.postal_code'),
    ('seller', 'phone', 'BR-DE-6', 'seller.phone'),
    ('seller', 'email', 'BR-DE-7', 'seller.email'),
    ('seller', 'email', 'PEPPOL-EN16931-R020', 'seller.email'),
    ('buyer', 'city', 'BR-DE-8', 'customer.address'),
    ('buyer', 'postal_code', 'BR-DE-9', 'customer.address'),
    ('buyer', 'postal_code', 'BR-DE-11', 'customer.address'),
    ('buyer', 'email', 'PEPPOL-EN16931-R010', 'customer.email'),
    ('buyer', 'vat_id', 'BR-IC-02', 'customer.vat_id'),
    ('seller', 'vat_id', 'BR-IC-02', 'seller.vat_id'),
    ('buyer', 'name', 'BR-07', 'customer.name'),
    ('buyer', 'country', 'BR-11', 'customer.country'),
    ])
def test_what_a_party_lacks(checker, role, term, rule, field):
    einvoice = samples.einvoice('XRechnung')
    party, delivery = without(getattr(einvoice, role), term), einvoice.delivery
    if role == 'buyer':
        delivery = dataclasses.replace(delivery, address=party.address)
    einvoice = dataclasses.replace(einvoice, **{role: party, 'delivery': delivery})
    found = {(each['rule'], spell(each['path'])) for each in answered(checker, einvoice)}
    assert (rule, field) in found
    assert {each for _, each in found} <= {field, ''}


def test_who_is_who_on_a_self_billed_invoice(checker):
    """There the customer is the seller, so the seller's terms are the customer's"""
    seller = without(samples.BUYER, 'phone', 'contact')
    einvoice = samples.einvoice('XRechnung', type_code='389', buyer=samples.SELLER, seller=seller)
    found = answered(checker, einvoice, self_billed=True)
    assert {
        'rule': 'BR-DE-2', 'path': ('customer', 'contact_person'),
        'message': 'XRechnung verlangt eine Kontaktstelle des Kunden: Name, Telefon und E-Mail.'} in found
    named = [each for each in found if each['path']]
    assert {each['path'] for each in named} == {('customer', 'contact_person')}


def test_a_line_is_told_with_its_place(checker):
    einvoice = samples.einvoice('EN16931')
    line = dataclasses.replace(einvoice.lines[1], unit='???')
    einvoice = dataclasses.replace(einvoice, lines=(einvoice.lines[0], line, einvoice.lines[2]))
    assert answered(checker, einvoice) == [{
            'rule': 'BR-CL-23', 'path': ('lines', 1, 'unit'),
            'message': 'Position 2: Die Einheit hat keinen Code nach UN/ECE Rec 20.'}]
    assert answered(checker, einvoice, 'en')[0]['message'] == 'Line 2: The unit has no code of UN/ECE Rec 20.'


@pytest.mark.parametrize('location, field', [
    ('/CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/SellerTradeParty/'
        'PostalTradeAddress/CountryID', 'seller.country'),
    ('/CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/BuyerTradeParty/'
        'PostalTradeAddress/CityName', 'customer.address'),
    ('/Invoice/AccountingCustomerParty/Party/EndpointID', 'customer.email'),
    ('/Invoice/AccountingSupplierParty/Party/PartyTaxScheme/CompanyID', 'seller.vat_id'),
    ('/CrossIndustryInvoice/SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem/'
        'SpecifiedLineTradeDelivery/BilledQuantity/@unitCode', 'lines[0].unit'),
    ('/CreditNote/CreditNoteLine[12]/Item/Name', 'lines[11].description'),
    ('/Invoice/InvoiceLine[2]', 'lines[1]'),
    ('/CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/'
        'SpecifiedTradePaymentTerms/DueDateDateTime', 'due_date'),
    ('/Invoice/LegalMonetaryTotal', ''),
    ('/', ''),
    ])
def test_a_rule_without_a_plain_text_keeps_the_official_one_and_its_place(location, field):
    (answer,) = to_violations([Violation('NEW-1', location, 'Something shall be so.')], 'de')
    assert spell(answer['path']) == field and answer['message'].endswith('Something shall be so.')


def test_every_rule_that_a_broken_term_meets_has_a_plain_text(checker):
    """Each term of a complete document is left out, garbled and changed, in all profiles"""
    unknown, seen = {}, set()
    for syntax, writer, einvoice in (
            ('cii', cii, samples.einvoice('Basic')), ('cii', cii, samples.credit_note('EN16931')),
            ('cii', cii, samples.einvoice('XRechnung')), ('ubl', ubl, samples.credit_note('XRechnung'))):
        for name, each in breaking.broken(einvoice):
            for violation in checker.judge(writer.write(each), syntax, each.profile)['violations']:
                seen.add(violation.rule)
                if violation.rule not in PLAIN and not STRUCTURE.fullmatch(violation.rule):
                    unknown[violation.rule] = name
    assert unknown == {}
    assert len(seen & PLAIN.keys()) > 55


def test_every_rule_of_the_table_exists():
    known = set()
    for name in {sheet for rule_set in rules.RULES.values() for sheet in rule_set.sheets}:
        sheet = etree.fromstring(rules.read(name))
        known.update(each.get('id') for each in sheet.iter('{*}failed-assert', '{*}successful-report'))
        known.update(''.join(each.itertext()).strip() for each in sheet.iter('{*}attribute'))
    assert set(PLAIN) - known == set()


@pytest.mark.parametrize('rule', sorted(PLAIN))
def test_every_rule_of_the_table_has_both_languages_and_a_field(rule):
    plain = PLAIN[rule]
    answers = {
        (language, self_billed): to_violations(
            [Violation(rule, '/Invoice/InvoiceLine[3]', 'official')], language, self_billed=self_billed)[0]
        for language in ('de', 'en') for self_billed in (False, True)}
    messages = [answer['message'] for answer in answers.values()]
    assert all(len(message) > 15 and message.endswith('.') and '{' not in message for message in messages)
    assert plain.de != plain.en and 'official' not in messages
    roots = {answer['path'][0] if answer['path'] else '' for answer in answers.values()}
    assert roots <= {
        '', 'seller', 'customer', 'lines', 'invoice_date', 'due_date', 'supply_date', 'payment_term',
        'invoice_template'}
