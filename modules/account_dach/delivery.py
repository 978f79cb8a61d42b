"""New rows of the charts reach companies made before: the template company, and the tenants copied from it.

What is new is what the template company, which nobody edits, does not have yet. It goes to each tenant of the
chart unless that tenant has its own answer already: an account of the number, a tax for the same question, a
box of the code. So what a tenant added, renamed or moved stays, and what it deleted does not come back. A
tax that ended meanwhile ends for those who did not set an end of their own. A few statements per kind of row,
whatever the number of tenants; run by the owner of the tables.
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
_QUESTION = (
    "o.parent IS NULL AND r.parent IS NULL AND o.country_code = r.country_code AND o.kind = r.kind"
    " AND o.category = r.category AND o.reason IS NOT DISTINCT FROM r.reason"
    f" AND {_RATE.format('o')} = {_RATE.format('r')}")
ALIKE = {
    TYPE: "o.law = r.law AND o.statement = r.statement",
    ACCOUNT: "o.code = r.code",
    GROUP: "o.kind = r.kind",
    TAX: f"{_QUESTION} AND o.start_date IS NOT DISTINCT FROM r.start_date",
    CODE: "o.code = r.code",
    }
"""Model → when a tenant's row (o) is the counterpart of the template company's (r)"""
THERE = {
    TYPE: "o.law = r.law AND o.statement = r.statement AND o.name = r.name",
    ACCOUNT: ALIKE[ACCOUNT],
    TAX: f"o.active AND {_QUESTION}"
        " AND coalesce(o.start_date, '-infinity') <= coalesce(r.end_date, 'infinity')"
        " AND coalesce(o.end_date, 'infinity') >= coalesce(r.start_date, '-infinity')",
    CODE: ALIKE[CODE],
    }
"""Model → when a tenant's row (o) answers already, so that the new one (r) would be one too many"""
BELOW = {TAX: 'parent', CODE_LINE: 'tax'}
"""Model → the reference of rows that come with what they belong to"""
NEEDED = {
    ACCOUNT: ['type'], TAX: ['group', 'invoice_account', 'credit_note_account', 'base_account'],
    CODE_LINE: ['code', 'tax']}
"""Model → references that must not get lost where the row of the template company has them"""
COMPUTED = {ACCOUNT: {'left': '2 * d.new', 'right': '2 * d.new + 1'}}


@dataclass
class New:
    """Ids of the rows that the template company has just got"""
    types: list = field(default_factory=list)
    accounts: list = field(default_factory=list)
    codes: list = field(default_factory=list)
    taxes: list = field(default_factory=list)


def deliver(company, chart):
    """Give a template company what its chart has got since, and then the tenants of the chart.

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
        _spread(cursor, chart, TYPE, [id_])
    _spread(cursor, chart, ACCOUNT, new.accounts)
    for id_ in new.codes:
        _spread(cursor, chart, CODE, [id_])
    _spread(cursor, chart, TAX, new.taxes)
    children = _ids(cursor, 'account_tax', 'parent', new.taxes)
    _spread_below(cursor, TAX, children)
    _spread_below(cursor, CODE_LINE, _ids(cursor, 'account_tax_code_line', 'tax', [*new.taxes, *children]))
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
    taxes = {_question(tax) for tax in _all(TAX, company) if not tax.parent and tax.country_code}
    rows = [row for row in tables.taxes(country) if _asked(row) not in taxes]
    groups = {group.kind: group.id for group in _all(GROUP, company)}
    made = add_taxes(company, chart, country, rows, accounts, groups)
    add_code_lines(company, rows, codes, made.pairs)
    new.taxes = made.ids
    return new


def _all(model, company):
    return Pool().get(model).search([('company', '=', company)], order=[])


def _question(tax):
    return (tax.kind, tax.category, tax.reason or None, tax.dach_rate, tax.start_date)


def _asked(row):
    return (row['kind'], row['category'], row['reason'] or None, row['rate'], row['valid_from'])


def _end_taxes(company, chart):
    """Let a tax that ended meanwhile end wherever it still ends as that of the template company did"""
    rows = {_asked(row): row['valid_to'] for row in tables.taxes(tables.chart(chart)['country'])}
    cursor = Transaction().connection.cursor()
    for tax in _all(TAX, company):
        if tax.parent or _question(tax) not in rows or rows[_question(tax)] == tax.end_date:
            continue
        cursor.execute(SQL(
                "UPDATE account_tax o SET end_date = %s FROM account_tax r WHERE r.id = %s"
                " AND o.end_date IS NOT DISTINCT FROM r.end_date AND " + ALIKE[TAX]
                + " AND (o.company = r.company OR o.company IN (SELECT id FROM company_company"
                " WHERE chart = %s AND tenant_state NOT IN ('house', 'template')))"),
            (rows[_question(tax)], tax.id, chart))


# The tenants

def _ids(cursor, table, column, values):
    cursor.execute(SQL("SELECT id FROM {} WHERE {} = ANY(%s) ORDER BY id").format(
            Identifier(table), Identifier(column)), (values,))
    return [id_ for id_, in cursor]


def _spread(cursor, chart, model, ids):
    """Copy rows of the template company to all tenants of the chart that have no answer of their own"""
    table = Identifier(Pool().get(model)._table)
    cursor.execute(SQL(
            "INSERT INTO kontor_delivery SELECT {model}, r.id, t.id,"
            " nextval(pg_get_serial_sequence({name}, 'id'))"
            " FROM {table} r JOIN company_company t ON t.chart = %s"
            " AND t.tenant_state NOT IN ('house', 'template') WHERE r.id = ANY(%s) AND NOT EXISTS"
            " (SELECT FROM {table} o WHERE o.company = t.id AND " + THERE[model] + ")").format(
            model=Literal(model), name=Literal(f'"{Pool().get(model)._table}"'), table=table),
        (chart, ids))
    _insert(cursor, model, ids)


def _spread_below(cursor, model, ids):
    """Copy rows that belong to a tax to those tenants that got the tax"""
    table = Identifier(Pool().get(model)._table)
    cursor.execute(SQL(
            "INSERT INTO kontor_delivery SELECT {model}, r.id, d.company,"
            " nextval(pg_get_serial_sequence({name}, 'id'))"
            " FROM {table} r JOIN kontor_delivery d ON d.model = {tax} AND d.old = r.{column}"
            " WHERE r.id = ANY(%s)").format(
            model=Literal(model), name=Literal(f'"{Pool().get(model)._table}"'), table=table,
            tax=Literal(TAX), column=Identifier(BELOW[model])), (ids,))
    _insert(cursor, model, ids)


def _insert(cursor, model, ids):
    Model = Pool().get(model)
    owned = owned_models(Pool())
    columns, values, needed = [], [], []
    for name, column in copied_columns(Model):
        columns.append(Identifier(name))
        values.append(_value(model, name, column, owned))
        if name in NEEDED.get(model, ()):
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
    """Return the expression of a column: what points at the template company points at the tenant instead"""
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
    if column.model_name not in ALIKE:
        return made
    target = owned[column.model_name]
    order = SQL("o.name = p.name DESC, ") if 'name' in target._fields else SQL('')
    alike = SQL(re.sub(r'\br\.', 'p.', ALIKE[column.model_name]))
    return SQL(
        "coalesce({made}, (SELECT o.id FROM {table} o JOIN {table} p ON p.id = {own} AND {alike}"
        " WHERE o.company = d.company ORDER BY {order}o.id LIMIT 1))").format(
        made=made, table=Identifier(target._table), own=own, alike=alike, order=order)
