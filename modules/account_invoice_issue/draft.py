"""From a draft to a bill: all an invoice will say and book, decided and checked, nothing written yet"""
import datetime as dt
import functools
from dataclasses import dataclass, field, replace
from dataclasses import fields as fields_of
from decimal import Decimal
from itertools import chain
from types import SimpleNamespace
from typing import NamedTuple

from sql import Column, Literal
from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.archive.document import Blob
from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.document_issue import parties, rounding
from trytond.modules.document_issue.exceptions import (
    IssueError, IssueStateError, UnknownRecordError)
from trytond.modules.document_issue.goods import Goods
from trytond.modules.document_issue.ledger import Books, Period, open_or_create_period
from trytond.modules.document_issue.limits import MAX_LINES, check_amount
from trytond.modules.document_issue.seller import TAX_NUMBERS
from trytond.modules.document_issue.side import SALE
from trytond.modules.document_issue.taxation import Taxation, Taxed
from trytond.modules.document_issue.units import PrintedUnits
from trytond.modules.party_customer.customer import (
    Customer, columns, customers_of, get_customers)
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.tools import cursor_dict
from trytond.transaction import inactive_records

from .credit import Credited, read_credited
from .side import SELF_BILLED, is_ours
from .taxation_purchase import PurchaseTaxation

ISSUABLE = ('draft', 'validated')
OPEN = (*ISSUABLE, 'posted')
"""States of an invoice that somebody may still have to pay"""
TEMPLATE = (
    'id', 'active', 'name', 'language', 'apply_tax', 'is_tax_included', 'tax_rate', 'tax_label',
    'payment_qr_mode', 'payment_instructions', 'e_invoice_profile', 'business_process_id',
    'primary_color', 'secondary_color', 'font_name', 'logo_type')
DUE_AFTER = dt.timedelta(days=14)
POSITION = ('address', 'identifier', 'tax_number', 'account')


class RecordId(NamedTuple):
    """A record of which only its id is known and asked"""
    id: int


@dataclass(slots=True, eq=False)
class DraftLine:
    """A line of a Draft: the fields of an ``account.invoice.line`` that somebody fills in"""
    description: str | None = None
    item_key: str | None = None
    quantity: float | None = None
    unit: object = None
    custom_unit: object = None
    unit_price: Decimal | None = None
    product: object = None
    account: object = None
    taxes: tuple = ()
    taxes_date: dt.date | None = None
    type: str = 'line'
    sequence: int | None = None
    origin: object = None
    note: str | None = None
    id: None = None

    def __post_init__(self):
        # As every field of one line
        self.item_key = self.item_key and self.item_key.strip()


@dataclass(slots=True, eq=False)
class Draft:
    """An invoice that is to be issued and was never stored: the fields of an ``account.invoice`` that
    somebody fills in.

    Records are named by what has their id: ``RecordId`` will do for party, template, unit, custom_unit and
    product, the rest are records of Tryton. One in place of the whole draft takes long for each answer, and
    a call may have thousands of lines.
    """
    party: object
    lines: list | tuple = ()
    self_billed: bool = False
    template: object = None
    invoice_date: dt.date | None = None
    accounting_date: dt.date | None = None
    supply_date: dt.date | None = None
    due_date: dt.date | None = None
    payment_term: object = None
    payment_term_date: dt.date | None = None
    invoice_address: object = None
    account: object = None
    currency: object = None
    credit_of: object = None
    reference: str | None = None
    description: str | None = None
    introduction: str | None = None
    comment: str | None = None
    id: None = None

    def __post_init__(self):
        # As every field of one line
        self.reference = self.reference and self.reference.strip()
        self.description = self.description and self.description.strip()


@dataclass(slots=True)
class Item:
    """A line of a Bill.

    record: the draft's own; number: its place in the bill, from 1; tax: None for a title or a comment.
    """
    record: object
    description: str
    key: str = ''
    quantity: float | None = None
    unit_label: str = ''
    unit_code: str = ''
    unit_price: Decimal | None = None
    tax: Taxed | None = None
    account: int | None = None
    net: Decimal | None = None
    shown: Decimal | None = None
    number: int | None = None
    id: int | None = None

    @property
    def exact_quantity(self):
        """The quantity as it was typed, not as a float stores it"""
        return Decimal(str(self.quantity))


@dataclass(slots=True)
class Bill:
    """One invoice on its way through the door.

    buyer: the other party as known now, also where it is the one who supplies (a Gutschrift); its tax
    number only there; address, identifier, account: ids; credited: what a credit note takes back;
    gross: whether prices include tax; figures: all amounts; shares: [(Taxed, TaxShare)]; maturities:
    [(date, amount)]; warnings: codes for the accountant; the rest is filled in on the way;
    payment_link: has the ``url`` to pay at; taxes: BookedTaxes; postings: Postings; beside: Files sealed with
    the PDF.
    """
    draft: object
    books: Books
    template: object
    buyer: Customer
    address: int
    identifier: int | None
    account: int
    tax_number: str
    issue_date: dt.date
    supply_date: dt.date
    due_date: dt.date
    credited: Credited | None
    gross: bool
    warnings: list
    items: list
    figures: rounding.Totals
    shares: list
    maturities: list
    period: Period
    id: int | None = None
    payment_link: object = None
    number: str = ''
    position: int | None = None
    taxes: list = field(default_factory=list)
    move: int | None = None
    postings: list = field(default_factory=list)
    move_number: str = ''
    issued_at: dt.datetime | None = None
    document: object = None
    pdf: Blob | None = field(default=None, repr=False)
    beside: list = field(default_factory=list)

    @property
    def record(self):
        """The invoice as other records name it"""
        return f'account.invoice,{self.id}'

    @property
    def kind(self):
        """The kind of document: invoice, credit_note or gutschrift"""
        return 'credit_note' if self.credited and not self.is_self_billed else self.books.side.kind

    @property
    def is_self_billed(self):
        return self.books.side == SELF_BILLED

    @property
    def cancels(self):
        """Whether it takes back what nobody has paid yet"""
        return bool(self.credited) and self.credited.state == 'posted'

    @property
    def charged(self):
        return [item for item in self.items if item.tax]

    @property
    def wants_payment_link(self):
        """There is something to pay, and the template asks for a link to pay it with"""
        return (
            self.kind == 'invoice' and self.figures.total > 0
            and self.template.payment_qr_mode == 'StripePaymentLink')

    @property
    def tax_rate(self):
        """The one rate of the document, in percent with two decimals: the template's where lines differ"""
        rates = {item.tax.rate for item in self.charged}
        return (rates.pop() if len(rates) == 1 else self.template.tax_rate).quantize(rounding.CENT)


def complete(drafts, books):
    """Return the Bill of each draft; raises IssueError or IssueStateError naming the field"""
    for draft in drafts:
        if draft.id is not None:
            _check_stored(draft)
    drafts = [_plain(draft, Draft) for draft in drafts]
    lines = [[_plain(line, DraftLine) for line in draft.lines] for draft in drafts]
    known = Lookups(drafts, lines, books)
    return [_bill(*pair, books, known) for pair in zip(drafts, lines, strict=True)]


class Lookups:
    """What the drafts name, read set-based; a record that is not there is unknown or another tenant's.

    What follows from dates and templates is looked for once for all drafts.
    """

    def __init__(self, drafts, lines, books):
        self._books = books
        self._periods = {}
        self.positions, self.buyers = _read_parties({draft.party.id for draft in drafts}, books)
        self.templates = _templates(drafts)
        lines = list(chain.from_iterable(lines))
        self.units = PrintedUnits(lines)
        self.goods = Goods(lines)
        self.credited = read_credited({draft.credit_of.id for draft in drafts if draft.credit_of})

    def period(self, date):
        """Return the open Period of a date"""
        if date not in self._periods:
            self._periods[date] = open_or_create_period(self._books, date, 'invoice_date')
        return self._periods[date]

    def buyer(self, draft):
        """Return the Customer; a party that the client did not mark as one becomes one"""
        party = draft.party.id
        if party not in self.buyers and draft.id is not None:
            draft.party.customer = True
            draft.party.save()
            self.buyers.update(get_customers([party]))
        if party not in self.buyers:
            raise UnknownRecordError(gettext('document_issue.msg_unknown'), 'party')
        return self.buyers[party]

    def template(self, draft):
        """Return the template of a draft, the tenant's default where it names none"""
        template = self.templates.get(draft.template.id if draft.template else None)
        if template is None or not (template.active or draft.credit_of):
            raise UnknownRecordError(gettext('document_issue.msg_unknown'), 'template')
        return template


def _templates(drafts):
    """Return {id: template}; None stands for the default"""
    Template = Pool().get('invoice.template')
    ids = {draft.template.id for draft in drafts if draft.template}
    with inactive_records():
        # A credit note looks as its invoice did, even where the template was deleted since
        mine = [('id', 'in', list(ids)), ('company', '=', current_company())]
        found = {t.id: _fixed(t) for t in Template.search(mine)} if ids else {}
    if any(not draft.template for draft in drafts):
        standard = Template.standard()
        found[None] = standard and _fixed(standard)
    return found


def _fixed(template):
    """Return a plain object with all that is asked of a template for each bill"""
    return SimpleNamespace(
        **{name: getattr(template, name) for name in TEMPLATE},
        logo=bytes(template.logo) if template.logo_type else None)


def _check_stored(draft):
    """A stored draft may be no draft any more, or hold what is not printed"""
    if not is_ours(draft) or draft.state not in ISSUABLE or draft.number or draft.move:
        raise IssueStateError(
            gettext('account_invoice_issue.msg_no_draft', invoice=draft.rec_name), 'state')
    if draft.alternative_payees or any(tax.manual for tax in draft.taxes):
        raise IssueStateError(gettext('account_invoice_issue.msg_by_hand'), 'taxes')


def _plain(record, kind):
    """Return a record of Tryton that was never stored as the Draft or DraftLine of what it was given"""
    if isinstance(record, kind) or record.id is not None:
        return record
    given = record._values
    return kind(**{name: getattr(given, name) for name in _names(kind) if hasattr(given, name)})


@functools.cache
def _names(kind):
    return [field.name for field in fields_of(kind) if field.name != 'id']


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
    elif total < 0:
        raise IssueError(gettext('document_issue.msg_total_negative'), 'lines')


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


def _read_parties(ids, books):
    """Return ({party: its first address, tax identifier, tax number and account}, {party: Customer}).

    Two statements; a party that is not marked as a customer has no Customer.
    """
    positions, customers = {}, []
    for row in cursor_dict(_PARTIES[books.side](ids=list(ids), company=books.company)):
        positions[row['id']] = {name: row.pop(f'_{name}') for name in POSITION}
        if row.pop('_customer'):
            customers.append(row)
    return positions, {customer.id: customer for customer in customers_of(customers)}


def _parties(side):
    pool = Pool()
    party = pool.get('party.party').__table__()
    own = pool.get('party.party.account').__table__()
    address, identifier = parties.address(party), parties.tax_identifier(party)
    number = parties.identifier(party, list(TAX_NUMBERS.values()))
    return (party
        .join(address, 'LEFT', condition=Literal(True))
        .join(identifier, 'LEFT', condition=Literal(True))
        .join(number, 'LEFT', condition=Literal(True))
        .join(own, 'LEFT', condition=(own.party == party.id) & (own.company == Slot('company')))
        .select(
            *columns(party), party.customer.as_('_customer'), Column(address, 'id').as_('_address'),
            Column(identifier, 'id').as_('_identifier'), Column(number, 'value').as_('_tax_number'),
            Column(own, side.account).as_('_account'),
            where=(party.company == Slot('company'))
            & fields.SQL_OPERATORS['in'](party.id, [Slot('ids')])))


_PARTIES = {side: Prepared(functools.partial(_parties, side)) for side in (SALE, SELF_BILLED)}


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
