"""No row may point at another tenant's row: every relation of every model is tried with a foreign id.

By SQL with the rights of a web worker, since neither rules nor row-level security look at references, and by
RPC as the tenant's owner, who has the most rights. Before and after, the other tenant's rows are the same to
the byte, and no row of the one points into the other.
"""
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from trytond.model import ModelView, fields
from trytond.transaction import Transaction

from tests.support import drawing
from tests.support.rows import insert
from tests.support.rpc import Fault
from tests.support.tenancy import as_tenant, fingerprints
from trytond.modules.tenant.ownership import OWNED, classify, company_column, owned_models

REFUSED = {
    '23503': 'no such row in the tenant: composite foreign key, or the trigger of references',
    '23514': 'the company must be the own one',
    '42501': 'not granted, or row-level security',
    'KS001': 'the row is sealed: whatever it points at stays',
    }
IDLE = {
    'product.product.cost_price_methods': "the template's, shown on the product: its setter does nothing",
    }
TAKEN = {
    '23505': 'the row is there already and may be only once: UPDATE has tried its columns',
    '23P01': 'the same',
    }
NOT_SO = {'23503': REFUSED['23503'], '22P02': 'an index reads the id as a number, and it is none'}
STAMPS = {'create_uid', 'write_uid'}
"""Written by the server from the session, whatever is sent"""


def columns(pool):
    """Yield (model, name, target model) of the stored relations between tenants' tables"""
    for Model in owned_models(pool).values():
        for name, field in sorted(Model._fields.items()):
            if isinstance(field, fields.Function) or name in STAMPS:
                continue
            if isinstance(field, fields.Many2One) and is_owned(pool, field.model_name):
                yield Model, name, field.model_name
            elif isinstance(field, fields.Reference):
                yield Model, name, None


def is_owned(pool, name):
    return classify(pool.get(name)) == OWNED


def foreign_value(foreign_rows, target):
    return foreign_rows.of(target) if target else foreign_rows.reference()


def attempt(web, statement, parameters):
    """Return the SQLSTATE of a statement, None if it would go through; nothing of it stays"""
    try:
        with web.transaction() as transaction:
            web.execute(statement, parameters)
            web.execute("SET CONSTRAINTS ALL IMMEDIATE")
            raise psycopg.Rollback(transaction)
    except psycopg.Error as error:
        return error.sqlstate
    return None


# By SQL

def test_update_by_sql(pool, web, rows, foreign_rows):
    tried, flaws = 0, []
    for Model, name, target in columns(pool):
        statement = SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
            Identifier(Model._table), Identifier(name))
        with as_tenant(web, rows.company):
            state = attempt(web, statement, (
                    foreign_value(foreign_rows, target), rows.of(Model.__name__)))
        tried += 1
        if state not in REFUSED:
            flaws.append(f'{Model.__name__}.{name}: {state}')
    assert not flaws, '\n'.join(flaws)
    assert tried >= 313, tried


def test_insert_by_sql(pool, web, rows, foreign_rows):
    """The same row with the own id goes in, so that it is the foreign id that is refused"""
    flaws, granted = [], 0
    for Model, name, target in columns(pool):
        values = rows.values(Model.__name__)
        with as_tenant(web, rows.company):
            own = attempt(web, *insert(Model, values))
            values = {**values, name: foreign_value(foreign_rows, target)}
            foreign = attempt(web, *insert(Model, values))
        granted += own is None
        taken = own in TAKEN
        if not (taken or own in (None, '42501')) or not (foreign in REFUSED or taken and foreign in TAKEN):
            flaws.append(f'{Model.__name__}.{name}: own {own}, foreign {foreign}')
    assert not flaws, '\n'.join(flaws)
    assert granted >= 250, granted


@pytest.mark.parametrize('written', [
    '{model},0{id}', '{model},000000000{id}', '{model}, {id}', '{model},{id} ', '{model},+{id}',
    '{model},{id}\n', '{model},{id}_0', '{model},{wide}', '{model},,{id}', '{model},{id},{id}'])
def test_a_record_is_named_in_one_way(pool, web, rows, foreign_rows, written):
    """Tryton reads an id as Python does: what is not checked as an id must not be read as one"""
    model, _, id = foreign_rows.reference().partition(',')
    value = written.format(model=model, id=id, wide=id.translate({48 + n: 0xff10 + n for n in range(10)}))
    tried = 0
    for Model, name, target in columns(pool):
        if target:
            continue
        with as_tenant(web, rows.company):
            if attempt(web, *insert(Model, rows.values(Model.__name__))) is None:
                tried += 1
                changed = rows.values(Model.__name__) | {name: value}
                assert attempt(web, *insert(Model, changed)) in NOT_SO, (Model.__name__, name)
            statement = SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
                Identifier(Model._table), Identifier(name))
            assert attempt(web, statement, (value, rows.of(Model.__name__))) in REFUSED | NOT_SO
    assert tried >= 5, tried


@pytest.mark.parametrize('value', [None, '', 'party.party', 'party.party,', 'party.party,-1'])
def test_what_names_no_record_is_nobodys(web, rows, value):
    with as_tenant(web, rows.company):
        assert attempt(
            web, "UPDATE account_invoice_line SET origin = %s WHERE id = %s",
            (value, rows.of('account.invoice.line'))) in (None, '22P02')


def test_put_off_until_commit(postgres, database, rows, foreign_rows):
    """Deferring the keys, which provisioning needs, only puts the refusal off"""
    with psycopg.connect(postgres.role('web', database)) as web:
        web.execute("SELECT set_config('app.company', %s, false)", (str(rows.company),))
        web.execute("SET CONSTRAINTS ALL DEFERRED")
        web.execute(
            "UPDATE party_address SET party = %s WHERE company = %s",
            (foreign_rows.of('party.party'), rows.company))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            web.commit()


# By RPC

def attempts(pool, foreign_rows, kind, target):
    """Yield (method, value): what a member may send about a relation to reach another tenant's record"""
    if kind == 'reference':
        yield from [('create', foreign_rows.reference()), ('write', foreign_rows.reference())]
        return
    id_ = foreign_rows.of(target)
    if kind in {'many2one', 'one2one'}:
        yield from [('create', id_), ('write', id_)]
        return
    yield from [('create', [('add', [id_])]), ('write', [('add', [id_])]), ('write', [('remove', [id_])])]
    if kind == 'one2many':
        changed = {'active': False} if 'active' in pool.get(target)._fields else {}
        yield from [
            ('write', [('write', [id_], changed)]), ('write', [('delete', [id_])]),
            ('write', [('copy', [id_], {})])]


def relations(pool):
    """Return (model, name, kind, target model) of all relations a client may write, computed ones included"""
    found = []
    with Transaction().start(pool.database_name, 0, readonly=True):
        for name, Model in owned_models(pool).items():
            for column, field in sorted(Model._fields.items()):
                computed = isinstance(field, fields.Function) and not field.setter
                if column in STAMPS or computed or not issubclass(Model, ModelView):
                    continue
                if field._type == 'reference':
                    found.append((name, column, field._type, None))
                elif field._type in {'many2one', 'one2one', 'one2many', 'many2many'}:
                    target = field.get_target().__name__
                    if is_owned(pool, target):
                        found.append((name, column, field._type, target))
    return found


def test_create_and_write_by_rpc(pool, client, superuser, rows, foreign_rows):
    before = fingerprints(superuser, pool, foreign_rows.company)
    tried, went_through = 0, []
    for name, column, kind, target in drawing.draw(relations(pool), 1 / 3, 'relations'):
        values = rows.values(name)
        values.pop('company', None)
        for method, value in attempts(pool, foreign_rows, kind, target):
            tried += 1
            records = [[rows.of(name)], {column: value}]
            parameters = records if method == 'write' else [[{**values, column: value}]]
            if (_goes_through(client, f'{name}.{method}', parameters)
                    and not _is_idle(value) and f'{name}.{column}' not in IDLE):
                went_through.append(f'{name}.{column} {method} {value}')
    after = fingerprints(superuser, pool, foreign_rows.company)
    assert {name for name in before if before[name] != after[name]} == set()
    assert pointers(superuser, pool, rows.company, foreign_rows.company) == []
    assert not went_through, '\n'.join(went_through)
    assert tried >= drawing.number(800, 200), tried


def _goes_through(client, method, parameters):
    try:
        client.call(method, *parameters)
    except Fault as fault:
        assert fault.status < 500
        return False
    return True


def _is_idle(value):
    """Taking away what is not there is nothing"""
    return isinstance(value, list) and value[0][0] == 'remove'


def pointers(superuser, pool, company, other):
    """Return the relations by which rows of one tenant point at rows of the other"""
    found = []
    for Model, name, target in columns(pool):
        if not target:
            continue
        Target = pool.get(target)
        count, = superuser.execute(SQL(
                "SELECT count(*) FROM {} r JOIN {} t ON t.id = r.{} WHERE r.{} = %s AND t.{} = %s").format(
                Identifier(Model._table), Identifier(Target._table), Identifier(name),
                Identifier(company_column(Model)), Identifier(company_column(Target))),
            (company, other)).fetchone()
        if count:
            found.append(f'{Model.__name__}.{name}')
    return found
