"""Tryton's own workflow behind the door: what the engine writes at once is created, posted and reconciled by
Tryton's methods, so that each of them may be extended.

It runs where an operator's module extends the booking (`posting_backend`), and it is the reference that the
engine is held against in tests. It tells Tryton the decisions of the bill that Tryton does not know (dates,
accounts, the tax of each line and its text, net amounts of gross prices) and the numbers that the door took.
Tryton works out by itself the stored and cached figures, the taxes of the invoice, move, move lines, tax
lines, instalments, reconciliations and the states that follow. The document is made of the bill, whatever an
operator's module books.
"""
import contextlib
from contextvars import ContextVar
from itertools import chain
from types import MappingProxyType

from trytond.modules.document_issue.columns import TRYTON
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from . import booking, settle
from .columns import INVOICE

_bills = ContextVar('kontor_workflow', default=None)
TRYTONS = INVOICE.names(decided=TRYTON) | {'id'}
"""Columns that the engine fills in and Tryton works out by itself"""


def runs():
    """Tell whether Tryton's methods are called by this workflow, and not by a person or job"""
    return _bills.get() is not None


def _bill(invoice):
    """Return the bill of an invoice that is being booked, None for any other"""
    bills = _bills.get()
    return bills.get(invoice.id) if bills and invoice else None


@contextlib.contextmanager
def _running(bills=MappingProxyType({})):
    token = _bills.set(bills)
    try:
        yield
    finally:
        _bills.reset(token)


# Issuing

def write(bills):
    """Store and post numbered bills as Tryton does"""
    Invoice = Pool().get(booking.INVOICE)
    for bill in bills:
        _store(bill)
    invoices = Invoice.browse([bill.id for bill in bills])
    with _running({bill.id: bill for bill in bills}):
        _write_lines(bills)
        # A draft's taxes were those of its party's language
        Pool().get(booking.TAX).delete([tax for invoice in invoices for tax in invoice.taxes])
        Invoice.update_taxes(invoices)
        for invoice in invoices:
            # Together, Tryton would reconcile those over nothing with each other
            Invoice._post([invoice])
    for bill, invoice in zip(bills, Invoice.browse(invoices), strict=True):
        bill.move = invoice.move.id


def _store(bill):
    Invoice = Pool().get(booking.INVOICE)
    if bill.draft.id is not None:
        Invoice.write([Invoice(bill.id)], _without_trytons(*Invoice.issued_rows([bill])))
        return
    invoice, = Invoice.create([_without_trytons(*Invoice.new_rows([bill]))])
    table = Invoice.__table__()
    # Its id was given before it existed: a payment link may be made for it
    Transaction().connection.cursor().execute(*table.update(
            [table.id], [bill.id], where=table.id == invoice.id))
    booking.forget(booking.INVOICE)


def _without_trytons(values):
    """Return values without those that Tryton works out by itself"""
    return {name: value for name, value in values.items() if name not in TRYTONS}


def _write_lines(bills):
    """Create the lines that are not stored, and write what was decided about those that are"""
    Line = Pool().get(booking.LINE)
    new = [(bill, item) for bill in bills for item in bill.items if item.record.id is None]
    stored = [(bill, item) for bill in bills for item in bill.charged if item.record.id is not None]
    rows = [_with_taxes(item, row) for (_, item), row in zip(new, Line.new_rows(new), strict=True)]
    for (_, item), line in zip(new, Line.create(rows), strict=True):
        item.id = line.id
    changes = [
        ([Line(item.id)], _with_taxes(item, row))
        for (_, item), row in zip(stored, Line.issued_rows(stored), strict=True)]
    if changes:
        Line.write(*chain.from_iterable(changes))


def _with_taxes(item, row):
    """Return a row with the tax of its item, where the draft did not say one"""
    if item.tax and (item.record.id is None or not item.record.taxes):
        return row | {'taxes': [('add', [item.tax.tax])]}
    return row


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    def _get_taxes(self):
        """Where it goes is decided by the bill: what a small business cannot deduct is an expense"""
        taxes = super()._get_taxes()
        if not (bill := _bill(self)):
            return taxes
        parts = _parts(bill)
        for line in taxes.values():
            part, _ = parts[line.tax.id]
            line.account = Pool().get('account.account')(part.account_for(line.base))
        return {line._key: line for line in taxes.values()}

    def _compute_taxes(self):
        """What is printed of a tax is said in the language of the document"""
        bill = _bill(self)
        for key, values in super()._compute_taxes():
            if bill:
                part, taxed = _parts(bill)[values['tax'].id]
                values |= {'description': part.description, 'legal_notice': taxed.notice or None}
            yield key, values

    @classmethod
    def set_number(cls, invoices):
        """The number is the door's; what kind of document it counts as is Tryton's word"""
        if runs():
            for invoice in invoices:
                if not invoice.sequence_type_cache:
                    invoice.sequence_type_cache = invoice._sequence_type
        super().set_number(invoices)

    def get_move(self):
        move = super().get_move()
        if (bill := _bill(self)) and move.id is None:
            move.number, move.post_date = bill.move_number, bill.books.today
        return move


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @property
    def tax_date(self):
        """The rate is that of the day of supply: § 27 (1) UStG"""
        bill = _bill(getattr(self, 'invoice', None))
        return bill.supply_date if bill else super().tax_date

    def _compute_taxes(self):
        bill = _bill(self.invoice)
        return [
            line for line in super()._compute_taxes()
            if not bill or _parts(bill)[line.tax.id][0].counts]


class InvoiceTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.tax'

    def get_move_lines(self):
        lines = super().get_move_lines()
        bill = _bill(self.invoice)
        if bill and not _parts(bill)[self.tax.id][0].counts:
            for line in lines:
                line.tax_lines = ()
        return lines


def _parts(bill):
    """Return {tax: (Part, Taxed)} of a bill"""
    return {
        part.tax: (part, taxed) for taxed, _ in bill.shares for part in taxed.assessed or [taxed.own]}


# Credit notes

def cancel(bill, credits, lines):
    """See `settle.cancel`"""
    pool = Pool()
    Invoice, Line = pool.get(booking.INVOICE), pool.get(booking.MOVE_LINE)
    invoice = Invoice(bill.credited.id)
    with _running():
        invoice.cancel_move = bill.move
        invoice.save()
        if len(credits) == 1:
            Invoice.cancel([invoice])
        else:
            Invoice.write([invoice], {'state': 'cancelled'})
            Line.reconcile([Line(line.id) for line in lines])
            Invoice._clean_payments([Invoice(invoice.id)])


def add_payment_lines(books, invoice, lines):
    """See `settle.add_payment_lines`"""
    pool = Pool()
    Invoice, Line = pool.get(booking.INVOICE), pool.get(booking.MOVE_LINE)
    with _running():
        Invoice.add_payment_lines({Invoice(invoice): [Line(line.id) for line in lines]})


# Paying

def pay(books, period, method, date, invoices):
    """See `settle.pay`"""
    for id, open_ in settle.read_payable(invoices).items():
        paid = _post_payment(id, abs(open_.balance), date) if open_.balance else []
        _reconcile([*open_.lines, *paid], id, date)


def receive(books, period, method, date, invoice, amount):
    """See `settle.receive`"""
    open_ = settle.read_payable([invoice])[invoice]
    paid = _post_payment(invoice, amount, date, max(amount - open_.balance, booking.ZERO))
    if amount >= open_.balance:
        _reconcile([*open_.lines, paid[0]], invoice, date)
    return paid[0].move.id, amount >= open_.balance


def _post_payment(invoice, amount, date, over=booking.ZERO):
    """Post an amount as Tryton's wizard does; return the lines on the invoice's account, what pays it first
    """
    pool = Pool()
    Invoice = pool.get(booking.INVOICE)
    method, = pool.get('account.invoice.payment.method').search([], order=[('id', 'ASC')], limit=1)
    with _running():
        lines = Invoice(invoice).pay_invoice(amount, method, date, overpayment=over)
    paying = {line.id for line in Invoice(invoice).payment_lines}
    return sorted(lines, key=lambda line: line.id not in paying)


def settle_invoices(books, found, date):
    """See `settle.settle_invoices`"""
    for id, open_ in found.items():
        _reconcile(open_.lines, id, date)


def _reconcile(lines, invoice, date):
    """Reconcile; what became paid by it was paid on the day of the payment"""
    pool = Pool()
    Invoice, Line = pool.get(booking.INVOICE), pool.get(booking.MOVE_LINE)
    settled = {invoice, *settle.credits_within({invoice: settle.Open([], lines)})}
    with _running():
        Line.reconcile([Line(line.id) for line in lines])
        Invoice.write(Invoice.browse(sorted(settled)), {'paid_date': date})
