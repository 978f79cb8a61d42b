"""The set-based engine: the rows of Tryton's workflow in a few statements, whatever the number of invoices.

`way` chooses between this and `workflow`.
"""
from .booking import write
from .settle import cancel, count_as_payment, pay, receive

__all__ = ['cancel', 'count_as_payment', 'pay', 'receive', 'write']
