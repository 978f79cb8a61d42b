"""Whether a database can be reached, so that nobody waits for one that is away.

The pool of connections waits half a minute for a new connection and longer and longer between its own
tries. Here the first failure opens the line; then one request at a time looks again, with a plain
connection, at most twice a second, and the others are refused at once.
"""
import contextlib
import logging
import os
import threading
import time

import psycopg
from trytond import backend
from trytond.transaction import Transaction

from trytond.modules.kernel import release

from .refusals import Kind, Refusal

logger = logging.getLogger(__name__)

PROBE_EVERY = 0.5
RETRY_AFTER = 2
"""Seconds"""
CONNECT_TIMEOUT = 2
POOL_TIMEOUT = 3
"""Seconds a request waits for a free connection before the line is looked at"""
LOST = ('08', '57P', '53', '28', '3D')
"""Classes of SQLSTATE that mean the server, not the statement"""


class Lifeline:

    def __init__(self, database):
        self.database = database
        self.broken = False
        self._probed = 0.0
        self._probing = threading.Lock()
        self._prepared = None

    @contextlib.contextmanager
    def guard(self):
        """Run something that needs the database; raises Refusal (UNAVAILABLE) when that is away"""
        if self.broken and not self.restored():
            raise Refusal(Kind.UNAVAILABLE, retry_after=RETRY_AFTER)
        try:
            self._prepare()
            yield
        except backend.DatabaseOperationalError as error:
            if not is_lost(error):
                raise
            self.broken = True
            logger.warning("database %s is away: %s", self.database, error)
            raise Refusal(Kind.UNAVAILABLE, retry_after=RETRY_AFTER) from error

    def _prepare(self):
        """Let nobody wait long for a connection of this process's pool"""
        pool = backend.Database(self.database)._connpool
        if pool is not self._prepared:
            pool.timeout = POOL_TIMEOUT
            self._prepared = pool

    def restored(self):
        """Look whether the database is back, at most twice a second and one caller at a time"""
        if not self._probing.acquire(blocking=False):
            return False
        try:
            if time.monotonic() - self._probed < PROBE_EVERY:
                return not self.broken
            if self.probe() is None:
                self._renew()
                self.broken = False
            self._probed = time.monotonic()
            return not self.broken
        finally:
            self._probing.release()

    def probe(self):
        """Return why the database cannot be reached, None if it can"""
        params = backend.Database._connection_params(self.database)
        try:
            with psycopg.connect(params['conninfo'], connect_timeout=CONNECT_TIMEOUT) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error as error:
            return type(error).__name__
        return None

    def _renew(self):
        """Throw the old pool away: its own tries may be far apart by now"""
        old = backend.Database._databases[os.getpid()].pop(self.database, None)
        if old:
            threading.Thread(target=old._connpool.close, args=(1,), daemon=True).start()

    def complaints(self):
        """Return reasons why this database is not ready: away, or not the state of this code"""
        if reason := self.probe():
            self.broken = True
            return [f'{self.database}: database not reachable ({reason})']
        try:
            pending = self.pending()
        except backend.DatabaseOperationalError as error:
            self.broken = True
            return [f'{self.database}: database not reachable ({type(error).__name__})']
        return [f'{self.database}: migration pending'] if pending else []

    def pending(self):
        """Tell if the database was brought to another state than that of this process's code"""
        with Transaction().start(self.database, 0, readonly=True) as transaction:
            return release.recorded(transaction.connection) != release.fingerprint()


def is_lost(error):
    """Tell a lost or refused connection from a statement that failed"""
    return not error.sqlstate or error.sqlstate.startswith(LOST)
