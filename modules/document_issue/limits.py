"""How much a document may hold"""
from decimal import Decimal

from trytond.i18n import gettext

from .exceptions import IssueError

MAX_LINES = 1000
LARGEST = Decimal(10) ** 12
"""Of any amount, in the currency of the document"""


def storable(quantity, *path):
    """Return a Decimal quantity as the float that Tryton stores.

    Raises IssueError for one that a float cannot hold exactly; ``path`` is the line's.
    """
    stored = float(quantity)
    if Decimal(str(stored)) != quantity:
        raise IssueError(gettext('document_issue.msg_quantity_digits'), *path, 'quantity')
    return stored


def check_amount(amount, *path):
    """Raise IssueError for an amount larger than LARGEST; ``path`` is the field's"""
    if abs(amount) > LARGEST:
        raise IssueError(gettext('document_issue.msg_amount_too_large', limit=LARGEST), *path)


def check_total(total, *path):
    """Raise IssueError for a negative total of a document that asks for money; ``path`` is the field's"""
    if total < 0:
        raise IssueError(gettext('document_issue.msg_total_negative'), *path)
