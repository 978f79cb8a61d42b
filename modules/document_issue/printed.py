"""The parts of a page that every document shares, as plain data, and the copy that stays with the record"""
import dataclasses
import functools
import hashlib
import json
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


# The copy

def whole(document, template):
    """Return the JSON text of all that a Document shows; of the logo its SHA-256"""
    data = dataclasses.asdict(document)
    data['style'] = style_copy(document.style)
    data['template'] = {'id': template.id, 'name': template.name}
    return json.dumps(data, ensure_ascii=False, default=str)


def style_copy(style):
    """Return the values of a Style; of the logo its SHA-256"""
    values = shallow(style)
    logo = values.pop('logo')
    return values | {'logo_sha256': _sha256(logo) if logo else None}


def shallow(record):
    """As dataclasses.asdict, which copies every value"""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


@functools.lru_cache(4)
def _sha256(logo):
    return hashlib.sha256(logo).hexdigest()
