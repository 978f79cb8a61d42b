"""Paid is reconciliation: marking an invoice as paid posts to the clearing account and reconciles,
at once.

The bank statement that comes later clears that account.
"""
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import without_check_access

from .exceptions import IssueStateError
from .ledger import open_period, read_books
from .locks import require_locks


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
            date = date or books.today
            unpaid = [invoice for invoice in invoices if invoice.state != 'paid']
            for invoice in unpaid:
                if invoice.state != 'posted':
                    raise IssueStateError(gettext(
                            'account_invoice_issue.msg_not_payable_state', invoice=invoice.rec_name), None)
            if unpaid:
                method = _payment_method(books)
                open_period(books, date, 'paid_date', method.journal.id)
                cls.write(unpaid, {'paid_date': date})
                for invoice in unpaid:
                    invoice._pay_in_full(method, date)
        return cls.browse([invoice.id for invoice in invoices])

    def _pay_in_full(self, method, date):
        "Post what is left to pay and reconcile it with what is owed"
        MoveLine = Pool().get('account.move.line')
        paid = self.pay_invoice(self.amount_to_pay, method, date)
        owed = [line for line in self.lines_to_pay if not line.reconciliation]
        earlier = [line for line in self.payment_lines if not line.reconciliation and line not in paid]
        MoveLine.reconcile([*owed, *earlier, *paid])


def _payment_method(books):
    "Return the tenant's method that posts to the clearing account"
    found = Pool().get('account.invoice.payment.method').search(
        [('company', '=', books.company)], order=[('id', 'ASC')], limit=1)
    if not found:
        raise IssueStateError(
            gettext('account_invoice_issue.msg_books_incomplete', missing='payment_method'), None)
    return found[0]
