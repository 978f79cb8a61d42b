"""From a numbered bill to the electronic invoice with the same content.

Figures are taken from the bill and never recomputed: printed page, posted move and electronic invoice agree
to the cent.
"""
import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from trytond.modules.document_issue.rounding import HUNDRED, line_amount
from trytond.modules.document_render.formats import language_of
from trytond.modules.party_customer.address import parse_address

from . import codes
from .model import Address, CreditTransfer, Delivery, EInvoice, Line, Note, Party, Preceding, Tax

ONE = Decimal(1)
PRICE = Decimal('0.0001')
"""Decimals of a net price: divided prices have no more than the next edition of EN 16931 will allow"""
_ILLEGAL = re.compile('[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')
"""Characters that XML 1.0 forbids"""
_WORDLESS = '–'
"""Name of a line with a blank description: BR-25 requires one"""


SET_OFF = {
    'de': 'Wird mit der Rechnung {number} verrechnet.', 'en': 'Set off against the invoice {number}.'}
"""Payment terms of a credit note for an unpaid invoice: nothing is refunded"""


def einvoice(bill):
    """Return the EInvoice of a numbered bill with its Document, None if its template has no profile"""
    template, document = bill.template, bill.document
    profile = template.e_invoice_profile
    if profile == 'None':
        return None
    is_credit = bool(bill.credited)
    sign = -ONE if is_credit else ONE
    specification = codes.specification(profile, bill.issue_date)
    lines, trailing = _lines(bill, sign)
    seller, buyer = _parties(bill)
    taxes = _taxes(bill, sign)
    return EInvoice(
        profile=profile, specification=specification.identifier, process=_process(template, profile),
        type_code=codes.type_code(document.kind, is_credit, profile), number=document.number,
        issue_date=bill.issue_date, due_date=document.due_date, currency=document.currency,
        buyer_reference=_text(document.buyer_reference), terms=_terms(bill, sign),
        notes=_notes(document, trailing), preceding=_preceding(document), seller=seller, buyer=buyer,
        delivery=_delivery(document, buyer, taxes), transfer=_transfer(document), lines=lines, taxes=taxes,
        net=sign * bill.figures.untaxed, tax=sign * bill.figures.tax, gross=sign * bill.figures.total)


def _process(template, profile):
    default = codes.PEPPOL_BILLING if profile == 'XRechnung' else ''
    return _text(template.business_process_id) or default


def _preceding(document):
    if not document.preceding:
        return None
    return Preceding(number=document.preceding.number, date=document.preceding.date)


# Texts

def _text(text):
    """Return a text without characters that XML forbids"""
    return _ILLEGAL.sub('', text or '').strip()


def _notes(document, trailing):
    found = [
        (codes.GENERAL, document.intro), *((codes.GENERAL, text) for text in trailing),
        (codes.GENERAL, document.notes), (codes.PAYMENT, document.payment_instructions)]
    return tuple(Note(code=code, text=text) for code, raw in found if (text := _text(raw)))


def _terms(bill, sign):
    """Return the payment terms where there is no single due date (BR-CO-25)"""
    document, currency = bill.document, bill.document.currency
    if not document.due_date:
        return SET_OFF[language_of(document.language)].format(number=document.preceding.number)
    if len(bill.maturities) < 2:
        return ''
    return '\n'.join(
        f'{date.isoformat()}: {sign * amount:.2f} {currency}' for date, amount in bill.maturities)


# Parties

def _parties(bill):
    """Return (seller, buyer): on a Gutschrift the customer is the seller"""
    seller, buyer = _tenant(bill), _customer(bill)
    if bill.document.kind == 'gutschrift':
        seller, buyer = buyer, seller
    # In EN 16931 only a seller has a tax number (BT-32)
    return seller, replace(buyer, tax_number='')


def _tenant(bill):
    seller, country = bill.books.seller, bill.books.country
    street, additional, further = _streets(seller.street)
    return Party(
        name=_text(seller.name),
        address=Address(
            street=street, additional=additional, further=further, city=_text(seller.city),
            postal_code=_text(seller.postal_code), country=seller.country or country),
        identifier='' if seller.vat_id else _text(seller.tax_number), vat_id=_text(seller.vat_id),
        tax_number=_text(seller.tax_number), email=_text(seller.email), contact=_text(seller.name),
        phone=_text(seller.phone))


def _customer(bill):
    customer = bill.buyer
    country = customer.country or bill.books.country
    parts = parse_address(customer.address, country)
    numbered = customer.vat_id or bill.tax_number or not bill.is_self_billed
    return Party(
        name=_text(customer.name) or _WORDLESS,
        address=Address(
            street=_text(parts.street), additional=_text(parts.additional), city=_text(parts.city),
            postal_code=_text(parts.postal_code), country=country),
        # The tenant's supplier number is no identifier of the supplier itself: BR-CO-26 shall report it
        # missing
        identifier=str(customer.id) if numbered else '', vat_id=_text(customer.vat_id),
        tax_number=_text(bill.tax_number), email=_text(customer.email),
        contact=_text(customer.contact_person), phone=_text(customer.phone))


def _streets(text):
    """Return the lines of a street as three texts: BT-35, BT-36, BT-162"""
    lines = [line.strip() for line in _text(text).splitlines() if line.strip()]
    return [*lines[:2], '', ''][:2] + [', '.join(lines[2:])]


def _delivery(document, buyer, taxes):
    """Return the delivery; an intra-Community supply states its destination (BR-IC-11, BR-IC-12)"""
    found = {}
    if any(tax.category == 'K' for tax in taxes):
        found = {'name': buyer.name, 'address': buyer.address}
    if document.supply_end and document.supply_end != document.supply_date:
        found |= {'start': document.supply_date, 'end': document.supply_end}
    return Delivery(date=document.supply_end or document.supply_date, **found)


def _transfer(document):
    seller = document.seller
    if not seller.iban or seller.iban_unchecked:
        return None
    return CreditTransfer(
        iban=''.join(seller.iban.split()), account_name=_text(seller.name),
        bic=''.join((seller.bic or '').split()), reference=document.number)


# Lines and taxes

def _lines(bill, sign):
    """Return (lines, texts after the last one).

    Titles and comments become notes of the line below them.
    """
    lines, texts = [], []
    for item in bill.items:
        if item.tax is None:
            texts.append(_text(item.description))
            continue
        lines.append(_line(bill, item, sign, len(lines) + 1, '\n'.join(filter(None, texts))))
        texts = []
    return tuple(lines), texts


def _line(bill, item, sign, number, note):
    name, description = _name(item.description)
    rate, net = item.tax.rate, sign * item.net
    # A price may not be negative (BR-27), a quantity may
    quantity = sign * item.exact_quantity * (-ONE if item.unit_price < 0 else ONE)
    price, price_quantity = net_price(
        quantity, abs(item.unit_price), net, rate if bill.gross else Decimal(0))
    return Line(
        number=str(number), name=name, description=description, item=_text(item.key), note=note,
        quantity=quantity, unit=item.unit_code, price=price, price_quantity=price_quantity, net=net,
        category=codes.category(item.tax.category, rate), rate=rate)


def _name(text):
    """Return (BT-153, BT-154): the first line of a description and the rest"""
    first, _, others = _text(text).partition('\n')
    return first.strip() or _WORDLESS, others.strip()


def net_price(quantity, unit_price, net, included=Decimal(0)):
    """Return (net price, price base quantity) from which the net amount of a line follows exactly.

    unit_price: not negative, with ``included`` percent of tax in it. Where no price of four decimals is
    exact, the price is that of the whole line (rule PEPPOL-EN16931-R120).
    """
    price = unit_price
    if included:
        with localcontext() as context:
            context.prec = 60
            price = (unit_price * HUNDRED / (HUNDRED + included)).quantize(PRICE, ROUND_HALF_UP)
    if line_amount(quantity, price) == net or not quantity:
        return price, ONE
    return abs(net), abs(quantity)


def _taxes(bill, sign):
    """Return one Tax for each category and rate, even if several taxes of the ledger share them (BR-S-1,
    BR-E-1 and so on)
    """
    found = {}
    for taxed, share in bill.shares:
        key = codes.category(taxed.category, share.rate), share.rate
        base, tax, reasons = found.get(key, (Decimal(0), Decimal(0), ()))
        reason = '' if share.rate else _text(taxed.notice or taxed.description)
        if key[0] in 'ZS' or reason in reasons:
            reason = ''
        found[key] = (base + share.base, tax + share.tax, (*reasons, *filter(None, [reason])))
    return tuple(
        Tax(category=category, rate=rate, base=sign * base, tax=sign * tax, reason='; '.join(reasons),
            reason_code=codes.EXEMPTIONS.get(category, ''))
        for (category, rate), (base, tax, reasons) in found.items())
