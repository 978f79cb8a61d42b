"""Rows written set-based: one INSERT for any number, without the checks that a form needs.

The rows of a model go as one JSON text, which PostgreSQL takes apart by the types of the table's own columns:
the statement is as short for a thousand rows as for one, and is prepared once.

Only for rows that this package makes up itself; what a user types goes through ``Model.create``.
"""
import functools

from psycopg.sql import SQL, Identifier
from pydantic_core import to_json
from sql.functions import CurrentTimestamp
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction

from .public_id import Uuid

_NEXT = """
SELECT w.model, nextval(w.sequence)
FROM (
    SELECT model, pg_get_serial_sequence(name, 'id')::regclass AS sequence, count
    FROM unnest(%s::text[], %s::text[], %s::int[]) AS w (model, name, count) OFFSET 0) AS w,
    generate_series(1, w.count)
"""


def next_ids(wanted):
    """Return {model: list of fresh ids} for {model: how many}, in one statement.

    For rows that point at each other.
    """
    found = {model: [] for model in wanted}
    if any(wanted.values()):
        tables = [Pool().get(model)._table for model in wanted]
        cursor = Transaction().connection.cursor()
        cursor.execute(_NEXT, (list(wanted), tables, list(wanted.values())))
        for model, id in cursor:
            found[model].append(id)
    return found


def fresh_ids(model, count):
    """Return a list of fresh ids of one model"""
    return next_ids({model: count})[model]


def insert(model, company, rows):
    """Insert rows (dictionaries with the same keys) of a model and return their ids in order.

    ``company`` is added where the model has such a column, ``active`` where the first row does not say.
    """
    if not rows:
        return []
    table = _Rows(Pool().get(model), rows)
    cursor = Transaction().connection.cursor()
    cursor.execute(_one(table.place), {
            'rows0': table.text, 'company': company, 'user': Transaction().user})
    # The sequence is asked row by row, in the order of the rows
    return [row['id'] for row in rows] if 'id' in rows[0] else sorted(id for id, in cursor)


def insert_all(company, wanted):
    """Insert {model: rows} in one statement, one model after the other.

    Rows that have their ids already may point at each other: foreign keys are checked when all are there,
    and what looks a record up sees the models before its own.
    """
    tables = [_Rows(Pool().get(model), rows) for model, rows in wanted.items() if rows]
    if tables:
        Transaction().connection.cursor().execute(
            _many(tuple(table.place for table in tables)), {
                **{f'rows{n}': table.text for n, table in enumerate(tables)},
                'company': company, 'user': Transaction().user})


class _Rows:
    """Rows of a model: ``place`` says where they go, ``text`` has their values"""

    def __init__(self, Model, rows):
        self.place, formats = _columns(Model, tuple(rows[0]))
        # Decimals and dates become the text that PostgreSQL reads
        self.text = to_json(
            [row | {name: format_(row[name]) for name, format_ in formats} for row in rows]).decode()


@functools.cache
def _columns(Model, names):
    """Return (what a statement depends on, [(name, function)] of the values that are not written as they
    are)
    """
    formats = [(name, format_) for name in names if (format_ := _format(Model._fields[name]))]
    is_active = 'active' not in names and _is_column(Model, 'active')
    return (Model._table, names, _is_column(Model, 'company'), is_active), formats


@functools.cache
def _one(place):
    return _insert(place, 0, SQL("RETURNING id")).as_string()


@functools.cache
def _many(places):
    """Return the statement; each part asks for the one before, so that they are carried out in this order"""
    parts = [
        SQL("part{} AS ({})").format(SQL(str(n)), _insert(place, n, SQL("{} RETURNING 1").format(
                    SQL(f"WHERE (SELECT count(*) FROM part{n - 1}) >= 0" if n else ""))))
        for n, place in enumerate(places)]
    return SQL("WITH {} SELECT count(*) FROM part{}").format(
        SQL(', ').join(parts), SQL(str(len(parts) - 1))).as_string()


def _insert(place, number, end):
    """Return the INSERT of the rows of a ``place``, the parameter ``rows<number>``"""
    table, names, has_company, is_active = place
    fixed = {'create_uid': SQL('%(user)s'), 'create_date': SQL('CURRENT_TIMESTAMP')}
    if has_company:
        fixed['company'] = SQL('%(company)s')
    if is_active:
        fixed['active'] = SQL('true')
    return SQL(
        "INSERT INTO {table} ({columns}) SELECT {values}"
        " FROM json_populate_recordset(NULL::{table}, {rows}::json) {end}").format(
        table=Identifier(table), columns=SQL(', ').join(map(Identifier, [*names, *fixed])),
        values=SQL(', ').join([*map(Identifier, names), *fixed.values()]),
        rows=SQL(f'%(rows{number})s'), end=end)


def _format(field):
    """Return what a field makes of a value, None where that is the value itself"""
    if isinstance(field, fields.Binary):
        raise TypeError(f"{field.name}: bytes are not written as JSON")
    if isinstance(field, fields.Char) and field.strip in (True, False):
        return _stripped if field.strip else None
    if isinstance(field, fields.Reference):
        return functools.partial(_named, field)
    for kind, format_ in _FORMATS.items():
        if isinstance(field, kind):
            return format_
    return None if isinstance(field, _AS_THEY_ARE) else field.sql_format


def _stripped(value):
    return value and value.strip()


def _words(value):
    """The column is JSON itself: text would become a string in it"""
    return None if value is None else sorted(set(value))


def _named(field, value):
    """Mostly it is the text already, as in ``account.invoice,42``"""
    return value if value is None or isinstance(value, str) else field.sql_format(value)


def _to_the_second(value):
    return value and value.replace(microsecond=0)


_FORMATS = {fields.DateTime: _to_the_second, fields.MultiSelection: _words}
_AS_THEY_ARE = (
    fields.Boolean, fields.Date, fields.Float, fields.Integer, fields.Many2One, fields.Numeric,
    fields.Selection, fields.Timestamp)


def forget(*models):
    """Let no record cached in this transaction hide what was written"""
    transaction = Transaction()
    transaction.counter += 1
    for cache in transaction.cache.values():
        for model in models:
            if model in cache:
                cache[model].clear()


def update(model, ids, values):
    """Write the same values {column: value} into rows"""
    Model = Pool().get(model)
    table = Model.__table__()
    names = list(values)
    transaction = Transaction()
    transaction.connection.cursor().execute(*table.update(
            [getattr(table, name) for name in names] + [table.write_uid, table.write_date],
            [Model._fields[name].sql_format(values[name]) for name in names]
            + [transaction.user, CurrentTimestamp()],
            where=fields.SQL_OPERATORS['in'](table.id, list(ids))))


def copied_columns(Model):
    """Return [(name, field)] of the columns that a copy made by SQL names.

    Public ids are left to the database, which gives a copy its own.
    """
    return [
        (name, field) for name, field in sorted(Model._fields.items())
        if field.sql_type() and not isinstance(field, (fields.Function, Uuid))]


def delete_own(model, company):
    """Delete all rows of a model that the company has: what a template company inherits and does not use"""
    Model = Pool().get(model)
    if _is_column(Model, 'company'):
        table = Model.__table__()
        Transaction().connection.cursor().execute(
            *table.delete(where=table.company == company))


def _is_column(Model, name):
    field = Model._fields.get(name)
    return field is not None and not isinstance(field, (fields.Function, fields.MultiValue))
