"""A tenant's transaction around a function, repeated whole where PostgreSQL asks for it.

The loop is Tryton's ``with_transaction``: a TransactionError names locks that must be taken before the
snapshot, an OperationalError is a serialization failure. A unique violation is tried again as well:
once the winner is visible, the domain's own check finds it and says what clashes.
"""
import logging
import time

from trytond import backend, config
from trytond.transaction import Transaction, TransactionError
from trytond.worker import run_task

from trytond.modules.backend.database import LockTimeout
from trytond.modules.tenant import timing
from trytond.modules.tenant.scope import tenant_scope

from .contract import Invalid
from .problems import conflict, rate_limited, timed_out

logger = logging.getLogger(__name__)

STATEMENT_TIMEOUT = 20
"Seconds one SQL statement may take"
LOCK_RETRY_AFTER = 5
BACKOFF = 0.02


def in_transaction(
        function, *, database, company, user, context, readonly=False, locks=(),
        timeout=STATEMENT_TIMEOUT):
    """Return what ``function()`` returns inside a committed transaction of a tenant.

    locks: tables whose tenant lock is taken first. Raises Problem 429 when a lock was not to be
    had, 503 when a statement took too long, 409 when a unique violation stays, Invalid for a value that
    no column takes, DatabaseOperationalError when the database is away.
    """
    extras = {'_lock_tables': list(locks)} if locks else {}
    attempt = _Attempt(function, database, user, context, readonly, timeout, extras)
    try:
        with tenant_scope(company):
            return attempt.repeat(config.getint('database', 'retry'))
    except LockTimeout:
        raise rate_limited(
            "Other requests of this account are still being worked on",
            LOCK_RETRY_AFTER) from None
    except backend.DatabaseTimeoutError:
        raise timed_out() from None
    except backend.DatabaseDataError as error:
        raise Invalid('body', "holds a value that is out of range") from error


class _Attempt:
    "One try and what the next one must do differently"

    def __init__(self, function, database, user, context, readonly, timeout, extras):
        self.function = function
        self.database = database
        self.arguments = {
            'user': user, 'context': context, 'readonly': readonly, 'timeout': timeout}
        self.readonly = readonly
        self.extras = extras

    def repeat(self, retry):
        count = 0
        while True:
            if count:
                time.sleep(BACKOFF * count)
            again, result = self.once(count < retry and not self.readonly)
            if again is None:
                self.run_tasks()
                return result
            count += again

    def once(self, may_repeat):
        "Return (None, result), or (how much this failed try counts, None)"
        with self.start() as transaction:
            try:
                result = self.function()
                with timing.part('sql'):
                    transaction.commit()
            except TransactionError as error:
                _undo(transaction)
                error.fix(self.extras)
                return 0, None
            except backend.DatabaseTimeoutError:
                raise
            except (backend.DatabaseOperationalError, backend.DatabaseIntegrityError) as error:
                if not (may_repeat and _repeatable(error)):
                    _refuse_clash(error)
                    raise
                _undo(transaction)
                logger.debug("Retry after %s", error)
                return 1, None
        return None, result

    def start(self):
        with timing.part('sql'):
            return Transaction().start(self.database, **self.arguments, **self.extras)

    def run_tasks(self):
        while Transaction().tasks:
            run_task(self.database, Transaction().tasks.pop())


def _undo(transaction):
    transaction.rollback()
    transaction.tasks.clear()


def _repeatable(error):
    "Tell if the same again can end well: serialization failure, deadlock, unique violation"
    return error.sqlstate in {'40001', '40P01', '55P03', '23505', '23P01'}


def _refuse_clash(error):
    if isinstance(error, backend.DatabaseIntegrityError):
        raise conflict(
            'conflict', "The request clashes with another one or with a record in use"
            ) from error
