"""From a project to the page of its offer or delivery note.

Figures come from the same charges, tax and rounding as the invoice's.
"""
import dataclasses
import datetime as dt
import hashlib
import json

from trytond.i18n import gettext
from trytond.modules.document_issue import printed, rounding
from trytond.modules.document_issue.limits import LARGEST
from trytond.modules.document_issue.taxation import template_tax
from trytond.modules.document_issue.units import PrintedUnits
from trytond.modules.document_render import Document, Line, Reference, Totals
from trytond.modules.party_customer.customer import get_customers
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool

from .exceptions import ProjectError, UnknownProjectError
from .pricing import charges, rows, unpriced_rows


# What is decided

def decide(drafts, books, Letter):
    """Return a Letter per draft, with project, template, date and buyer; a few statements for all"""
    for draft in drafts:
        _blank(draft)
    projects = _known('flat_rate.project', {draft.project.id for draft in drafts}, 'project')
    templates = _templates(drafts)
    buyers = _buyers([project.party for project in projects.values()])
    return [
        Letter(
            draft=draft, project=projects[draft.project.id],
            template=templates[draft.template.id if draft.template else None],
            issue_date=draft.issue_date or books.today,
            buyer=buyers[projects[draft.project.id].party.id])
        for draft in drafts]


def _blank(draft):
    """A draft has only what it was given"""
    for name, field in draft._fields.items():
        if name != 'id' and not hasattr(draft, name) and field.sql_type():
            setattr(draft, name, None)


def _known(model, ids, field):
    """Return {id: record}; raises UnknownProjectError for one that is not there or another tenant's"""
    mine = [('id', 'in', list(ids)), ('company', '=', current_company())]
    found = {record.id: record for record in Pool().get(model).search(mine)}
    if ids - found.keys():
        raise UnknownProjectError(gettext('document_issue.msg_unknown'), field)
    return found


def _templates(drafts):
    """Return {id: template}; None stands for the default"""
    found = _known(
        'invoice.template', {draft.template.id for draft in drafts if draft.template}, 'template')
    if any(not draft.template for draft in drafts):
        found[None] = Pool().get('invoice.template').standard()
    return found


def _buyers(parties):
    """Return {id of the party: Customer}; a party that the client did not mark as one becomes one"""
    ids = {party.id for party in parties}
    found = get_customers(ids)
    if unmarked := ids - found.keys():
        Party = Pool().get('party.party')
        Party.write(Party.browse(unmarked), {'customer': True})
        found |= get_customers(unmarked)
    return found


# What it comes to

def figures(letter, charged, books):
    """Return (Taxed, rounding.Totals) of the Rows that are charged"""
    taxed = template_tax(books, letter.template, letter.buyer, letter.issue_date)
    totals = rounding.totals(
        [(row.quantity, row.price, taxed, taxed.rate) for row in charged],
        letter.template.is_tax_included)
    if totals.total < 0:
        raise ProjectError(gettext('document_issue.msg_total_negative'), 'items')
    if max(map(abs, [*totals.shown, totals.total])) > LARGEST:
        raise ProjectError(
            gettext('document_issue.msg_amount_too_large', limit=LARGEST), 'items')
    return taxed, totals


# What is printed

def offer(letter, books):
    """Return the Document of a numbered offer"""
    draft = letter.draft
    return Document(
        kind='offer', due_date=draft.valid_until, delivery_days=draft.delivery_days,
        **_priced(letter, books), **_letter(letter, books))


def delivery_note(letter, books):
    """Return the Document of a numbered delivery note; prices are on it where there are any to show"""
    if letter.draft.show_prices and charges(letter.project):
        content = _priced(letter, books)
    else:
        content = _content(letter, unpriced_rows(letter.project))
    made = letter.project.offer
    preceding = Reference(number=made.number) if made else None
    return Document(
        kind='delivery_note', supply_date=letter.draft.delivery_date, preceding=preceding, **content,
        **_letter(letter, books))


def _letter(letter, books):
    template, buyer = letter.template, letter.buyer
    return {
        'number': letter.number, 'issue_date': letter.issue_date,
        'finalised_at': letter.issued_at.replace(tzinfo=dt.UTC),
        'seller': printed.seller_party(books), 'buyer': printed.buyer_party(buyer, books),
        'language': template.language, 'currency': books.currency_code,
        'customer_number': str(buyer.id), 'buyer_reference': buyer.buyer_reference or '',
        'intro': letter.draft.introduction or '', 'notes': letter.draft.footer or '',
        'style': printed.style_of(template)}


def _priced(letter, books):
    """Return lines, taxes and totals; only prices that are to be seen are printed"""
    found = rows(letter.project)
    charged = [row for row in found if row.price is not None]
    taxed, totals = figures(letter, charged, books)
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


def copy(document, template):
    """Return the JSON text of all that a document shows; of the logo its SHA-256"""
    data = dataclasses.asdict(document)
    logo = data['style'].pop('logo')
    data['style']['logo_sha256'] = hashlib.sha256(logo).hexdigest() if logo else None
    data['template'] = {'id': template.id, 'name': template.name}
    return json.dumps(data, ensure_ascii=False, default=str)
