"""The database class: tenant on the connection, blocking locks, counted statements.

Tryton runs every transaction at REPEATABLE READ, so a transaction that waits for a lock fails when the holder
commits: its snapshot is older. Both the tenant and the locks are therefore set at session level, in
autocommit, before the first snapshot, and reset when the connection returns to the pool.
"""
import hashlib
import os
import sys
import time

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.pq import TransactionStatus
from psycopg.types.string import TextLoader
from trytond import config
from trytond.backend.postgresql import MAX_QUERY_PARAMS
from trytond.backend.postgresql import database as stock
from trytond.backend.postgresql.database import (
    DatabaseDataError, DatabaseIntegrityError, DatabaseOperationalError, DatabaseTimeoutError)
from trytond.transaction import Transaction

from . import statements
from .routine import Routine
from .scope import scoped_company
from .table import TableHandler

__all__ = [
    'Database', 'DatabaseDataError', 'DatabaseIntegrityError', 'DatabaseOperationalError',
    'DatabaseTimeoutError', 'LockTimeout', 'MAX_QUERY_PARAMS', 'TableHandler', 'connection_company']

# Ids are texts, as Tryton's fields and clients know them
psycopg.adapters.register_loader('uuid', TextLoader)
LOCK_WAIT = 15
"""Seconds to wait for a tenant's lock before the request fails with a retryable error"""
_ENTER = Routine(
    "SELECT set_config('app.company', $1, false), set_config('statement_timeout', $2, false)")
_LEAVE = Routine(
    "SELECT set_config('app.company', '', false), set_config('statement_timeout', '0', false),"
    " set_config('lock_timeout', '0', false), pg_advisory_unlock_all()")
# One round trip. The statement timeout does not apply to the wait for the lock
_QUEUE = (
    "SET statement_timeout = 0; SET lock_timeout = {wait}; SELECT pg_advisory_lock({key}, {company});"
    " SET lock_timeout = 0; SET statement_timeout = {timeout}")
_BOOKS = frozenset(['account_move', 'archive_document', 'ir_sequence_strict'])
"""Tables that share one lock: posting also numbers and seals, so a tenant's ledger has a single queue"""
_MEMBERSHIP = "SELECT kontor_company_of_user(%s)"


class LockTimeout(Exception):
    """Another transaction of the same tenant held ``table`` for LOCK_WAIT seconds.

    Deliberately not an OperationalError: an immediate retry would only make the queue longer.
    """

    def __init__(self, table):
        super().__init__(table)
        self.table = table


class CountingCursor(stock.LoggingCursor):
    """Cursor that reports to the active statement counter"""

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
    """Return the signed 32-bit advisory lock class of a table"""
    table = 'account_move' if table in _BOOKS else table
    return int.from_bytes(hashlib.sha256(table.encode()).digest()[:4], 'big', signed=True)


def connection_company(connection):
    """Return the company id set on the connection at checkout, or None"""
    return getattr(connection, 'kontor_company', None)


def _surrounding():
    """Return the transaction being started in this thread and the surrounding one"""
    transactions = Transaction._local.transactions
    current = transactions[-1] if transactions else None
    around = next((t for t in reversed(transactions[:-1]) if t.connection), None)
    return current, around


class Database(stock.Database):
    """PostgreSQL with the tenant as a property of the connection"""

    _members = {}

    def __new__(cls, *args, **kwargs):
        database = super().__new__(cls, *args, **kwargs)
        # The first statement on a connection replaces the health check of the pool
        database._connpool._check = None
        return database

    def get_connection(self, autocommit=False, readonly=False, statement_timeout=None):
        timeout = int((statement_timeout or 0) * 1000)
        connection, _ = self._live_connection(lambda connection: self._enter(connection, timeout))
        connection.cursor_factory = CountingCursor
        connection.autocommit = autocommit
        connection.read_only = readonly
        return connection

    def ask(self, question):
        """Return the result of ``question(connection)``: one statement without transaction and tenant.

        For the functions that run before the tenant is known.
        """
        connection, answer = self._live_connection(question)
        super().put_connection(connection)
        return answer

    def _live_connection(self, first):
        """Return a live connection of the pool and the result of its first statement, ``first(connection)``.

        That statement is the health check: a connection that died in the pool is replaced.
        """
        others = self._connpool.max_size
        while True:
            connection = super().get_connection(autocommit=True)
            try:
                return connection, first(connection)
            except BaseException as error:
                super().put_connection(connection)
                died = isinstance(error, DatabaseOperationalError) and connection.closed
                if not (died and others):
                    raise
                others -= 1

    def _enter(self, connection, timeout):
        """Set the connection's tenant; ``timeout``: milliseconds a statement may take, 0 for no limit"""
        connection.kontor_company = company = self._company(connection)
        connection.kontor_timeout, connection.kontor_queues = timeout, set()
        _ENTER(connection, str(company or ''), str(timeout))

    def put_connection(self, connection):
        connection.kontor_company = None
        try:
            if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                connection.autocommit = True
                _LEAVE(connection)
            else:
                connection.close()
        except DatabaseOperationalError:
            connection.close()
        super().put_connection(connection)

    def _company(self, connection):
        """Return the company of the transaction that requests a connection, None without a tenant.

        Order: the tenant_scope of a request or job; the surrounding transaction of the same thread; the fixed
        membership of the user. Never the client's context.
        """
        current, around = _surrounding()
        company = scoped_company()
        if company is None and around is not None:
            company = connection_company(around.connection)
        if company is None and current is not None and current.user:
            company = self._company_of_user(connection, current.user)
        return company

    def _company_of_user(self, connection, user):
        """Return the company of a user; cached without expiry, since a membership never changes"""
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
        # The stock method calls get_connection, which would recurse
        key = self._has_proc[self.name][name]
        if property not in key or not key[property]:
            with self._connpool.connection() as connection:
                row = connection.execute(
                    stock.SQL("SELECT {} FROM pg_proc WHERE proname = %s").format(
                        stock.Identifier(property)), (name,)).fetchone()
            key[property] = row[0] if row else False
        return key[property]

    def lock(self, connection, table):
        """Wait for the lock of a table for the connection's tenant"""
        self._lock_tenant(connection, table)

    @classmethod
    def lock_records(cls, connection, table, ids):
        """Wait for the lock of the tenant's records of a table: one lock for all ids"""
        cls._lock_tenant(connection, table)

    @staticmethod
    def release_locks(connection):
        """Release all advisory locks of a connection that has no transaction open"""
        autocommit = connection.autocommit
        connection.autocommit = True
        connection.execute("SELECT pg_advisory_unlock_all()")
        connection.kontor_queues.clear()
        connection.autocommit = autocommit

    @staticmethod
    def _lock_tenant(connection, table):
        key = lock_key(table)
        if key in connection.kontor_queues:
            return
        idle = connection.info.transaction_status == TransactionStatus.IDLE
        autocommit = connection.autocommit
        if idle:
            connection.autocommit = True
        try:
            connection.execute(_QUEUE.format(
                    wait=int(LOCK_WAIT * 1000), key=key, company=connection_company(connection) or 0,
                    timeout=connection.kontor_timeout), prepare=False)
            connection.kontor_queues.add(key)
        except LockNotAvailable as error:
            raise LockTimeout(table) from error
        finally:
            if idle and not connection.closed:
                connection.autocommit = autocommit

    @classmethod
    def _connection_params(cls, name):
        """Return the configured address with its path replaced by the name of the database"""
        uri = config.parse_uri(config.get('database', 'uri'))
        return {
            'conninfo': uri._replace(scheme='postgresql', path='/' + name).geturl(),
            'fallback_application_name': os.environ.get('TRYTOND_APPNAME', 'trytond')}


# Tryton decides PostgreSQL features by the backend's name; the scheme only selected the class
sys.modules['trytond.backend'].name = 'postgresql'
