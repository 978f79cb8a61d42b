"""Paid is reconciliation: marking an invoice as paid posts to the clearing account and reconciles,
at once.

The bank statement that comes later clears that account.
"""
from trytond.i18n import gettext
from trytond.modules.document_issue.exceptions import IssueStateError
from trytond.modules.document_issue.ledger import open_or_create_period, read_books
from trytond.modules.document_issue.locks import require_locks
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

from . import settle
from .events import announce_paid
from .posting import posting_backend


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def mark_paid(cls, invoices, date=None):
        """Mark invoices as paid on a day, the tenant's today if None; return them.

        One that is paid already keeps its first day. Raises IssueStateError for one that is not
        issued or cancelled, IssueError naming ``paid_date`` for a day without books.
        """
        require_locks()
        with without_check_access():
            books = read_books()
            unpaid = [invoice for invoice in invoices if invoice.state != 'paid']
            for invoice in unpaid:
                if invoice.state != 'posted':
                    raise IssueStateError(gettext(
                            'account_invoice_issue.msg_not_payable_state', invoice=invoice.rec_name))
            if unpaid:
                cls._pay(books, unpaid, date or books.today)
        return cls.browse([invoice.id for invoice in invoices])

    @classmethod
    def _pay(cls, books, invoices, date):
        method = _method(books)
        period = open_or_create_period(books, date, 'paid_date', method.journal)
        posting_backend().pay(books, period, method, date, list(dict.fromkeys(i.id for i in invoices)))
        announce_paid(invoices)

    @classmethod
    def receive_payment(cls, invoice, amount, date):
        """Post an amount that a payer has sent; return the id of its move.

        Less than is owed leaves the rest open; more is kept as the payer's credit. ``amount`` in the
        invoice's currency, ``date`` the day it was paid. Raises IssueStateError for an invoice that is
        not open, IssueError naming ``paid_date`` for a day without books.
        """
        require_locks()
        with without_check_access():
            if invoice.state != 'posted':
                raise IssueStateError(gettext(
                        'account_invoice_issue.msg_not_payable_state', invoice=invoice.rec_name))
            books = read_books()
            method = _method(books)
            period = open_or_create_period(books, date, 'paid_date', method.journal)
            move, paid = posting_backend().receive(books, period, method, date, invoice.id, amount)
            if paid:
                announce_paid([invoice])
            return move


def _method(books):
    """Return the tenant's way of paying, which posts to the clearing account"""
    method = settle.read_method(books.company)
    if method is None:
        raise IssueStateError(
            gettext('document_issue.msg_books_incomplete', missing='payment_method'))
    return method


class Reconciliation(metaclass=PoolMeta):
    __name__ = 'account.move.reconciliation'

    @classmethod
    def preprocess_values(cls, mode, values):
        """Stock names the company by its record here, which fits no configuration: another series counts"""
        if values.get('company') is not None:
            values = values | {'company': int(values['company'])}
        return super().preprocess_values(mode, values)

    @classmethod
    def on_delete(cls, reconciliations):
        """What was paid is open again once the reconciliation is gone.

        Stock asks before it is gone and leaves the answer to a worker that comes later.
        """
        Invoice = Pool().get('account.invoice')
        moves = {line.move.id for r in reconciliations for line in r.lines}
        invoices = Invoice.search([
                'OR', ('move', 'in', list(moves)), ('additional_moves', 'in', list(moves))])

        def process():
            with without_check_access():
                Invoice.process(Invoice.browse(invoices))
        return [*super().on_delete(reconciliations), process]
