"""The syntax UBL 2.1, as EN 16931-3-2 binds it: Invoice, and CreditNote for the types of credit notes.

Both roots have the same parts under different names; elements are in schema order.
"""
from dataclasses import dataclass

from . import codes
from .markup import amount, document, number, price
from .markup import element as _e

COMMON = {
    'cac': 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2',
    'cbc': 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'}


@dataclass(frozen=True, slots=True)
class Root:
    """Element names by root; only an Invoice has a due date of its own"""
    name: str
    line: str
    quantity: str
    type_code: str
    has_due_date: bool

    @property
    def namespace(self):
        return f'urn:oasis:names:specification:ubl:schema:xsd:{self.name}-2'


INVOICE = Root('Invoice', 'InvoiceLine', 'InvoicedQuantity', 'InvoiceTypeCode', True)
CREDIT_NOTE = Root('CreditNote', 'CreditNoteLine', 'CreditedQuantity', 'CreditNoteTypeCode', False)


def write(invoice):
    """Return the XML of an EInvoice as bytes"""
    root = CREDIT_NOTE if invoice.is_credit else INVOICE
    return document(
        root.name, {'': root.namespace, **COMMON}, _header(invoice, root),
        _e('cac:InvoicePeriod', _date('cbc:StartDate', invoice.delivery.start),
            _date('cbc:EndDate', invoice.delivery.end)),
        _preceding(invoice.preceding),
        _e('cac:AccountingSupplierParty', _party(invoice.seller)),
        _e('cac:AccountingCustomerParty', _party(invoice.buyer)),
        _delivery(invoice.delivery), _means(invoice, root),
        _e('cac:PaymentTerms', _e('cbc:Note', invoice.terms)),
        _taxes(invoice), _summation(invoice),
        [_line(line, root, invoice.currency) for line in invoice.lines])


def _date(name, date):
    return date and _e(name, date.isoformat())


def _money(name, value, currency):
    return _e(name, amount(value), currencyID=currency)


def _header(invoice, root):
    return [
        _e('cbc:CustomizationID', invoice.specification), _e('cbc:ProfileID', invoice.process),
        _e('cbc:ID', invoice.number), _date('cbc:IssueDate', invoice.issue_date),
        _date('cbc:DueDate', invoice.due_date) if root.has_due_date else None,
        _e(f'cbc:{root.type_code}', invoice.type_code),
        [_e('cbc:Note', f'#{note.code}#{note.text}') for note in invoice.notes],
        _e('cbc:DocumentCurrencyCode', invoice.currency),
        _e('cbc:BuyerReference', invoice.buyer_reference)]


def _preceding(preceding):
    return preceding and _e(
        'cac:BillingReference', _e(
            'cac:InvoiceDocumentReference', _e('cbc:ID', preceding.number),
            _date('cbc:IssueDate', preceding.date)))


# BG-4, BG-7

def _party(party):
    return _e(
        'cac:Party', _e('cbc:EndpointID', party.email, schemeID=codes.EMAIL),
        _e('cac:PartyIdentification', _e('cbc:ID', party.identifier)),
        _address('cac:PostalAddress', party.address),
        _registration(party.vat_id, 'VAT'), _registration(party.tax_number, 'FC'),
        _e('cac:PartyLegalEntity', _e('cbc:RegistrationName', party.name)), _contact(party))


def _address(name, address):
    return _e(
        name, _e('cbc:StreetName', address.street), _e('cbc:AdditionalStreetName', address.additional),
        _e('cbc:CityName', address.city), _e('cbc:PostalZone', address.postal_code),
        _e('cac:AddressLine', _e('cbc:Line', address.further)),
        _e('cac:Country', _e('cbc:IdentificationCode', address.country)))


def _registration(identifier, scheme):
    if not identifier:
        return None
    return _e(
        'cac:PartyTaxScheme', _e('cbc:CompanyID', identifier), _e('cac:TaxScheme', _e('cbc:ID', scheme)))


def _contact(party):
    if not party.contact:
        return None
    return _e(
        'cac:Contact', _e('cbc:Name', party.contact), _e('cbc:Telephone', party.phone),
        _e('cbc:ElectronicMail', party.email))


# BG-13 to BG-23

def _delivery(delivery):
    return _e(
        'cac:Delivery', _date('cbc:ActualDeliveryDate', delivery.date),
        delivery.address and _e('cac:DeliveryLocation', _address('cac:Address', delivery.address)),
        _e('cac:DeliveryParty', _e('cac:PartyName', _e('cbc:Name', delivery.name))))


def _means(invoice, root):
    transfer = invoice.transfer
    if not transfer:
        return None
    return _e(
        'cac:PaymentMeans', _e('cbc:PaymentMeansCode', codes.TRANSFER),
        None if root.has_due_date else _date('cbc:PaymentDueDate', invoice.due_date),
        _e('cbc:PaymentID', transfer.reference),
        _e('cac:PayeeFinancialAccount', _e('cbc:ID', transfer.iban), _e('cbc:Name', transfer.account_name),
            _e('cac:FinancialInstitutionBranch', _e('cbc:ID', transfer.bic))))


def _taxes(invoice):
    currency = invoice.currency
    return _e('cac:TaxTotal', _money('cbc:TaxAmount', invoice.tax, currency), [
            _e('cac:TaxSubtotal', _money('cbc:TaxableAmount', tax.base, currency),
                _money('cbc:TaxAmount', tax.tax, currency),
                _category('cac:TaxCategory', tax.category, tax.rate, tax.reason_code, tax.reason))
            for tax in invoice.taxes])


def _category(name, category, rate, reason_code='', reason=''):
    return _e(
        name, _e('cbc:ID', category), _e('cbc:Percent', number(rate)),
        _e('cbc:TaxExemptionReasonCode', reason_code), _e('cbc:TaxExemptionReason', reason),
        _e('cac:TaxScheme', _e('cbc:ID', 'VAT')))


def _summation(invoice):
    currency = invoice.currency
    return _e(
        'cac:LegalMonetaryTotal', _money('cbc:LineExtensionAmount', invoice.net, currency),
        _money('cbc:TaxExclusiveAmount', invoice.net, currency),
        _money('cbc:TaxInclusiveAmount', invoice.gross, currency),
        _money('cbc:PayableAmount', invoice.gross, currency))


# BG-25

def _line(line, root, currency):
    return _e(
        f'cac:{root.line}', _e('cbc:ID', line.number), _e('cbc:Note', line.note),
        _e(f'cbc:{root.quantity}', number(line.quantity), unitCode=line.unit),
        _money('cbc:LineExtensionAmount', line.net, currency),
        _e('cac:Item', _e('cbc:Description', line.description), _e('cbc:Name', line.name),
            _e('cac:SellersItemIdentification', _e('cbc:ID', line.item)),
            _category('cac:ClassifiedTaxCategory', line.category, line.rate)),
        _price(line, currency))


def _price(line, currency):
    quantity = line.price_quantity
    return _e(
        'cac:Price', _e('cbc:PriceAmount', price(line.price), currencyID=currency),
        _e('cbc:BaseQuantity', number(quantity), unitCode=line.unit) if quantity != 1 else None)
