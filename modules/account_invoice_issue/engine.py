"""The set-based engine: the rows of Tryton's workflow in a few statements, whatever the number of invoices.

`posting.posting_backend` chooses between this and `workflow`.
"""
from .booking import write
from .settle import add_payment_lines, cancel, pay, receive, settle_invoices

__all__ = ['add_payment_lines', 'cancel', 'pay', 'receive', 'settle_invoices', 'write']
