"""What a member may not, whatever the role: everything outside the tenant; and who may nothing but read.

Each model that is no tenant's × each role × create, write, delete, by RPC and by SQL; then the ways to more
rights, one by one.
"""
import psycopg
import pytest
from trytond.model import ModelSingleton, ModelSQL
from trytond.model.exceptions import AccessError
from trytond.wizard import StateView

from tests.support import drawing
from tests.support.client_fixtures import ROLES
from tests.support.rpc import Client, Fault
from tests.support.tenancy import as_member, as_tenant
from trytond.modules.tenant.ownership import OPERATOR, OWNED, classify, owned_models
from trytond.modules.tenant.role import PERSONAL, UNCHECKED

DENIED = '42501'
VISIBLE = ('ir.', 'res.group', 'country.', 'currency.', 'product.uom', 'party.address.')
"""Beginnings of the names of shared models that a member reads, beside charts as delivered (…template)"""
WRITE_ONLY = {
    'rest.request': "the request log takes lines of everybody, and shows a tenant its own",
    }
"""The operator's tables that a web worker adds to"""


def outside(pool):
    """Return the models with a table that no tenant owns, by name"""
    return {
        name: Model for name, Model in sorted(pool.iterobject())
        if classify(Model) not in (None, OWNED)}


def refused(client, method, *parameters):
    """Return None for a refusal, else what was answered"""
    try:
        return client.call(method, *parameters)
    except Fault as fault:
        assert fault.status < 500, fault
        return None


def some_id(superuser, Model):
    row = superuser.execute(f'SELECT min(id) FROM "{Model._table}"').fetchone()
    return row[0] or 1


@pytest.fixture
def untouched(superuser, pool):
    """What is outside the tenants is the same after the test, to the byte"""
    def picture():
        return {
            name: superuser.execute(
                f'SELECT md5(string_agg(r::text, \' \' ORDER BY id)) FROM "{Model._table}" r').fetchone()
            for name, Model in outside(pool).items() if name not in WRITE_ONLY}
    before = picture()
    yield
    assert {name for name, hash_ in picture().items() if hash_ != before[name]} == set()


# Outside the tenant

@pytest.mark.parametrize('role', ROLES)
def test_nothing_outside_the_tenant_is_changed_by_rpc(pool, superuser, clients, role, untouched):
    flaws, tried = [], 0
    for name, Model in drawing.draw(outside(pool).items(), 1 / 3, role):
        id_ = some_id(superuser, Model)
        text = next((f for f, field in Model._fields.items() if field._type == 'char'), 'id')
        for method, parameters in [
                ('create', [[{text: 'mine'}]]), ('create', [[{}]]),
                ('write', [[id_], {text: 'mine'}]), ('write', [[id_], {}]),
                ('delete', [[id_]]), ('copy', [[id_], {}]),
                ('import_data', [[text], [['mine']]])]:
            tried += 1
            answer = refused(clients[role], f'{name}.{method}', *parameters)
            if answer not in (None, 0):
                flaws.append(f'{name}.{method}: {answer}')
    assert not flaws, '\n'.join(flaws)
    assert tried >= drawing.number(71, 23) * 7, tried


def test_nothing_outside_the_tenant_is_changed_by_sql(pool, web, german):
    flaws, tried = [], 0
    for name, Model in outside(pool).items():
        for statement in [
                'INSERT INTO "{}" DEFAULT VALUES', 'UPDATE "{}" SET id = id', 'DELETE FROM "{}"',
                'TRUNCATE "{}"', 'ALTER TABLE "{}" DISABLE ROW LEVEL SECURITY', 'DROP TABLE "{}"',
                'LOCK TABLE "{}" IN ACCESS EXCLUSIVE MODE', 'CREATE INDEX ON "{}" (id)',
                'CREATE TRIGGER t BEFORE UPDATE ON "{}" EXECUTE FUNCTION pg_advisory_unlock_all()',
                'COMMENT ON TABLE "{}" IS $$x$$', 'CREATE POLICY mine ON "{}"',
                'GRANT ALL ON "{}" TO PUBLIC']:
            tried += 1
            state = _attempt(web, german['company'], statement.format(Model._table))
            if state != DENIED and not (name in WRITE_ONLY and statement.startswith('INSERT')) \
                    and not (state == 'warning' and statement.startswith('GRANT')):
                flaws.append(f'{name}: {statement} {state}')
    assert not flaws, '\n'.join(flaws)
    assert tried >= 71 * 12, tried


def test_the_walls_themselves_cannot_be_touched_by_sql(pool, web, german):
    """Nor the structure of a tenant's tables"""
    flaws = []
    for name, Model in owned_models(pool).items():
        for statement in [
                'TRUNCATE "{}"', 'ALTER TABLE "{}" DISABLE ROW LEVEL SECURITY', 'DROP TABLE "{}"',
                'ALTER TABLE "{}" DISABLE TRIGGER ALL', 'DROP POLICY tenant_web ON "{}"',
                'CREATE POLICY mine ON "{}" USING (true)', 'CREATE INDEX ON "{}" (id)']:
            state = _attempt(web, german['company'], statement.format(Model._table))
            if state != DENIED:
                flaws.append(f'{name}: {statement} {state}')
    for statement in [
            'SET ROLE postgres', 'SET SESSION AUTHORIZATION postgres', 'CREATE TABLE mine (id int)',
            'CREATE SCHEMA mine', 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
            'CREATE EXTENSION vector', "SET session_replication_role = 'replica'",
            'COPY party_party TO PROGRAM $$cat$$', 'SELECT pg_read_file($$/etc/passwd$$)',
            'SELECT kontor_names_stranger($$party.party$$, ARRAY[1], ARRAY[1], false)',
            'DELETE FROM kontor_release',
            'SELECT rolpassword FROM pg_authid', 'ALTER ROLE CURRENT_USER BYPASSRLS',
            'SELECT pg_ls_dir($$.$$)']:
        state = _attempt(web, german['company'], statement)
        if state not in (DENIED, '22023'):
            flaws.append(f'{statement}: {state}')
    assert not flaws, '\n'.join(flaws)


def _attempt(web, company, statement):
    """Return the SQLSTATE of a statement, 'warning' for one that only warned, None if it went through"""
    notices = []
    web.add_notice_handler(notices.append)
    try:
        with as_tenant(web, company):
            try:
                with web.transaction():
                    web.execute(statement)
            except psycopg.Error as error:
                return error.sqlstate
        return 'warning' if notices else None
    finally:
        web.remove_notice_handler(notices.append)


@pytest.mark.parametrize('role', ROLES)
def test_the_only_shared_data_a_member_reads(pool, clients, role):
    """ir.*, the groups, countries, currencies, units, address formats and what is delivered as template.

    The operator's tables are not readable, Kontor's own shared tables neither.
    """
    readable = set()
    for name in outside(pool):
        try:
            clients[role].call(f'{name}.search', [], 0, 1)
        except Fault as fault:
            assert fault.status in (200, 404), fault
        else:
            readable.add(name)
    strange = {
        name for name in readable
        if not name.startswith(VISIBLE) and 'template' not in name and name not in WRITE_ONLY}
    assert strange == set()
    assert {name for name in readable if classify(pool.get(name)) == OPERATOR} <= set(WRITE_ONLY)
    assert {'country.country', 'currency.currency', 'res.group', 'product.uom'} <= readable
    assert not {name for name in readable if name.startswith(('tenant.', 'rest.'))} - set(WRITE_ONLY)


def test_the_operators_tables_are_not_read_by_sql(pool, web, german):
    """Not even of the log's lines are others' to be seen"""
    for name, Model in outside(pool).items():
        if classify(Model) != OPERATOR:
            continue
        state = _attempt(web, german['company'], f'SELECT FROM "{Model._table}"')
        assert state == (None if name in WRITE_ONLY else DENIED), name
    with as_tenant(web, german['company']):
        companies = web.execute("SELECT DISTINCT company FROM rest_request").fetchall()
    assert set(companies) <= {(german['company'],)}


# The role that only reads

def test_read_only_means_read_only(pool, clients, rows, superuser):
    """Create, write, copy, delete and every button of every model of the tenant that is no state of a
    client
    """
    before = _picture(pool, superuser, rows.company)
    tried, flaws = 0, []
    for name, Model in owned_models(pool).items():
        if name.startswith(PERSONAL):
            continue
        values = rows.values(name)
        values.pop('company', None)
        id_ = rows.of(name)
        calls = [
            ('create', [[values]]), ('write', [[id_], {}]), ('copy', [[id_], {}]), ('delete', [[id_]]),
            *((button, [[id_]]) for button in getattr(Model, '_buttons', ()))]
        for method, parameters in calls:
            tried += 1
            try:
                answer = clients['readonly'].call(f'{name}.{method}', *parameters)
            except Fault:
                continue
            if method == 'copy' and issubclass(Model, ModelSingleton):
                continue  # There is one, and it is its own copy
            if answer or method in {'create', 'write', 'delete'}:
                flaws.append(f'{name}.{method}: {answer}')
    assert _picture(pool, superuser, rows.company) == before
    assert not flaws, '\n'.join(flaws)
    assert tried >= 400, tried


def _picture(pool, superuser, company):
    """Return model → hash of a tenant's rows, without the state of clients and the log of buttons"""
    return {
        name: superuser.execute(
            f'SELECT md5(string_agg(r::text, \' \' ORDER BY id)) FROM "{Model._table}" r'
            f' WHERE {"id" if name == "company.company" else "company"} = %s', (company,)).fetchone()
        for name, Model in owned_models(pool).items()
        if not name.startswith((*PERSONAL, 'ir.model.log', 'ir.queue'))}


def test_read_only_holds_where_stock_checks_nothing(pool, database, german, clients, rows):
    """Wizards and some methods run without access rights; there the model itself refuses"""
    user, flaws = clients['readonly'].user, []
    for name, Model in owned_models(pool).items():
        if name.startswith(UNCHECKED):
            continue
        for change in ('create', 'write', 'delete'):
            with as_member(
                    database, german['company'], user, checked=False, locks=[Model._table]):
                if outcome := _change(Model, change, rows):
                    flaws.append(f'{name}: {change} {outcome}')
    assert not flaws, '\n'.join(flaws)


def _change(Model, change, rows):
    """Return None if a change is refused, else what happened"""
    try:
        if change == 'create':
            Model.create([rows.values(Model.__name__)])
        elif change == 'write':
            Model.write(Model.browse([rows.of(Model.__name__)]), {})
        else:
            Model.delete(Model.browse([rows.of(Model.__name__)]))
    except AccessError:
        return None
    except Exception as error:
        return repr(error)
    return 'went through'


def test_read_only_holds_in_every_wizard(pool, clients, rows, superuser):
    """Each wizard, each of its states, started without a model in the context: then stock asks for no right

    to write.
    """
    client, before, tried = clients['readonly'], _picture(pool, superuser, rows.company), 0
    for name, Wizard in sorted(pool.iterobject('wizard')):
        for state in Wizard.states:
            tried += 1
            try:
                session, _, _ = client.ask(f'wizard.{name}.create', client.context)
                client.ask(f'wizard.{name}.execute', session, _answers(pool, rows, Wizard), state, {
                        **client.context, 'active_id': 1, 'active_ids': [1]})
            except Fault as fault:
                assert fault.status < 500, fault
    assert _picture(pool, superuser, rows.company) == before
    assert tried >= 60, tried


def _answers(pool, rows, Wizard):
    """Return what a user might fill into the views of a wizard: the tenant's own records"""
    return {
        name: {
            column: rows.of(field.model_name)
            for column, field in pool.get(state.model_name)._fields.items()
            if field._type == 'many2one' and classify(pool.get(field.model_name)) == OWNED}
        for name, state in Wizard.states.items() if isinstance(state, StateView)}


def test_read_only_keeps_his_own_client_in_order(clients):
    """What the screen remembers, his language, his password: that much he writes"""
    client = clients['readonly']
    client.call(
        'ir.ui.view_tree_width.set_width', 'party.party', {'name': [200]}, 800)
    client.call('res.user.set_preferences', {'language': 'de'})
    assert client.call('res.user.get_preferences', True)['language'] == 'de'
    client.call('res.user.set_preferences', {'language': 'en'})


# Ways to more rights

def _group(superuser, name):
    return superuser.execute(
        "SELECT db_id FROM ir_model_data WHERE model = 'res.group' AND fs_id = %s", (name,)).fetchone()[0]


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('field, value', [
        ('groups', lambda groups, other: [('add', [groups['group_admin']])]),
        ('groups', lambda groups, other: [('add', [groups['group_owner']])]),
        ('company', lambda groups, other: other['company']),
        ('companies', lambda groups, other: [('add', [other['company']])]),
        ('login', lambda groups, other: 'admin2'),
        ('active', lambda groups, other: False),
        ('password_hash', lambda groups, other: 'x'),
        ('password_reset', lambda groups, other: 'x'),
        ('employees', lambda groups, other: [('create', [{}])]),
        ('applications', lambda groups, other: [('create', [{'application': 'rest'}])]),
        ], ids=[
        'administrator', 'owner', 'company', 'companies', 'login', 'active', 'hash', 'reset', 'employees',
        'applications'])
def test_no_member_gives_himself_rights(
        superuser, clients, austrian, role, field, value):
    client = clients[role]
    before = _user(superuser, client.user)
    groups = {name: _group(superuser, name) for name in ('group_admin', 'group_owner')}
    change = {field: value(groups, austrian)}
    for call, parameters in [
            ('res.user.write', [[client.user], change]),
            ('res.user.write', [[2], change]),
            ('res.user.create', [[{'name': 'x', 'login': 'x', **change}]])]:
        with pytest.raises(Fault) as fault:
            client.call(call, *parameters)
        assert fault.value.status < 500
    refused(client, 'res.user.set_preferences', change)
    assert _user(superuser, client.user) == before


def _user(superuser, user):
    return superuser.execute(
        "SELECT login, company, active, password_hash, password_reset, employee,"
        " array(SELECT \"group\" FROM \"res_user-res_group\" WHERE \"user\" = u.id ORDER BY 1),"
        " array(SELECT company FROM \"res_user-company_company\" WHERE \"user\" = u.id),"
        " (SELECT count(*) FROM res_user), (SELECT count(*) FROM res_user_application)"
        " FROM res_user u WHERE id = %s", (user,)).fetchone()


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('name', [
        'res.user-res.group', 'res.user-company.company', 'res.user-company.employee', 'res.user-ir.action',
        'res.user.application', 'tenant.credential', 'company.company', 'res.group', 'ir.rule',
        'ir.rule.group', 'ir.model.access', 'ir.model.field.access', 'ir.cron', 'ir.trigger',
        'ir.ui.view', 'ir.translation', 'ir.action.report', 'ir.email.template', 'ir.module',
        'account.account.type.template', 'ir.configuration'])
def test_what_gives_rights_is_not_writable(clients, superuser, rows, pool, name, role):
    client = clients[role]
    id_ = some_id(superuser, pool.get(name))
    for method, parameters in [
            ('create', [[{}]]), ('write', [[id_], {}]), ('delete', [[id_]]), ('copy', [[id_]])]:
        with pytest.raises(Fault) as fault:
            client.call(f'{name}.{method}', *parameters)
        assert fault.value.status in (200, 404)


@pytest.mark.parametrize('role', ['accountant', 'clerk', 'readonly'])
def test_keys_are_the_owners_business(clients, role):
    with pytest.raises(Fault):
        clients[role].call('tenant.credential.search', [])


def test_the_owner_sees_prefixes_of_the_own_keys_and_no_hash(client, german, austrian):
    keys = client.call('tenant.credential.search_read', [], 0, None, None, ['prefix', 'hash', 'company'])
    assert german['prefix'] in {key['prefix'] for key in keys}
    assert {key['company'] for key in keys} == {german['company']}
    assert {key['hash'] for key in keys} == {None}


def test_sessions_of_others_are_no_ones_business(pool, clients):
    assert 'search' not in pool.get('ir.session').__rpc__
    assert not issubclass(pool.get('res.user.login.attempt'), ModelSQL) or (
        'search' not in pool.get('res.user.login.attempt').__rpc__)


def test_a_changed_password_ends_the_sessions(application, database, operator, german):
    login, new = 'changes@german.example', 'a new and longer one'
    _, password = operator.call('tenant_provision.provision.add_member', german['company'], login, 'clerk')
    client = Client(application, database).login(login, password)
    client.call('res.user.set_preferences', {'password': new})
    with pytest.raises(Fault) as fault:
        client.call('party.party.search', [])
    assert fault.value.status == 401
    assert Client(application, database).login(login, new).user == client.user
