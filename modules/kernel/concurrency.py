"""Two callers at once: both may have found a unique value free, or have read what the other changes"""
import contextlib

from sql.functions import CurrentTimestamp
from trytond.model.modelsql import SQLConstraintError
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.tenant.role import check_writable


def lock_rows(model, ids):
    """Lock the rows of records by an UPDATE, before anything that belongs to them is written.

    model: name; ids: a collection, which may be empty. Of two callers the second waits and then fails to
    serialize, so that its request is run again. Without the lock both could write a part each, from what
    they read before the other committed. Raises AccessError for a user without the right to write.
    """
    if not ids:
        return
    transaction, Model = Transaction(), Pool().get(model)
    check_writable(Model)
    table = Model.__table__()
    transaction.connection.cursor().execute(*table.update(
            [table.write_uid, table.write_date], [transaction.user, CurrentTimestamp()],
            where=table.id.in_(sorted(ids))))


@contextlib.contextmanager
def explain_unique_violation(clash):
    """Run a write whose loser meets a unique constraint, and say what the winner has.

    clash: function() → the domain's own error or None; it is asked in a new transaction, since only there
    is the winner's record visible. Without a clash the constraint's error stands.
    """
    try:
        yield
    except SQLConstraintError as error:
        with Transaction().new_transaction(readonly=True):
            if refusal := clash():
                raise refusal from error
        raise
