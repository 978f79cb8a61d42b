"""What is owed and what is paid, set against each other: the rows that Tryton's reconciliation would
write, a few statements for any number of invoices.

The tenant's LOCKS must be held. A test does the same with Tryton's own methods and compares every row. Each
step says in brackets whose effect it has, of ``account_invoice`` and ``account``.
"""
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sql import Literal, Null
from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.document_issue import numbering
from trytond.modules.document_issue.exceptions import IssueStateError
from trytond.modules.kernel.rows import forget, insert, update
from trytond.pool import Pool
from trytond.transaction import Transaction

from .booking import INVOICE, MOVE, MOVE_LINE, ZERO

PAYMENT, RECONCILIATION = 'account.invoice-account.move.line', 'account.move.reconciliation'


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A move line that is not reconciled; balance: debit less credit; account, party: ids"""
    id: int
    balance: Decimal
    date: object
    account: int
    party: int | None


@dataclass(slots=True)
class Open:
    """What is open of an invoice: owed, and paid in part"""
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
        return max(line.date for line in self.lines)

    @property
    def of_one_party(self):
        """Only then can the lines be set against each other: a claim may have been delegated to somebody
        else
        """
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


def reconcile(company, groups):
    """Reconcile groups of OpenLines that add up to nothing each. [Line.reconcile, Reconciliation.create]"""
    groups = [group for group in groups if group]
    if not groups:
        return
    dates = [max(line.date for line in group) for group in groups]
    numbers, = numbering.take({_sequence(company): dates}, 'ir.sequence').values()
    ids = insert(RECONCILIATION, company, [
            {'number': number, 'date': date} for number, date in zip(numbers, dates, strict=True)])
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


# Credit notes

def cancel(bill):
    """Cancel the invoice that a credit note took back wholly, and reconcile both; tell whether it could.

    It cannot where an instalment was paid already: the credit note then stays open, to be refunded.
    [Invoice.cancel]
    """
    credited = bill.credited
    credits = [bill.id, *_earlier_credits(bill)]
    found = read_open([credited.id, *credits])
    lines = [line for id in (credited.id, *credits) for line in found[id].owed]
    if sum((line.balance for line in lines), ZERO):
        return False
    reconcile(bill.books.company, [lines])
    update(INVOICE, credited.id, {'state': 'cancelled', 'cancel_move': bill.move})
    _forget_payments([credited.id])
    date = max((line.date for line in lines), default=bill.issue_date)
    for id in credits:
        update(INVOICE, id, {'state': 'paid', 'paid_date': date})
    forget(INVOICE)
    return True


def _earlier_credits(bill):
    """Return the ids of the open credit notes of the same invoice"""
    table = Pool().get(INVOICE).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, where=(table.credit_of == bill.credited.id) & (table.state == 'posted')
            & (table.id != bill.id)))
    return [id for id, in cursor]


def count_as_payment(bill):
    """Let a credit note lower what is left to pay of its invoice; tell whether nothing is left, so that both
    are settled.

    [Invoice.add_payment_lines; Line.reconcile, Invoice.process]
    """
    found = read_open([bill.credited.id, bill.id])
    rest = bill.books.side.sign * (found[bill.credited.id].balance + found[bill.id].balance)
    if rest < 0:
        return False
    insert(PAYMENT, bill.books.company, [
            {'invoice': bill.credited.id, 'line': line.id} for line in found[bill.id].owed])
    forget(INVOICE, MOVE_LINE)
    settled = Open(found[bill.credited.id].owed, [*found[bill.credited.id].paid, *found[bill.id].owed])
    if rest or not settled.of_one_party:
        return False
    reconcile(bill.books.company, [settled.lines])
    _mark_paid({bill.credited.id: settled}, settled.date)
    return True


def _forget_payments(invoices):
    """What did not pay an invoice in the end is no payment of it. [Invoice._clean_payments]"""
    table = Pool().get(PAYMENT).__table__()
    Transaction().connection.cursor().execute(*table.delete(
            where=fields.SQL_OPERATORS['in'](table.invoice, list(invoices))))


# Payments

@dataclass(frozen=True, slots=True)
class Method:
    """How money moves: ids of journal and accounts"""
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


def pay(books, period, method, date, invoices):
    """Post what is left to pay of posted invoices (ids) on a day, reconcile it and mark them as paid.

    [Invoice.pay_invoice, Line.reconcile, Invoice.process]
    """
    found = read_payable(invoices)
    due = {id: open_ for id, open_ in found.items() if open_.balance}
    payments = _post_payments(books, period, method, date, due)
    reconcile(books.company, [[*found[id].lines, *payments[id]] for id in invoices])
    _mark_paid(found, date)


def _mark_paid(found, date):
    """Write that invoices ({id: Open}) are paid, and the credit notes that counted as payments with them.

    [Invoice.process, Invoice.paid]
    """
    table = Pool().get(INVOICE).__table__()
    Transaction().connection.cursor().execute(*table.update(
            [table.state, table.paid_date], ['paid', date],
            where=table.id.in_([*found, *_credits_within(found)])))
    forget(INVOICE)


def receive(books, period, method, date, invoice, amount):
    """Post an amount paid for a posted invoice (id), more or less than is owed; return (move, paid?).

    What is more than owed stays open as the payer's credit. [Invoice.pay_invoice with ``overpayment``]
    """
    found = read_payable([invoice])
    open_, owed = found[invoice], found[invoice].balance
    move, = _insert_moves(books, period, method, date, [invoice])
    account, party = open_.owed[0].account, open_.owed[0].party
    rows = [_row(move, account, -min(amount, owed), party), _row(move, method.debit_account, amount, None)]
    if amount > owed:
        rows.append(_row(move, account, owed - amount, party))
    line, *_ = insert(MOVE_LINE, books.company, rows)
    insert(PAYMENT, books.company, [{'invoice': invoice, 'line': line}])
    forget(MOVE, MOVE_LINE, INVOICE)
    if amount < owed:
        return move, False
    reconcile(books.company, [[*open_.lines, OpenLine(line, -owed, date, account, party)]])
    _mark_paid(found, date)
    return move, True


def _credits_within(found):
    """Return the ids of the credit notes that counted as payments: they are settled as well"""
    paid = [line.id for open_ in found.values() for line in open_.paid]
    if not paid:
        return []
    pool = Pool()
    table, line = pool.get(INVOICE).__table__(), pool.get(MOVE_LINE).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.join(line, condition=(line.move == table.move)).select(
            table.id, where=line.id.in_(paid) & (table.state == 'posted')))
    return [id for id, in cursor]


def _post_payments(books, period, method, date, due):
    """Post one move per invoice; return {id: [OpenLine that pays it]}"""
    payments = defaultdict(list)
    if not due:
        return payments
    moves = _insert_moves(books, period, method, date, due)
    rows = [row for (id, open_), move in zip(due.items(), moves, strict=True)
        for row in _payment_rows(open_, move, method)]
    lines = insert(MOVE_LINE, books.company, rows)
    for id, line, row in zip(due, lines[::2], rows[::2], strict=True):
        payments[id].append(OpenLine(
                line, row['debit'] - row['credit'], date, row['account'], row['party']))
    insert(PAYMENT, books.company, [
            {'invoice': id, 'line': line.id} for id in due for line in payments[id]])
    forget(MOVE, MOVE_LINE, INVOICE)
    return payments


def _insert_moves(books, period, method, date, invoices):
    """Write a numbered move for the payment of each invoice; return their ids. [Move.post]"""
    numbers, = numbering.take({period.moves: [date] * len(invoices)}).values()
    return insert(MOVE, books.company, [
            {'number': number, 'period': period.id, 'journal': method.journal, 'date': date,
                'post_date': books.today, 'origin': f'{INVOICE},{id}', 'state': 'posted'}
            for id, number in zip(invoices, numbers, strict=True)])


def _payment_rows(open_, move, method):
    """Yield the line that pays and its counterpart. [Invoice.pay_invoice]"""
    amount, owed = open_.balance, open_.owed[0]
    account = method.debit_account if amount > 0 else method.credit_account
    yield _row(move, owed.account, -amount, owed.party)
    yield _row(move, account, amount, None)


def _row(move, account, amount, party):
    return {
        'move': move, 'account': account, 'debit': max(amount, ZERO), 'credit': max(-amount, ZERO),
        'party': party, 'state': 'valid'}
