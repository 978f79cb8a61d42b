"""Numbers without gaps: rows of sequences, advanced in one statement when needed, and the position of each
document that the tenant issues, whatever its series.
"""
import functools

from psycopg.sql import SQL, Identifier
from trytond.modules.immutable import triggers_off
from trytond.modules.tenant.scope import CURRENT
from trytond.pool import Pool
from trytond.transaction import Transaction

from .booking import forget

STRICT = 'ir.sequence.strict'
_ADVANCE = """
UPDATE {} AS s SET number_next_internal = s.number_next_internal + s.number_increment * w.count
FROM unnest(%s::int[], %s::int[]) AS w (id, count)
WHERE s.id = w.id AND s.type = 'incremental'
RETURNING s.id, s.number_next_internal, s.number_increment, s.padding, s.prefix, s.suffix
"""

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


def take(wanted, model=STRICT):
    """Return {sequence: its next numbers, one per date and formatted with it} for {sequence: dates}.

    sequence: id of an incremental sequence of the model; those of a tenant are all rows. The tenant's
    lock on ``ir_sequence_strict`` must be held. [SequenceStrict.get_many]
    """
    Sequence = Pool().get(model)
    cursor = Transaction().connection.cursor()
    cursor.execute(_statement(Sequence._table), (list(wanted), [len(dates) for dates in wanted.values()]))
    # A record of Tryton would go on counting from what it has read before
    forget(model)
    affix = functools.cache(Sequence._process)
    found = {}
    for id, following, step, padding, prefix, suffix in cursor:
        first = following - len(wanted[id]) * step
        found[id] = [
            f'{affix(prefix, date)}{first + n * step:0>{padding}d}{affix(suffix, date)}'
            for n, date in enumerate(wanted[id])]
    return found


def last_position(side):
    """Return how many documents of a side the tenant has issued; the LOCKS must be held"""
    cursor = Transaction().connection.cursor()
    return cursor.execute(_LAST, (side.type,)).fetchone()[0]


def give_positions():
    """Give what was issued before there were positions its own; called as the owner of the tables"""
    cursor = Transaction().connection.cursor()
    if cursor.execute("SELECT 1 FROM account_invoice LIMIT 1").fetchone():
        with triggers_off(cursor, "positions of issued invoices"):
            for statement in (*_MEND, _GIVE):
                cursor.execute(statement)


@functools.cache
def _statement(table):
    return SQL(_ADVANCE).format(Identifier(table)).as_string()
