"""Set-based copies of rows: one INSERT … SELECT per table, for any number of copies.

A set of rows (some invoices with all dependent rows, or a whole tenant) is copied a number of times with new
ids; a reference to a row of the set becomes one to its copy, other references stay unchanged. New ids are
computed, not looked up: base + turn × rows of the set + rank in the set. The foreign keys are read from
PostgreSQL's catalogue, so a table that is added later is copied as well. Runs as the superuser of the bench's
own instance, with foreign keys and triggers off: the original rows have passed them.
"""
from collections import defaultdict
from dataclasses import dataclass

from psycopg.sql import SQL, Identifier, Literal

_LINKS = """
    SELECT source.relname, a.attname, target.relname
    FROM pg_constraint k JOIN pg_class source ON source.oid = k.conrelid
        JOIN pg_class target ON target.oid = k.confrelid
        CROSS JOIN LATERAL unnest(k.conkey) AS key
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key
    WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
        AND (a.attname != 'company' OR target.relname = 'company_company')"""
_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"""
_WITHOUT_KEY = {('account_invoice', 'sequence'): 'ir_sequence_strict'}
"""Columns that hold an id without a foreign key"""
_REFERENCES = "SELECT model, name FROM ir_model_field WHERE ttype = 'reference'"


@dataclass(frozen=True)
class Catalogue:
    """columns: table → its columns; links: table → column → referenced table; references: table → columns
    with MODEL,ID; models: table → name of its model. Only tables of tenants.
    """
    columns: dict
    links: dict
    references: dict
    models: dict

    @classmethod
    def read(cls, connection):
        columns, links, references = defaultdict(list), defaultdict(dict), defaultdict(list)
        for table, column in connection.execute(_COLUMNS):
            columns[table].append(column)
        for table, column, target in connection.execute(_LINKS):
            links[table][column] = target
        for (table, column), target in _WITHOUT_KEY.items():
            links[table][column] = target
        models = {
            name.replace('.', '_'): name for name, in connection.execute("SELECT name FROM ir_model")}
        for model, column in connection.execute(_REFERENCES):
            table = model.replace('.', '_')
            if column in columns.get(table, ()):
                references[table].append(column)
        owned = {
            table: names for table, names in columns.items()
            if table in models and ('company' in names or table == 'company_company')}
        return cls(owned, links, references, models)


class Copier:
    """Copies a set of rows; ``connection`` is the superuser's, ``without`` names excluded tables"""

    def __init__(self, connection, without=()):
        self.connection = connection
        self.catalogue = Catalogue.read(connection)
        self._without = frozenset(without)
        self._tables = []
        self._overrides, self._joins = defaultdict(dict), defaultdict(list)
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "CREATE TEMPORARY TABLE rank (relation text, model text, old int, rank int, base int, number int,"
            " PRIMARY KEY (relation, old))")

    # The set

    def add(self, table, condition, *values):
        """Add rows of a table to the set; return the number of new ones"""
        query = SQL(
            "INSERT INTO rank SELECT {name}, {model}, id FROM {table} row WHERE ({condition})"
            " ON CONFLICT DO NOTHING").format(
            name=Literal(table), model=Literal(self.catalogue.models[table]), table=Identifier(table),
            condition=condition)
        return self.connection.execute(query, values).rowcount

    def add_dependent(self):
        """Add all rows that refer to a row of the set, transitively"""
        while sum(self._add_pointing(table) for table in self._candidates()):
            pass

    def add_tenant(self, company):
        """Add all rows of a tenant to the set"""
        for table in self._candidates():
            column = Identifier('id' if table == 'company_company' else 'company')
            self.add(table, SQL("{} = %s").format(column), company)

    def _candidates(self):
        return [table for table in self.catalogue.columns if table not in self._without]

    def _add_pointing(self, table):
        conditions = [
            SQL("{} IN (SELECT old FROM rank WHERE relation = {})").format(
                Identifier(column), Literal(target))
            for column, target in self.catalogue.links[table].items()
            if target in self.catalogue.columns and target != table]
        conditions += [
            SQL("{} IN (SELECT model || ',' || old FROM rank)").format(Identifier(column))
            for column in self.catalogue.references[table]]
        return self.add(table, SQL(' OR ').join(conditions)) if conditions else 0

    def number(self):
        """Close the set: rank its rows and choose the first of their new ids"""
        self._tables = [name for name, in self.connection.execute(
            "SELECT DISTINCT relation FROM rank ORDER BY relation")]
        self.connection.execute(
            "UPDATE rank SET rank = found.place, number = found.number FROM (SELECT relation, old,"
            " row_number() OVER (PARTITION BY relation ORDER BY old) AS place,"
            " count(*) OVER (PARTITION BY relation) AS number FROM rank) found"
            " WHERE rank.relation = found.relation AND rank.old = found.old")
        for table in self._tables:
            self.connection.execute(SQL(
                "UPDATE rank SET base = (SELECT greatest(max(id), (SELECT last_value FROM {})) FROM {})"
                " WHERE relation = {}").format(
                Identifier(f'{table}_id_seq'), Identifier(table), Literal(table)))
        self.connection.execute("ANALYZE rank")

    # The copies

    def override(self, table, column, expression):
        """Set the expression of a column of the copies; row is the original, own its rank, turns.turn the
        number of the copy
        """
        self._overrides[table][column] = expression

    def join(self, table, expression):
        self._joins[table].append(expression)

    def copy(self, times):
        """Copy the set; return {table: number of new rows}"""
        made = {table: self._copy(table, times) for table in self._tables}
        for table in self._tables:
            self.connection.execute(SQL(
                "SELECT setval({}, (SELECT max(id) FROM {}))").format(
                Literal(f'"{table}_id_seq"'), Identifier(table)))
        return made

    def close(self):
        self.connection.execute("DROP TABLE rank")
        self.connection.execute("SET session_replication_role = DEFAULT")

    def _copy(self, table, times):
        joins = list(self._joins[table])
        values = [self._value(table, column, joins) for column in self.catalogue.columns[table]]
        return self.connection.execute(SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(0, {last}) AS turns (turn)"
            " CROSS JOIN {table} AS row JOIN rank own ON own.relation = {name} AND own.old = row.id {joins}"
            " ORDER BY turns.turn, own.rank").format(
            table=Identifier(table), values=SQL(', ').join(values), name=Literal(table),
            last=Literal(times - 1), joins=SQL(' ').join(joins),
            columns=SQL(', ').join(map(Identifier, self.catalogue.columns[table])))).rowcount

    def _value(self, table, column, joins):
        if column in self._overrides[table]:
            return self._overrides[table][column]
        if column == 'id':
            return NEW_ID
        if column in self.catalogue.references[table]:
            return _mapped_reference(column, joins)
        target = self.catalogue.links[table].get(column)
        if target in self._tables:
            return _mapped(column, target, joins)
        return SQL("row.{}").format(Identifier(column))


NEW_ID = SQL("own.base + turns.turn * own.number + own.rank")
"""The id of a copy"""


def _mapped(column, target, joins):
    alias, name = Identifier(f'to_{column}'), Identifier(column)
    joins.append(SQL("LEFT JOIN rank {a} ON {a}.relation = {target} AND {a}.old = row.{name}").format(
        a=alias, target=Literal(target), name=name))
    return SQL("coalesce({a}.base + turns.turn * {a}.number + {a}.rank, row.{name})").format(
        a=alias, name=name)


def _mapped_reference(column, joins):
    alias, name = Identifier(f'to_{column}'), Identifier(column)
    joins.append(SQL(
        "LEFT JOIN rank {a} ON {a}.model = split_part(row.{name}, ',', 1)"
        " AND {a}.old::text = split_part(row.{name}, ',', 2)").format(a=alias, name=name))
    return SQL(
        "coalesce({a}.model || ',' || ({a}.base + turns.turn * {a}.number + {a}.rank), row.{name})").format(
        a=alias, name=name)
