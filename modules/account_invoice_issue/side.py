"""The two sides of the door: what is sold, and what the tenant bills to itself for a partner.

A Gutschrift (§ 14 (2) UStG, § 11 (8) UStG 1994) is a supplier's invoice that the tenant writes: an
expense with input tax, owed to the partner, with numbers of the tenant's own.
"""
from sql import Null
from sql.conditionals import Coalesce
from trytond.modules.document_issue.side import SALE, Side

SELF_BILLED = Side(
    'in', 'gutschrift', 'purchase', 'expense', 'account_payable', 'self_billing_sequence', -1, 'gutschrift')


def listed(invoice, side):
    """Return the condition that the contracts show a row: drafts and issued documents, no discarded draft"""
    return (
        (invoice.type == side.type) & (Coalesce(invoice.self_billed, False) == (side is SELF_BILLED))
        & ((invoice.state != 'cancelled') | (invoice.issued_at != Null)))


def side_for(self_billed):
    """Return the Side of an invoice that goes through the door"""
    return SELF_BILLED if self_billed else SALE


def side_of(invoice):
    """Return the Side of a draft or invoice that goes through the door"""
    return side_for(getattr(invoice, 'self_billed', None))


def written_by_us(invoice):
    """Return the condition of a row that `is_ours` checks of a record"""
    return (invoice.type == SALE.type) | invoice.self_billed


def is_ours(invoice):
    """Tell whether an invoice is written by the tenant, so that it goes through the door"""
    return getattr(invoice, 'type', None) == 'out' or bool(getattr(invoice, 'self_billed', None))
