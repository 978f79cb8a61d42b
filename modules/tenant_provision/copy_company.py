"""A new company as a copy of a template company, set-based: INSERT … SELECT per table, whatever their number.

Every row of every tenant-owned table of the source is copied with a new id; what points at a copied row
points at its copy. Foreign keys are deferred to COMMIT, so tables need no order. Works beside any number of
other copies: ids come from the sequences, nothing is locked.
"""
from psycopg.sql import SQL, Identifier, Literal
from trytond.model import fields

from trytond.modules.kernel.rows import copied_columns
from trytond.modules.tenant.ownership import company_column, owned_models

COMPUTED = {'account.account': {'left': '2 * own.new', 'right': '2 * own.new + 1'}}
"""Columns that follow from the new id: accounts are flat, each its own interval of the nested set"""


def copy_company(connection, pool, source):
    """Copy company ``source`` and return the id of the new company; nothing is committed"""
    cursor = connection.cursor()
    models = {
        name: Model for name, Model in owned_models(pool).items()
        if not Model.__never_copied__}
    # One company among thousands is always found by index; a planner without fresh statistics doubts it
    cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    cursor.execute(
        'CREATE TEMPORARY TABLE kontor_copy (name text COLLATE "C", old int, new int,'
        ' PRIMARY KEY (name, old)) ON COMMIT DROP')
    company, names = _number(cursor, models, source)
    for name in names:
        _copy(cursor, models[name], models, source, company)
    cursor.execute("DROP TABLE kontor_copy")
    return company


def _number(cursor, models, source):
    """Give every row of the source its new id, in one statement.

    Return (id of the new company, names of the models that have rows, the company itself first).
    """
    rows = SQL(' UNION ALL ').join(
        # The sequence is found once per table, in a query of its own
        SQL("(SELECT {}, id, nextval((SELECT pg_get_serial_sequence({}, 'id')::regclass)) FROM"
            " (SELECT id FROM {} WHERE {} = {} ORDER BY id) rows)").format(
            Literal(name), Literal(f'"{Model._table}"'), Identifier(Model._table),
            Identifier(company_column(Model)), Literal(source))
        for name, Model in models.items())
    cursor.execute(SQL("INSERT INTO kontor_copy ") + rows)
    cursor.execute("SELECT name, max(new) FROM kontor_copy GROUP BY name")
    found = dict(cursor.fetchall())
    return found['company.company'], sorted(found, key=lambda name: (name != 'company.company', name))


def _copy(cursor, Model, models, source, company):
    columns, values, joins = [], [], []
    for name, field in copied_columns(Model):
        columns.append(Identifier(name))
        values.append(_value(Model, name, field, models, company, joins))
    cursor.execute(SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} row"
            " JOIN kontor_copy own ON own.name = {name} AND own.old = row.id {joins}"
            " ORDER BY own.new").format(
            table=Identifier(Model._table), columns=SQL(', ').join(columns),
            values=SQL(', ').join(values), name=Literal(Model.__name__),
            joins=SQL(' ').join(joins)))


def _value(Model, name, field, models, company, joins):
    """Return the expression of one column of a copy; joins gets what it needs"""
    fixed = {
        'id': SQL('own.new'), 'company': Literal(company), 'create_uid': SQL('0'),
        'create_date': SQL('CURRENT_TIMESTAMP'), 'write_uid': SQL('NULL'), 'write_date': SQL('NULL')}
    if name in COMPUTED.get(Model.__name__, ()):
        return SQL(COMPUTED[Model.__name__][name])
    if name in fixed and not (name == 'company' and company_column(Model) == 'id'):
        return fixed[name]
    column = SQL('row.{}').format(Identifier(name))
    if isinstance(field, fields.Many2One) and field.model_name in models:
        return _mapped(name, Literal(field.model_name), column, joins)
    if isinstance(field, fields.Reference):
        return _mapped_reference(name, column, joins)
    return column


def _mapped(name, model, column, joins):
    alias = Identifier(f'to_{name}')
    joins.append(SQL("LEFT JOIN kontor_copy {a} ON {a}.name = {model} AND {a}.old = {column}").format(
            a=alias, model=model, column=column))
    return SQL("{}.new").format(alias)


def _mapped_reference(name, column, joins):
    alias = Identifier(f'to_{name}')
    joins.append(SQL(
            "LEFT JOIN kontor_copy {a} ON {a}.name = split_part({column}, ',', 1)"
            " AND {a}.old::text = split_part({column}, ',', 2)").format(a=alias, column=column))
    return SQL("coalesce({a}.name || ',' || {a}.new, {column})").format(a=alias, column=column)
