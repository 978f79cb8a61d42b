"""A row of any tenant-owned table, made the way the owner would: INSERT with values that fit the columns."""
import datetime as dt
import itertools

from psycopg.sql import SQL, Identifier
from trytond.model import fields

from tests.support.sealed import unsealed
from trytond.modules.tenant.ownership import OWNED, classify, company_column, owned_models

VALUES = {
    'account.move.line': {'debit': 0, 'credit': 0},
    'ir.chat.follower': {'email': 'somebody@example.com'},
    'ir.chat.message': {'email': 'somebody@example.com'},
    'ir.ui.view_search': {'model': 'party.party'},
    'ir.ui.view_tree_optional': {'model': 'party.party', 'field': 'name'},
    'ir.ui.view_tree_state': {'model': 'party.party'},
    'ir.ui.view_tree_width': {'model': 'party.party', 'field': 'name'},
    }
"""Model → column → value, where any value of the right type is not enough"""
BY_TYPE = [
    ('bool', False), ('int', 1), ('numeric', 1), ('double', 1), ('real', 1),
    ('date', dt.date(2026, 1, 15)), ('timestamp', dt.datetime.now()),
    ('time', dt.time(12)), ('interval', dt.timedelta(hours=1)), ('bytea', b'x'), ('json', '{}')]
"""Beginning of a type's name → a value of it"""
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), attnotnull AND NOT atthasdef
FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
    AND attgenerated = '' ORDER BY attnum"""


class Rows:
    """Rows of one tenant.

    connection: as superuser, in autocommit: nobody's walls, everybody's constraints; text: with which
    their texts begin.
    """
    _numbers = itertools.count(1)

    def __init__(self, connection, pool, company, text='x'):
        self.connection = connection
        self.pool = pool
        self.company = company
        self.text = text
        self._ids = {}
        self._making = []

    def of(self, name):
        """Return the id of a row of a model: the tenant's, made if there is none; any of a shared one"""
        if name not in self._ids or not self._exists(name, self._ids[name]):
            self._ids[name] = self._found(name) or self.make(name)
        return self._ids[name]

    def _exists(self, name, id_):
        """Jobs of the house clean up old rows"""
        table = Identifier(self.pool.get(name)._table)
        return self.connection.execute(
            SQL("SELECT 1 FROM {} WHERE id = %s").format(table), (id_,)).fetchone()

    def _found(self, name):
        Model = self.pool.get(name)
        if hasattr(Model, '__seal__') and {} not in Model.__seal__().when:
            # What a test has posted or issued refuses everything; a row of our own is a draft
            return None
        query = SQL("SELECT id FROM {}").format(Identifier(Model._table))
        if classify(Model) == OWNED:
            query += SQL(" WHERE {} = {}").format(Identifier(company_column(Model)), self.company)
        row = self.connection.execute(query + SQL(" ORDER BY id LIMIT 1")).fetchone()
        return row[0] if row else None

    def make(self, name, **values):
        """Insert a fresh row and return its id"""
        values = {**self.values(name), **values}
        Model = self.pool.get(name)
        with unsealed(self.connection):
            return self.connection.execute(*insert(Model, values)).fetchone()[0]

    def values(self, name):
        """Return column → value of a fresh row: what must be there, nothing else"""
        Model = self.pool.get(name)
        if name in self._making:
            raise LookupError(f"{' → '.join(self._making)} → {name} go round in a circle")
        self._making.append(name)
        try:
            values = {
                column: self._value(Model, column, type_)
                for column, type_, needed in self._columns(Model) if needed and column != 'id'}
        finally:
            self._making.pop()
        if classify(Model) == OWNED and company_column(Model) == 'company':
            values['company'] = self.company
        return {**values, **VALUES.get(name, {})}

    def _columns(self, Model):
        return self.connection.execute(_COLUMNS, (f'"{Model._table}"',)).fetchall()

    def _value(self, Model, column, type_):
        field = Model._fields.get(column)
        if isinstance(field, fields.Many2One):
            return self.of(field.model_name)
        if isinstance(field, fields.Reference):
            return self.reference()
        if isinstance(field, fields.Selection) and isinstance(field.selection, list):
            return next(key for key, _ in field.selection if key)
        for beginning, value in BY_TYPE:
            if type_.startswith(beginning):
                return value
        return f'{self.text}{next(self._numbers)}'

    def reference(self):
        """Return a reference to one of the tenant's records"""
        return f'party.party,{self.of("party.party")}'


def insert(Model, values):
    """Return (statement, parameters) that inserts a row and returns its id"""
    columns = SQL(', ').join(map(Identifier, values))
    marks = SQL(', ').join([SQL('%s')] * len(values))
    return SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        Identifier(Model._table), columns, marks), list(values.values())


def rows_of_every_table(connection, pool, company, text='x'):
    """Return Rows of a tenant, one at least of every table"""
    rows = Rows(connection, pool, company, text)
    for name in owned_models(pool):
        rows.of(name)
    return rows
