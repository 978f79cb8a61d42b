"""The reservation of an idempotency key: a row inserted first in the request's own transaction.

A second caller with the same key waits on the unique index. If the first commits he fails with a
serialization failure, is repeated and finds the answer; if the first fails nothing of it is left.

An answer with secrets is stored twice: without them, and whole but encrypted. :meth:`Idempotency.wipe` takes
the second away, so that a repeated request is answered without them from then on.
"""
import datetime as dt
import hashlib
import json
import re

from sql import Conflict
from trytond.model import ModelSQL, Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.kernel import vault
from trytond.modules.tenant.ownership import NOTHING, TenantOwned
from trytond.modules.tenant.scope import current_company

from .dialect import Finished
from .exchange import utcnow
from .replay import EXPIRED, MISMATCH, REPLAY, Stored, decide

MAX_PATH = 500
SEALED_AS = 'repeated answer'
"""What the encrypted bodies are for, see ``vault``"""
KEEP_HOURS = 24
"""Rows older than this are cleaned up; no contract keeps an answer longer"""


class Mismatch(Exception):
    """The key came with another body before"""


def indexed(path):
    """Return a path, or its hash if it is too long for an index"""
    if len(path) <= MAX_PATH:
        return path
    return 'sha256:' + hashlib.sha256(path.encode()).hexdigest()


def without(body, secrets):
    """Return a JSON body with null in place of some of its members, every other byte as it was"""
    for name in secrets:
        member = re.compile(rb'"' + re.escape(name.encode()) + rb'":"(?:[^"\\]|\\.)*"')
        body = member.sub(lambda found: found[0].partition(b':')[0] + b':null', body)
    return body


class Idempotency(TenantOwned, ModelSQL):
    """Idempotency"""
    __name__ = 'rest.idempotency'
    __member_rights__ = NOTHING

    contract = fields.Char("Contract", required=True)
    method = fields.Char("Method", required=True)
    path = fields.Char("Path", required=True)
    key = fields.Char("Key", required=True)
    fingerprint = fields.Char("Fingerprint", required=True)
    created = fields.Timestamp("Created", required=True)
    status = fields.Integer("Status")
    headers = fields.Text("Headers")
    body = fields.Binary("Body")
    sealed = fields.Binary("Body with its Secrets, encrypted")
    record = fields.Char("Record", help="Under which its secrets are wiped.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append(
            ('key_unique', Unique(table, table.contract, table.method, table.path, table.key),
                'rest.msg_idempotency_key_unique'))

    @classmethod
    def reserve(cls, company, contract, method, path, key, fingerprint, hours):
        """Reserve a key for the running transaction; return (row id, None) or (None, Finished).

        Raises Mismatch.
        """
        place = [company, contract, method, indexed(path), key]
        id_ = cls._insert(place, fingerprint)
        if id_ is not None:
            return id_, None
        id_, stored = cls._find(place)
        decision = decide(stored, fingerprint, utcnow(), hours)
        if decision == MISMATCH:
            raise Mismatch(key)
        if decision == REPLAY:
            return None, Finished(stored.status, stored.headers, stored.body)
        assert decision == EXPIRED
        cls._renew(id_, fingerprint)
        return id_, None

    @classmethod
    def _columns(cls, table):
        return [table.company, table.contract, table.method, table.path, table.key]

    @classmethod
    def _insert(cls, place, fingerprint):
        """Return the id of the new row, None if there is one already"""
        row = _INSERT(
            **dict(zip(_PLACE, place, strict=True)), fingerprint=fingerprint, created=utcnow()).fetchone()
        return row[0] if row else None

    @classmethod
    def _find(cls, place):
        table = cls.__table__()
        where = table.company == place[0]
        for column, value in list(zip(cls._columns(table), place, strict=True))[1:]:
            where &= column == value
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, table.fingerprint, table.created, table.status, table.headers,
                table.body, table.sealed, where=where))
        id_, fingerprint, created, status, headers, body, sealed = cursor.fetchone()
        if sealed:
            body = vault.unseal(place[0], SEALED_AS, sealed).encode()
        return id_, Stored(
            fingerprint, created, status, json.loads(headers or '{}'), bytes(body or b''))

    @classmethod
    def _renew(cls, id_, fingerprint):
        """Use the row of an expired key for a new first use"""
        table = cls.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.fingerprint, table.created, table.sealed, table.record],
                [fingerprint, utcnow(), None, None], where=table.id == id_))

    @classmethod
    def store(cls, id_, company, finished, secrets=()):
        """Keep the answer of a request that is about to be committed; secrets: members of its body"""
        body = without(finished.body, secrets) if secrets else finished.body
        _STORE(id=id_, status=finished.status, headers=json.dumps(finished.headers), body=body)
        if secrets:
            table = cls.__table__()
            sealed = vault.seal(company, SEALED_AS, finished.body.decode())
            Transaction().connection.cursor().execute(*table.update(
                    [table.sealed, table.record], [sealed, finished.record], where=table.id == id_))

    @classmethod
    def wipe(cls, contract, records):
        """Forget the secrets of the answers that were given about some records of a contract (texts)"""
        table = cls.__table__()
        Transaction().connection.cursor().execute(*table.update(
                [table.sealed], [None], where=(table.company == current_company())
                & (table.contract == contract) & table.record.in_(list(records) or [None])))

    @classmethod
    def clean(cls):
        """Delete what no key can bring back: run hourly, for all tenants"""
        table = cls.__table__()
        limit = utcnow() - dt.timedelta(hours=KEEP_HOURS)
        Transaction().connection.cursor().execute(*table.delete(
                where=table.created < limit))


_PLACE = ('company', 'contract', 'method', 'path', 'key')


def _insert():
    table = Pool().get('rest.idempotency').__table__()
    names = [*_PLACE, 'fingerprint', 'created']
    return table.insert(
        [getattr(table, name) for name in names], [[Slot(name) for name in names]],
        returning=[table.id], on_conflict=Conflict(table))


def _store():
    table = Pool().get('rest.idempotency').__table__()
    return table.update(
        [table.status, table.headers, table.body], [Slot('status'), Slot('headers'), Slot('body')],
        where=table.id == Slot('id'))


_INSERT, _STORE = Prepared(_insert), Prepared(_store)


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.extend([
                ('rest.idempotency|clean', "Forget Old Idempotency Keys"),
                ('rest.request|clean', "Delete Old Request Log Entries"),
                ])
