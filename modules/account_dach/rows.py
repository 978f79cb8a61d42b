"""Rows written set-based: one INSERT for any number, without the checks that a form needs.

The rows go as one JSON text, which PostgreSQL takes apart by the types of the table's own columns: the
statement is as short for a thousand rows as for one, and is prepared once.

Only for rows that this package makes up itself; what a user types goes through ``Model.create``.
"""
import datetime as dt
import functools
import json
from decimal import Decimal

from psycopg.sql import SQL, Identifier
from trytond.model import fields
from trytond.pool import Pool
from trytond.transaction import Transaction


def next_ids(model, count):
    "Return a list of fresh ids of a model, for rows that point at each other"
    transaction = Transaction()
    if not count:
        return []
    ids = transaction.database.nextid(
        transaction.connection, Pool().get(model)._table, count)
    return ids if isinstance(ids, list) else [ids]


def insert(model, company, rows):
    """Insert rows (dictionaries with the same keys) of a model and return their ids in order.

    ``company`` is added where the model has such a column, ``active`` where the first row does not say.
    """
    if not rows:
        return []
    Model = Pool().get(model)
    formats = {name: _format(Model._fields[name]) for name in rows[0]}
    values = [
        {name: format_(row[name]) if format_ else row[name] for name, format_ in formats.items()}
        for row in rows]
    fixed = {'company': company} if _is_column(Model, 'company') else {}
    if 'active' not in formats and _is_column(Model, 'active'):
        fixed['active'] = True
    cursor = Transaction().connection.cursor()
    cursor.execute(_statement(Model._table, tuple(formats), tuple(fixed)), {
            'rows': json.dumps(values, default=_text), 'user': Transaction().user, **fixed})
    # The sequence is asked row by row, in the order of the rows
    return [row['id'] for row in rows] if 'id' in formats else sorted(id_ for id_, in cursor)


@functools.cache
def _statement(table, names, fixed):
    "Return the INSERT of rows with columns ``names`` and the same value of ``fixed`` in each"
    return SQL(
        "INSERT INTO {table} ({columns}, create_uid, create_date)"
        " SELECT {values}, %(user)s, CURRENT_TIMESTAMP"
        " FROM json_populate_recordset(NULL::{table}, %(rows)s::json) RETURNING id").format(
        table=Identifier(table), columns=SQL(', ').join(map(Identifier, names + fixed)),
        values=SQL(', ').join([*map(Identifier, names), *(SQL(f'%({name})s') for name in fixed)])
        ).as_string()


def _format(field):
    "Return what a field makes of a value, None where that is the value itself"
    return None if isinstance(field, _AS_THEY_ARE) else field.sql_format


_AS_THEY_ARE = (fields.Many2One, fields.Integer, fields.Numeric, fields.Date)


def _text(value):
    "Return what JSON does not know as PostgreSQL reads it"
    if isinstance(value, Decimal | dt.date | dt.time):
        return str(value)
    raise TypeError(f"{value!r} cannot be written by rows.insert")


def delete_own(model, company):
    "Delete all rows of a model that the company has: what a prepared company inherits and does not use"
    Model = Pool().get(model)
    if _is_column(Model, 'company'):
        table = Model.__table__()
        Transaction().connection.cursor().execute(
            *table.delete(where=table.company == company))


def _is_column(Model, name):
    field = Model._fields.get(name)
    return field is not None and not isinstance(field, (fields.Function, fields.MultiValue))
