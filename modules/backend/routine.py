"""Statements of every request: set the tenant, reset it, identify the caller.

They are sent through libpq directly. psycopg's cursor makes the same call, but its overhead is three times
PostgreSQL's time for the answer.
"""
import hashlib
import time

from psycopg.errors import InvalidSqlStatementName, OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus

from . import statements

_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Routine:
    """text: one statement with $1, $2 … for its values"""

    def __init__(self, text):
        self.text = text
        self._name = b'kontor_' + hashlib.sha256(text.encode()).hexdigest()[:16].encode()

    def __call__(self, connection, *values):
        """Execute on a connection with no transaction open; return the rows, tuples of str or None.

        values: str. Raises the same errors as psycopg.
        """
        counter, started = statements.active(), time.perf_counter()
        try:
            return _rows(self._execute(connection, [value.encode() for value in values]))
        finally:
            if counter is not None:
                counter.count += 1
                counter.seconds += time.perf_counter() - started

    def _execute(self, connection, values):
        prepared = connection.__dict__.setdefault('kontor_prepared', set())
        if self._name in prepared:
            try:
                return _checked(connection.pgconn, connection.pgconn.exec_prepared(self._name, values))
            except InvalidSqlStatementName:
                # psycopg deallocates all prepared statements on the server, for instance after DROP TABLE
                prepared.discard(self._name)
        _checked(connection.pgconn, connection.pgconn.prepare(self._name, self.text.encode()))
        prepared.add(self._name)
        return _checked(connection.pgconn, connection.pgconn.exec_prepared(self._name, values))


def _checked(pgconn, result):
    """Return the result, or raise its error"""
    if result.status in _DONE:
        return result
    error = error_from_result(result)
    if pgconn.status == ConnStatus.BAD and not isinstance(error, OperationalError):
        error = OperationalError(str(error))
    raise error


def _rows(result):
    return [
        tuple(_text(result.get_value(row, column)) for column in range(result.nfields))
        for row in range(result.ntuples)]


def _text(value):
    return None if value is None else value.decode()
