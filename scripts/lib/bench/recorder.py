"""Recording of all SQL statements of a request: credential, tenant, locks included."""
import contextlib
import threading
import time
from unittest.mock import patch

import psycopg


@contextlib.contextmanager
def recording():
    """Yield [(text, seconds)]: the statements that this thread sends within the context.

    Statements of other threads behind the requests, such as the journal's, are not recorded.
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
