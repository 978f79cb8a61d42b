"""Every SQL statement that is sent for a request: credential, tenant, locks, all of it."""
import contextlib
import threading
import time
from unittest.mock import patch

import psycopg


@contextlib.contextmanager
def recording():
    """Yield [(text, seconds)]: the statements that this thread sends within.

    What other threads write behind the requests, such as the journal, is no part of any.
    """
    from trytond.modules.backend.routine import Routine
    sent, thread = [], threading.get_ident()

    def noted(plain, text):
        def execute(self, *arguments, **options):
            if threading.get_ident() != thread:
                return plain(self, *arguments, **options)
            started = time.perf_counter()
            try:
                return plain(self, *arguments, **options)
            finally:
                sent.append((text(self, *arguments), time.perf_counter() - started))
        return execute

    with patch.object(psycopg.Cursor, 'execute', noted(psycopg.Cursor.execute, _text)), \
            patch.object(Routine, '__call__', noted(Routine.__call__, lambda routine, *_: routine.text)):
        yield sent


def _text(cursor, query, *_):
    if isinstance(query, str):
        return query
    return query.decode() if isinstance(query, bytes) else query.as_string(cursor)
