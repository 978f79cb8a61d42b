"""Every SQL statement that psycopg sends in this process: credential, tenant, locks, all of it."""
import contextlib
import time

import psycopg


class Recorder:
    "statements: [(text, seconds)] of what was sent while recording"

    def __init__(self):
        self.statements = []
        self._on = False
        self._patch()

    @contextlib.contextmanager
    def recording(self):
        "Yield the list that fills up within"
        self.statements = []
        self._on = True
        try:
            yield self.statements
        finally:
            self._on = False

    def _patch(self):
        plain, recorder = psycopg.Cursor.execute, self

        def execute(cursor, query, params=None, **options):
            if not recorder._on:
                return plain(cursor, query, params, **options)
            started = time.perf_counter()
            try:
                return plain(cursor, query, params, **options)
            finally:
                text = query if isinstance(query, str) else _text(query, cursor)
                recorder.statements.append((text, time.perf_counter() - started))
        psycopg.Cursor.execute = execute


def _text(query, cursor):
    return query.decode() if isinstance(query, bytes) else query.as_string(cursor)
