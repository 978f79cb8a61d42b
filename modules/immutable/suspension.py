"""Suspension of the seals by the owner: one transaction, one reason, one row in a permanent log.

A migration that must write sealed rows states so::

    with triggers_off(cursor, "3.2: unit codes in upper case"):
        cursor.execute("UPDATE account_invoice_line …")

The guards look for the log row of their own transaction, so there is no suspension without one; neither the
web role nor the worker role may write it.
"""
import contextlib
import logging

from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier
from trytond.model import Index, ModelSQL, fields
from trytond.modules.tenant.ownership import OperatorOwned
from trytond.pool import Pool

from . import triggers
from .seal import FREELY, Seal

logger = logging.getLogger(__name__)
_DEFERRED = (
    "SELECT tgname FROM pg_trigger WHERE tgdeferrable AND tgname LIKE 'kontor\\_%' ORDER BY tgname")


class Suspension(OperatorOwned, ModelSQL):
    """A transaction in which sealed rows may be written"""
    __name__ = 'immutable.suspension'

    xact = fields.Integer("Transaction", required=True, readonly=True)
    xact._sql_type = 'BIGINT'
    role = fields.Char("Database Role", required=True, readonly=True)
    reason = fields.Text("Reason", required=True, readonly=True)
    started = fields.Timestamp("Started", required=True, readonly=True)
    ended = fields.Timestamp("Ended", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(Index(table, (table.xact, Index.Equality())))

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], living={'ended': FREELY}, strict=True)

    @classmethod
    def __raise_walls__(cls, cursor, roles):
        """Create the guards of all sealed models; called as the owner of the tables"""
        triggers.build(cursor, Pool())


@contextlib.contextmanager
def triggers_off(cursor, reason):
    """Let the transaction of a psycopg cursor write sealed rows, until the end of the block.

    Only for the owner of the tables. Deferred triggers that would refuse at COMMIT are run at the end of the
    block instead, under the suspension.
    """
    connection = cursor.connection
    if connection.autocommit and connection.info.transaction_status == TransactionStatus.IDLE:
        raise RuntimeError("triggers_off needs a transaction")
    cursor.execute(
        "INSERT INTO immutable_suspension (xact, role, reason, started) VALUES ("
        " pg_current_xact_id()::text::bigint, session_user, %s, clock_timestamp()) RETURNING id", (reason,))
    id_, = cursor.fetchone()
    logger.warning("sealed rows are written (suspension %s): %s", id_, reason)
    try:
        yield
    finally:
        if connection.info.transaction_status != TransactionStatus.INERROR:
            _end(cursor, id_)


def _end(cursor, id_):
    cursor.execute(_DEFERRED)
    for name, in cursor.fetchall():
        for moment in ('IMMEDIATE', 'DEFERRED'):
            cursor.execute(SQL("SET CONSTRAINTS {} " + moment).format(Identifier(name)))
    cursor.execute(
        "UPDATE immutable_suspension SET ended = clock_timestamp() WHERE id = %s", (id_,))
