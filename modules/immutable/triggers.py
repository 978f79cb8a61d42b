"""Generates the guards, the triggers of every sealed model, from the declarations.

A model whose seal has ``when`` gets a column ``sealed_by``: the transaction in which the row became sealed.
That transaction may still write the row and its parts; later ones may not. 0 means that not even that
transaction may. Parts (``within``) look up their record. If it is a draft they touch it, so that two
transactions, one of which issues the draft while the other adds a part, cannot both commit: the second one
fails with a retryable error.

The guards run with the owner's rights and a fixed search path: row-level security hides no rows from them.
They name only the columns of ``when`` and ``within``, so that a migration may change any other.
"""
import json

from psycopg.sql import SQL, Identifier, Literal

from .seal import SET, STAMPS, Emptied, seals

SEALED, UNBALANCED = 'KS001', 'KS002'
"""SQLSTATE of the refusals: the row is sealed; the posted move does not balance"""
HIDDEN = 'sealed_by'
"""Column that is not a field of any Tryton model"""
_DIFFERS = SQL("OLD.* *<> NEW.*")
"""True if any byte of the row changes, independent of the types of the columns"""


def build(cursor, pool):
    """Create all guards anew; idempotent"""
    cursor.execute("SELECT current_schema()")
    schema = Identifier(cursor.fetchone()[0])
    for statement in _FUNCTIONS:
        cursor.execute(SQL(statement).format(schema=schema))
    found = seals(pool)
    for Model, seal in found.values():
        if seal.when:
            cursor.execute(SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} xid8").format(
                    Identifier(Model._table), Identifier(HIDDEN)))
    _drop(cursor)
    for Model, seal in found.values():
        if seal.when:
            _guard_whole(cursor, Model, seal)
        if seal.within:
            _guard_parts(cursor, Model, seal, found, schema)
        _trigger(cursor, Model._table, 'truncate', "BEFORE TRUNCATE", 'kontor_untruncated', [_flag(seal)],
            each='STATEMENT')
    _revoke_execute(cursor)


def _drop(cursor):
    """Drop all guards, including those of models that are no longer sealed"""
    cursor.execute(
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relnamespace = current_schema()::regnamespace AND tgname ~ '^kontor_(whole|part)_'")
    for name, table in cursor.fetchall():
        cursor.execute(SQL("DROP TRIGGER {} ON {}").format(Identifier(name), Identifier(table)))


def _revoke_execute(cursor):
    """Revoke EXECUTE on the guards: only their triggers run them"""
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE proname = ANY(%s)"
        " AND pronamespace = current_schema()::regnamespace", (list(_NAMES),))
    for signature, in cursor.fetchall():
        cursor.execute(SQL("REVOKE ALL ON FUNCTION " + signature + " FROM PUBLIC"))


# Rows that are sealed by their own values

def _guard_whole(cursor, Model, seal):
    table, arguments = Model._table, [_flag(seal), _living(seal), seal.label, seal.deletable]
    old, new = condition(seal, 'OLD'), condition(seal, 'NEW')
    _trigger(cursor, table, 'insert', "BEFORE INSERT", 'kontor_seal', when=new)
    _trigger(cursor, table, 'seal', "BEFORE UPDATE", 'kontor_seal',
        when=SQL("NOT {} AND {}").format(old, new))
    _trigger(cursor, table, 'update', "BEFORE UPDATE", 'kontor_sealed', arguments,
        when=SQL("{} AND {}").format(old, _DIFFERS))
    _trigger(cursor, table, 'delete', "BEFORE DELETE", 'kontor_sealed', arguments, when=old)


def condition(seal, row):
    """Return a SQL condition, never NULL: a row named ``row`` matches the seal"""
    return SQL("(({}) IS TRUE)").format(SQL(' OR ').join(
            SQL("({})").format(SQL(' AND ').join(
                    [SQL("true"), *(_fits(row, column, values) for column, values in alternative.items())]))
            for alternative in seal.when))


def _fits(row, column, values):
    name = SQL(f'{row}.{{}}').format(Identifier(column))
    if values is SET:
        return SQL("{} IS NOT NULL").format(name)
    return SQL("{} IN ({})").format(name, SQL(', ').join(map(Literal, values)))


def _flag(seal):
    return 'strict' if seal.strict else 'plain'


def _living(seal):
    """Return the living columns as JSON: {column: true, [[old, new], …] or {'after': column}}"""
    rules = {
        column: {'after': rule.after} if isinstance(rule, Emptied) else rule
        for column, rule in seal.living.items()}
    return json.dumps(dict.fromkeys(STAMPS, True) | rules)


# Rows that are sealed with their parent record

def _guard_parts(cursor, Model, seal, found, schema):
    table = Model._table
    living = [_living(seal)]
    for operation, event, scope, parents in [
            ('insert', "AFTER INSERT", "REFERENCING NEW TABLE AS added FOR EACH STATEMENT", _ADDED),
            ('update', "BEFORE UPDATE", "FOR EACH ROW", _CHANGED),
            ('delete', "BEFORE DELETE", "FOR EACH ROW", _DELETED)]:
        name = f'kontor_{operation}_{table}'[:63]
        checks = SQL('\n').join(
            _check(Model, field, found, SQL(parents).format(field=Identifier(field)), operation)
            for field in seal.within)
        cursor.execute(SQL(_PARTS).format(
                name=Identifier(name), schema=schema, checks=checks,
                start=SQL(_UNLESS_LIVING if operation == 'update' else ''),
                result=SQL({'insert': 'NULL', 'update': 'NEW', 'delete': 'OLD'}[operation])))
        cursor.execute(SQL("REVOKE ALL ON FUNCTION {}() FROM PUBLIC").format(Identifier(name)))
        _trigger(cursor, table, operation, event, name, living if operation == 'update' else [],
            when=_DIFFERS if operation == 'update' else None,
            scope=scope, part='part')


def _check(Model, field, found, parents, operation):
    """Return the statements that look up the parent records by the ids in ``parents``"""
    Root, seal, joins, lowest = _path_to_root(Model, field, found)
    return SQL(_CHECK).format(
        rows=SQL("{} WHERE {}.id IN ({})").format(joins, SQL(lowest), parents),
        sealed=condition(seal, 'root'), table=Identifier(Root._table), label=Identifier(seal.label),
        row=SQL('NULL' if operation == 'insert' else 'OLD.id'))


def _path_to_root(Model, field, found, depth=1):
    """Return (Model of the root record, its seal, joins to it as ``root``, alias of the nearest table)"""
    Target, seal = found[Model._fields[field].model_name]
    if seal.when:
        return Target, seal, SQL("{} root").format(Identifier(Target._table)), 'root'
    above, = seal.within
    Root, root_seal, joins, upper = _path_to_root(Target, above, found, depth + 1)
    return Root, root_seal, SQL("{} JOIN {} {} ON {}.{} = {}.id").format(
        joins, Identifier(Target._table), SQL(f'part{depth}'), SQL(f'part{depth}'), Identifier(above),
        SQL(upper)), f'part{depth}'


def _trigger(cursor, table, operation, event, function, arguments=(), when=None, each='ROW', scope=None,
        part='whole'):
    cursor.execute(SQL("CREATE TRIGGER {} {} ON {} {} {} EXECUTE FUNCTION {}({})").format(
            Identifier(f'kontor_{part}_{operation}'), SQL(event), Identifier(table),
            SQL(scope or f'FOR EACH {each}'), SQL("WHEN ({})").format(when) if when else SQL(''),
            Identifier(function), SQL(', ').join(map(Literal, arguments))))


# Bodies of the guards

_ADDED = "SELECT DISTINCT {field} FROM added"
_CHANGED = "VALUES (OLD.{field}), (NEW.{field})"
_DELETED = "OLD.{field}"
_UNLESS_LIVING = """
    change := kontor_forbidden(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV[0]::jsonb);
    IF change IS NULL THEN
        RETURN NEW;
    END IF;"""
_CHECK = """
    SELECT bool_or({sealed} AND root.sealed_by IS DISTINCT FROM pg_current_xact_id()),
        bool_or(NOT {sealed} AND root.xmin <> pg_current_xact_id()::xid)
        INTO closed, untouched FROM {rows};
    IF closed AND NOT kontor_unsealed() THEN
        SELECT root.{label} INTO label FROM {rows} AND {sealed} LIMIT 1;
        PERFORM kontor_refuse(TG_OP, TG_TABLE_NAME, change, {row}, label);
    END IF;
    IF untouched THEN
        UPDATE {table} SET id = id WHERE id IN (SELECT root.id FROM {rows} AND NOT {sealed});
    END IF;"""
_PARTS = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {schema}, pg_temp SET enable_seqscan = off AS $function$
DECLARE closed boolean; untouched boolean; change text; label text;
BEGIN{start}{checks}
    RETURN {result};
END $function$
"""
_NAMES = (
    'kontor_seal', 'kontor_sealed', 'kontor_untruncated', 'kontor_unsealed', 'kontor_forbidden',
    'kontor_refuse')
_FUNCTIONS = ("""
CREATE OR REPLACE FUNCTION kontor_unsealed() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $function$
    SELECT EXISTS (SELECT FROM immutable_suspension
        WHERE xact = pg_current_xact_id()::text::bigint AND ended IS NULL)
$function$
""", """
CREATE OR REPLACE FUNCTION kontor_forbidden(old jsonb, new jsonb, living jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = {schema}, pg_temp AS $function$
    SELECT n.key FROM jsonb_each(new) n
    WHERE n.value IS DISTINCT FROM old -> n.key AND NOT coalesce(CASE jsonb_typeof(living -> n.key)
        WHEN 'boolean' THEN true
        WHEN 'array' THEN EXISTS (SELECT FROM jsonb_array_elements(living -> n.key) pair
            WHERE pair = jsonb_build_array(old -> n.key, n.value))
        WHEN 'object' THEN n.value = 'null'
            AND (old ->> (living -> n.key ->> 'after'))::date < CURRENT_DATE
        END, false)
    ORDER BY n.key LIMIT 1
$function$
""", """
CREATE OR REPLACE FUNCTION kontor_refuse(
    operation text, in_table text, in_column text, id bigint, label text) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $function$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '""" + SEALED + """', TABLE = in_table,
        MESSAGE = format(
            '%s of table %s is refused: %s is sealed', operation, in_table, coalesce(label, 'it')),
        COLUMN = coalesce(in_column, ''),
        DETAIL = coalesce(label, id::text, ''), CONSTRAINT = lower(operation);
END $function$
""", """
CREATE OR REPLACE FUNCTION kontor_seal() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $function$
BEGIN
    NEW.sealed_by := pg_current_xact_id();
    RETURN NEW;
END $function$
""", """
CREATE OR REPLACE FUNCTION kontor_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $function$
DECLARE change text; free boolean;
BEGIN
    free := coalesce(TG_ARGV[0] <> 'strict' AND OLD.sealed_by = pg_current_xact_id(), false);
    IF TG_OP = 'UPDATE' THEN
        IF free AND NEW.sealed_by IS DISTINCT FROM '0'::xid8 THEN
            NEW.sealed_by := OLD.sealed_by;
        ELSIF NOT free THEN
            change := kontor_forbidden(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV[1]::jsonb);
            free := change IS NULL;
        END IF;
    ELSIF NOT free AND TG_ARGV[3] <> '' THEN
        EXECUTE 'SELECT ' || TG_ARGV[3] INTO free USING OLD.id;
    END IF;
    IF NOT free AND (TG_ARGV[0] = 'strict' OR NOT kontor_unsealed()) THEN
        PERFORM kontor_refuse(TG_OP, TG_TABLE_NAME, change, OLD.id, to_jsonb(OLD) ->> TG_ARGV[2]);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $function$
""", """
CREATE OR REPLACE FUNCTION kontor_untruncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $function$
BEGIN
    IF TG_ARGV[0] = 'strict' OR NOT kontor_unsealed() THEN
        PERFORM kontor_refuse(TG_OP, TG_TABLE_NAME, NULL, NULL, NULL);
    END IF;
    RETURN NULL;
END $function$
""")
