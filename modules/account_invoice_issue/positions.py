"""The position of each invoice and Gutschrift that the tenant issues, whatever its series: without a gap"""
from itertools import count

from trytond.modules.immutable import triggers_off
from trytond.modules.tenant.scope import CURRENT
from trytond.transaction import Transaction

_LAST = f'SELECT coalesce(max("position"), 0) FROM account_invoice WHERE company = {CURRENT} AND type = %s'

_MEND = (
    "UPDATE account_invoice SET issued_at = NULL WHERE issued_at IS NOT NULL AND move IS NULL",
    "UPDATE account_invoice SET self_billed = false"
    " WHERE type = 'out' AND issued_at IS NULL AND self_billed")
"""What a client could say of a draft before it was refused: it would count as issued, or on the wrong side"""

_GIVE = """
UPDATE account_invoice SET "position" = given.position FROM (
    SELECT id, row_number() OVER (PARTITION BY company, type ORDER BY issued_at, id) AS position
    FROM account_invoice WHERE issued_at IS NOT NULL) AS given
WHERE account_invoice.id = given.id
"""


def give(bills):
    """Give each bill the next position of its side; the LOCKS must be held"""
    following = {side: count(_last(side) + 1) for side in dict.fromkeys(bill.books.side for bill in bills)}
    for bill in bills:
        bill.position = next(following[bill.books.side])


def _last(side):
    """Return how many documents of a side the tenant has issued"""
    cursor = Transaction().connection.cursor()
    return cursor.execute(_LAST, (side.type,)).fetchone()[0]


def give_positions():
    """Give what was issued before there were positions its own; called as the owner of the tables"""
    cursor = Transaction().connection.cursor()
    if cursor.execute("SELECT 1 FROM account_invoice LIMIT 1").fetchone():
        with triggers_off(cursor, "positions of issued invoices"):
            for statement in (*_MEND, _GIVE):
                cursor.execute(statement)
