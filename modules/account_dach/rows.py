"""Rows written set-based: one INSERT for many, without the checks that a form needs.

Only for rows that this package makes up itself; what a user types goes through ``Model.create``.
"""
from sql.functions import CurrentTimestamp
from trytond.model import fields
from trytond.pool import Pool
from trytond.tools import grouped_slice
from trytond.transaction import Transaction

BATCH = 500


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

    ``id`` is added where the first row has none, ``company`` where the model has such a column, ``active``
    where a row does not say.
    """
    if not rows:
        return []
    Model = Pool().get(model)
    rows = [_completed(Model, company, row) for row in rows]
    if 'id' not in rows[0]:
        for row, id_ in zip(rows, next_ids(model, len(rows)), strict=True):
            row['id'] = id_
    for slice_ in grouped_slice(rows, BATCH):
        _insert(Model, list(slice_))
    return [row['id'] for row in rows]


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


def _completed(Model, company, row):
    row = dict(row)
    if _is_column(Model, 'company'):
        row['company'] = company
    if _is_column(Model, 'active'):
        row.setdefault('active', True)
    return row


def _insert(Model, rows):
    transaction = Transaction()
    table = Model.__table__()
    names = list(rows[0])
    columns = [getattr(table, name) for name in names] + [table.create_uid, table.create_date]
    values = [
        [Model._fields[name].sql_format(row[name]) for name in names]
        + [transaction.user, CurrentTimestamp()]
        for row in rows]
    transaction.connection.cursor().execute(*table.insert(columns, values))
