"Two callers at once: both may have found a unique value free, or have read what the other changes"
import contextlib

from sql.functions import CurrentTimestamp
from trytond.model.modelsql import SQLConstraintError
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.tenant.role import check_writable


def take(model, ids):
    """Change the rows of records before anything that belongs to them: of two callers one waits.

    It then starts again. Without this both could write a part each, from what they read before the other was
    there. Raises AccessError for who may not write.
    """
    transaction, Model = Transaction(), Pool().get(model)
    check_writable(Model)
    table = Model.__table__()
    transaction.connection.cursor().execute(*table.update(
            [table.write_uid, table.write_date], [transaction.user, CurrentTimestamp()],
            where=table.id.in_(sorted(ids))))


@contextlib.contextmanager
def told_who_won(clash):
    """Run a write whose loser meets a unique constraint, and say what the winner has.

    clash: function() → the domain's own error or None; it is asked in a new transaction, since only there
    is the winner's record visible. Without a clash the constraint's error stands.
    """
    try:
        yield
    except SQLConstraintError as error:
        with Transaction().new_transaction(readonly=True):
            if told := clash():
                raise told from error
        raise
