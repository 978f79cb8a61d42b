"""From a project to the page of its offer or delivery note.

Figures come from the same charges, tax and rounding as the invoice's.
"""
import datetime as dt
from dataclasses import dataclass

from trytond.modules.document_issue import printed, rounding
from trytond.modules.document_issue.limits import check_amount, check_total
from trytond.modules.document_issue.lookups import ensure_customers, find_all
from trytond.modules.document_issue.paper import Paper
from trytond.modules.document_issue.taxation import template_tax
from trytond.modules.document_issue.templates import Templates
from trytond.modules.document_issue.units import PrintedUnits
from trytond.modules.document_render import Document, Line, Reference, Totals

from .pricing import charges, rows, unpriced_rows


@dataclass(slots=True, kw_only=True)
class Letter(Paper):
    """An offer or delivery note on its way"""
    project: object


# What is decided

def decide(drafts, books):
    """Return a Letter per draft, with project, template, date and buyer; a few statements for all"""
    for draft in drafts:
        _blank(draft)
    projects = find_all('flat_rate.project', {draft.project.id for draft in drafts}, 'project')
    templates = Templates(drafts)
    buyers = ensure_customers({project.party.id for project in projects.values()})
    return [
        Letter(
            draft=draft, books=books, project=projects[draft.project.id],
            template=templates.of(draft),
            issue_date=draft.issue_date or books.today,
            buyer=buyers[projects[draft.project.id].party.id])
        for draft in drafts]


def _blank(draft):
    """A draft has only what it was given"""
    for name, field in draft._fields.items():
        if name != 'id' and not hasattr(draft, name) and field.sql_type():
            setattr(draft, name, None)


# What it comes to

def figures(letter, charged):
    """Return (Taxed, rounding.Totals) of the Rows that are charged"""
    taxed = template_tax(letter.books, letter.template, letter.buyer, letter.issue_date)
    totals = rounding.totals(
        [(row.quantity, row.price, taxed, taxed.rate) for row in charged],
        letter.template.is_tax_included)
    check_total(totals.total, 'items')
    for amount in (*totals.shown, totals.total):
        check_amount(amount, 'items')
    return taxed, totals


# What is printed

def offer(letter):
    """Return the Document of a numbered offer"""
    draft = letter.draft
    return Document(
        kind='offer', due_date=draft.valid_until, delivery_days=draft.delivery_days,
        **_priced(letter), **_letter(letter))


def delivery_note(letter):
    """Return the Document of a numbered delivery note; prices are on it where there are any to show"""
    if letter.draft.show_prices and charges(letter.project):
        content = _priced(letter)
    else:
        content = _content(letter, unpriced_rows(letter.project))
    made = letter.project.offer
    preceding = Reference(number=made.number) if made else None
    return Document(
        kind='delivery_note', supply_date=letter.draft.delivery_date, preceding=preceding, **content,
        **_letter(letter))


def _letter(letter):
    template, buyer, books = letter.template, letter.buyer, letter.books
    return {
        'number': letter.number, 'issue_date': letter.issue_date,
        'finalised_at': letter.issued_at.replace(tzinfo=dt.UTC),
        'seller': printed.seller_party(books), 'buyer': printed.buyer_party(buyer, books),
        'language': template.language, 'currency': books.currency_code,
        'customer_number': str(buyer.id), 'buyer_reference': buyer.buyer_reference or '',
        'intro': letter.draft.introduction or '', 'notes': letter.draft.footer or '',
        'style': printed.style_of(template)}


def _priced(letter):
    """Return lines, taxes and totals; only prices that are to be seen are printed"""
    found = rows(letter.project)
    charged = [row for row in found if row.price is not None]
    taxed, totals = figures(letter, charged)
    amounts = dict(zip(charged, totals.shown, strict=True))
    return _content(letter, found, amounts, taxed) | {
        'prices_include_tax': letter.template.is_tax_included,
        'tax_label': letter.template.tax_label or '',
        'taxes': printed.tax_rows(totals.taxes.items()),
        'totals': Totals(net=totals.untaxed, tax=totals.tax, gross=totals.total)}


def _content(letter, rows, amounts=(), taxed=None):
    """Return the lines, and the project as the subject where none of them names it"""
    units = PrintedUnits(rows)
    project = letter.project
    named = any(row.whole for row in rows)
    return {
        'subject': '' if named else project.name,
        'summary': '' if named else project.description or '',
        'lines': tuple(
            _line(row, units.of(row, ('items', n), letter.template.language), amounts, taxed)
            for n, row in enumerate(rows))}


def _line(row, unit, amounts, taxed):
    price = {}
    if row in amounts and row.shown:
        price = {'unit_price': row.price, 'amount': amounts[row], 'tax_rate': taxed.rate}
    return Line(
        position=row.number, description=row.description, quantity=row.quantity, unit=unit.label,
        **price)
