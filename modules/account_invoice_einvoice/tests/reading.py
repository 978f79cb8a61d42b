"""Electronic invoices as read by other programs: factur-x by business terms, drafthorse by its classes.

``terms`` returns the expected reading of an EInvoice. factur-x names terms as the norm does, but parties by
names of its own, and in UBL reads a tax number (BT-32) only under the scheme LOC.
"""
from decimal import Decimal

import facturx
from drafthorse.models.document import Document

from trytond.modules.account_invoice_einvoice.markup import amount, number, price


def read(xml):
    """Return the terms that factur-x reads in CII or UBL"""
    return facturx.parse_ubl_cii_xml(xml)


def terms(invoice, syntax='cii'):
    basic = invoice.profile == 'Basic'
    delivery, transfer = invoice.delivery, invoice.transfer
    found = {
        'BT-1': invoice.number, 'BT-2': invoice.issue_date, 'BT-3': invoice.type_code,
        'BT-5': invoice.currency, 'BT-9': invoice.due_date, 'BT-10': invoice.buyer_reference,
        'BT-20': invoice.terms,
        'BG-1': [{'BT-21': note.code, 'BT-22': note.text} for note in invoice.notes],
        'BT-23': invoice.process, 'BT-24': invoice.specification,
        'BG-4': _party(invoice.seller, basic, syntax), 'BG-7': _party(invoice.buyer, basic, syntax),
        'BG-13': delivery.address and {'name': delivery.name, **_address(delivery.address)},
        'BT-72': delivery.date, 'BT-73': delivery.start, 'BT-74': delivery.end,
        'BG-23': [_tax(tax) for tax in invoice.taxes],
        'BG-25': [_line(line, basic) for line in invoice.lines],
        'BT-106': amount(invoice.net), 'BT-109': amount(invoice.net), 'BT-110': amount(invoice.tax),
        'BT-112': amount(invoice.gross), 'BT-115': amount(invoice.gross)}
    if invoice.preceding:
        found['BG-3'] = [_said({'BT-25': invoice.preceding.number, 'BT-26': invoice.preceding.date})]
    if transfer:
        found |= {'BT-81': '58', 'BT-83': transfer.reference, 'BT-84': transfer.iban}
        found |= {} if basic else {'BT-85': transfer.account_name, 'BT-86': transfer.bic}
    return _said(found)


def _said(values):
    return {name: value for name, value in values.items() if value}


def _address(address):
    return _said({
            'addr_l1': address.street, 'addr_l2': address.additional, 'addr_l3': address.further,
            'city': address.city, 'postcode': address.postal_code, 'country_code': address.country})


def _party(party, basic, syntax):
    contact = party.contact and not basic and [
        _said({'name': party.contact, 'phone': party.phone, 'email': party.email})]
    return _said({
            'name': party.name, 'vat_identifier': party.vat_id,
            'tax_identifier': party.tax_number if syntax == 'cii' else '',
            'identifiers': party.identifier and {None: party.identifier}, 'contacts': contact,
            'einvoicing_addr': party.email, 'einvoicing_addr_schemeid': party.email and 'EM',
            **_address(party.address)})


def _tax(tax):
    return _said({
            'BT-116': amount(tax.base), 'BT-117': amount(tax.tax), 'BT-118': tax.category,
            'BT-119': number(tax.rate), 'BT-120': tax.reason, 'BT-121': tax.reason_code})


def _line(line, basic):
    name = ' '.join([line.name, *line.description.split()]) if basic else line.name
    return _said({
            'BT-126': line.number, 'BT-127-00': line.note and [{'BT-127': line.note}],
            'BT-129': number(line.quantity), 'BT-130': line.unit, 'BT-131': amount(line.net),
            'BT-146': price(line.price),
            'BT-149': number(line.price_quantity) if line.price_quantity != 1 else '',
            'BT-151': line.category, 'BT-152': number(line.rate), 'BT-153': name,
            'BT-154': '' if basic else line.description, 'BT-155': '' if basic else line.item})


def figures(invoice):
    """Return the figures of an EInvoice in the form of `drafthorse_figures`"""
    return {
        'number': invoice.number, 'type': invoice.type_code, 'date': invoice.issue_date,
        'lines': [
            (line.quantity, line.unit, line.price, line.net, line.category, line.rate)
            for line in invoice.lines],
        'taxes': [(tax.category, tax.rate, tax.base, tax.tax) for tax in invoice.taxes],
        'net': invoice.net, 'tax': invoice.tax, 'gross': invoice.gross, 'due': invoice.gross}


def drafthorse_figures(xml, strict=False):
    """Return the figures that drafthorse reads in CII; strict: validate against its own schema as well"""
    document = Document.parse(xml, strict=strict)
    settlement = document.trade.settlement
    totals = settlement.monetary_summation
    (tax, _), = totals.tax_total_other_currency.children
    return {
        'number': str(document.header.id), 'type': str(document.header.type_code),
        'date': document.header.issue_date_time._value,
        'lines': [_drafthorse_line(line) for line in document.trade.items.children],
        'taxes': [
            (str(tax.category_code), tax.rate_applicable_percent._value, tax.basis_amount._value,
                tax.calculated_amount._value) for tax in settlement.trade_tax.children],
        'net': totals.tax_basis_total._amount, 'tax': Decimal(tax),
        'gross': totals.grand_total._amount, 'due': totals.due_amount._value}


def _drafthorse_line(line):
    tax = line.settlement.trade_tax
    quantity = line.delivery.billed_quantity
    return (
        quantity._amount, quantity._unit_code, line.agreement.net.amount._value,
        line.settlement.monetary_summation.total_amount._value, str(tax.category_code),
        tax.rate_applicable_percent._value)
