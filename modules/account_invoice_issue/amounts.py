"""Amounts of drafts: the same rounding as of issued invoices"""
from trytond.model import dualmethod, fields
from trytond.modules.account.tax import _TaxLine
from trytond.modules.document_issue import rounding
from trytond.pool import Pool, PoolMeta

from . import workflow
from .credit import was_gross
from .side import is_ours


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @fields.depends('type', 'self_billed')
    def _get_taxes(self):
        if not is_ours(self):
            return super()._get_taxes()
        found = {}
        for whole, share in _draft_totals(self).taxes.items():
            for tax, amount in _booked(whole, share):
                account = tax.invoice_account if share.base >= 0 else tax.credit_note_account
                line = _TaxLine(base=share.base, amount=amount, tax=tax, account=account)
                found[line._key] = line
        return found

    @dualmethod
    def update_taxes(cls, invoices, exception=False):
        """Where prices include tax, the net amounts of a draft's lines follow from the whole"""
        for invoice in invoices:
            if is_ours(invoice) and invoice.state == 'draft' and not workflow.runs():
                _store_net_amounts(invoice)
        super().update_taxes(invoices, exception=exception)


def _charged(invoice):
    return [line for line in invoice.lines or [] if getattr(line, 'type', 'line') == 'line']


def _has_gross_prices(invoice):
    if credited := getattr(invoice, 'credit_of', None):
        return was_gross(credited.printed)
    template = getattr(invoice, 'template', None)
    return bool(template and template.is_tax_included)


def _draft_totals(invoice):
    """Return the Totals of a draft whose lines have at most one tax each"""
    rows = []
    for line in _charged(invoice):
        tax = line.taxes[0] if getattr(line, 'taxes', None) else None
        rows.append((
                getattr(line, 'quantity', None) or 0, getattr(line, 'unit_price', None) or rounding.CENT * 0,
                tax, tax.dach_rate if tax and tax.type == 'percentage' else rounding.CENT * 0))
    return rounding.totals(rows, _has_gross_prices(invoice))


def _booked(tax, share):
    """Return [(tax, amount)] of what a draft's tax will book: what the recipient works out has two parts"""
    if tax is None or tax.type == 'percentage':
        return [(tax, share.tax)] if tax else []
    return [(child, rounding.cents(share.base * child.rate)) for child in tax.childs]


def _store_net_amounts(invoice):
    lines = _charged(invoice)
    amounts = _draft_totals(invoice).net if _has_gross_prices(invoice) else [None] * len(lines)
    changed = []
    for line, amount in zip(lines, amounts, strict=True):
        if line.net_amount != amount:
            changed += [[line], {'net_amount': amount}]
    if changed:
        Pool().get('account.invoice.line').write(*changed)
