"""Who decides each column of an invoice and its lines; whatever depends on that is derived from here.

Engine and workflow write these values, a client is refused those that follow from issuing and paying, a copy
starts without them, and the seal leaves open what lives on. State, cancel_move and the cache of stock's
report live on by the seal of ``account_immutable``, which knows nothing of issuing.
"""
import re
from decimal import Decimal

from trytond.modules.document_issue.columns import Columns, client, door, tryton
from trytond.modules.immutable import FREELY

from .printed import copy


def _series(bill):
    """Return Tryton's word: a credit note is negative, and so are all of its lines.

    [Invoice._sequence_type]
    """
    negative = bill.figures.total < 0 and all(item.net <= 0 for item in bill.charged)
    return 'credit_note' if negative else 'invoice'


def _own_term(bill):
    """Return the payment term that the due date follows from, None for a date of the draft's own"""
    return bill.draft.payment_term if bill.draft.due_date is None else None


def _payment_term_date(bill):
    return bill.draft.payment_term_date if _own_term(bill) else bill.due_date


def _id(record):
    return record.id if record else None


INVOICE = Columns({
    # Issuing and paying
    'number': door(lambda bill: bill.number),
    'sequence': door(lambda bill: bill.period.invoices),
    'position': door(lambda bill: bill.position, own=True),
    'issued_at': door(lambda bill: bill.issued_at, own=True),
    'printed': door(copy, own=True),
    'tax_rate': door(lambda bill: bill.tax_rate, own=True),
    'warnings': door(lambda bill: bill.warnings, own=True),
    # A client may say which invoice it credits, which is checked at the door
    'credit_of': door(lambda bill: _id(bill.credited), own=True, created=True),
    'paid_date': door(own=True, living=FREELY),
    # Tryton
    'state': tryton(lambda bill: 'posted', created=True, copied=True),
    'move': tryton(lambda bill: bill.move),
    'number_alnum': tryton(lambda bill: re.sub(r'[\W_]', '', bill.number)),
    'number_digit': tryton(lambda bill: int(re.sub(r'\D', '', bill.number)[-18:])),
    'sequence_type_cache': tryton(_series),
    'untaxed_amount_cache': tryton(lambda bill: bill.figures.untaxed),
    'tax_amount_cache': tryton(lambda bill: bill.figures.tax),
    'total_amount_cache': tryton(lambda bill: bill.figures.total),
    'party_tax_identifier': tryton(lambda bill: bill.identifier, written=True, created=True, copied=True),
    'tax_identifier': tryton(
        lambda bill: bill.books.seller.identifier, written=True, created=True, copied=True),
    'additional_moves': tryton(),
    'cancel_move': tryton(),
    'posted_by': tryton(),
    # The draft, with defaults of issuing
    'invoice_date': client(lambda bill: bill.issue_date),
    'supply_date': client(lambda bill: bill.supply_date, own=True, copied=False),
    'due_date': client(lambda bill: bill.due_date, own=True, copied=False),
    'payment_term': client(lambda bill: _id(_own_term(bill))),
    'payment_term_date': client(_payment_term_date),
    'template': client(lambda bill: bill.template.id, own=True),
    'invoice_address': client(lambda bill: bill.address),
    'account': client(lambda bill: bill.account),
    # The draft as it is
    'type': client(lambda bill: bill.books.side.type, given=True),
    'self_billed': client(lambda bill: bill.is_self_billed, given=True, own=True),
    'party': client(lambda bill: bill.draft.party.id, given=True),
    'currency': client(lambda bill: bill.books.currency, given=True),
    'journal': client(lambda bill: bill.books.journal, given=True),
    'accounting_date': client(lambda bill: bill.draft.accounting_date, given=True),
    'reference': client(lambda bill: bill.draft.reference, given=True),
    'description': client(lambda bill: bill.draft.description, given=True),
    'introduction': client(lambda bill: bill.draft.introduction, given=True, own=True),
    'comment': client(lambda bill: bill.draft.comment, given=True),
    })
"""Column of ``account.invoice`` → who decides it; values are those of a Bill"""

LINE = Columns({
    'net_amount': door(lambda bill, item: item.net, own=True),
    'unit_label': door(lambda bill, item: item.unit_label or None, own=True),
    'unit_code': door(lambda bill, item: item.unit_code or None, own=True),
    'account': client(lambda bill, item: item.account),
    'invoice': client(lambda bill, item: bill.id, given=True),
    'type': client(lambda bill, item: item.record.type, given=True),
    'invoice_type': client(lambda bill, item: bill.books.side.type, given=True),
    'currency': client(lambda bill, item: bill.books.currency, given=True),
    'sequence': client(
        lambda bill, item: item.number if item.record.sequence is None else item.record.sequence,
        given=True),
    'description': client(lambda bill, item: item.description, given=True),
    'item_key': client(lambda bill, item: item.key or None, given=True, own=True),
    'quantity': client(lambda bill, item: item.quantity, given=True),
    'unit_price': client(lambda bill, item: item.unit_price, given=True),
    'unit': client(lambda bill, item: _id(item.record.unit), given=True),
    'custom_unit': client(lambda bill, item: _id(item.record.custom_unit), given=True, own=True),
    'product': client(lambda bill, item: _id(item.record.product), given=True),
    'note': client(lambda bill, item: item.record.note, given=True),
    'origin': client(
        lambda bill, item: str(item.record.origin) if item.record.origin else None, given=True),
    'taxes_date': client(lambda bill, item: item.record.taxes_date, given=True),
    'taxes_deductible_rate': client(lambda bill, item: Decimal(1), given=True),
    })
"""Column of ``account.invoice.line`` → who decides it; values are those of a Bill and an Item"""
