"""Random damage to a valid document is found: a missing mandatory element, an amount, a code.

Optional terms may be absent, so the dropped term is drawn from those that the norm or XRechnung demands.
"""
import re
from decimal import Decimal

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from lxml import etree
from trytond.modules.account_invoice_einvoice import cii, ubl

from . import samples

def names(text):
    return tuple(text.split())


DEMANDED = {
    'cii': names("""
        ExchangedDocument/ID ExchangedDocument/TypeCode IssueDateTime LineID BilledQuantity
        NetPriceProductTradePrice SpecifiedTradeProduct SpecifiedLineTradeSettlement
        SpecifiedTradeSettlementLineMonetarySummation SellerTradeParty BuyerTradeParty
        SellerTradeParty/Name BuyerTradeParty/Name CountryID InvoiceCurrencyCode LineTotalAmount
        TaxBasisTotalAmount GrandTotalAmount DuePayableAmount BasisAmount CalculatedAmount
        ApplicableTradeTax/CategoryCode ApplicableTradeTax/RateApplicablePercent"""),
    'ubl': names("""
        InvoiceTypeCode CreditNoteTypeCode IssueDate InvoiceLine/ID CreditNoteLine/ID InvoicedQuantity
        CreditedQuantity Price Item LineExtensionAmount AccountingSupplierParty AccountingCustomerParty
        RegistrationName IdentificationCode DocumentCurrencyCode TaxExclusiveAmount TaxInclusiveAmount
        PayableAmount TaxCategory/ID TaxCategory/Percent TaxableAmount TaxAmount TaxTotal"""),
    }
OF_XRECHNUNG = {
    'cii': names("""
        BuyerReference CityName PostcodeCode SellerTradeParty/DefinedTradeContact SellerTradeParty//PersonName
        SellerTradeParty//CompleteNumber URIUniversalCommunication SpecifiedTradeSettlementPaymentMeans IBANID
        BusinessProcessSpecifiedDocumentContextParameter"""),
    'ubl': names("""
        BuyerReference CityName PostalZone AccountingSupplierParty/Party/Contact EndpointID PaymentMeans
        PayeeFinancialAccount ProfileID"""),
    }
AMOUNTS = {
    'cii': names("""
        LineTotalAmount TaxBasisTotalAmount TaxTotalAmount GrandTotalAmount DuePayableAmount BasisAmount
        CalculatedAmount"""),
    'ubl': names("""
        LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount PayableAmount TaxableAmount TaxAmount"""),
    }
CODED = {
    'cii': names("""
        CountryID InvoiceCurrencyCode CategoryCode ExchangedDocument/TypeCode
        SpecifiedTradeSettlementPaymentMeans/TypeCode SubjectCode ExemptionReasonCode @unitCode
        @currencyID"""),
    'ubl': names("""
        IdentificationCode DocumentCurrencyCode TaxCategory/ID ClassifiedTaxCategory/ID InvoiceTypeCode
        CreditNoteTypeCode PaymentMeansCode TaxExemptionReasonCode @unitCode @currencyID"""),
    }
WRITERS = {'cii': cii, 'ubl': ubl}
SUBJECTS = [
    (syntax, profile, make) for syntax, profile in (
        ('cii', 'Basic'), ('cii', 'EN16931'), ('cii', 'XRechnung'), ('ubl', 'XRechnung'))
    for make in ('einvoice', 'credit_note')]


def hits(root, names):
    """Return [(element, attribute or None)] for the names"""
    found = []
    for name in names:
        if name.startswith('@'):
            found += [(each, name[1:]) for each in root.iter() if name[1:] in each.attrib]
        else:
            path = re.sub(r'(\w+)', r'{*}\1', name)
            found += [(each, None) for each in root.iterfind(f'.//{path}')]
    return found


@st.composite
def damages(draw, syntax, profile):
    """Return a function that damages a document and describes the damage"""
    kind = draw(st.sampled_from(('drop', 'amount', 'code')))
    place = draw(st.integers(0, 10_000))
    cents = draw(st.integers(2, 10_000)) * draw(st.sampled_from((1, -1)))
    drawn = {
        'drop': DEMANDED[syntax] + (OF_XRECHNUNG[syntax] if profile == 'XRechnung' else ()),
        'amount': AMOUNTS[syntax], 'code': CODED[syntax]}[kind]

    def damage(root):
        places = hits(root, drawn)
        element, attribute = places[place % len(places)]
        path = root.getroottree().getelementpath(element)
        if kind == 'drop':
            element.getparent().remove(element)
        elif kind == 'amount':
            element.text = str(Decimal(element.text) + Decimal(cents) / 100)
        elif attribute:
            element.set(attribute, 'QQQQ')
        else:
            element.text = 'QQQQ'
        return kind, path, attribute
    return damage


@pytest.mark.parametrize('syntax, profile, make', SUBJECTS)
def test_random_damage_is_found(checker, syntax, profile, make):
    xml = WRITERS[syntax].write(getattr(samples, make)(profile))
    assert checker.judge(xml)['violations'] == []

    @seed(20261102)
    @settings(max_examples=60, deadline=None, database=None)
    @given(damages(syntax, profile))
    def found(damage):
        root = etree.fromstring(xml)
        what = damage(root)
        errors = [
            each for each in checker.judge(etree.tostring(root), syntax, profile)['violations']
            if each.severity == 'error']
        assert errors, what
    found()
