"""Credit notes: an issued invoice is taken back, wholly or in part, by a document of its own.

A credit note is a negative invoice that names the one it corrects (§ 31 (5) UStDV, § 11 (13) UStG
1994) and takes the next number of the same series. Taken back as a whole, an open invoice is cancelled
and both are reconciled at once; a part lowers what is left to pay. All credits together never exceed
their invoice.
"""
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal

from sql.aggregate import Sum
from sql.conditionals import Coalesce
from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.document_issue.exceptions import IssueError, IssueStateError
from trytond.modules.document_issue.side import Side
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.tools import cursor_dict
from trytond.transaction import Transaction, without_check_access

from . import settle
from .events import announce_paid
from .posting import posting_backend
from .side import is_ours, side_for, written_by_us

CREDITABLE = ('posted', 'paid')


@dataclass(slots=True)
class Credited:
    """An issued invoice that is taken back.

    gross: whether its prices include tax, as printed; remaining: its total less what was taken back.
    """
    id: int
    number: str
    issue_date: dt.date
    party: int
    side: Side
    state: str
    credit_of: int | None
    gross: bool
    remaining: Decimal

    def check(self, party):
        """Raise IssueStateError or IssueError unless it may be taken back from a party (id)"""
        if self.credit_of or self.state not in CREDITABLE:
            reason = 'of_credit' if self.credit_of else self.state
            raise IssueStateError(gettext(
                    f'account_invoice_issue.msg_credit_{reason}', invoice=self.number), 'credit_of')
        if self.party != party:
            raise IssueError(gettext('account_invoice_issue.msg_credit_party'), 'party')

    def take(self, total):
        """Take a total back; raises IssueError for one that asks for money or for more than is left"""
        if total > 0:
            raise IssueError(gettext('account_invoice_issue.msg_credit_positive'), 'lines')
        if self.remaining + total < 0:
            raise IssueStateError(gettext(
                    'account_invoice_issue.msg_credit_too_much', invoice=self.number,
                    remaining=self.remaining), 'lines')
        self.remaining += total


def read_credited(ids):
    """Return {id: Credited} of invoices that the tenant wrote, in one statement"""
    if not ids:
        return {}
    table, credit = (Pool().get('account.invoice').__table__() for _ in range(2))
    taken = credit.select(
        Coalesce(Sum(credit.total_amount_cache), 0),
        where=(credit.credit_of == table.id) & credit.state.in_(CREDITABLE))
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.number, table.invoice_date.as_('issue_date'), table.party, table.self_billed,
            table.state, table.credit_of, table.printed,
            (Coalesce(table.total_amount_cache, 0) + taken).as_('remaining'),
            where=table.id.in_(sorted(ids)) & written_by_us(table)))
    return {row['id']: _credited(row) for row in list(cursor_dict(cursor))}


def _credited(row):
    gross = was_gross(row.pop('printed'))
    return Credited(gross=gross, side=side_for(row.pop('self_billed')), **row)


def was_gross(printed):
    """Tell whether the prices of an issued invoice included tax, from the text of its printed copy"""
    return bool(printed and json.loads(printed)['template']['is_tax_included'])


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    credit_of = fields.Many2One(
        'account.invoice', "Credit of", readonly=True, ondelete='RESTRICT',
        states={'invisible': ~Eval('credit_of')}, help="The invoice that is taken back.")
    credits = fields.One2Many(
        'account.invoice', 'credit_of', "Credit Notes", readonly=True,
        states={'invisible': ~Eval('credits')})

    @classmethod
    def credit(cls, invoices, refund=False, **values):
        """Credit invoices; return the credit notes in their order.

        refund: take outgoing ones back as a whole, at once: credit notes are issued, open invoices
        cancelled and reconciled. Else drafts are made, which the user shortens to the part that is
        taken back and posts. Raises IssueStateError for what is no issued invoice, or is credited
        already.
        """
        if not all(map(is_ours, invoices)):
            return super().credit(invoices, refund=refund, **values)
        with without_check_access():
            known = read_credited({invoice.id for invoice in invoices})
        for invoice in invoices:
            known[invoice.id].check(invoice.party.id)
        if not refund:
            return super().credit(invoices, **values)
        return cls.issue([invoice._credit(**values) for invoice in invoices])

    def _credit(self, **values):
        credit = super()._credit(**values)
        if is_ours(self):
            credit.credit_of = self
            credit.self_billed = self.self_billed
            credit.template = self.template
            credit.supply_date = self.supply_date
            credit.payment_term = None
            credit.comment = None
        return credit

    @classmethod
    def _settle_credits(cls, bills):
        """Set credit notes against their invoices.

        An open invoice that nothing is left of is cancelled and reconciled; of one that something is
        left of, the credit lowers what is to pay, and pays it where the rest was paid before; beside a paid
        one it stays open, to be refunded. One over nothing is settled by itself.
        """
        paid = []
        for bill in bills:
            if not (bill.cancels and bill.figures.total):
                continue
            cancelled = not bill.credited.remaining and _cancel(bill)
            if not cancelled and _count_as_payment(bill):
                paid.append(cls(bill.credited.id))
        announce_paid(paid)


def _cancel(bill):
    """Cancel the invoice that a credit note took back wholly, and reconcile both; return whether it could.

    It cannot where an instalment was paid already: the credit note then stays open, to be refunded.
    """
    credits = [bill.id, *_earlier_credits(bill)]
    found = settle.read_open([bill.credited.id, *credits])
    lines = [line for open_ in found.values() for line in open_.owed]
    if sum(line.balance for line in lines):
        return False
    posting_backend().cancel(bill, credits, lines)
    return True


def _earlier_credits(bill):
    """Return the ids of the open credit notes of the same invoice"""
    table = Pool().get('account.invoice').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, where=(table.credit_of == bill.credited.id) & (table.state == 'posted')
            & (table.id != bill.id)))
    return [id for id, in cursor]


def _count_as_payment(bill):
    """Let a credit note lower what is left to pay of its invoice; return whether nothing is left, so that
    both are settled.
    """
    found = settle.read_open([bill.credited.id, bill.id])
    credited, credit = found[bill.credited.id], found[bill.id]
    rest = bill.books.side.sign * (credited.balance + credit.balance)
    if rest < 0:
        return False
    backend = posting_backend()
    backend.add_payment_lines(bill.books, bill.credited.id, credit.owed)
    credited.paid += credit.owed
    if rest or not credited.of_one_party:
        return False
    backend.settle_invoices(bill.books, {bill.credited.id: credited}, credited.date)
    return True


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    def _credit(self):
        line = super()._credit()
        line.item_key = self.item_key
        line.custom_unit = self.custom_unit
        line.note = self.note
        return line
