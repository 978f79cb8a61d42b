"""What must be locked before the snapshot of a transaction that issues or pays.

A tenant's numbers, postings and archive chain are queues: whoever comes second waits and then sees
what the first one wrote. Waiting inside a transaction would end in a serialization failure instead.
"""
from trytond.transaction import Transaction, TransactionError

LOCKS = ('account_move', 'ir_sequence_strict', 'archive_document')
"Tables, in the one order in which everybody takes them"


class LocksMissing(TransactionError):
    "The transaction must start again and take the locks first"

    def fix(self, extras):
        super().fix(extras)
        others = [table for table in extras.get('_lock_tables', ()) if table not in LOCKS]
        extras['_lock_tables'] = [*LOCKS, *others]


def require_locks():
    "Raise LocksMissing unless the transaction holds LOCKS"
    if not set(LOCKS) <= Transaction()._locked_tables:
        raise LocksMissing
