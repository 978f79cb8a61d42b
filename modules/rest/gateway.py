"""What the application needs of Tryton: credentials, a tenant's transaction, the log, readiness.

The application itself knows no database; some of its tests put another object with these methods
here.
"""
import contextlib
import datetime as dt
import logging

from trytond import backend
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.tenant.credential import KINDS, authenticate
from trytond.modules.tenant.scope import tenant_scope
from trytond.modules.kernel.request import request_scope

from .idempotency import Mismatch
from .lifeline import Lifeline
from .refusals import Kind, Refusal
from .transaction import in_transaction

logger = logging.getLogger(__name__)

LAST_USE_EVERY = dt.timedelta(minutes=1)


def shard_of(text, databases):
    """Return the database whose name a text begins with, the longest one that fits, else the first"""
    return max(
        (name for name in databases if text.startswith(f'{name}_')), key=len, default=databases[0])


class Gateway:
    """Databases are shards: a key names its own"""

    def __init__(self, databases):
        self.databases = tuple(databases)
        self.lifelines = {name: Lifeline(name) for name in self.databases}
        self._last_use = {}

    def database_of(self, secret, scheme):
        """Return the database a key names in its prefix, the first one for what is no key"""
        kind = KINDS.get(scheme)
        return shard_of(secret.removeprefix(f'{kind}_'), self.databases)

    @contextlib.contextmanager
    def line(self, database):
        """Raise Refusal (UNAVAILABLE) at once while the database is away"""
        with self.lifelines[database].guard():
            yield

    def authenticate(self, secret, scheme):
        """Return (database, identity or None) of a secret"""
        database = self.database_of(secret, scheme)
        with self.line(database):
            return database, authenticate(database, secret, scheme)

    def perform(self, call, work, locks=()):
        """Do ``work()`` in the transaction of a Call's tenant; returns Finished"""
        with self.line(call.database), request_scope(call):
            return in_transaction(
                lambda: self._once(call, work), database=call.database,
                company=call.caller.company, user=call.caller.user, context=call.context(),
                readonly=not call.operation.writes, locks=locks)

    def _once(self, call, work):
        if not call.key:
            return work()
        Idempotency = Pool(call.database).get('rest.idempotency')
        policy = call.contract.repeats
        try:
            row, finished = Idempotency.reserve(
                call.caller.company, *call.place, call.key, call.fingerprint, policy.hours)
        except Mismatch:
            raise Refusal(Kind.KEY_REUSED, header=policy.header, key=call.key) from None
        if finished:
            finished.headers[policy.replayed] = 'true'
            return finished
        finished = work()
        Idempotency.store(row, call.caller.company, finished, call.operation.secrets)
        return finished

    def write_log(self, entries):
        """Write journal entries and the last use of their keys"""
        for database in self.databases:
            mine = [entry for entry in entries if entry.database == database]
            if mine:
                with Transaction().start(database, 0):
                    Pool(database).get('rest.request').write_entries(mine)
                self._note_use(database, mine)

    def _note_use(self, database, entries):
        """Stamp keys with their last use, each at most once a minute"""
        used = {
            (e.company, e.credential): e.moment for e in entries
            if e.credential and self._is_due(e)}
        for (company, credential), moment in used.items():
            try:
                with tenant_scope(company), Transaction().start(database, 0) as transaction:
                    table = Pool(database).get('tenant.credential').__table__()
                    transaction.connection.cursor().execute(*table.update(
                            [table.last_use], [moment], where=table.id == credential))
                self._last_use[credential] = moment
            except backend.DatabaseOperationalError:
                # Another worker stamps the same key at this moment
                logger.debug("last use of credential %s", credential, exc_info=True)

    def _is_due(self, entry):
        before = self._last_use.get(entry.credential)
        return before is None or entry.moment - before >= LAST_USE_EVERY

    def complaints(self):
        """Return why requests cannot be served now, one text per reason"""
        return [
            complaint for lifeline in self.lifelines.values()
            for complaint in lifeline.complaints()]
