"""From a draft to a bill: all an invoice will say and book, decided and checked, nothing written yet"""
import datetime as dt
from dataclasses import replace

from trytond.i18n import gettext
from trytond.modules.document_issue import rounding
from trytond.modules.document_issue.exceptions import IssueError, IssueStateError, UnknownRecordError
from trytond.modules.document_issue.limits import MAX_LINES, check_amount, check_total
from trytond.modules.document_issue.taxation import Taxation
from trytond.pool import Pool

from .bill import Bill, Item
from .draft import Draft, DraftLine, plain
from .lookups import Lookups
from .side import is_ours
from .taxation_purchase import PurchaseTaxation

ISSUABLE = ('draft', 'validated')
OPEN = (*ISSUABLE, 'posted')
"""States of an invoice that somebody may still have to pay"""
DUE_AFTER = dt.timedelta(days=14)


def complete(drafts, books):
    """Return the Bill of each draft; raises IssueError or IssueStateError naming the field"""
    for draft in drafts:
        if draft.id is not None:
            _check_stored(draft)
    drafts = [plain(draft, Draft) for draft in drafts]
    lines = [[plain(line, DraftLine) for line in draft.lines] for draft in drafts]
    known = Lookups(drafts, lines, books)
    return [_bill(*pair, books, known) for pair in zip(drafts, lines, strict=True)]


def _check_stored(draft):
    """A stored draft may be no draft any more, or hold what is not printed"""
    if not is_ours(draft) or draft.state not in ISSUABLE or draft.number or draft.move:
        raise IssueStateError(
            gettext('account_invoice_issue.msg_no_draft', invoice=draft.rec_name), 'state')
    if draft.alternative_payees or any(tax.manual for tax in draft.taxes):
        raise IssueStateError(gettext('account_invoice_issue.msg_by_hand'), 'taxes')


def _bill(draft, lines, books, known):
    currency = draft.currency
    if currency and currency.id != books.currency:
        raise IssueStateError(
            gettext('account_invoice_issue.msg_currency', currency=books.currency_code), 'currency')
    buyer, template = _at_address(known.buyer(draft), draft.invoice_address), known.template(draft)
    issue_date = draft.invoice_date or books.today
    period = known.period(draft.accounting_date or issue_date)
    supply_date = draft.supply_date or issue_date
    credited = _credited(draft, books, known)
    gross = credited.gross if credited else template.is_tax_included
    kind = PurchaseTaxation if draft.self_billed else Taxation
    taxation = kind(books, template, buyer, supply_date, known.goods.__contains__)
    items = [
        _item(line, n, taxation, template, known.units) for n, line in enumerate(lines)]
    figures, shares = _figures(items, gross)
    _check_sign(figures.total, credited)
    due_date, maturities = _due(draft, issue_date, figures.total)
    return Bill(
        draft=draft, books=books, template=template, buyer=buyer, issue_date=issue_date,
        supply_date=supply_date, due_date=due_date, credited=credited, gross=gross,
        warnings=taxation.warnings, items=items, figures=figures, shares=shares,
        maturities=maturities, period=period, **_position(draft, books, known))


def _credited(draft, books, known):
    """Return what a draft takes back, which is of its own side; None for an invoice"""
    if not draft.credit_of:
        return None
    credited = known.credited.get(draft.credit_of.id)
    if credited is None or credited.side is not books.side:
        raise UnknownRecordError(gettext('document_issue.msg_unknown'), 'credit_of')
    credited.check(draft.party.id)
    return credited


def _check_sign(total, credited):
    """An invoice asks for money, a credit note takes it back, no more than is left of its invoice.

    Discounts and returns are negative lines; a document that as a whole is negative would be read as
    an invoice that it is not.
    """
    if credited:
        credited.take(total)
    else:
        check_total(total, 'lines')


# Who pays

def _at_address(buyer, address):
    """Return the buyer at the address that was chosen in the client, if one was"""
    if address is None:
        return buyer
    country = address.country.code if address.country else None
    return replace(buyer, address=address.address_line, country=country)


def _position(draft, books, known):
    """Return address, tax identifier, tax number and account of the party of a draft"""
    position = known.positions[draft.party.id]
    if not (position['address'] or draft.invoice_address):
        position['address'] = _empty_address(draft.party)
    return position | {
        'address': draft.invoice_address.id if draft.invoice_address else position['address'],
        'account': draft.account.id if draft.account else position['account'] or books.account}


def _empty_address(party):
    """An invoice of Tryton needs the record of an address, even where none is known"""
    address, = Pool().get('party.address').create([{'party': party.id}])
    return address.id


# What is charged

def _item(line, index, taxation, template, units):
    path, number = ('lines', index), index + 1
    if line.type != 'line':
        return Item(line, line.description or '', number=number)
    tax = taxation.of(line, path)
    unit = units.of(line, path, template.language)
    return Item(
        line, line.description or '', key=line.item_key or '', quantity=line.quantity,
        unit_label=unit.label, unit_code=unit.code, unit_price=line.unit_price, tax=tax,
        account=line.account.id if line.account else tax.base_account, number=number)


def _figures(items, gross):
    """Compute all amounts and put each line's into its item; return (Totals, [(Taxed, TaxShare)])"""
    charged = [item for item in items if item.tax]
    if not charged:
        raise IssueError(gettext('account_invoice_issue.msg_no_lines'), 'lines')
    if len(items) > MAX_LINES:
        raise IssueError(gettext('account_invoice_issue.msg_too_many_lines', limit=MAX_LINES), 'lines')
    figures = rounding.totals(
        [(item.quantity, item.unit_price, item.tax, item.tax.rate) for item in charged], gross)
    for item, net, shown in zip(charged, figures.net, figures.shown, strict=True):
        item.net, item.shown = net, shown
    _check_amounts(items, figures.total)
    return figures, list(figures.taxes.items())


def _check_amounts(items, total):
    for number, item in enumerate(items):
        if item.tax:
            check_amount(item.shown, 'lines', number)
    check_amount(total, 'lines')


def _due(draft, issue_date, total):
    """Return (due date, [(maturity, amount)]): the draft's own day, else its payment term, else two
    weeks, and at once for a credit note.

    Raises IssueError for a day before the issue date.
    """
    due_date, term = draft.due_date, draft.payment_term
    if due_date is None and term:
        maturities = term.compute(total, draft.currency, draft.payment_term_date or issue_date)
        return max(date for date, _ in maturities), maturities
    due_date = due_date or issue_date + (dt.timedelta() if draft.credit_of else DUE_AFTER)
    if due_date < issue_date:
        raise IssueError(gettext(
                'account_invoice_issue.msg_due_before_issue', date=issue_date), 'due_date')
    return due_date, [(due_date, total)]
