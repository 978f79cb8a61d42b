"""Asking the database as somebody: a web worker in a tenant, by SQL or by Tryton's models."""
import contextlib

from psycopg.sql import SQL, Identifier
from trytond.transaction import Transaction

from trytond.modules.tenant.ownership import OWNED, classify, company_column, owned_models
from trytond.modules.tenant.scope import tenant_scope


@contextlib.contextmanager
def as_tenant(connection, company):
    """Run SQL of a plain connection in a tenant, None for in no tenant, and undo it"""
    with connection.transaction(force_rollback=True):
        connection.execute("SELECT set_config('app.company', %s, true)", (str(company or ''),))
        yield connection


@contextlib.contextmanager
def as_member(database, company, user, checked=True, locks=()):
    """Run Tryton code in a tenant as a user, under locks of some tables.

    checked: with access rights and record rules
    """
    context = {'company': company, '_check_access': checked}
    with tenant_scope(company), \
            Transaction().start(
                database, user, context=context, readonly=True,
                _lock_tables=list(locks)) as transaction:
        yield transaction


@contextlib.contextmanager
def without_row_level_security(superuser, pool):
    """The second wall taken down where it stands: the rules stand alone"""
    standing = {table for table, in superuser.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity")}
    tables = [
        Model._table for _, Model in pool.iterobject()
        if classify(Model) == OWNED and Model._table in standing]
    _each(superuser, tables, 'DISABLE')
    try:
        yield
    finally:
        _each(superuser, tables, 'ENABLE')


def _each(connection, tables, verb):
    connection.execute('; '.join(
            f'ALTER TABLE "{table}" {verb} ROW LEVEL SECURITY' for table in tables))


def fingerprints(superuser, pool, company):
    """Return model → hash of all of a tenant's rows"""
    return {
        name: superuser.execute(SQL(
                "SELECT md5(string_agg(r::text, ' ' ORDER BY id)) FROM {} r WHERE {} = %s").format(
                Identifier(Model._table), Identifier(company_column(Model))), (company,)).fetchone()
        for name, Model in owned_models(pool).items()}
