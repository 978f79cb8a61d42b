"Two callers may both have found a unique value free; only one of them can have it"
import contextlib

from trytond.model.modelsql import SQLConstraintError
from trytond.transaction import Transaction


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
