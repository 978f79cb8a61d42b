"""What is printed: the one place that turns a bill into the plain data of a document.

The copy that stays with the invoice (seller, buyer, template as printed) is made of the same data.
"""
import dataclasses
import datetime as dt
import json

from trytond.i18n import gettext
from trytond.modules.document_issue.exceptions import IssueError
from trytond.modules.document_issue.printed import (
    buyer_party, seller_party, shallow, style_copy, style_of, tax_rows)
from trytond.modules.document_render import Document, Line, QrCode, Reference, Totals
from trytond.modules.document_render import qr as epc
from trytond.modules.tenant.plan import require_feature


def document(bill):
    """Return the Document of a numbered bill"""
    template, books = bill.template, bill.books
    supplier, receiver = seller_party(books), buyer_party(bill.buyer, books)
    if bill.is_self_billed:
        supplier, receiver = partner_party(bill, receiver), supplier
    return Document(
        kind=bill.kind, number=bill.number, issue_date=bill.issue_date,
        finalised_at=bill.issued_at.replace(tzinfo=dt.UTC), seller=supplier, buyer=receiver,
        lines=tuple(_lines(bill)), language=template.language,
        currency=books.currency_code, due_date=_due_date(bill),
        preceding=_preceding(bill), supply_date=bill.supply_date, customer_number=str(bill.buyer.id),
        buyer_reference=bill.buyer.buyer_reference or '', intro=bill.draft.introduction or '',
        notes=bill.draft.comment or '', payment_instructions=_instructions(bill),
        prices_include_tax=bill.gross, tax_label=template.tax_label or '',
        taxes=tax_rows(bill.shares),
        totals=Totals(net=bill.figures.untaxed, tax=bill.figures.tax, gross=bill.figures.total),
        style=style_of(template), qr=_qr(bill, supplier))


def _due_date(bill):
    """Nothing is to be refunded of an invoice that nobody has paid"""
    return None if bill.cancels else bill.due_date


def _instructions(bill):
    """How to pay is told to those who pay: the tenant itself pays a Gutschrift"""
    return '' if bill.is_self_billed else bill.template.payment_instructions or ''


def _preceding(bill):
    """The invoice that is corrected must be named: § 31 (5) UStDV, § 11 (13) UStG 1994"""
    credited = bill.credited
    return Reference(number=credited.number, date=credited.issue_date) if credited else None


def partner_party(bill, party):
    """Return the Party of a partner who supplies: with the numbers and the account that a Gutschrift needs.

    § 14 (2), (4) 2 UStG: the supplier's tax number or VAT id, not the writer's.
    """
    partner = bill.buyer
    return dataclasses.replace(
        party, tax_number=bill.tax_number or '', iban=partner.iban or '', bic=partner.bic or '',
        bank=partner.bank_name or '', iban_unchecked=partner.iban_unchecked)


def _lines(bill):
    number = 0
    for item in bill.items:
        if item.tax is None:
            yield Line(position='', description=item.description)
            continue
        number += 1
        yield Line(
            position=str(number), description=item.description, key=item.key,
            quantity=item.exact_quantity, unit=item.unit_label, unit_price=item.unit_price,
            amount=item.shown, tax_rate=item.tax.rate)


def _qr(bill, payee):
    """The code to pay with, where the template asks for it and there is something to pay"""
    if bill.payment_link:
        return QrCode(kind='link', content=bill.payment_link.url)
    if bill.template.payment_qr_mode != 'EpcQrCode' or bill.credited:
        return None
    require_feature('epc_qr', bill.books.features)
    try:
        content = epc.payload(
            name=payee.name, iban=payee.iban, bic=payee.bic, amount=bill.figures.total, text=bill.number)
    except epc.NotPayable as error:
        if error.field == 'amount' or bill.is_self_billed:
            return None
        raise IssueError(gettext(
                'account_invoice_issue.msg_not_payable', field=error.field, reason=error.reason),
            'template') from error
    return QrCode(kind='epc', content=content)


def copy(bill):
    """Return the JSON text of seller, buyer and template as printed"""
    document, template = bill.document, bill.template
    return json.dumps({
            'seller': shallow(document.seller),
            'buyer': shallow(document.buyer),
            'template': {
                'id': template.id, 'name': template.name, 'language': template.language,
                'apply_tax': template.apply_tax, 'is_tax_included': bill.gross,
                'tax_rate': str(template.tax_rate), 'tax_label': template.tax_label,
                'payment_qr_mode': template.payment_qr_mode,
                'payment_instructions': template.payment_instructions,
                'e_invoice_profile': template.e_invoice_profile,
                'business_process_id': template.business_process_id, **style_copy(document.style)},
            }, ensure_ascii=False)
