"""Which tenant we are in: the scope for what starts, the connection for what runs"""
import contextlib

from psycopg.pq import TransactionStatus
from sql import Expression
from trytond.modules.backend.database import connection_company
from trytond.modules.backend.scope import scoped_company, tenant_scope
from trytond.transaction import Transaction

__all__ = ['CURRENT', 'current_company', 'current_tenant', 'entered', 'scoped_company', 'tenant_scope']

CURRENT = "nullif(current_setting('app.company', true), '')::int"
"""The company id of the connection's tenant in SQL, NULL outside every tenant"""


def current_company():
    """Return the company id of the running transaction, or None outside every tenant"""
    connection = Transaction().connection
    return connection_company(connection) if connection else None


class _CurrentTenant(Expression):
    __slots__ = ()
    params = ()

    def __str__(self):
        return CURRENT


current_tenant = _CurrentTenant()
"""The same for python-sql: a condition that repeats word for word what row-level security asks is no work for
PostgreSQL, where one by value is looked at again for every row"""


@contextlib.contextmanager
def entered(company):
    """Go on with the running transaction as ``company``: for the owner's scripts and jobs of the house.

    The web role enters a tenant only by checking out a connection; row-level security decides by the
    session's setting, which this changes together with the mark on the connection.
    """
    connection = Transaction().connection
    before = connection_company(connection)
    _enter(connection, company)
    try:
        with Transaction().set_context(company=company):
            yield
    finally:
        if connection.info.transaction_status != TransactionStatus.INERROR:
            _enter(connection, before)


def _enter(connection, company):
    connection.execute("SELECT set_config('app.company', %s, false)", (str(company or ''),))
    connection.kontor_company = company
