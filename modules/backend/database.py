"""The database class: tenant on the connection, waiting locks, counted statements.

Tryton runs every transaction at REPEATABLE READ, so whoever waits for a lock inside a transaction fails
when the holder commits: his snapshot is older. Both the tenant and the locks are therefore set at session
level, in autocommit, before the first snapshot, and taken back when the connection returns to the pool.
"""
import hashlib
import os
import sys
import time

from psycopg.errors import LockNotAvailable
from psycopg.pq import TransactionStatus
from trytond import config
from trytond.backend.postgresql import MAX_QUERY_PARAMS
from trytond.backend.postgresql import database as stock
from trytond.backend.postgresql.database import (
    DatabaseDataError, DatabaseIntegrityError, DatabaseOperationalError, DatabaseTimeoutError)
from trytond.backend.postgresql.table import TableHandler
from trytond.transaction import Transaction

from . import statements
from .scope import scoped_company

__all__ = [
    'Database', 'DatabaseDataError', 'DatabaseIntegrityError', 'DatabaseOperationalError',
    'DatabaseTimeoutError', 'LockTimeout', 'MAX_QUERY_PARAMS', 'TableHandler', 'connection_company']

LOCK_WAIT = 15
"Seconds a caller queues for a tenant's lock before it is told to come back"
_ENTER = (
    "SELECT set_config('app.company', %s, false), set_config('statement_timeout', %s, false)")
_LEAVE = (
    "SELECT set_config('app.company', '', false), set_config('statement_timeout', '0', false),"
    " set_config('lock_timeout', '0', false), pg_advisory_unlock_all()")
# Waiting in the queue is no slow statement
_QUEUE = (
    "SELECT current_setting('statement_timeout'), set_config('lock_timeout', %s, false),"
    " set_config('statement_timeout', '0', false)")
_GO_ON = (
    "SELECT set_config('lock_timeout', '0', false), set_config('statement_timeout', %s, false)")
_MEMBERSHIP = "SELECT kontor_company_of_user(%s)"


class LockTimeout(Exception):
    """Another transaction of the same tenant held ``table`` for LOCK_WAIT seconds.

    Deliberately no OperationalError: repeating the wait at once would only make the queue longer.
    """

    def __init__(self, table):
        super().__init__(table)
        self.table = table


class CountingCursor(stock.LoggingCursor):
    "Cursor that reports to the active statement counter"

    def execute(self, query, params=None, *, prepare=None, binary=None):
        counter = statements.active()
        if counter is None:
            return super().execute(query, params, prepare=prepare, binary=binary)
        started = time.perf_counter()
        try:
            return super().execute(query, params, prepare=prepare, binary=binary)
        finally:
            counter.count += 1
            counter.seconds += time.perf_counter() - started


def lock_key(table):
    "Return the signed 32-bit advisory lock class of a table name"
    return int.from_bytes(hashlib.sha256(table.encode()).digest()[:4], 'big', signed=True)


def connection_company(connection):
    "Return the company id that was set on the connection at checkout, or None"
    return getattr(connection, 'kontor_company', None)


def _surrounding():
    "Return the transaction being started in this thread and the one around it"
    transactions = Transaction._local.transactions
    current = transactions[-1] if transactions else None
    around = next((t for t in reversed(transactions[:-1]) if t.connection), None)
    return current, around


class Database(stock.Database):
    "PostgreSQL with the tenant as a property of the connection"

    _members = {}

    def get_connection(self, autocommit=False, readonly=False, statement_timeout=None):
        connection = super().get_connection(autocommit=True)
        try:
            company = self._company(connection)
            connection.kontor_company = company
            connection.execute(_ENTER, (
                    str(company or ''), str(int((statement_timeout or 0) * 1000))))
        except BaseException:
            super().put_connection(connection)
            raise
        connection.cursor_factory = CountingCursor
        connection.autocommit = autocommit
        connection.read_only = readonly
        return connection

    def put_connection(self, connection):
        connection.kontor_company = None
        try:
            if connection.info.transaction_status == TransactionStatus.IDLE:
                connection.autocommit = True
                connection.execute(_LEAVE)
            else:
                connection.close()
        except DatabaseOperationalError:
            connection.close()
        super().put_connection(connection)

    def _company(self, connection):
        """Return the company of the transaction that asks for a connection, None for nobody's.

        Order: the scope set by a face or a job; the surrounding transaction of the same thread; the fixed
        membership of the user. Never the client's context.
        """
        current, around = _surrounding()
        company = scoped_company()
        if company is None and around is not None:
            company = connection_company(around.connection)
        if company is None and current is not None and current.user:
            company = self._member(connection, current.user)
        return company

    def _member(self, connection, user):
        "Return the company of a user; kept for ever, since a membership never changes"
        key = (self.name, user)
        if key not in self._members:
            if not self.has_proc('kontor_company_of_user'):
                return None
            company, = connection.execute(_MEMBERSHIP, (user,)).fetchone()
            if company is None:
                return None
            self._members[key] = company
        return self._members[key]

    def has_proc(self, name, property='oid'):
        # The stock method asks through get_connection and would call itself from there
        key = self._has_proc[self.name][name]
        if property not in key or not key[property]:
            with self._connpool.connection() as connection:
                row = connection.execute(
                    stock.SQL("SELECT {} FROM pg_proc WHERE proname = %s").format(
                        stock.Identifier(property)), (name,)).fetchone()
            key[property] = row[0] if row else False
        return key[property]

    def lock(self, connection, table):
        "Wait for the lock of a table for the connection's tenant"
        self._lock_tenant(connection, table)

    @classmethod
    def lock_records(cls, connection, table, ids):
        "Wait for the lock of the tenant's records of a table: one lock for all ids"
        cls._lock_tenant(connection, table)

    @staticmethod
    def _lock_tenant(connection, table):
        idle = connection.info.transaction_status == TransactionStatus.IDLE
        autocommit = connection.autocommit
        if idle:
            connection.autocommit = True
        try:
            timeout, *_ = connection.execute(_QUEUE, (f'{LOCK_WAIT}s',)).fetchone()
            connection.execute("SELECT pg_advisory_lock(%s, %s)", (
                    lock_key(table), connection_company(connection) or 0))
            connection.execute(_GO_ON, (timeout,))
        except LockNotAvailable as error:
            raise LockTimeout(table) from error
        finally:
            if idle and not connection.closed:
                connection.autocommit = autocommit

    @classmethod
    def _connection_params(cls, name):
        "Of the configured address only the path is replaced: by the database asked for"
        uri = config.parse_uri(config.get('database', 'uri'))
        return {
            'conninfo': uri._replace(scheme='postgresql', path='/' + name).geturl(),
            'fallback_application_name': os.environ.get('TRYTOND_APPNAME', 'trytond')}


# Tryton asks the backend's name for PostgreSQL's own abilities; the scheme only chose the class
sys.modules['trytond.backend'].name = 'postgresql'
