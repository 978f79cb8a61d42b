"""Work in a transaction of its own beside the one that runs, committed whatever becomes of that one"""
from trytond import backend
from trytond.transaction import Transaction, TransactionError

TRIES = 5


def in_separate_transaction(function, locks=()):
    """Return what ``function()`` returns in a committed transaction of the same tenant and user.

    locks: tables whose tenant lock is taken first. Repeated where PostgreSQL or the function asks for it.
    """
    extras, failed = {'_lock_tables': list(locks)}, 0
    while True:
        try:
            with Transaction().new_transaction(**extras):
                return function()
        except TransactionError as error:
            error.fix(extras)
        except (backend.DatabaseIntegrityError, backend.DatabaseOperationalError) as error:
            failed += 1
            if failed == TRIES or isinstance(error, backend.DatabaseTimeoutError):
                raise
