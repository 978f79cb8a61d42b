"""Ways to sealed rows: what a test breaks on purpose, and everything that could be tried on a table"""
import contextlib

from psycopg.sql import SQL, Identifier

from trytond.modules.immutable import triggers_off

_COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname
"""
_OTHER = [
    ('int', 'coalesce({}, 0) + 1'), ('bigint', 'coalesce({}, 0) + 1'),
    ('numeric', 'coalesce({}, 0) + 1'), ('double', 'coalesce({}, 0) + 1'),
    ('char', "coalesce({}, '') || 'x'"), ('text', "coalesce({}, '') || 'x'"),
    ('bool', 'NOT coalesce({}, false)'), ('date', "coalesce({}, CURRENT_DATE) + 1"),
    ('timestamp', "coalesce({}, now()::timestamp) + interval '1 day'"), ('bytea', "'x'::bytea"),
    ('json', "coalesce({}, '[]') || '[1]'"), ('xid8', "'5'::xid8")]
"""Beginning of a type's name → another value than the column has"""


@contextlib.contextmanager
def unsealed(connection):
    """A transaction of an owner's or superuser's connection that may write sealed rows"""
    with connection.transaction(), connection.cursor() as cursor, \
            triggers_off(cursor, "broken on purpose by a test"):
        yield connection


def columns(connection, table):
    """Return {column: SQL of another value} of a table"""
    return {
        name: next(value for beginning, value in _OTHER if type_.startswith(beginning)).format(f'"{name}"')
        for name, type_ in connection.execute(_COLUMNS, (f'"{table}"',)).fetchall()}


def update(table, column, value, id):
    return SQL("UPDATE {} SET {} = {} WHERE id = {}").format(
        Identifier(table), Identifier(column), SQL(value), id)


def insert_again(connection, table, id, **others):
    """Return the statement that adds a row like another one; ``others``: column → SQL of another value"""
    names = [name for name in columns(connection, table) if name != 'id']
    return SQL("INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE id = {id}").format(
        table=Identifier(table), names=SQL(', ').join(map(Identifier, names)), id=id,
        values=SQL(', ').join(SQL(others[n]) if n in others else Identifier(n) for n in names))


def delete(table, id):
    return SQL("DELETE FROM {} WHERE id = {}").format(Identifier(table), id)
