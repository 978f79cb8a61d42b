"""What is told of invoices and Gutschriften: created when issued, paid each time an open one becomes paid.

An invoice whose payment is undone in the client is open again; when it is paid once more, that is a
second payment and a second event. Marking as paid what is paid already tells nothing.
"""
from sql import Null
from trytond.modules.outbox.event import Event, announce
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .side import is_ours, side_for

INVOICE = 'account.invoice'


def announce_created(bills):
    """Announce invoices and credit notes that the door has written"""
    announce(Event(f'{bill.books.side.event}.created', bill.record, _created(bill)) for bill in bills)


def _created(bill):
    figures = bill.figures
    return {
        'id': bill.id, 'number': bill.number, 'kind': bill.kind, 'customer_id': bill.draft.party.id,
        'issue_date': bill.issue_date, 'due_date': bill.due_date, 'currency': bill.books.currency_code,
        'net': figures.untaxed, 'tax': figures.tax, 'total': figures.total,
        'credit_of': bill.credited.id if bill.credited else None}


def announce_paid(invoices):
    """Announce that invoices and Gutschriften became paid, in two statements.

    A credit note is not paid but refunded; a supplier's own invoice is nobody's business.
    """
    ids = {invoice.id for invoice in invoices if is_ours(invoice)}
    if not ids:
        return
    table = Pool().get(INVOICE).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.self_billed, table.number, table.party, table.paid_date,
            table.total_amount_cache,
            where=table.id.in_(sorted(ids)) & (table.credit_of == Null), order_by=table.id))
    announce(
        Event(f'{side_for(self_billed).event}.paid', f'{INVOICE},{id}', {
                'id': id, 'number': number, 'customer_id': party, 'paid_date': date, 'total': total})
        for id, self_billed, number, party, date, total in cursor.fetchall())


class Outbox(metaclass=PoolMeta):
    __name__ = 'outbox'

    @classmethod
    def _get_subjects(cls):
        return [*super()._get_subjects(), INVOICE]
