"""The second wall: row-level security, foreign keys, indexes, references and grants, made from the ownership
list.

:func:`build` brings a database from whatever state to the wanted one and may run any number of times. It
runs as the owner of the tables after each migration. Two roles meet the walls: ``web`` (web workers) and
``worker`` (queue and cron), neither of which owns a table.
"""
from psycopg.sql import SQL, Identifier, Literal
from trytond.model import fields

from .ownership import classify, company_column, owned_models, rights
from .scope import CURRENT


class Roles:
    """Names of the two database roles that meet the walls"""

    def __init__(self, web, worker):
        self.web = web
        self.worker = worker


def build(connection, pool, roles):
    """Raise the walls of every model of the pool; ``connection`` is the owner's.

    A model that is neither wholly a tenant's nor wholly the operator's adds its own by
    ``__raise_walls__(cursor, roles)``.
    """
    cursor = connection.cursor()
    models = owned_models(pool)
    _functions(cursor, roles)
    for Model in models.values():
        _policies(cursor, Model, roles)
    _foreign_keys(cursor, models)
    _indexes(cursor, models)
    _references(cursor, models)
    _rules(cursor, models)
    _grants(cursor, pool, models, roles)
    for _, Model in sorted(pool.iterobject()):
        if hasattr(Model, '__raise_walls__'):
            Model.__raise_walls__(cursor, roles)


# Row-level security

def _policies(cursor, Model, roles):
    table, column = Identifier(Model._table), Identifier(company_column(Model))
    if company_column(Model) == 'company':
        _company_not_null(cursor, Model._table)
    cursor.execute(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table))
    mine = SQL("{} = " + CURRENT).format(column)
    # Jobs of the house see every tenant until they enter one
    job = SQL("{} = " + CURRENT + " OR " + CURRENT + " IS NULL").format(column)
    for name, role, condition in [
            ('tenant_web', roles.web, mine), ('tenant_worker', roles.worker, job)]:
        cursor.execute(SQL("DROP POLICY IF EXISTS {} ON {}").format(Identifier(name), table))
        cursor.execute(SQL("CREATE POLICY {} ON {} TO {} USING ({})").format(
                Identifier(name), table, Identifier(role), condition))


def _company_not_null(cursor, table):
    cursor.execute(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'company'",
        (f'"{table}"',))
    if not cursor.fetchone()[0]:
        cursor.execute(SQL("ALTER TABLE {} ALTER company SET NOT NULL").format(Identifier(table)))


# Foreign keys

_KEYS = """
SELECT c.conname, t.relname, r.relname, c.confdeltype,
    (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(num, n)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
ORDER BY 2, 1
"""
_ON_DELETE = {'a': 'NO ACTION', 'r': 'RESTRICT', 'c': 'CASCADE', 'n': 'SET NULL ({column})', 'd': 'NO ACTION'}


def _foreign_keys(cursor, models):
    """Replace every foreign key between two tenant-owned tables by (company, x) → (company, id).

    The name stays, so that Tryton's next migration finds its key and leaves it alone. All are deferrable:
    provisioning copies tables in any order.
    """
    columns = {Model._table: company_column(Model) for Model in models.values()}
    cursor.execute(_KEYS)
    for name, table, target, action, keys in cursor.fetchall():
        if table not in columns or target not in columns or len(keys) != 1:
            continue
        column, = keys
        if column == columns[table] and target == 'company_company':
            continue
        _target_key(cursor, target, columns[target])
        _composite(cursor, name, table, columns[table], column, target, columns[target], action)


def _target_key(cursor, table, company):
    name = f'{table}_tenant_key'
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", (name,))
    if company != 'id' and not cursor.fetchone():
        cursor.execute(SQL("ALTER TABLE {} ADD CONSTRAINT {} UNIQUE (company, id)").format(
                Identifier(table), Identifier(name)))


def _composite(cursor, name, table, company, column, target, target_company, action):
    """The company itself is its own key: (company, x) → company_company(id) where x must be the company"""
    own = SQL('(id)') if target_company == 'id' else SQL('(company, id)')
    if target_company == 'id':
        _same_company(cursor, table, company, column)
        keys = SQL('({})').format(Identifier(column))
    else:
        keys = SQL('({}, {})').format(Identifier(company), Identifier(column))
    clause = SQL(_ON_DELETE[action]).format(column=Identifier(column))
    cursor.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
            Identifier(table), Identifier(name)))
    cursor.execute(SQL(
            "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY {} REFERENCES {} {} ON DELETE {}"
            " DEFERRABLE").format(
            Identifier(table), Identifier(name), keys, Identifier(target), own, clause))


def _same_company(cursor, table, company, column):
    name = f'{table}_{column}_own'[:63]
    cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", (name,))
    if not cursor.fetchone():
        cursor.execute(SQL("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({} = {})").format(
                Identifier(table), Identifier(name), Identifier(column), Identifier(company)))


# Indexes

_BEGIN_WITH_COMPANY = """
SELECT t.relname, x.relname, i.indnatts = 1 AND NOT (i.indisunique OR i.indisexclusion)
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
WHERE a.attname = 'company' AND i.indpred IS NULL AND i.indisvalid
    AND t.relnamespace = current_schema()::regnamespace
"""


def _indexes(cursor, models):
    """Let the rows of a tenant be found by an index.

    Most tables have one for another purpose that begins with the company; only the others have one of the
    company alone to keep up.
    """
    alone, others = {}, set()
    cursor.execute(_BEGIN_WITH_COMPANY)
    for table, index, is_alone in cursor.fetchall():
        if is_alone:
            alone[table] = index
        else:
            others.add(table)
    for Model in models.values():
        table = Model._table
        if table in others and table in alone:
            cursor.execute(SQL("DROP INDEX {}").format(Identifier(alone[table])))
        elif company_column(Model) == 'company' and table not in others and table not in alone:
            # Tryton drops what it does not know and is called idx_… or …_index
            cursor.execute(SQL("CREATE INDEX {} ON {} (company)").format(
                Identifier(f'{table}_of_company'[:63]), Identifier(table)))


# Reference fields

def reference_columns(Model):
    """Return the names of the stored Reference fields of a model"""
    return [
        name for name, field in sorted(Model._fields.items())
        if isinstance(field, fields.Reference) and not isinstance(field, fields.Function)]


def _references(cursor, models):
    """Guard what names a record of any model: new rows all at once, a changed one by itself.

    New ones are looked at after the statement, so that rows of one statement may name each other.
    """
    _strangers(cursor, models)
    for Model in models.values():
        columns = reference_columns(Model)
        table = Identifier(Model._table)
        for name in ('tenant_references', 'tenant_new_references'):
            cursor.execute(SQL("DROP TRIGGER IF EXISTS {} ON {}").format(Identifier(name), table))
        if not columns:
            continue
        missing = 'allow' if Model.__lasting_references__ else 'refuse'
        cursor.execute(SQL(
                "CREATE TRIGGER tenant_references BEFORE UPDATE OF {} ON {}"
                " FOR EACH ROW EXECUTE FUNCTION kontor_check_references({})").format(
                SQL(', ').join(map(Identifier, columns)), table,
                SQL(', ').join(map(Literal, [missing, *columns]))))
        function = _new_references(cursor, Model, columns)
        cursor.execute(SQL(
                "CREATE TRIGGER tenant_new_references AFTER INSERT ON {} REFERENCING NEW TABLE AS added"
                " FOR EACH STATEMENT EXECUTE FUNCTION {}({})").format(table, function, Literal(missing)))


_RECORD = '^[^,]+,[0-9]{1,10}$'
"""The name of a record"""
_ANY = '^([^,]*|[^,]*,(-[0-9]+)?|[^,]+,(0|[1-9][0-9]{0,9}))$'
"""Nothing, a model alone, a record that is not stored yet, or the one way to name a record: Tryton reads
more
"""
_FOREIGN = """
RAISE foreign_key_violation USING MESSAGE = format(
    'reference %s of table %s is not in the tenant', {column}, TG_TABLE_NAME);"""


def _new_references(cursor, Model, columns):
    """Return the name of the function that looks at the new rows of a model"""
    name = Identifier(f'kontor_references_{Model._table}'[:63])
    checks = SQL('').join(SQL("""
            FOR named IN
                SELECT split_part({column}, ',', 1) AS model,
                    array_agg(split_part({column}, ',', 2)::bigint) AS ids, array_agg({company}) AS companies
                FROM added WHERE {column} ~ {record} GROUP BY 1
            LOOP
                IF kontor_names_stranger(named.model, named.ids, named.companies, TG_ARGV[0] = 'allow') THEN
                    {foreign}
                END IF;
            END LOOP;
            IF EXISTS (SELECT FROM added WHERE {column} !~ {any}) THEN
                {foreign}
            END IF;""").format(
            column=Identifier(column), company=Identifier(company_column(Model)), record=Literal(_RECORD),
            any=Literal(_ANY), foreign=SQL(_FOREIGN).format(column=Literal(column))) for column in columns)
    cursor.execute(SQL("""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $function$
        DECLARE named record;
        BEGIN{checks}
            RETURN NULL;
        END $function$""").format(name=name, checks=checks, schema=_schema(cursor)))
    cursor.execute(SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(name))
    return name


def _strangers(cursor, models):
    """Make the function that tells whether one of some records is not of the company that names it.

    Records of models that are not tenant-owned are of no company.
    """
    branches = SQL(' ').join(
        SQL("""
            WHEN {} THEN SELECT bool_or(coalesce((SELECT t.{} FROM {} t WHERE t.id = r.id), -1) <> r.company
                    AND NOT (missing_allowed AND NOT EXISTS (SELECT FROM {} t WHERE t.id = r.id)))
                INTO found FROM unnest(ids, companies) AS r (id, company);""").format(
            Literal(name), Identifier(company_column(Model)), *[Identifier(Model._table)] * 2)
        for name, Model in models.items())
    # A plan is kept, also one that was made when the table was short
    cursor.execute(SQL("""
        CREATE OR REPLACE FUNCTION kontor_names_stranger(
            model text, ids bigint[], companies int[], missing_allowed boolean) RETURNS boolean
        LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = {schema}, pg_temp SET enable_seqscan = off AS $function$
        DECLARE found boolean;
        BEGIN
            CASE model {branches} ELSE RETURN false; END CASE;
            RETURN found;
        END $function$""").format(branches=branches, schema=_schema(cursor)))
    cursor.execute(
        "REVOKE ALL ON FUNCTION kontor_names_stranger(text, bigint[], int[], boolean) FROM PUBLIC")
    cursor.execute(SQL("""
        CREATE OR REPLACE FUNCTION kontor_check_references() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $function$
        DECLARE value text; n int;
        BEGIN
            FOR n IN 1 .. TG_NARGS - 1 LOOP
                value := to_jsonb(NEW) ->> TG_ARGV[n];
                IF value !~ {any} OR value ~ {record} AND kontor_names_stranger(
                        split_part(value, ',', 1), ARRAY[split_part(value, ',', 2)::bigint],
                        ARRAY[NEW.company], TG_ARGV[0] = 'allow') THEN
                    {foreign}
                END IF;
            END LOOP;
            RETURN NEW;
        END $function$""").format(
            schema=_schema(cursor), record=Literal(_RECORD), any=Literal(_ANY),
            foreign=SQL(_FOREIGN).format(column=SQL('TG_ARGV[n]'))))
    cursor.execute("REVOKE ALL ON FUNCTION kontor_check_references() FROM PUBLIC")
    cursor.execute("DROP FUNCTION IF EXISTS kontor_company_of(text, int)")


def _schema(cursor):
    cursor.execute("SELECT current_schema()")
    return Identifier(cursor.fetchone()[0])


# Before the tenant is known

def _functions(cursor, roles):
    """The questions the web role may ask outside every tenant; models add theirs by ``__raise_walls__``"""
    for signature, returns, query in [
            ('kontor_company_of_user(int)', 'int', "SELECT company FROM res_user WHERE id = $1 AND id > 0"),
            ('kontor_user_by_login(text)',
                'TABLE (id int, password_hash varchar, password_reset varchar, company int)',
                """SELECT u.id, u.password_hash,
                    CASE WHEN u.password_reset_expire > CURRENT_TIMESTAMP THEN u.password_reset END,
                    u.company
                FROM res_user u JOIN company_company c ON c.id = u.company
                WHERE u.login = $1 AND u.active AND c.tenant_state IN ('house', 'active')"""),
            ('kontor_credential(text, text)',
                'TABLE (id int, company int, "user" int, hash varchar, prefix varchar, abilities varchar,'
                ' tenant_state varchar, features text, timezone varchar)',
                """SELECT k.id, k.company, k."user", k.hash, k.prefix, k.abilities, c.tenant_state,
                    c.features::text, c.timezone
                FROM tenant_credential k JOIN company_company c ON c.id = k.company
                WHERE k.hash = $1 AND k.scheme = $2 AND k.revoked IS NULL"""),
            ]:
        allow_question(cursor, roles, signature, returns, query)


def allow_question(cursor, roles, signature, returns, query):
    """Make a function with the owner's rights that both roles may call outside every tenant"""
    cursor.execute(SQL(
            "CREATE OR REPLACE FUNCTION " + signature + " RETURNS " + returns +
            " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {}, pg_temp AS {}").format(
            _schema(cursor), Literal(query)))
    cursor.execute(SQL("REVOKE ALL ON FUNCTION " + signature + " FROM PUBLIC"))
    for role in (roles.web, roles.worker):
        cursor.execute(SQL("GRANT EXECUTE ON FUNCTION " + signature + " TO {}").format(Identifier(role)))


# The first wall: Tryton's global rules

def _rules(cursor, models):
    """One global rule per tenant-owned model: its company is among those of the user.

    Stock rules that say less or more about companies are replaced by it.
    """
    cursor.execute("DELETE FROM ir_rule_group WHERE name = 'Tenant'")
    for name, Model in models.items():
        domain = f'[["{company_column(Model)}", "in", {{"__class__": "Eval", "v": "companies", "d": []}}]]'
        cursor.execute(
            "INSERT INTO ir_rule_group (name, model, global_p, default_p, perm_read, perm_write,"
            " perm_create, perm_delete) VALUES ('Tenant', %s, true, false, true, true, true, true)"
            " RETURNING id", (name,))
        group, = cursor.fetchone()
        cursor.execute("INSERT INTO ir_rule (rule_group, domain) VALUES (%s, %s)", (group, domain))


# Grants

def _grants(cursor, pool, models, roles):
    for role in (roles.web, roles.worker):
        cursor.execute(SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(
                _schema(cursor), Identifier(role)))
        cursor.execute(SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA {} FROM {}").format(
                _schema(cursor), Identifier(role)))
    for _, Model in sorted(pool.iterobject()):
        if classify(Model):
            for role, granted in zip((roles.web, roles.worker), rights(Model), strict=True):
                _grant(cursor, Model._table, granted, role)


def _grant(cursor, table, granted, role):
    if not granted:
        return
    cursor.execute(SQL("GRANT " + granted + " ON {} TO {}").format(
            Identifier(table), Identifier(role)))
    if 'INSERT' in granted:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{table}"',))
        sequence, = cursor.fetchone()
        cursor.execute(SQL("GRANT USAGE, SELECT ON SEQUENCE " + sequence + " TO {}").format(
                Identifier(role)))
