"""Whose is it? Every model of the pool and every table of the database, one by one.

A tenant's table has its company, the rule, row-level security, its own uniqueness and keys that cannot
point at another's row; what is no tenant's is on a list with its reason. Then each is read as another tenant:
with the rules alone, with row-level security alone, by model and by SQL.
"""
import re

import psycopg
import pytest
from psycopg.sql import Identifier
from trytond.model import ModelSingleton, ModelSQL, fields
from trytond.model.exceptions import AccessError

from tests.support.sealed import unsealed
from tests.support.tenancy import as_member, as_tenant, without_row_level_security
from trytond.modules.tenant.ownership import (
    OPERATOR, OWNED, SHARED, classify, company_column, owned_models, rights)
from trytond.modules.tenant.stock import STOCK

WITHOUT_MODEL = {
    'kontor_release': 'which state of the code the database was brought to',
    }
"""Tables that no model stands for, and why no tenant's data are in them"""
GLOBAL = {
    'account_invoice_payment_link_account_hook_unique': 'a report names its tenant by this alone',
    'res_user_login_key': 'a login is looked up before the tenant is known',
    'tenant_credential_hash_unique': 'a key is looked up before the tenant is known',
    }
"""Unique over all tenants"""
STAMPS = {'create_uid', 'write_uid'}
"""Written by the server from the session; 0 is nobody, whom no foreign key can name"""
UNREADABLE = {
    'res.user.application': 'keys in clear text of a protocol that is not served: no right at all',
    }
OWN = "= (NULLIF(current_setting('app.company'::text, true), ''::text))::integer)"


def told(flaws):
    """Fail with one line per flaw"""
    assert not flaws, '\n' + '\n'.join(flaws)


def is_stored(field, kind):
    """Tell if a field is a column of a kind"""
    return isinstance(field, kind) and not isinstance(field, fields.Function)


# The lists

def test_every_model_with_a_table_says_whose_it_is(pool):
    kinds = {name: classify(Model) for name, Model in pool.iterobject()}
    owned = [name for name, kind in kinds.items() if kind == OWNED]
    assert len(kinds) >= 250 and len(owned) >= 116, (len(kinds), len(owned))


def test_the_lists_name_nothing_that_is_gone(pool):
    names = dict(pool.iterobject())
    told([name for name in STOCK if name not in names])
    told([name for name, declared in STOCK.items()
            if declared.kind in {SHARED, OPERATOR} and not declared.reason])


def test_no_table_is_without_a_model(pool, superuser):
    """Histories, views, partitions and foreign tables would be found as well"""
    known = {Model._table for _, Model in pool.iterobject() if classify(Model)}
    tables = superuser.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')").fetchall()
    assert {table for table, in tables} - known == set(WITHOUT_MODEL)


def test_the_web_role_is_nobody(superuser, web):
    """No owner, no superuser, no member of another role, no way round row-level security"""
    role = web.execute("SELECT current_user").fetchone()[0]
    assert superuser.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname = %s", (role,)).fetchone() == (False,) * 5
    assert superuser.execute(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE rolname = %s",
        (role,)).fetchone() == (0,)
    assert superuser.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", (role,)).fetchone() == (0,)
    assert superuser.execute(
        "SELECT has_schema_privilege(%s, 'public', 'CREATE')", (role,)).fetchone() == (False,)


def test_only_known_functions_run_with_the_owners_rights(superuser, web):
    role = web.execute("SELECT current_user").fetchone()[0]
    functions = superuser.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND has_function_privilege(%s, oid, 'EXECUTE')", (role,)).fetchall()
    assert {name for name, in functions} == {
        'kontor_company_of_user', 'kontor_user_by_login', 'kontor_credential', 'kontor_webhook'}
    assert superuser.execute(
        "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND NOT coalesce(proconfig::text, '') LIKE '%search_path%'").fetchone() == (0,)


# What stands on each table

def test_every_row_of_a_tenant_names_it(pool, superuser):
    needed = {table for table, in superuser.execute(
            "SELECT relname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE attname = 'company' AND attnotnull")}
    told([name for name, Model in owned_models(pool).items()
            if company_column(Model) == 'company' and Model._table not in needed])


def test_row_level_security_is_on_with_one_policy_for_the_web(pool, superuser, web):
    """A second permissive policy would open what the first closes"""
    role = web.execute("SELECT current_user").fetchone()[0]
    policies = {}
    for table, *policy in superuser.execute(
            "SELECT tablename, permissive, cmd, qual, with_check FROM pg_policies"
            " WHERE roles && ARRAY[%s::name, 'public']", (role,)):
        policies.setdefault(table, []).append(policy)
    secured = {table for table, in superuser.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity")}
    told([f'{name}: {policies.get(Model._table)}' for name, Model in owned_models(pool).items()
            if Model._table not in secured or policies.get(Model._table) != [
                ['PERMISSIVE', 'ALL', f'({company_column(Model)} {OWN}', None]]])


def test_a_global_rule_stands_on_each(pool, superuser):
    rules = dict(superuser.execute(
            "SELECT model, string_agg(domain, ' ') FROM ir_rule_group g JOIN ir_rule r ON rule_group = g.id"
            " WHERE global_p AND name = 'Tenant' AND perm_read AND perm_write AND perm_create"
            " AND perm_delete GROUP BY model").fetchall())
    told([f'{name}: {rules.get(name)}' for name, Model in owned_models(pool).items()
            if rules.get(name) != f'[["{company_column(Model)}", "in",'
            ' {"__class__": "Eval", "v": "companies", "d": []}]]'])


def test_unique_means_unique_in_the_tenant(pool, superuser):
    """Every unique index and exclusion constraint has the company in it"""
    tables = [M._table for M in owned_models(pool).values() if company_column(M) == 'company']
    indexes = superuser.execute(
        "SELECT c.relname, t.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid"
        " JOIN pg_class t ON t.oid = indrelid JOIN pg_attribute a"
        " ON a.attrelid = indrelid AND a.attname = 'company'"
        " WHERE t.relname = ANY(%s) AND (indisunique OR indisexclusion) AND NOT indisprimary"
        " AND NOT a.attnum = ANY(indkey)", (tables,)).fetchall()
    told([f'{index} on {table}' for index, table in indexes if index not in GLOBAL])
    assert {index for index, _ in indexes} == set(GLOBAL)


KEYS = """
SELECT t.relname, r.relname,
    array(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute
        ON attrelid = conrelid AND attnum = n ORDER BY i),
    array(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY k(n, i) JOIN pg_attribute
        ON attrelid = confrelid AND attnum = n ORDER BY i), convalidated
FROM pg_constraint JOIN pg_class t ON t.oid = conrelid JOIN pg_class r ON r.oid = confrelid
WHERE contype = 'f'"""


def test_no_key_can_point_at_another_tenants_row(pool, superuser):
    models = {Model._table: Model for Model in owned_models(pool).values()}
    checks = {(table, text) for table, text in superuser.execute(
            "SELECT relname, pg_get_constraintdef(k.oid) FROM pg_constraint k"
            " JOIN pg_class c ON c.oid = conrelid WHERE contype = 'c' AND convalidated")}
    flaws = []
    for table, target, columns, targets, valid in superuser.execute(KEYS):
        if table not in models or target not in models:
            continue
        own, its = company_column(models[table]), company_column(models[target])
        composite = own in columns and targets[columns.index(own)] == its
        column, = set(columns) - {own} or {own}
        same = (table, f'CHECK (({column} = {own}))') in checks
        if not valid or not composite and not (its == 'id' and same):
            flaws.append(f'{table}{columns} → {target}{targets}')
    told(flaws)


COPY = """
SELECT array_agg(quote_ident(attname)), array_agg(CASE
    WHEN attname = 'company' THEN '2147483647'
    WHEN NOT attnotnull AND attnum IN (
        SELECT unnest(conkey) FROM pg_constraint WHERE contype = 'f' AND conrelid = attrelid) THEN 'NULL'
    WHEN attnum IN (
        SELECT unnest(conkey) FROM pg_constraint WHERE conname = ANY(%(unique)s) AND conrelid = attrelid)
    THEN format($$%%I || 'x'$$, attname)
    ELSE quote_ident(attname) END)
FROM pg_attribute WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped
    AND attname <> 'id' AND attgenerated = ''"""


def test_no_row_can_belong_to_a_company_that_is_none(pool, superuser, rows):
    flaws = []
    for name, Model in owned_models(pool).items():
        if company_column(Model) != 'company':
            continue
        table = Identifier(Model._table).as_string()
        columns, values = superuser.execute(
            COPY, {'table': table, 'unique': list(GLOBAL)}).fetchone()
        try:
            with unsealed(superuser):
                superuser.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
                    f" FROM {table} WHERE id = %s", (rows.of(name),))
            flaws.append(name)
        except psycopg.errors.ForeignKeyViolation as error:
            if not error.diag.constraint_name:
                flaws.append(f'{name}: {error}')
    told(flaws)


def test_every_relation_that_is_stored_has_its_key(pool, superuser):
    keys = {(table, column) for table, _, columns, _, _ in superuser.execute(KEYS)
        for column in columns}
    models = owned_models(pool)
    told([f'{name}.{column}' for name, Model in models.items()
            for column, field in Model._fields.items()
            if is_stored(field, fields.Many2One) and column not in STAMPS
            and field.model_name in models and (Model._table, column) not in keys])


@pytest.mark.parametrize('trigger', ['tenant_references', 'tenant_new_references'])
def test_every_reference_is_checked_by_a_trigger(pool, superuser, trigger):
    triggers = dict(superuser.execute(
            "SELECT relname, pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = tgrelid JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE tgname = %s AND tgenabled = 'O'", (trigger,)).fetchall())
    flaws, found = [], 0
    for name, Model in owned_models(pool).items():
        for column, field in Model._fields.items():
            if is_stored(field, fields.Reference):
                found += 1
                if f"'{column}'" not in triggers.get(Model._table, ''):
                    flaws.append(f'{name}.{column}')
    told(flaws)
    assert found >= 11


GRANTS = """
SELECT grantee, table_name, privilege_type, NULL FROM information_schema.role_table_grants
WHERE table_schema = 'public' AND grantee = ANY(%(roles)s)
UNION ALL
SELECT pg_get_userbyid(a.grantee), c.relname, a.privilege_type, attname
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl) a
WHERE c.relnamespace = 'public'::regnamespace AND pg_get_userbyid(a.grantee) = ANY(%(roles)s)"""


def test_the_roles_have_the_rights_that_stand_on_the_class(pool, superuser, web):
    """No more and no less, column by column where a right is for some columns only"""
    role = web.execute("SELECT current_user").fetchone()[0]
    roles = [role, role.replace('web', 'worker')]
    models = [Model for _, Model in pool.iterobject() if classify(Model)]
    granted = {(name, Model._table): set() for Model in models for name in roles}
    for name, table, right, column in superuser.execute(GRANTS, {'roles': roles}):
        if table not in WITHOUT_MODEL:
            granted[name, table].add((right, column))
    declared = {
        (name, Model._table): _rights(text) for Model in models
        for name, text in zip(roles, rights(Model), strict=True)}
    told([f'{key}: {granted[key]} instead of {wanted}' for key, wanted in declared.items()
            if granted[key] != wanted])
    assert len(declared) > 350 and set() in declared.values()


def _rights(text):
    """Return {(right, column or None for all)} of rights in SQL"""
    found = set()
    for right, columns in re.findall(r'([A-Z]+)(?: \(([^)]*)\))?', text):
        found |= {(right, each.strip(' "')) for each in columns.split(',')} if columns else {(right, None)}
    return found


# A real row of each, read by another tenant

@pytest.fixture
def other(austrian):
    return austrian['company'], austrian['login']['id']


def test_read_by_model_with_the_rules_alone(pool, database, superuser, rows, other):
    """Row-level security is off; the user has every right of a member but for the rules"""
    told_by_rights = []
    with without_row_level_security(superuser, pool), as_member(database, *other):
        flaws = [
            f'{name}: {answer}' for name, Model in owned_models(pool).items()
            if (answer := _read(Model, rows.of(name), told_by_rights))]
        domains = _rule_domains(pool)
    told(flaws)
    # Where a member has no right to read at all, the rule stands behind it all the same
    told([name for name in told_by_rights if name not in domains])
    assert len(told_by_rights) <= 12, told_by_rights


def _read(Model, id_, told_by_rights):
    """Return what a member of another tenant gets to see of a record, None for nothing"""
    if Model.__name__ in UNREADABLE:
        return None
    try:
        if found := Model.search([('id', '=', id_)], order=[]):
            return found
        if count := Model.search([('id', '=', id_)], count=True):
            return count
    except AccessError:
        told_by_rights.append(Model.__name__)
    return _read_by_id(Model, id_)


def _read_by_id(Model, id_):
    if issubclass(Model, ModelSingleton):
        return None  # Whatever the id, it answers the one row that search finds
    try:
        return Model.read([id_], ['id']) or None
    except AccessError:
        return None


def _rule_domains(pool):
    """Return the names of the models to which a rule applies for the user of the transaction"""
    Rule = pool.get('ir.rule')
    return {name for name in owned_models(pool) if Rule.domain_get(name, mode='read')}


def test_read_by_model_with_row_level_security_alone(pool, database, rows, other):
    """Access rights and rules are off, as in a wizard, an on_change or a job"""
    with as_member(database, *other, checked=False):
        told([f'{name}: {answer}' for name, Model in owned_models(pool).items()
                if (answer := _read_unchecked(Model, rows.of(name)))])


def _read_unchecked(Model, id_):
    if Model.__name__ in UNREADABLE:
        return None
    return Model.search([('id', '=', id_)], order=[]) or _read_by_id(Model, id_)


def test_read_by_sql(pool, web, rows, austrian):
    """As another tenant and as none; and the tenant itself sees its row, so that nothing proves itself"""
    flaws, unreadable = [], []
    for name, Model in owned_models(pool).items():
        id_ = rows.of(name)
        if not _may_read(web, Model._table):
            unreadable.append(name)
            continue
        counts = [_count(web, Model._table, id_, company) for company in (
                austrian['company'], None, rows.company)]
        if counts != [0, 0, 1]:
            flaws.append(f'{name}: {counts}')
    told(flaws)
    assert unreadable == list(UNREADABLE)


def _may_read(web, table):
    return web.execute("SELECT has_table_privilege(%s, 'SELECT')", (f'"{table}"',)).fetchone()[0]


def _count(web, table, id_, company):
    with as_tenant(web, company):
        return web.execute(f'SELECT count(*) FROM "{table}" WHERE id = %s', (id_,)).fetchone()[0]


@pytest.mark.parametrize('statement', [
        'UPDATE "{}" SET id = id WHERE id = %s', 'DELETE FROM "{}" WHERE id = %s'])
def test_changed_and_deleted_by_sql(pool, web, rows, austrian, statement):
    """Another tenant's UPDATE and DELETE find nothing, or are not allowed"""
    import psycopg
    flaws = []
    for name, Model in owned_models(pool).items():
        with as_tenant(web, austrian['company']):
            try:
                with web.transaction():
                    changed = web.execute(statement.format(Model._table), (rows.of(name),)).rowcount
            except psycopg.errors.InsufficientPrivilege:
                continue
        if changed:
            flaws.append(name)
    told(flaws)


def test_lists_computed_by_the_database(pool, database, rows, other):
    """Models over a query (general ledger, aged balance, …) show the tenant's own rows only"""
    company, user = other
    context = {'company': company, 'date': None}
    names, flaws = [], []
    for name, Model in sorted(pool.iterobject()):
        if not (issubclass(Model, ModelSQL) and Model._is_table_query()):
            continue
        names.append(name)
        with as_member(database, company, user, checked=False) as transaction, \
                transaction.set_context(context):
            try:
                found = Model.search([], order=[])
            except Exception as error:
                flaws.append(f'{name}: {type(error).__name__} {error}')
                continue
            if 'company' in Model._fields and {r.company.id for r in found if r.company} - {company}:
                flaws.append(name)
    told(flaws)
    assert len(names) >= 7, names
