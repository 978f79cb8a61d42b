"""Claims and payments reconciled: the rows that Tryton's reconciliation would write, a few statements for any
number of invoices.

The tenant's LOCKS must be held. A test does the same with Tryton's own methods and compares every row. Each
step names in brackets the methods of ``account_invoice`` and ``account`` whose effect it has. Row methods are
as in `booking`; those that end in ``_values`` return {column: value} that is written into each of some rows.
"""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice

from sql import Literal, Null
from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.document_issue import numbering
from trytond.modules.document_issue.exceptions import IssueStateError
from trytond.modules.document_issue.ledger import Books, Period
from trytond.modules.kernel.rows import forget, insert, update
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .booking import INVOICE, MOVE, MOVE_LINE, ZERO

PAYMENT, RECONCILIATION = 'account.invoice-account.move.line', 'account.move.reconciliation'


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A move line that is not reconciled; balance: debit less credit; account, party: ids"""
    id: int
    balance: Decimal
    date: dt.date
    account: int
    party: int | None


@dataclass(slots=True)
class Open:
    """The OpenLines of an invoice: owed, and paid in part"""
    owed: list
    paid: list

    @property
    def lines(self):
        return [*self.owed, *self.paid]

    @property
    def balance(self):
        return sum((line.balance for line in self.lines), ZERO)

    @property
    def date(self):
        """The last day of all"""
        return _last_date(self.lines)

    @property
    def of_one_party(self):
        """Only then can the lines be reconciled: a claim may have been delegated to another party"""
        return len({(line.account, line.party) for line in self.lines}) == 1


def read_open(invoices):
    """Return {id: Open} of invoices (ids), in one statement. [Invoice.get_lines_to_pay, payment_lines]"""
    pool = Pool()
    Invoice = pool.get(INVOICE)
    line, move = pool.get(MOVE_LINE).__table__(), pool.get(MOVE).__table__()
    payment = pool.get(PAYMENT).__table__()
    owed = Invoice._query_lines_to_pay([Invoice(id) for id in invoices])
    paid = payment.select(
        payment.invoice, payment.line, Literal(True).as_('paid'),
        where=fields.SQL_OPERATORS['in'](payment.invoice, list(invoices)))
    part = owed.select(owed.invoice, owed.line, Literal(False).as_('paid')) | paid
    cursor = Transaction().connection.cursor()
    cursor.execute(*part.join(line, condition=part.line == line.id)
        .join(move, condition=line.move == move.id)
        .select(
            part.invoice, part.paid, line.id, line.debit - line.credit, move.date, line.account,
            line.party, where=line.reconciliation == Null, order_by=line.id))
    found = {id: Open([], []) for id in invoices}
    for invoice, is_paid, *row in cursor:
        (found[invoice].paid if is_paid else found[invoice].owed).append(OpenLine(*row))
    return found


def read_payable(invoices):
    """As `read_open`, of posted invoices that are to be paid.

    Raises IssueStateError for one of which nothing is open: its claim was grouped with others.
    """
    found = read_open(invoices)
    for id, open_ in found.items():
        if not open_.owed:
            raise IssueStateError(gettext(
                    'account_invoice_issue.msg_nothing_open', invoice=Pool().get(INVOICE)(id).rec_name))
    return found


def _last_date(lines):
    return max(line.date for line in lines)


def reconcile(company, groups):
    """Reconcile groups of OpenLines that add up to nothing each. [MoveLine.reconcile]"""
    groups = [group for group in groups if group]
    if not groups:
        return
    Reconciliation = Pool().get(RECONCILIATION)
    numbers, = numbering.take({_sequence(company): list(map(_last_date, groups))}, 'ir.sequence').values()
    ids = insert(
        RECONCILIATION, company, Reconciliation.new_rows(list(zip(numbers, groups, strict=True))))
    cursor = Transaction().connection.cursor()
    table = Pool().get(MOVE_LINE).__table__()
    for id, group in zip(ids, groups, strict=True):
        cursor.execute(*table.update(
                [table.reconciliation], [id], where=table.id.in_([line.id for line in group])))
    forget(RECONCILIATION, MOVE_LINE, MOVE, INVOICE)


def _sequence(company):
    """Return the id of the sequence (``ir.sequence``) that numbers reconciliations"""
    table = Pool().get('account.configuration.sequence').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.reconciliation_sequence, where=table.company == company))
    return cursor.fetchone()[0]


def settle_invoices(books, found, date):
    """Reconcile invoices ({id: Open}) of which nothing is left to pay, and mark them as paid on a day, with
    the credit notes that counted as payments.

    [MoveLine.reconcile, Invoice.process, paid]
    """
    reconcile(books.company, [open_.lines for open_ in found.values()])
    update(INVOICE, [*found, *credits_within(found)], Pool().get(INVOICE).paid_values(date))
    forget(INVOICE)


def credits_within(found):
    """Return the ids of the credit notes that counted as payments of invoices ({id: Open})"""
    paid = [line.id for open_ in found.values() for line in open_.paid]
    if not paid:
        return []
    pool = Pool()
    table, line = pool.get(INVOICE).__table__(), pool.get(MOVE_LINE).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.join(line, condition=(line.move == table.move)).select(
            table.id, where=line.id.in_(paid) & (table.state == 'posted')))
    return [id for id, in cursor]


# Credit notes

def cancel(bill, credits, lines):
    """Cancel the invoice that a bill and earlier credit notes took back, and reconcile all their OpenLines.

    credits: ids of the credit notes, that of the bill included. [Invoice.cancel]
    """
    Invoice = Pool().get(INVOICE)
    reconcile(bill.books.company, [lines])
    update(INVOICE, [bill.credited.id], Invoice.cancelled_values(bill))
    _delete_payments([bill.credited.id])
    update(INVOICE, credits, Invoice.paid_values(_last_date(lines) if lines else bill.issue_date))
    forget(INVOICE)


def add_payment_lines(books, invoice, lines):
    """Let OpenLines count as payments of an invoice (id). [Invoice.add_payment_lines]"""
    insert(PAYMENT, books.company, Pool().get(PAYMENT).new_rows([(invoice, line) for line in lines]))
    forget(INVOICE, MOVE_LINE)


def _delete_payments(invoices):
    """Delete the links to payments that in the end did not pay an invoice. [Invoice._clean_payments]"""
    table = Pool().get(PAYMENT).__table__()
    Transaction().connection.cursor().execute(*table.delete(
            where=fields.SQL_OPERATORS['in'](table.invoice, list(invoices))))


# Payments

@dataclass(frozen=True, slots=True)
class Method:
    """A payment method: ids of journal and accounts"""
    journal: int
    debit_account: int
    credit_account: int


def read_method(company):
    """Return the tenant's Method, None if there is none"""
    table = Pool().get('account.invoice.payment.method').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.journal, table.debit_account, table.credit_account,
            where=(table.company == company) & table.active, order_by=table.id, limit=1))
    row = cursor.fetchone()
    return Method(*row) if row else None


@dataclass(slots=True)
class Payment:
    """Money that is posted for an invoice (id) on a date.

    claim: an OpenLine that is owed; owed, amount: positive where money comes in; number, move: of its move.
    """
    books: Books
    period: Period
    method: Method
    date: dt.date
    invoice: int
    claim: OpenLine
    owed: Decimal
    amount: Decimal
    number: str = ''
    move: int | None = None

    def postings(self):
        """Return [(Payment, account, debit less credit, party)]: the line that pays the invoice, its
        counterpart, and one for what is more than owed.
        """
        account, party = self.claim.account, self.claim.party
        money = self.method.debit_account if self.amount > 0 else self.method.credit_account
        pays = min(self.amount, self.owed)
        found = [(self, account, -pays, party), (self, money, self.amount, None)]
        if self.amount > pays:
            found.append((self, account, pays - self.amount, party))
        return found


def pay(books, period, method, date, invoices):
    """Post the open amount of posted invoices (ids) on a day, reconcile it and mark them as paid.

    [Invoice.pay_invoice]
    """
    found = read_payable(invoices)
    payments = [
        Payment(books, period, method, date, id, open_.owed[0], open_.balance, open_.balance)
        for id, open_ in found.items() if open_.balance]
    for payment, line in zip(payments, _post(books, period, payments), strict=True):
        found[payment.invoice].paid.append(line)
    settle_invoices(books, found, date)


def receive(books, period, method, date, invoice, amount):
    """Post an amount paid for a posted invoice (id), more or less than is owed; return (move, paid?).

    What is more than owed stays open as the payer's credit. [Invoice.pay_invoice]
    """
    found = read_payable([invoice])
    open_, owed = found[invoice], found[invoice].balance
    payment = Payment(books, period, method, date, invoice, open_.owed[0], owed, amount)
    open_.paid += _post(books, period, [payment])
    if amount >= owed:
        settle_invoices(books, found, date)
    return payment.move, amount >= owed


def _post(books, period, payments):
    """Write the posted moves of Payments; return the OpenLine of each that pays its invoice.

    [Invoice.pay_invoice, add_payment_lines]
    """
    if not payments:
        return []
    _insert_moves(books, period, payments)
    lines = _insert_move_lines(books, payments)
    insert(PAYMENT, books.company, Pool().get(PAYMENT).new_rows(
            [(payment.invoice, line) for payment, line in zip(payments, lines, strict=True)]))
    forget(MOVE, MOVE_LINE, INVOICE)
    return lines


def _insert_moves(books, period, payments):
    """Write the move of each Payment, numbered. [Move.post]"""
    numbers, = numbering.take({period.moves: [payment.date for payment in payments]}).values()
    for payment, number in zip(payments, numbers, strict=True):
        payment.number = number
    ids = insert(MOVE, books.company, Pool().get(MOVE).payment_rows(payments))
    for payment, id in zip(payments, ids, strict=True):
        payment.move = id


def _insert_move_lines(books, payments):
    """Write the lines of the moves; return the OpenLine of each Payment that pays its invoice"""
    postings = [payment.postings() for payment in payments]
    rows = Pool().get(MOVE_LINE).payment_rows(list(chain.from_iterable(postings)))
    ids = iter(insert(MOVE_LINE, books.company, rows))
    lines = []
    for (_, account, balance, party), *others in postings:
        id, *_ = islice(ids, 1 + len(others))
        lines.append(OpenLine(id, balance, payments[0].date, account, party))
    return lines


# Rows

class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def paid_values(cls, date):
        """Return what changes of invoices that are paid on a day. [Invoice.process, paid]"""
        return {'state': 'paid', 'paid_date': date}

    @classmethod
    def cancelled_values(cls, bill):
        """Return what changes of the invoice that a bill takes back. [Invoice.cancel]"""
        return {'state': 'cancelled', 'cancel_move': bill.move}


class PaymentLine(metaclass=PoolMeta):
    __name__ = 'account.invoice-account.move.line'

    @classmethod
    def new_rows(cls, payments):
        """Return the link of each (invoice id, OpenLine that pays it).

        [PaymentLine.create, Invoice.add_payment_lines]
        """
        return [{'invoice': invoice, 'line': line.id} for invoice, line in payments]


class Reconciliation(metaclass=PoolMeta):
    __name__ = 'account.move.reconciliation'

    @classmethod
    def new_rows(cls, groups):
        """Return the reconciliation of each (number, OpenLines).

        [Reconciliation.create, MoveLine.reconcile]
        """
        return [{'number': number, 'date': _last_date(lines)} for number, lines in groups]


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    @classmethod
    def payment_rows(cls, payments):
        """Return the posted move of each Payment. [Invoice.pay_invoice, Move.create, post]"""
        return [{
                'number': payment.number, 'period': payment.period.id, 'journal': payment.method.journal,
                'date': payment.date, 'post_date': payment.books.today,
                'origin': f'{INVOICE},{payment.invoice}', 'state': 'posted'}
            for payment in payments]


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    @classmethod
    def payment_rows(cls, postings):
        """Return the line of a move for each (Payment, account, debit less credit, party).

        [Invoice.pay_invoice, MoveLine.create]
        """
        return [{
                'move': payment.move, 'account': account, 'debit': max(amount, ZERO),
                'credit': max(-amount, ZERO), 'party': party, 'state': 'valid'}
            for payment, account, amount, party in postings]
