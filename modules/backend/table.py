"""Tryton's table handler, with the catalog read directly.

Each module reads the columns, constraints and keys of every table it extends, and again after each change.
For that the views of information_schema compute privileges and texts; pg_attribute and pg_constraint give the
same answer in a twentieth of the time.
"""
from trytond.backend.postgresql import table
from trytond.transaction import Transaction

_COLUMNS = """
SELECT a.attname, t.typname, a.attnotnull,
    CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod <> -1 THEN a.atttypmod - 4 END,
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END, a.attidentity <> ''
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) AND a.attnum > 0 AND NOT a.attisdropped
"""
_CONSTRAINTS = """
SELECT conname FROM pg_constraint
WHERE conrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) AND contype <> 't'
"""
_FOREIGN_KEYS = """
SELECT c.conname, a.attname, c.confdeltype
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
WHERE c.conrelid = to_regclass(format('%%I.%%I', %s::text, %s::text)) AND c.contype = 'f'
"""
_RULES = {'a': 'NO ACTION', 'r': 'RESTRICT', 'c': 'CASCADE', 'n': 'SET NULL', 'd': 'SET DEFAULT'}


class TableHandler(table.TableHandler):
    """Definition of a table; named like its base class, so that both share their name-mangled private names
    """

    @property
    def _columns(self):
        if self.__columns is None:
            self.__columns = {
                name: {
                    'typname': type_, 'notnull': notnull, 'size': size, 'default': default,
                    'identity': identity}
                for name, type_, notnull, size, default, identity in self._ask(_COLUMNS)}
        return self.__columns

    @property
    def _constraints(self):
        if self.__constraints is None:
            self.__constraints = [name for name, in self._ask(_CONSTRAINTS)]
        return self.__constraints

    @property
    def _fk_deltypes(self):
        if self.__fk_deltypes is None:
            self.__fk_deltypes = {
                (name, column): _RULES[rule] for name, column, rule in self._ask(_FOREIGN_KEYS)}
        return self.__fk_deltypes

    def _ask(self, query):
        cursor = Transaction().connection.cursor()
        cursor.execute(query, (self.table_schema, self.table_name))
        return cursor.fetchall()
