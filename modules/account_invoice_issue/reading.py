"""Outgoing invoices as the contracts see them: any number of them in a bounded number of statements.

An invoice that its credit note has settled counts as paid, on the day of that note: nothing is owed any
more. Drafts made in the client are there as well, without a number; discarded ones are not.
"""
import datetime as dt
import functools
from dataclasses import dataclass
from decimal import Decimal

from sql import Cast, Column, Lateral, Literal, Null
from sql.aggregate import Count, Max
from sql.conditionals import Coalesce
from sql.operators import Concat, Or
from trytond.model import fields
from trytond.modules.archive.document import PDF
from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.document_issue.side import SALE
from trytond.modules.tenant.scope import current_tenant
from trytond.pool import Pool
from trytond.transaction import Transaction

from .booking import INVOICE
from .deciding import DUE_AFTER, OPEN
from .side import SELF_BILLED, listed


@dataclass(slots=True)
class Outgoing:
    """One outgoing invoice.

    party: id; untaxed, total: EUR; tax_rate: percent, 0 for a draft; issued_at: naive UTC, None for a
    draft; sha512: of the sealed document, only where it was asked for.
    """
    id: int
    number: str | None
    party: int
    issue_date: dt.date
    due_date: dt.date
    untaxed: Decimal
    total: Decimal
    tax_rate: Decimal
    paid: bool
    paid_date: dt.date | None
    issued_at: dt.datetime | None
    sha512: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which invoices are wanted; None does not narrow.

    party: id; issued_from, issued_to: first and last issue date.
    """
    party: int | None = None
    paid: bool | None = None
    number: str | None = None
    issued_from: dt.date | None = None
    issued_to: dt.date | None = None


def get_invoices(ids, today, side=SALE):
    """Return {id: Outgoing} of those that are issued invoices of a side of the tenant, with their hashes.

    today: the tenant's, which a draft without a date is shown under.
    """
    rows = _BY_ID[side](ids=list(ids))
    return {invoice.id: invoice for invoice in _outgoing(rows, today)}


def list_invoices(wanted, today, offset=0, limit=50):
    """Return (invoices, number of all) that a Filter lets through, the last one made first"""
    tables = _Tables()
    kinds = tables.matching(wanted, today)
    cursor = Transaction().connection.cursor()
    cursor.execute(*tables.select(tables.page(Or(kinds), offset, limit)))
    invoices = _outgoing(cursor, today)
    total = offset + len(invoices)
    if not invoices or len(invoices) == limit:
        total = tables.count_all() if wanted == Filter() else sum(map(tables.count, kinds))
    return invoices, total


class _Tables:
    """An invoice and the move that cancels it"""

    def __init__(self, side=SALE):
        pool = Pool()
        self.invoice = invoice = pool.get('account.invoice').__table__()
        self.cancel = pool.get('account.move').__table__()
        # Row-level security says the same; saying it here lets the indexes of what is listed be used
        self.mine = (invoice.company == current_tenant) & listed(invoice, side)

    def matching(self, wanted, today):
        """Return the conditions of a Filter; what it lets through meets one of them, and none meets two.

        A draft without a date has today's. With dates and without is asked apart, so that an index answers
        either.
        """
        invoice, where = self.invoice, self.mine
        if wanted.party is not None:
            where &= invoice.party == wanted.party
        if wanted.paid is not None:
            is_open = invoice.state.in_(OPEN)
            where &= ~is_open if wanted.paid else is_open
        if wanted.number is not None:
            where &= invoice.number == wanted.number
        first, last = wanted.issued_from, wanted.issued_to
        if first is None and last is None:
            return [where]
        dated = where
        if first is not None:
            dated &= invoice.invoice_date >= first
        if last is not None:
            dated &= invoice.invoice_date <= last
        if (first or today) <= today <= (last or today):
            return [dated, where & (invoice.invoice_date == Null)]
        return [dated]

    def page(self, where, offset, limit):
        """Return the condition of one page: what lies before it is passed over in the index"""
        invoice = self.invoice
        return invoice.id.in_(invoice.select(
                invoice.id, where=where, order_by=[invoice.id.desc], offset=offset or None, limit=limit))

    def select(self, where, *more):
        """Return the statement; more: laterals with a column of an Outgoing each"""
        invoice, cancel = self.invoice, self.cancel
        joined = invoice.join(cancel, 'LEFT', condition=invoice.cancel_move == cancel.id)
        for lateral, _ in more:
            joined = joined.join(lateral, 'LEFT', condition=Literal(True))
        return joined.select(
            invoice.id, invoice.number, invoice.party, invoice.invoice_date.as_('issue_date'),
            invoice.due_date, invoice.untaxed_amount_cache.as_('untaxed'),
            invoice.total_amount_cache.as_('total'), invoice.tax_rate,
            (~invoice.state.in_(OPEN)).as_('paid'),
            Coalesce(invoice.paid_date, cancel.date).as_('paid_date'), invoice.issued_at,
            *(Column(lateral, name) for lateral, name in more),
            where=where, order_by=[invoice.id.desc])

    @property
    def sealed(self):
        """The SHA-512 of the last PDF of an invoice"""
        document = Pool().get('archive.document').__table__()
        return Lateral(document.select(
                document.sha512,
                where=(document.owner == Concat(f'{INVOICE},', Cast(self.invoice.id, 'VARCHAR')))
                & (document.media_type == PDF),
                order_by=document.position.desc, limit=1))

    def count(self, where):
        return self._one(Count(Literal(1)), where)

    def count_all(self):
        """Return how many there are: drafts, and the last position of those that are issued"""
        invoice = Pool().get('account.invoice').__table__()
        issued = invoice.select(
            Coalesce(Max(invoice.position), 0),
            where=(invoice.company == current_tenant) & (invoice.type == SALE.type))
        return self._one(Count(Literal(1)) + issued, self.mine & (self.invoice.issued_at == Null))

    def _one(self, expression, where):
        cursor = Transaction().connection.cursor()
        cursor.execute(*self.invoice.select(expression, where=where))
        return cursor.fetchone()[0]


def _by_id(side):
    tables = _Tables(side)
    wanted = fields.SQL_OPERATORS['in'](tables.invoice.id, [Slot('ids')])
    return tables.select(tables.mine & wanted, (tables.sealed, 'sha512'))


_BY_ID = {side: Prepared(functools.partial(_by_id, side)) for side in (SALE, SELF_BILLED)}


def _outgoing(cursor, today):
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    _complete_drafts([row for row in rows if row['issued_at'] is None], today)
    return [Outgoing(**row) for row in rows]


def _complete_drafts(rows, today):
    """Give drafts the dates they would get and the amounts they have now"""
    if not rows:
        return
    Invoice = Pool().get('account.invoice')
    names = {'untaxed_amount': 'untaxed', 'total_amount': 'total'}
    amounts = Invoice.get_amount(Invoice.browse([row['id'] for row in rows]), list(names))
    for row in rows:
        row['issue_date'] = row['issue_date'] or today
        row['due_date'] = row['due_date'] or row['issue_date'] + DUE_AFTER
        row['tax_rate'] = row['tax_rate'] or Decimal(0)
        row.update({names[name]: values[row['id']] for name, values in amounts.items()})
