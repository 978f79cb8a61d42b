"""The syntax UN/CEFACT Cross Industry Invoice D16B, as EN 16931-3-3 binds it: elements in schema order.

The schema of Factur-X Basic has fewer terms than the norm, see ``WITHOUT``.
"""
from . import codes
from .markup import amount, document, number, price
from .markup import element as _e

NAMESPACES = {
    'rsm': 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100',
    'ram': 'urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100',
    'qdt': 'urn:un:unece:uncefact:data:standard:QualifiedDataType:100',
    'udt': 'urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100'}
WITHOUT = {'Basic': frozenset(['contact', 'account_name', 'bic', 'description', 'item'])}
"""Profile → terms missing in its schema: BG-6 and BG-9, BT-85, BT-86, BT-154, BT-155"""


def write(invoice):
    """Return the XML of an EInvoice as bytes"""
    without = WITHOUT.get(invoice.profile, frozenset())
    return document(
        'rsm:CrossIndustryInvoice', NAMESPACES, _context(invoice), _header(invoice),
        _e('rsm:SupplyChainTradeTransaction',
            [_line(line, without) for line in invoice.lines],
            _agreement(invoice, without), _delivery(invoice), _settlement(invoice, without)))


def _context(invoice):
    return _e(
        'rsm:ExchangedDocumentContext',
        _e('ram:BusinessProcessSpecifiedDocumentContextParameter', _e('ram:ID', invoice.process)),
        _e('ram:GuidelineSpecifiedDocumentContextParameter', _e('ram:ID', invoice.specification)))


def _header(invoice):
    return _e(
        'rsm:ExchangedDocument', _e('ram:ID', invoice.number), _e('ram:TypeCode', invoice.type_code),
        _date('ram:IssueDateTime', invoice.issue_date),
        [_e('ram:IncludedNote', _e('ram:Content', note.text), _e('ram:SubjectCode', note.code))
            for note in invoice.notes])


def _date(name, date, prefix='udt'):
    return date and _e(name, _e(f'{prefix}:DateTimeString', date.strftime('%Y%m%d'), format='102'))


# BG-25

def _line(line, without):
    return _e(
        'ram:IncludedSupplyChainTradeLineItem',
        _e('ram:AssociatedDocumentLineDocument', _e('ram:LineID', line.number),
            _e('ram:IncludedNote', _e('ram:Content', line.note))),
        _product(line, without),
        _e('ram:SpecifiedLineTradeAgreement', _price(line)),
        _e('ram:SpecifiedLineTradeDelivery',
            _e('ram:BilledQuantity', number(line.quantity), unitCode=line.unit)),
        _e('ram:SpecifiedLineTradeSettlement',
            _e('ram:ApplicableTradeTax', _e('ram:TypeCode', 'VAT'), _e('ram:CategoryCode', line.category),
                _e('ram:RateApplicablePercent', number(line.rate))),
            _e('ram:SpecifiedTradeSettlementLineMonetarySummation',
                _e('ram:LineTotalAmount', amount(line.net)))))


def _product(line, without):
    name, description = line.name, line.description
    if 'description' in without:
        name, description = ' '.join([name, *description.split()]), ''
    return _e(
        'ram:SpecifiedTradeProduct',
        None if 'item' in without else _e('ram:SellerAssignedID', line.item),
        _e('ram:Name', name), _e('ram:Description', description))


def _price(line):
    quantity = line.price_quantity
    return _e(
        'ram:NetPriceProductTradePrice', _e('ram:ChargeAmount', price(line.price)),
        _e('ram:BasisQuantity', number(quantity), unitCode=line.unit) if quantity != 1 else None)


# BG-4, BG-7

def _agreement(invoice, without):
    return _e(
        'ram:ApplicableHeaderTradeAgreement', _e('ram:BuyerReference', invoice.buyer_reference),
        _party('ram:SellerTradeParty', invoice.seller, without),
        _party('ram:BuyerTradeParty', invoice.buyer, without))


def _party(name, party, without):
    return _e(
        name, _e('ram:ID', party.identifier), _e('ram:Name', party.name),
        None if 'contact' in without else _contact(party), _address(party.address),
        _e('ram:URIUniversalCommunication', _e('ram:URIID', party.email, schemeID=codes.EMAIL)),
        _registration(party.vat_id, 'VA'), _registration(party.tax_number, 'FC'))


def _contact(party):
    if not party.contact:
        return None
    return _e(
        'ram:DefinedTradeContact', _e('ram:PersonName', party.contact),
        _e('ram:TelephoneUniversalCommunication', _e('ram:CompleteNumber', party.phone)),
        _e('ram:EmailURIUniversalCommunication', _e('ram:URIID', party.email)))


def _address(address):
    return _e(
        'ram:PostalTradeAddress', _e('ram:PostcodeCode', address.postal_code),
        _e('ram:LineOne', address.street), _e('ram:LineTwo', address.additional),
        _e('ram:LineThree', address.further), _e('ram:CityName', address.city),
        _e('ram:CountryID', address.country))


def _registration(identifier, scheme):
    return _e('ram:SpecifiedTaxRegistration', _e('ram:ID', identifier, schemeID=scheme))


# BG-13 to BG-23

def _delivery(invoice):
    delivery = invoice.delivery
    return _e(
        'ram:ApplicableHeaderTradeDelivery',
        delivery.address and _e(
            'ram:ShipToTradeParty', _e('ram:Name', delivery.name), _address(delivery.address)),
        _e('ram:ActualDeliverySupplyChainEvent', _date('ram:OccurrenceDateTime', delivery.date)))


def _settlement(invoice, without):
    return _e(
        'ram:ApplicableHeaderTradeSettlement',
        _e('ram:PaymentReference', invoice.transfer and invoice.transfer.reference),
        _e('ram:InvoiceCurrencyCode', invoice.currency), _transfer(invoice.transfer, without),
        [_tax(tax) for tax in invoice.taxes],
        _e('ram:BillingSpecifiedPeriod', _date('ram:StartDateTime', invoice.delivery.start),
            _date('ram:EndDateTime', invoice.delivery.end)),
        _e('ram:SpecifiedTradePaymentTerms', _e('ram:Description', invoice.terms),
            _date('ram:DueDateDateTime', invoice.due_date)),
        _summation(invoice), _preceding(invoice.preceding))


def _transfer(transfer, without):
    if not transfer:
        return None
    return _e(
        'ram:SpecifiedTradeSettlementPaymentMeans', _e('ram:TypeCode', codes.TRANSFER),
        _e('ram:PayeePartyCreditorFinancialAccount', _e('ram:IBANID', transfer.iban),
            None if 'account_name' in without else _e('ram:AccountName', transfer.account_name)),
        None if 'bic' in without else _e(
            'ram:PayeeSpecifiedCreditorFinancialInstitution', _e('ram:BICID', transfer.bic)))


def _tax(tax):
    return _e(
        'ram:ApplicableTradeTax', _e('ram:CalculatedAmount', amount(tax.tax)), _e('ram:TypeCode', 'VAT'),
        _e('ram:ExemptionReason', tax.reason), _e('ram:BasisAmount', amount(tax.base)),
        _e('ram:CategoryCode', tax.category), _e('ram:ExemptionReasonCode', tax.reason_code),
        _e('ram:RateApplicablePercent', number(tax.rate)))


def _summation(invoice):
    net, gross = amount(invoice.net), amount(invoice.gross)
    return _e(
        'ram:SpecifiedTradeSettlementHeaderMonetarySummation', _e('ram:LineTotalAmount', net),
        _e('ram:TaxBasisTotalAmount', net),
        _e('ram:TaxTotalAmount', amount(invoice.tax), currencyID=invoice.currency),
        _e('ram:GrandTotalAmount', gross), _e('ram:DuePayableAmount', gross))


def _preceding(preceding):
    return preceding and _e(
        'ram:InvoiceReferencedDocument', _e('ram:IssuerAssignedID', preceding.number),
        _date('ram:FormattedIssueDateTime', preceding.date, 'qdt'))
