"""What must be locked before the snapshot of a transaction that issues or pays.

A tenant's numbers, postings and archive chain are queues: whoever comes second waits and then sees
what the first one wrote. Waiting inside a transaction would end in a serialization failure instead.
"""
from trytond.transaction import Transaction, TransactionError

LOCKS = ('account_move', 'ir_sequence_strict', 'archive_document')
"""Tables, in the one order in which everybody takes them"""
PAPER_LOCKS = ('ir_sequence_strict', 'archive_document')
"""For a document that books nothing"""


class LocksMissing(TransactionError):
    """The transaction must start again and take the locks first"""

    def __init__(self, tables=LOCKS):
        self.tables = tables

    def fix(self, extras):
        super().fix(extras)
        wanted = {*extras.get('_lock_tables', ()), *self.tables}
        extras['_lock_tables'] = [
            *(table for table in LOCKS if table in wanted), *sorted(wanted - set(LOCKS))]


def require_locks(tables=LOCKS):
    """Raise LocksMissing unless the transaction holds the locks of some tables, all of LOCKS by default"""
    if not set(tables) <= Transaction()._locked_tables:
        raise LocksMissing(tables)
