"""Asking the database as somebody: a web worker in a tenant, by SQL or by Tryton's models."""
import contextlib

from trytond.modules.tenant.ownership import OWNED, classify
from trytond.modules.tenant.scope import tenant_scope
from trytond.transaction import Transaction


@contextlib.contextmanager
def as_tenant(connection, company):
    "Run SQL of a plain connection in a tenant, None for in no tenant, and undo it"
    with connection.transaction(force_rollback=True):
        connection.execute("SELECT set_config('app.company', %s, true)", (str(company or ''),))
        yield connection


@contextlib.contextmanager
def as_member(database, company, user, checked=True):
    "Run Tryton code in a tenant as a user; ``checked``: with access rights and record rules"
    context = {'company': company, '_check_access': checked}
    with tenant_scope(company), \
            Transaction().start(database, user, context=context, readonly=True) as transaction:
        yield transaction


@contextlib.contextmanager
def without_row_level_security(superuser, pool):
    "The second wall taken down: the rules stand alone"
    tables = [Model._table for _, Model in pool.iterobject() if classify(Model) == OWNED]
    _each(superuser, tables, 'DISABLE')
    try:
        yield
    finally:
        _each(superuser, tables, 'ENABLE')


def _each(connection, tables, verb):
    connection.execute('; '.join(
            f'ALTER TABLE "{table}" {verb} ROW LEVEL SECURITY' for table in tables))
