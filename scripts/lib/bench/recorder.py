"""Every SQL statement that psycopg sends for a request: credential, tenant, locks, all of it."""
import contextlib
import threading
import time

import psycopg


@contextlib.contextmanager
def recording():
    """Yield [(text, seconds)]: the statements that this thread sends within.

    What other threads write behind the requests, such as the journal, is no part of any.
    """
    plain, sent, thread = psycopg.Cursor.execute, [], threading.get_ident()

    def execute(cursor, query, params=None, **options):
        if threading.get_ident() != thread:
            return plain(cursor, query, params, **options)
        started = time.perf_counter()
        try:
            return plain(cursor, query, params, **options)
        finally:
            text = query if isinstance(query, str) else _text(query, cursor)
            sent.append((text, time.perf_counter() - started))
    psycopg.Cursor.execute = execute
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = plain


def _text(query, cursor):
    return query.decode() if isinstance(query, bytes) else query.as_string(cursor)
