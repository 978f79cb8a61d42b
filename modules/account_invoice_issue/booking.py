"""Writes bills: the rows that Tryton's own posting would make, a few statements for any number of
invoices.

Everything was decided and checked before; foreign keys, checks and row-level security of PostgreSQL
hold as for everybody. A test posts the same drafts with Tryton's workflow and compares every row. Each step
names in brackets the methods of ``account_invoice`` and ``account`` whose effect it has.

Row methods are the classmethods that end in ``_rows``: a list in, one dictionary {column: value} for each
of its elements out, in the same order and with the same columns in all. A module that adds a column to one of
these models extends its row method by ``super()``, as it extends the method in the brackets; `scripts/lint`
finds the one without the other.
"""
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from trytond.cache import Cache
from trytond.modules.document_issue.rounding import TaxShare
from trytond.modules.document_issue.taxation import Part
from trytond.modules.kernel.rows import forget, insert_all, next_ids, update
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from . import columns

ZERO = Decimal(0)
INVOICE, LINE, TAX = 'account.invoice', 'account.invoice.line', 'account.invoice.tax'
LINE_TAX = 'account.invoice.line-account.tax'
MOVE, MOVE_LINE, TAX_LINE = 'account.move', 'account.move.line', 'account.tax.line'


@dataclass(slots=True)
class BookedTax:
    """A tax of a bill as it is booked; notice: the sentence the law asks for"""
    part: Part
    share: TaxShare
    amount: Decimal
    notice: str
    id: int | None = None

    @property
    def account(self):
        """The id of the account that it goes to"""
        return self.part.account_for(self.share.base)


@dataclass(slots=True)
class Posting:
    """A line of the move of a bill; amount: debit less credit; account: id.

    item: the line of the invoice that it posts, tax: its BookedTax; a claim has neither, but a maturity.
    """
    bill: object
    account: int
    amount: Decimal
    item: object = None
    tax: BookedTax | None = None
    maturity: object = None
    id: int | None = None

    @property
    def origin(self):
        if self.item:
            return f'{LINE},{self.item.id}'
        return f'{TAX},{self.tax.id}' if self.tax else None

    @property
    def description(self):
        if self.item:
            return None
        return self.tax.part.description if self.tax else self.bill.draft.description

    @property
    def returned(self):
        """[(type, tax, amount)] that the VAT return counts"""
        if self.item:
            return [('base', tax, self.item.net) for tax in self.item.tax.base_taxes]
        return [('tax', self.tax.part.tax, self.tax.amount)] if self.tax and self.tax.part.counts else []


def reserve(bills):
    """Decide the taxes and postings of each bill, and give it and all its new records their ids, in one
    statement.

    [Invoice._get_taxes]
    """
    for bill in bills:
        bill.taxes = [
            BookedTax(part, share, amount, taxed.notice) for taxed, share in bill.shares
            for part, amount in taxed.parts(share)]
        bill.postings = _postings(bill)
    for item in chain.from_iterable(bill.items for bill in bills):
        item.id = item.record.id
    records = {
        INVOICE: [bill for bill in bills if bill.draft.id is None and bill.id is None],
        LINE: [item for bill in bills for item in bill.items if item.id is None],
        TAX: [tax for bill in bills for tax in bill.taxes],
        MOVE_LINE: [posting for bill in bills for posting in bill.postings]}
    ids = next_ids({MOVE: len(bills)} | {model: len(found) for model, found in records.items()})
    for model, found in records.items():
        for record, id in zip(found, ids[model], strict=True):
            record.id = id
    for bill, id in zip(bills, ids[MOVE], strict=True):
        bill.id, bill.move = bill.id or bill.draft.id, id


def _postings(bill):
    """Return the Postings of a bill: revenue or expense per line, tax per rate, claims.

    Amounts are those of a sale; a self-bill is its mirror. [InvoiceLine.get_move_lines,
    InvoiceTax.get_move_lines, Invoice._get_move_line]
    """
    sign = bill.books.side.sign
    return [
        *(Posting(bill, item.account, -sign * item.net, item=item) for item in bill.charged),
        *(Posting(bill, tax.account, -sign * tax.amount, tax=tax) for tax in bill.taxes if tax.amount),
        *(Posting(bill, bill.account, sign * amount, maturity=date) for date, amount in bill.maturities)]


def write(bills):
    """Write invoices, lines, taxes and posted moves of numbered bills. [Invoice._post, Move.post]"""
    stored = [bill for bill in bills if bill.draft.id is not None]
    _delete_taxes(stored)
    insert_all(bills[0].books.company, _rows(bills))
    _write_stored(stored)
    forget(INVOICE, LINE, TAX, MOVE, MOVE_LINE, TAX_LINE)


def _rows(bills):
    """Return {model: rows} that are inserted for bills"""
    new = [(bill, item) for bill in bills for item in bill.items if item.record.id is None]
    charged = [
        (bill, item) for bill in bills for item in bill.charged
        if item.record.id is None or not item.record.taxes]
    postings = [posting for bill in bills for posting in bill.postings]
    get = Pool().get
    return {
        INVOICE: get(INVOICE).new_rows([bill for bill in bills if bill.draft.id is None]),
        LINE: get(LINE).new_rows(new),
        LINE_TAX: get(LINE_TAX).new_rows(charged),
        TAX: get(TAX).new_rows([(bill, tax) for bill in bills for tax in bill.taxes]),
        MOVE: get(MOVE).posted_rows(bills),
        MOVE_LINE: get(MOVE_LINE).posted_rows(postings),
        TAX_LINE: get(TAX_LINE).posted_rows(
            [(posting, *returned) for posting in postings for returned in posting.returned])}


def _write_stored(bills):
    """Write the decisions about drafts that were stored, and about their lines"""
    get = Pool().get
    lines = [(bill, item) for bill in bills for item in bill.charged if item.record.id is not None]
    for (_, item), row in zip(lines, get(LINE).issued_rows(lines), strict=True):
        update(LINE, [item.id], row)
    for bill, row in zip(bills, get(INVOICE).issued_rows(bills), strict=True):
        update(INVOICE, [bill.id], row)


def _delete_taxes(bills):
    """Delete the taxes that stored drafts had so far. [Invoice.update_taxes]"""
    if bills:
        table = Pool().get(TAX).__table__()
        Transaction().connection.cursor().execute(
            *table.delete(where=table.invoice.in_([bill.id for bill in bills])))


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def issued_rows(cls, bills):
        """Return the columns of each invoice that issuing decides.

        [Invoice.set_number, get_tax_identifier, compute_fields, _sequence_type, _store_cache, _post]
        """
        return [columns.INVOICE.issued(bill) for bill in bills]

    @classmethod
    def new_rows(cls, bills):
        """Return whole invoices: the columns of `issued_rows` and those of the drafts.

        [Invoice.create, set_journal, on_change_party]
        """
        rows = cls.issued_rows(bills)
        for bill, row in zip(bills, rows, strict=True):
            row.update(columns.INVOICE.given(bill), id=bill.id)
        return rows


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @classmethod
    def issued_rows(cls, lines):
        """Return the columns of each line (Bill, Item) that issuing decides.

        [InvoiceLine.on_change_product, get_amount]
        """
        return [columns.LINE.issued(*line) for line in lines]

    @classmethod
    def new_rows(cls, lines):
        """Return whole lines: the columns of `issued_rows` and those of the drafts. [InvoiceLine.create]"""
        rows = cls.issued_rows(lines)
        for (bill, item), row in zip(lines, rows, strict=True):
            row.update(columns.LINE.given(bill, item), id=item.id)
        return rows


class LineTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.line-account.tax'

    @classmethod
    def new_rows(cls, lines):
        """Return the tax of each line (Bill, Item). [LineTax.create]"""
        return [{'line': item.id, 'tax': item.tax.tax} for _, item in lines]


class InvoiceTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.tax'

    @classmethod
    def new_rows(cls, taxes):
        """Return a tax of an invoice for each (Bill, BookedTax).

        [Invoice._get_taxes, _compute_taxes, update_taxes, InvoiceTax.create]
        """
        return [{
                'id': tax.id, 'invoice': bill.id, 'description': tax.part.description,
                'account': tax.account, 'base': tax.share.base, 'amount': tax.amount, 'manual': False,
                'tax': tax.part.tax, 'legal_notice': tax.notice or None}
            for bill, tax in taxes]


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def posted_rows(cls, bills):
        """Return the posted move of each bill. [Invoice.get_move, Move.create, post]"""
        return [{
                'id': bill.move, 'number': bill.move_number, 'period': bill.period.id,
                'journal': bill.books.journal, 'date': bill.draft.accounting_date or bill.issue_date,
                'post_date': bill.books.today, 'origin': bill.record, 'state': 'posted'}
            for bill in bills]


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def posted_rows(cls, postings):
        """Return the line of a move for each Posting.

        [InvoiceLine.get_move_lines, InvoiceTax.get_move_lines, Invoice._get_move_line, MoveLine.create,
        MoveLine.party, Account.party_required]
        """
        partied = accounts_with_party()
        return [{
                'id': posting.id, 'move': posting.bill.move, 'account': posting.account,
                'debit': max(posting.amount, ZERO), 'credit': max(-posting.amount, ZERO),
                'party': posting.bill.draft.party.id if posting.account in partied else None,
                'description': posting.description, 'origin': posting.origin,
                'maturity_date': posting.maturity, 'state': 'valid'}
            for posting in postings]


class TaxLine(metaclass=PoolMeta):
    __name__ = 'account.tax.line'

    @classmethod
    def posted_rows(cls, returned):
        """Return the tax line of each (Posting, type, tax, amount).

        [InvoiceLine._compute_taxes, get_move_lines, InvoiceTax.get_move_lines, TaxLine.create]
        """
        return [
            {'move_line': posting.id, 'type': kind, 'tax': tax, 'amount': amount}
            for posting, kind, tax, amount in returned]


def accounts_with_party():
    """Return the ids of those accounts of the tenant that want a party on each line; kept until one changes.

    [MoveLine.party, Account.party_required]
    """
    Account = Pool().get('account.account')
    found = Account._with_party_cache.get(None)
    if found is None:
        table = Account.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, where=(table.company == current_company()) & table.party_required))
        found = Account._with_party_cache.set(None, frozenset(id for id, in cursor))
    return found


class Account(metaclass=PoolMeta):
    __name__ = 'account.account'
    _with_party_cache = Cache('account.account.with_party', context=False)

    @classmethod
    def on_modification(cls, mode, accounts, field_names=None):
        super().on_modification(mode, accounts, field_names=field_names)
        cls._with_party_cache.clear()
