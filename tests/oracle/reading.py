"""A document made anew of what stands in the books: nothing of the bill that the door had.

Amounts, taxes, instalments, texts and units are read from the rows of an issued invoice; what is printed of a
line where prices include tax is its quantity times its price.
"""
from decimal import Decimal as D
from types import SimpleNamespace

from trytond.pool import Pool


def reread(invoice):
    """Return (sealed files of an issued invoice, the same written anew of its rows)"""
    from trytond.modules.account_invoice_einvoice.invoice import files_of
    from trytond.modules.account_invoice_issue import printed
    from trytond.modules.document_render import Workshop
    from trytond.transaction import without_check_access
    with without_check_access():
        Invoice = Pool().get('account.invoice')
        invoice = Invoice(invoice.id)
        bill = _bill(invoice)
        bill.document = printed.document(bill)
        with Workshop() as workshop:
            Invoice.typeset(bill, workshop)()
        return files_of(invoice)['pdf'], bill.pdf.data


def _bill(invoice):
    from trytond.modules.document_issue import rounding
    from trytond.modules.account_invoice_issue.bill import Bill, Item
    from trytond.modules.document_issue.ledger import read_books
    from trytond.modules.account_invoice_issue.lookups import read_parties
    from trytond.modules.account_invoice_issue.side import side_of
    books = read_books(side_of(invoice))
    taxed = {tax.id: _taxed(invoice, tax) for line in invoice.lines for tax in line.taxes}
    gross = _gross(invoice)
    items = [
        Item(
            line, line.description or '', key=line.item_key or '', quantity=line.quantity,
            unit_label=line.unit_label or '', unit_code=line.unit_code or '', unit_price=line.unit_price,
            tax=taxed[line.taxes[0].id][0], net=line.amount,
            shown=rounding.line_amount(line.quantity, line.unit_price) if gross else line.amount)
        if line.type == 'line' else Item(line, line.description or '') for line in invoice.lines]
    positions, buyers = read_parties({invoice.party.id}, books)
    buyer = buyers[invoice.party.id]
    credited = invoice.credit_of and SimpleNamespace(
        number=invoice.credit_of.number, issue_date=invoice.credit_of.invoice_date,
        state='paid' if invoice.credit_of.state == 'paid' else 'posted')
    lines = sorted((line for line in invoice.move.lines if line.maturity_date), key=lambda line: line.id)
    return Bill(
        draft=invoice, books=books, template=invoice.template, buyer=buyer, address=None, identifier=None,
        account=invoice.account.id,
        tax_number=positions[invoice.party.id]['tax_number'],
        issue_date=invoice.invoice_date, supply_date=invoice.supply_date,
        due_date=max(line.maturity_date for line in lines), credited=credited, gross=gross, warnings=[],
        items=items, figures=rounding.Totals(
            [item.shown for item in items], [item.net for item in items], {}, invoice.untaxed_amount,
            invoice.tax_amount, invoice.total_amount),
        shares=list(taxed.values()),
        maturities=[(l.maturity_date, books.side.sign * (l.debit - l.credit)) for l in lines],  # noqa: E741
        period=None, id=invoice.id, number=invoice.number, issued_at=invoice.issued_at)


def _taxed(invoice, tax):
    """Return (Taxed, TaxShare) of a tax on lines as the invoice's own rows tell it"""
    from trytond.modules.document_issue.rounding import TaxShare
    from trytond.modules.document_issue.taxation import Taxed
    rows = [row for row in invoice.taxes if row.tax in (tax, *tax.childs)]
    german = invoice.template.language.startswith('de')
    shown = tax.type == 'percentage'
    rate = tax.dach_rate if shown else D(0)
    return (
        Taxed(
            tax.id, rate, tax.category or 'S', None,
            (not german and tax.description_en) or tax.description, rows[0].legal_notice or '', tax.reason),
        TaxShare(rate, rows[0].base, rows[0].amount if shown else D(0)))


def _gross(invoice):
    from trytond.modules.account_invoice_issue.credit import was_gross
    return was_gross(invoice.printed)

