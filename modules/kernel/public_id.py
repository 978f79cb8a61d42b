"""Public ids: records that contracts name by UUID get a UUIDv7 (RFC 9562) beside their id.

The column has a default of the database, so every way to insert a row fills it: ``Model.create``,
``rows.insert``, plain SQL. Ids of one connection rise with every row, those of several by the time of
creation, to less than a microsecond. Nobody sets or changes one: a copy of a record, or of a tenant, gets its
own.
"""
import uuid

from psycopg.sql import SQL, Identifier
from sql import Cast
from sql.operators import Any
from trytond import backend
from trytond.model import Unique, fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.tenant.scope import current_tenant

_TICKS = """
CREATE OR REPLACE FUNCTION kontor_uuid7_at(tick bigint) RETURNS uuid LANGUAGE sql VOLATILE AS $function$
    SELECT (lpad(to_hex(tick >> 12), 12, '0') || '7' || lpad(to_hex(tick & 4095), 3, '0')
        || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid
$function$"""
"""A tick is the 4096th part of a millisecond since 1970: the 48 and 12 first bits of the id"""
_NEXT = """
CREATE OR REPLACE FUNCTION kontor_uuid7() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $function$
    DECLARE tick bigint := greatest(
        (extract(epoch FROM clock_timestamp()) * 4096000)::bigint,
        coalesce(nullif(current_setting('kontor.uuid7', true), '')::bigint, 0) + 1);
    BEGIN
        PERFORM set_config('kontor.uuid7', tick::text, false);
        RETURN kontor_uuid7_at(tick);
    END $function$"""
_NEXT_BUILT_IN = """
CREATE OR REPLACE FUNCTION kontor_uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT uuidv7()'"""
BUILT_IN_SINCE = 180000
"""Version of PostgreSQL that makes them itself, rising within a connection"""
_FILL = SQL("""
UPDATE {table} row SET uuid = kontor_uuid7_at(numbered.tick)
FROM (
    SELECT id, max(tick - number) OVER (PARTITION BY company ORDER BY id) + number AS tick
    FROM (
        SELECT id, company, row_number() OVER (PARTITION BY company ORDER BY id) AS number,
            (extract(epoch FROM coalesce(create_date, to_timestamp(0)::timestamp)::timestamptz)
                * 4096000)::bigint AS tick
        FROM {table}) dated) numbered
WHERE numbered.id = row.id AND row.uuid IS NULL""")
"""The ticks of rows that exist: the moment of creation, but at least one more than that of the row before"""


class Uuid(fields.Char):
    """A column of the type uuid, which the database fills; its canonical text in Python"""
    _sql_type = 'UUID'
    search_unaccented = False

    def definition(self, model, language):
        # A new record in the client has none yet
        return super().definition(model, language) | {'required': False}

    def convert_domain(self, domain, tables, Model):
        _, operator, value = domain
        column = self.sql_column(tables, Model)
        if operator in {'=', 'in'}:
            wanted = _canonical([value] if operator == '=' else value)
            return _is_one_of(column, wanted)
        return super().convert_domain(domain, tables, Model)

    def _domain_column(self, operator, column):
        return Cast(column, 'VARCHAR')


def _is_one_of(column, wanted):
    """Return the condition that a column is one of some canonical texts, which an index answers"""
    return column == Any([uuid.UUID(text) for text in wanted])


def _canonical(values):
    """Return {canonical text: value} of UUIDs, given as text or as such; other values are left out"""
    found = {}
    for value in values:
        try:
            found[str(uuid.UUID(str(value)))] = value
        except ValueError:
            continue
    return found


class PublicId:
    """A tenant-owned model whose records have a ``uuid``, unique in the tenant"""
    __slots__ = ()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.uuid = Uuid("Public ID", required=True, readonly=True)
        table = cls.__table__()
        cls._sql_constraints.append(
            ('uuid_unique', Unique(table, table.company, table.uuid), 'kernel.msg_uuid_unique'))

    @classmethod
    def __register__(cls, module_name):
        cursor = Transaction().connection.cursor()
        _make_functions(cursor)
        if backend.TableHandler.table_exist(cls._table):
            _add_column(cursor, cls.__table_handler__(module_name))
        super().__register__(module_name)
        cursor.execute(SQL("ALTER TABLE {} ALTER uuid SET DEFAULT kontor_uuid7()").format(
                Identifier(cls._table)))

    @classmethod
    def copy(cls, records, default=None):
        return super().copy(records, default=dict(default or {}, uuid=None))

    @classmethod
    def preprocess_values(cls, mode, values):
        values = super().preprocess_values(mode, values)
        values.pop('uuid', None)
        return values


def _make_functions(cursor):
    cursor.execute("SELECT current_setting('server_version_num')::int >= %s", (BUILT_IN_SINCE,))
    built_in, = cursor.fetchone()
    cursor.execute(_TICKS)
    cursor.execute(_NEXT_BUILT_IN if built_in else _NEXT)


def _add_column(cursor, handler):
    """Give the rows of a table their ids; triggers that keep records as they are do not see it"""
    if handler.column_exist('uuid'):
        return
    handler.add_column('uuid', Uuid._sql_type)
    for statement in (
            SQL("ALTER TABLE {table} DISABLE TRIGGER USER"), _FILL,
            SQL("ALTER TABLE {table} ENABLE TRIGGER USER")):
        cursor.execute(statement.format(table=Identifier(handler.table_name)))


def ids_of(model, uuids):
    """Return {uuid: id} of records of the tenant, in one statement.

    uuids: as texts or UUIDs, which are the keys of the answer; unknown ones and other tenants' are left out.
    """
    wanted = _canonical(uuids)
    if not wanted:
        return {}
    table = Pool().get(model).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.uuid, table.id,
            where=(table.company == current_tenant) & _is_one_of(table.uuid, wanted)))
    return {wanted[text]: id for text, id in cursor}


def uuids_of(model, ids):
    """Return {id: uuid} of records of the tenant, in one statement"""
    if not ids:
        return {}
    table = Pool().get(model).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, table.uuid,
            where=(table.company == current_tenant) & fields.SQL_OPERATORS['in'](table.id, list(ids))))
    return dict(cursor.fetchall())
