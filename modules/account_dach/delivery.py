"""Delivery of new chart rows to existing companies: the template, and the tenants copied from it.

A row is new if the template company, which is never edited, does not have it yet. Every tenant of the chart
gets it unless the tenant has an equivalent already: an account of the same number, a tax of the same country,
kind, category, reason and rate, a box of the same code. A tenant's added, renamed or moved rows stay, and
deleted ones do not come back. A tax that has ended meanwhile also ends for tenants without an end date of
their own. A few statements per kind of row, for any number of tenants; run by the owner of the tables.
"""
import re
from dataclasses import dataclass, field

from psycopg.sql import SQL, Identifier, Literal
from trytond.model import fields
from trytond.modules.kernel.rows import copied_columns
from trytond.modules.tenant.ownership import owned_models
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import tables
from .chart_rows import add_accounts, add_code_lines, add_tax_codes, add_taxes, add_types

TYPE, ACCOUNT, GROUP = 'account.account.type', 'account.account', 'account.tax.group'
TAX, CODE, CODE_LINE = 'account.tax', 'account.tax.code', 'account.tax.code.line'

_RATE = "coalesce({0}.rate, (SELECT max(c.rate) FROM account_tax c WHERE c.parent = {0}.id))"
_SAME_TAX = (
    "o.parent IS NULL AND r.parent IS NULL AND o.country_code = r.country_code AND o.kind = r.kind"
    " AND o.category = r.category AND o.reason IS NOT DISTINCT FROM r.reason"
    f" AND {_RATE.format('o')} = {_RATE.format('r')}")
CORRESPONDING = {
    TYPE: "o.law = r.law AND o.statement = r.statement",
    ACCOUNT: "o.code = r.code",
    GROUP: "o.kind = r.kind",
    TAX: f"{_SAME_TAX} AND o.start_date IS NOT DISTINCT FROM r.start_date",
    CODE: "o.code = r.code",
    }
"""Model → condition that a tenant's row (o) corresponds to the template company's row (r)"""
EQUIVALENT = {
    TYPE: "o.law = r.law AND o.statement = r.statement AND o.name = r.name",
    ACCOUNT: CORRESPONDING[ACCOUNT],
    TAX: f"o.active AND {_SAME_TAX}"
        " AND coalesce(o.start_date, '-infinity') <= coalesce(r.end_date, 'infinity')"
        " AND coalesce(o.end_date, 'infinity') >= coalesce(r.start_date, '-infinity')",
    CODE: CORRESPONDING[CODE],
    }
"""Model → condition that a tenant's row (o) makes the new row (r) redundant"""
PARENT = {TAX: 'parent', CODE_LINE: 'tax'}
"""Model → reference to the tax with which dependent rows are copied"""
REQUIRED = {
    ACCOUNT: ['type'], TAX: ['group', 'invoice_account', 'credit_note_account', 'base_account'],
    CODE_LINE: ['code', 'tax']}
"""Model → references without which a row is not copied, if the template row has them"""
COMPUTED = {ACCOUNT: {'left': '2 * d.new', 'right': '2 * d.new + 1'}}


@dataclass
class New:
    """Ids of the rows new in the template company"""
    types: list = field(default_factory=list)
    accounts: list = field(default_factory=list)
    codes: list = field(default_factory=list)
    taxes: list = field(default_factory=list)


def deliver(company, chart):
    """Bring a template company, and then the tenants of its chart, up to date with the chart.

    Return the number of new rows of the template company.
    """
    _end_taxes(company, chart)
    new = _complete(company, chart)
    if not any(vars(new).values()):
        return 0
    cursor = Transaction().connection.cursor()
    cursor.execute(
        "CREATE TEMPORARY TABLE kontor_delivery (model text, old int, company int, new int,"
        " PRIMARY KEY (model, old, company)) ON COMMIT DROP")
    for id_ in new.types:
        _copy_to_tenants(cursor, chart, TYPE, [id_])
    _copy_to_tenants(cursor, chart, ACCOUNT, new.accounts)
    for id_ in new.codes:
        _copy_to_tenants(cursor, chart, CODE, [id_])
    _copy_to_tenants(cursor, chart, TAX, new.taxes)
    children = _ids(cursor, 'account_tax', 'parent', new.taxes)
    _copy_dependents(cursor, TAX, children)
    _copy_dependents(cursor, CODE_LINE, _ids(cursor, 'account_tax_code_line', 'tax', [*new.taxes, *children]))
    cursor.execute("DROP TABLE kontor_delivery")
    return sum(map(len, vars(new).values()))


# The template company

def _complete(company, chart):
    """Insert the rows of the tables that the template company lacks; return them as New"""
    country = tables.chart(chart)['country']
    types = {(t.law, t.name): t.id for t in _all(TYPE, company)}
    known = {row['key']: types.get((row['law'], row['name_de'])) for row in tables.account_types(chart)}
    new = New(types=add_types(company, chart, known))
    accounts = {a.code: a.id for a in _all(ACCOUNT, company)}
    new.accounts = add_accounts(company, chart, known, accounts)
    codes = {c.code: c.id for c in _all(CODE, company)}
    new.codes = add_tax_codes(company, country, codes)
    taxes = {_key_of_tax(tax) for tax in _all(TAX, company) if not tax.parent and tax.country_code}
    rows = [row for row in tables.taxes(country) if _key_of_row(row) not in taxes]
    groups = {group.kind: group.id for group in _all(GROUP, company)}
    made = add_taxes(company, chart, country, rows, accounts, groups)
    add_code_lines(company, rows, codes, made.pairs)
    new.taxes = made.ids
    return new


def _all(model, company):
    return Pool().get(model).search([('company', '=', company)], order=[])


def _key_of_tax(tax):
    return (tax.kind, tax.category, tax.reason or None, tax.dach_rate, tax.start_date)


def _key_of_row(row):
    return (row['kind'], row['category'], row['reason'] or None, row['rate'], row['valid_from'])


def _end_taxes(company, chart):
    """End a tax that has ended meanwhile, for the template company and the tenants with the same end date"""
    rows = {_key_of_row(row): row['valid_to'] for row in tables.taxes(tables.chart(chart)['country'])}
    cursor = Transaction().connection.cursor()
    for tax in _all(TAX, company):
        if tax.parent or _key_of_tax(tax) not in rows or rows[_key_of_tax(tax)] == tax.end_date:
            continue
        cursor.execute(SQL(
                "UPDATE account_tax o SET end_date = %s FROM account_tax r WHERE r.id = %s"
                " AND o.end_date IS NOT DISTINCT FROM r.end_date AND " + CORRESPONDING[TAX]
                + " AND (o.company = r.company OR o.company IN (SELECT id FROM company_company"
                " WHERE chart = %s AND tenant_state NOT IN ('house', 'template')))"),
            (rows[_key_of_tax(tax)], tax.id, chart))


# The tenants

def _ids(cursor, table, column, values):
    cursor.execute(SQL("SELECT id FROM {} WHERE {} = ANY(%s) ORDER BY id").format(
            Identifier(table), Identifier(column)), (values,))
    return [id_ for id_, in cursor]


def _copy_to_tenants(cursor, chart, model, ids):
    """Copy rows of the template company to all tenants of the chart without an equivalent row"""
    table = Identifier(Pool().get(model)._table)
    cursor.execute(SQL(
            "INSERT INTO kontor_delivery SELECT {model}, r.id, t.id,"
            " nextval(pg_get_serial_sequence({name}, 'id'))"
            " FROM {table} r JOIN company_company t ON t.chart = %s"
            " AND t.tenant_state NOT IN ('house', 'template') WHERE r.id = ANY(%s) AND NOT EXISTS"
            " (SELECT FROM {table} o WHERE o.company = t.id AND " + EQUIVALENT[model] + ")").format(
            model=Literal(model), name=Literal(f'"{Pool().get(model)._table}"'), table=table),
        (chart, ids))
    _insert(cursor, model, ids)


def _copy_dependents(cursor, model, ids):
    """Copy dependent rows of a tax to the tenants that got the tax"""
    table = Identifier(Pool().get(model)._table)
    cursor.execute(SQL(
            "INSERT INTO kontor_delivery SELECT {model}, r.id, d.company,"
            " nextval(pg_get_serial_sequence({name}, 'id'))"
            " FROM {table} r JOIN kontor_delivery d ON d.model = {tax} AND d.old = r.{column}"
            " WHERE r.id = ANY(%s)").format(
            model=Literal(model), name=Literal(f'"{Pool().get(model)._table}"'), table=table,
            tax=Literal(TAX), column=Identifier(PARENT[model])), (ids,))
    _insert(cursor, model, ids)


def _insert(cursor, model, ids):
    Model = Pool().get(model)
    owned = owned_models(Pool())
    columns, values, needed = [], [], []
    for name, column in copied_columns(Model):
        columns.append(Identifier(name))
        values.append(_value(model, name, column, owned))
        if name in REQUIRED.get(model, ()):
            needed.append(SQL(" AND (r.{} IS NULL OR {} IS NOT NULL)").format(Identifier(name), values[-1]))
    cursor.execute(SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM kontor_delivery d"
            " JOIN {table} r ON r.id = d.old WHERE d.model = {model} AND d.old = ANY(%s){needed}").format(
            table=Identifier(Model._table), columns=SQL(', ').join(columns),
            values=SQL(', ').join(values), model=Literal(model), needed=SQL('').join(needed)), (ids,))
    cursor.execute(SQL(
            "DELETE FROM kontor_delivery d WHERE d.model = {} AND NOT EXISTS"
            " (SELECT FROM {} x WHERE x.id = d.new)").format(Literal(model), Identifier(Model._table)))


def _value(model, name, column, owned):
    """Return the expression of a column; a reference into the template company becomes one into the tenant"""
    fixed = {
        'id': 'd.new', 'company': 'd.company', 'create_uid': '0', 'create_date': 'CURRENT_TIMESTAMP',
        'write_uid': 'NULL', 'write_date': 'NULL'} | COMPUTED.get(model, {})
    if name in fixed:
        return SQL(fixed[name])
    own = SQL('r.{}').format(Identifier(name))
    if not isinstance(column, fields.Many2One) or column.model_name not in owned:
        return own
    made = SQL(
        "(SELECT m.new FROM kontor_delivery m WHERE m.model = {} AND m.old = {} AND m.company = d.company)"
        ).format(Literal(column.model_name), own)
    if column.model_name not in CORRESPONDING:
        return made
    target = owned[column.model_name]
    order = SQL("o.name = p.name DESC, ") if 'name' in target._fields else SQL('')
    alike = SQL(re.sub(r'\br\.', 'p.', CORRESPONDING[column.model_name]))
    return SQL(
        "coalesce({made}, (SELECT o.id FROM {table} o JOIN {table} p ON p.id = {own} AND {alike}"
        " WHERE o.company = d.company ORDER BY {order}o.id LIMIT 1))").format(
        made=made, table=Identifier(target._table), own=own, alike=alike, order=order)
