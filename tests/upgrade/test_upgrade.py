"""A database made by an earlier state of the code starts under the present one, with every answer as before.

``data/`` holds a dump of a database with the two demo tenants and a little of everything in them
(``history.py``), made at the state of the code that first had this test, and what it answered
(``expected.json``): over HTTP for every record and list, over Tryton's protocol, and in its books. The key
in ``secret.key`` and all keys and passwords in ``expected.json`` are made for this fixture and open nothing
else.

    scripts/test -n 0 tests/upgrade                             # restore, upgrade, compare
    KONTOR_MAKE_UPGRADE=1 scripts/test -n 0 tests/upgrade       # make the files anew, with the present code

Made anew, the fixture proves nothing of earlier states: add a second one beside it rather than replace it.
"""
import base64
import json
import os
import secrets

import psycopg
import pytest

from scripts.lib.install.home import write_private
from scripts.lib.install.database import SELLERS
from tests.support.stripe_server import StripeServer
from tests.support.gunicorn import HOST, served
from tests.support.operator import Operator
from tests.support.server import ROLES

from . import history, observe, store
from .caller import Billing, ask, member

pytestmark = pytest.mark.slow
MAKING = bool(os.environ.get('KONTOR_MAKE_UPGRADE'))
APPLICATION = 'tests.upgrade.moved:application'
ACCOUNT = 'trytond.modules.account_invoice_payment_link.account'
SHARD = 'kontor'
DAY = '2026-05-18'


class Instance:
    """A database with the configurations of its roles"""

    def __init__(self, postgres, name, folder):
        self.postgres, self.name = postgres, name
        self.configurations = {
            role: store.configuration(postgres, role, folder) for role in ('owner', 'web', 'worker')}

    def configuration(self, role):
        return self.configurations[role]

    def operator(self):
        return Operator(self, self.name)

    def superuser(self):
        return psycopg.connect(self.postgres.superuser(self.name), autocommit=True)


# Making

def _make(instance):
    """Fill the database, write both files"""
    operator = instance.operator()
    tenants = [_tenant(operator, seller) for seller in SELLERS]
    with StripeServer() as stripe, served(
            instance.configuration('web'), instance.name, APPLICATION, KONTOR_STRIPE_URL=stripe.url) as port:
        for tenant in tenants:
            billing = Billing(port, tenant['credentials']['billing'])
            login = tenant['login']
            tenant['then'] = history.History(
                f'http://{HOST}:{port}', tenant, billing,
                member(port, instance.name, login['user'], login['password']), tenant['hook'], stripe).play()
        found = _observed(instance, port, tenants)
        found['check'] = operator.call('kernel.check.run')
        store.dump(instance.postgres, instance.name)
        found['further'] = [_further(port, tenant) for tenant in tenants]
    operator.close()
    store.write_expected(found)


def _tenant(operator, seller):
    tenant = operator.tenant(**seller)
    company = tenant['company']
    _, _, tenant['credentials']['restricted'] = operator.call(
        'tenant_provision.provision.issue_key', company, 'billing', SHARD, abilities=['units:read'])
    id, _, tenant['credentials']['revoked'] = operator.call(
        'tenant_provision.provision.issue_key', company, 'billing', SHARD)
    operator.call('tenant_provision.provision.revoke_key', id)
    user, password = operator.call(
        'tenant_provision.provision.add_member', company, f'accountant-{company}', 'accountant')
    tenant['accountant'] = {'user': f'accountant-{company}', 'password': password, 'id': user}
    tenant['hook'] = operator.call(
        f'{ACCOUNT}.configure', company, SHARD, history.STRIPE_KEY, history.WEBHOOK_SECRET)['webhook']
    return tenant


def _observed(instance, port, tenants):
    found = {'tenants': tenants, 'answers': [], 'records': [], 'books': []}
    with instance.superuser() as connection:
        for tenant in tenants:
            company, login = tenant['company'], tenant['login']
            billing = Billing(port, tenant['credentials']['billing'])
            client = member(port, instance.name, login['user'], login['password'])
            found['answers'].append(observe.answers(billing, observe.paths(connection, company)))
            found['records'].append(observe.records(client))
            found['books'].append(observe.books(connection, company))
    return found


def _further(port, tenant):
    """Issue one more of everything that takes a number; return the numbers"""
    billing, then = Billing(port, tenant['credentials']['billing']), tenant['then']
    documents = {'customerId': then['customer'], 'invoiceTemplateId': then['template'], 'issueDate': DAY}
    project = billing.made('/api/paushal-projects', {
            'customerId': then['customer'], 'name': 'Further', 'totalPrice': 5})['id']
    made = [
        billing.made('/api/invoices', {**documents, 'customItems': history.LINES}),
        billing.made('/api/gutschriften', {
                **documents, 'customerId': then['partner'], 'items': history.LINES}),
        *(billing.made(f'/api/paushal-projects/{project}/{what}', {
                    'invoiceTemplateId': then['template'], 'issueDate': DAY})
            for what in ('offer', 'delivery-note', 'invoices'))]
    return [
        {name: value for name, value in each.items() if name not in {'archivedPdfHash', 'finalizedAt'}}
        for each in made]


@pytest.fixture(scope='module')
def made(postgres, template_database, worker_id, tmp_path_factory):
    """The files; made anew if wished for"""
    if MAKING:
        name = f'test_{worker_id}_history'
        postgres.clone(name, template_database)
        store.HERE.mkdir(exist_ok=True)
        write_private(store.SECRET, base64.b64encode(secrets.token_bytes(32)).decode() + '\n')
        store.SECRET.chmod(0o644)
        try:
            _make(Instance(postgres, name, tmp_path_factory.mktemp('history')))
        finally:
            postgres.drop(name)
    return store.expected()


# Upgrading

@pytest.fixture(scope='module')
def instance(made, postgres, worker_id, tmp_path_factory):
    """The database of the fixture, brought to the state of the present code"""
    name = f'test_{worker_id}_upgrade'
    postgres.drop(name)
    store.restore(postgres, name)
    instance = Instance(postgres, name, tmp_path_factory.mktemp('upgrade'))
    with instance.superuser() as connection:
        # Of the same state the installer would only look
        connection.execute("DELETE FROM kontor_release")
    passwords = postgres.home.secrets()
    postgres.run_as('owner', ['-m', 'trytond.modules.tenant_provision.install'], input=json.dumps({
        'database': name, 'roles': ROLES, 'web_password': passwords['web'],
        'worker_password': passwords['worker']}))
    yield instance
    postgres.drop(name)


@pytest.fixture(scope='module')
def port(instance):
    with served(instance.configuration('web'), instance.name, APPLICATION) as port:
        yield port


@pytest.fixture(scope='module')
def observed(instance, port, made):
    """What the database answers now, asked before any test writes"""
    found = {'answers': [], 'records': [], 'books': []}
    with instance.superuser() as connection:
        for tenant, asked in zip(made['tenants'], made['answers'], strict=True):
            login = tenant['login']
            client = member(port, instance.name, login['user'], login['password'])
            found['books'].append(observe.books(connection, tenant['company']))
            found['records'].append(observe.records(client))
            found['answers'].append(
                observe.answers(Billing(port, tenant['credentials']['billing']), asked))
    return found


BOTH = pytest.mark.parametrize('n', [0, 1], ids=['DE', 'AT'])


def _same(before, now):
    """Assert that two dictionaries are equal, and show what differs"""
    changed = {name: (before.get(name), now.get(name))
        for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    assert changed == {}


@BOTH
def test_every_answer_is_the_same(made, observed, n):
    statuses = {answer['status'] for answer in made['answers'][n].values()}
    assert statuses == {200, 400, 404}
    _same(made['answers'][n], observed['answers'][n])


@BOTH
def test_documents_are_the_sealed_ones(made, observed, n):
    """The hash that an invoice shows is that of the bytes that are handed out"""
    answers, checked = observed['answers'][n], 0
    for path, answer in answers.items():
        pdf = answers.get(f'{path}/pdf')
        if pdf and pdf['status'] == 200:
            assert json.loads(answer['body'])['archivedPdfHash'] == pdf['sha512']
            checked += 1
    assert checked > 15


@BOTH
def test_members_read_the_same(made, observed, n):
    """A later chart may have more accounts; what there was is as it was"""
    for model, rows in made['records'][n].items():
        now = observed['records'][n][model]
        if model == 'account.account':
            now = [row for row in now if row['id'] in {row['id'] for row in rows}]
        assert now == rows, model


@BOTH
def test_the_books_are_the_same(made, observed, n):
    assert all(made['books'][n].values())
    _same(made['books'][n], observed['books'][n])


def test_nothing_is_found_that_must_not_be(instance, made, observed):
    operator = instance.operator()
    try:
        assert made['check'] == [] == operator.call('kernel.check.run')
    finally:
        operator.close()


@BOTH
def test_keys_and_logins_hold(instance, port, made, n):
    tenant = made['tenants'][n]
    keys = tenant['credentials']
    assert Billing(port, keys['restricted']).get('/api/units').status_code == 200
    assert Billing(port, keys['restricted']).get('/api/items').json['error'] == 'plan_forbidden'
    assert Billing(port, keys['revoked']).get('/api/units').json['error'] == 'invalid_api_key'
    for login in (tenant['login'], tenant['accountant']):
        client = member(port, instance.name, login['user'], login['password'])
        assert client.user == login['id']


@BOTH
def test_secrets_of_the_payment_account_can_be_read(port, made, observed, n):
    """A report with a good signature is taken, which the encrypted secret decides"""
    data = json.dumps({
            'id': 'evt_upgrade', 'object': 'event', 'type': 'customer.created', 'created': 1,
            'data': {'object': {'id': 'cus_2', 'object': 'customer'}}}).encode()
    for secret, status in [(history.WEBHOOK_SECRET, 200), ('whsec_another', 400)]:
        answer = ask(port, 'POST', made['tenants'][n]['hook'], data, {
                'Content-Type': 'application/json', 'Stripe-Signature': history.sign(data, secret)})
        assert answer.status_code == status, answer.data


@BOTH
def test_a_stored_key_answers_as_before(instance, port, made, observed, n):
    """Keys last a day of the machine's clock, so those of the fixture are made young again"""
    with instance.superuser() as connection:
        connection.execute("UPDATE rest_idempotency SET created = now() AT TIME ZONE 'UTC'")
    tenant = made['tenants'][n]
    billing = Billing(port, tenant['credentials']['billing'])
    assert len(tenant['then']['replays']) > 25
    for replay in tenant['then']['replays']:
        answer = billing('POST', replay['path'], replay['body'], Idempotency_Key=replay['key'])
        assert (answer.status_code, answer.data.decode()) == (replay['status'], replay['answer'])
        assert answer.headers['Idempotency-Replayed'] == 'true'
        other = billing('POST', replay['path'], {**replay['body'], 'x': 1}, Idempotency_Key=replay['key'])
        assert (other.status_code, other.json['error']) == (409, 'idempotency_key_request_mismatch')


@BOTH
def test_numbers_go_on(port, made, observed, n):
    def numbers(documents):
        return [
            {name: value for name, value in each.items() if 'id' not in name.lower() and name != 'pdfUrl'}
            for each in documents]
    assert numbers(_further(port, made['tenants'][n])) == numbers(made['further'][n])


# What is left of modules that have gone

INSTALLED = {
    'modules': "SELECT name, state FROM ir_module",
    'modules of data': "SELECT DISTINCT module FROM ir_model_data",
    'data': "SELECT module, fs_id, model FROM ir_model_data",
    'models': "SELECT name FROM ir_model",
    'fields': "SELECT m.name, f.name FROM ir_model_field f JOIN ir_model m ON m.name = f.model",
    'views': "SELECT module, name, model, type FROM ir_ui_view",
    'modules of translations': "SELECT DISTINCT module FROM ir_translation",
    'triggers': """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal""",
    'policies': """
        SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies""",
    'functions': """
        SELECT p.proname, pg_get_function_identity_arguments(p.oid), pg_get_functiondef(p.oid), p.proacl::text
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'""",
    'rights': """
        SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
        WHERE table_schema = 'public' AND (grantee LIKE '%_web' OR grantee LIKE '%_worker')""",
    'row-level security': "SELECT relname FROM pg_class WHERE relrowsecurity",
    # Conditions are left out: PostgreSQL words them anew when a dump is read
    'constraints': """
        SELECT conrelid::regclass::text, conname, contype,
            CASE WHEN contype IN ('c', 'x') THEN '' ELSE pg_get_constraintdef(oid) END
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    'indexes': """
        SELECT tablename, regexp_replace(indexdef, '( INDEX) \\S+| WHERE .*', '\\1', 'g')
        FROM pg_indexes WHERE schemaname = 'public'""",
    'columns': """
        SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
        WHERE table_schema = 'public'""",
    }
"""What → query; the same in the upgraded database as in one that the present code made"""


@pytest.mark.parametrize('what', INSTALLED)
def test_an_upgraded_database_is_built_as_a_new_one(instance, postgres, template_database, observed, what):
    with instance.superuser() as connection:
        upgraded = set(connection.execute(INSTALLED[what]).fetchall())
    with psycopg.connect(postgres.superuser(template_database)) as connection:
        new = set(connection.execute(INSTALLED[what]).fetchall())
    assert sorted(map(str, upgraded - new)) == [], f'{what}: left over'
    assert sorted(map(str, new - upgraded)) == [], f'{what}: missing'
