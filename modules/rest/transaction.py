"""A tenant's transaction around a function, repeated whole where PostgreSQL asks for it.

The loop is Tryton's ``with_transaction``: a TransactionError names locks that must be taken before the
snapshot, an OperationalError is a serialization failure. A unique violation is tried again as well:
once the winner is visible, the domain's own check finds it and says what clashes.
"""
import logging
import random
import time

from psycopg import DatabaseError
from psycopg.errors import InsufficientPrivilege
from trytond import backend, config
from trytond.model.exceptions import SQLConstraintError
from trytond.transaction import Transaction, TransactionError
from trytond.worker import run_task

from trytond.modules.backend.database import LockTimeout
from trytond.modules.immutable.refusal import to_user_error
from trytond.modules.kernel import timing
from trytond.modules.tenant.scope import tenant_scope

from .refusals import Kind, Refusal, invalid, quoted

logger = logging.getLogger(__name__)

STATEMENT_TIMEOUT = 20
"""Seconds one SQL statement may take"""
BACKOFF, LONGEST_BACKOFF = 0.02, 0.2
"""Seconds of a pause at most: so much more after each try, and never more than the second"""
PATIENCE = 15
"""Seconds in which a caller is tried again where others change the same; as long as it queues for a lock"""
RETRY_AFTER = 5
"""Seconds after which a refused caller may try again"""
CLASHES = frozenset({'23505', '23P01'})
"""SQLSTATE: unique violation, exclusion violation"""
CONTENTION = frozenset({'40001', '40P01', '55P03'})
"""Serialization failure, deadlock, lock not available: the same again can end well"""
FAILURES = (
    backend.DatabaseOperationalError, backend.DatabaseIntegrityError, SQLConstraintError)


def in_transaction(
        function, *, database, company, user, context, readonly=False, locks=(),
        timeout=STATEMENT_TIMEOUT):
    """Return what ``function()`` returns inside a committed transaction of a tenant.

    locks: tables whose tenant lock is taken first. Raises Refusal: CROWDED when a lock was not to be had or
    others changed the same all the time, TIMED_OUT when a statement took too long, CONFLICT when a unique
    violation stays, UNFIT for a value that no column takes; DatabaseOperationalError when the database is
    away.
    """
    extras = {'_lock_tables': list(locks)} if locks else {}
    attempt = _Attempt(function, database, user, context, readonly, timeout, extras)
    try:
        with tenant_scope(company):
            return attempt.repeat(config.getint('database', 'retry'))
    except LockTimeout:
        raise _crowded() from None
    except backend.DatabaseTimeoutError:
        raise Refusal(Kind.TIMED_OUT, retry_after=RETRY_AFTER) from None
    except InsufficientPrivilege as error:
        # A wall held that nothing in front of it should have let anybody reach
        logger.exception("row-level security or a grant refused a statement")
        raise Refusal(Kind.NOT_ALLOWED, says='behind_walls') from error
    except backend.DatabaseDataError as error:
        raise invalid('value_out_of_range') from error
    except DatabaseError as error:
        if told := to_user_error(error, database, context.get('language')):
            raise told from error
        raise


class _Attempt:
    """One try and what the next one must do differently"""

    def __init__(self, function, database, user, context, readonly, timeout, extras):
        self.function = function
        self.database = database
        self.arguments = {
            'user': user, 'context': context, 'readonly': readonly, 'timeout': timeout}
        self.readonly = readonly
        self.extras = extras

    def repeat(self, retry):
        count = clashes = 0
        deadline = time.monotonic() + PATIENCE
        while True:
            if count:
                # Those who failed together must not come back together
                time.sleep(random.uniform(0, min(BACKOFF * count, LONGEST_BACKOFF)))
            failed, result = self.once(clashes < retry, time.monotonic() < deadline)
            if failed is None:
                self.run_tasks()
                return result
            count += failed in CONTENTION | CLASHES
            clashes += failed in CLASHES

    def once(self, may_clash, may_wait):
        """Return (None, result), or (the SQLSTATE of a failed try, None); '' where it only lacked locks.

        may_clash: whether a unique violation is tried again; may_wait: whether contention is.
        """
        with self.start() as transaction:
            try:
                result = self.function()
                with timing.part('sql'):
                    transaction.commit()
            except TransactionError as error:
                _undo(transaction)
                error.fix(self.extras)
                return '', None
            except backend.DatabaseTimeoutError:
                raise
            except FAILURES as error:
                state = _state(error)
                if self.readonly or not (
                        may_wait and state in CONTENTION or may_clash and state in CLASHES):
                    _refuse_clash(error)
                    if state in CONTENTION:
                        raise _crowded() from error
                    raise
                _undo(transaction)
                logger.debug("Retry after %s", error)
                return state, None
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


def _state(error):
    """Return the SQLSTATE of a failure, also when Tryton has put words to it"""
    cause = error.__cause__ if isinstance(error, SQLConstraintError) else error
    return getattr(cause, 'sqlstate', None)


def _refuse_clash(error):
    """Raise the refusal of a record that is there already, in Tryton's words if it has any"""
    if isinstance(error, SQLConstraintError) and _state(error) in CLASHES:
        raise quoted(Kind.CONFLICT, error.message) from error
    if isinstance(error, backend.DatabaseIntegrityError):
        raise Refusal(Kind.CONFLICT) from error


def _crowded():
    return Refusal(Kind.CROWDED, retry_after=RETRY_AFTER)
