"""The parts of a page that every document shares: parties, taxes and style, as plain data"""
import re

from trytond.modules.document_render import Party, Style, TaxRow

_ADDRESS_BREAK = re.compile(r'\s*(?:\r?\n|,\s)\s*')


def seller_party(books):
    """Return the Party of the tenant"""
    seller = books.seller
    return Party(
        name=seller.name,
        address=(*_address_lines(seller.street), f'{seller.postal_code} {seller.city}'),
        country=seller.country or books.country, vat_id=seller.vat_id or '',
        tax_number=seller.tax_number or '', phone=seller.phone or '', email=seller.email or '',
        website=seller.website or '', iban=seller.iban or '', bic=seller.bic or '',
        bank=seller.bank if seller.bank != seller.bic else '')


def buyer_party(buyer, books):
    """Return the Party of a Customer; a missing country counts as the tenant's"""
    return Party(
        name=buyer.name, address=_address_lines(buyer.address), country=buyer.country or books.country,
        vat_id=buyer.vat_id or '', contact=buyer.contact_person or '', phone=buyer.phone or '',
        email=buyer.email or '')


def _address_lines(text):
    """A customer's one address string: a line per line break or comma"""
    return tuple(line for line in _ADDRESS_BREAK.split((text or '').strip()) if line)


def tax_rows(shares):
    """Return the TaxRows of [(Taxed, TaxShare)]"""
    return tuple(
        TaxRow(rate=share.rate, base=share.base, tax=share.tax, reason=_reason(taxed))
        for taxed, share in shares)


def _reason(taxed):
    """The sentence the law asks for where no tax is charged"""
    return '' if taxed.rate else taxed.notice or taxed.description


def style_of(template):
    """Return the Style of a template"""
    return Style(
        primary_color=template.primary_color, secondary_color=template.secondary_color,
        font=template.font_name, logo=bytes(template.logo) if template.logo_type else None)
