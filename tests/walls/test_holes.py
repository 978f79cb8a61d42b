"""The ways around Tryton's own walls, as an ordinary member over plain RPC: each closed, one test each.

The other tenant's records have names that begin with SECRET; whatever a call answers, that word is not in it.
"""
import contextlib
import datetime as dt
import json
import os
import time
from decimal import Decimal

import pytest
from trytond import backend
from trytond.transaction import Transaction

from tests.support import drawing
from tests.support.client_fixtures import ROLES
from tests.support.rpc import Client, Fault
from tests.support.tenancy import fingerprints
from tests.walls.conftest import SECRET
from trytond.modules.rpc.application import STATEMENT_TIMEOUT
from trytond.modules.tenant.ownership import owned_models


@pytest.fixture(scope='module')
def secret(neighbour, foreign_rows):
    """Records of the other tenant that are worth reading; the IBAN is the German tenant's own as well"""
    party, = neighbour.call('party.party.create', [{
                'name': f'{SECRET} AG', 'code': f'{SECRET}-7', 'addresses': [('create', [{
                                'street': f'{SECRET}straße 1', 'city': f'{SECRET}stadt'}])],
                'contact_mechanisms': [('create', [{
                                'type': 'email', 'value': f'{SECRET}@example.com'}])]}])
    account, = neighbour.call('bank.account.create', [{
                'owners': [('add', [party])], 'numbers': [('create', [{
                                'type': 'iban', 'number': 'DE89370400440532013000'}])]}])
    attachment, = neighbour.call('ir.attachment.create', [{
                'name': f'{SECRET}.txt', 'type': 'data', 'data': SECRET.encode(),
                'resource': f'party.party,{party}'}])
    note, = neighbour.call('ir.note.create', [{
                'message': f'{SECRET} note', 'resource': f'party.party,{party}'}])
    return {'party.party': party, 'bank.account': account, 'ir.attachment': attachment, 'ir.note': note}


@pytest.fixture
def unharmed(superuser, pool, austrian, secret):
    """The other tenant's rows are the same after the test, to the byte"""
    before = fingerprints(superuser, pool, austrian['company'])
    yield
    after = fingerprints(superuser, pool, austrian['company'])
    assert {name for name in before if before[name] != after[name]} == set()


def answer(client, method, *params, **context):
    """Return what a call answers, None for a refusal; neither may tell the secret"""
    try:
        result = client.call(method, *params, **context)
    except Fault as fault:
        assert fault.status < 500, fault
        assert SECRET not in fault.text.lower(), fault
        return None
    assert SECRET not in json.dumps(result, default=str).lower(), (method, result)
    return result


# The company is not the client's to choose

def test_set_preferences_company(application, database, client, members, austrian, superuser):
    """Stock stored it, and after a restart the user read the other company's invoice"""
    other = austrian['company']
    for change in [
            {'company': other}, {'companies': [('add', [other])]}, {'company_filter': 'all'},
            {'employee': 1}, {'groups': [('add', [1])]}]:
        try:
            client.call('res.user.set_preferences', change)
        except Fault as fault:
            assert fault.status == 200
    again = Client(application, database).login(*members['owner'])
    assert again.context['company'] != other
    assert again.call('company.company.search', []) == [again.context['company']]
    client.call('res.user.set_preferences', {'company_filter': 'one'})


CONTEXTS = [
    lambda other: {'company': other},
    lambda other: {'companies': [other]},
    lambda other: {'_companies': [other]},
    lambda other: {'_groups': [1]},
    lambda other: {'_check_access': False},
    lambda other: {'_user': 0},
    lambda other: {'user': 0},
    lambda other: {'_skip_warnings': True},
    lambda other: {'company': other, 'companies': [other], '_companies': [other], '_check_access': False},
    lambda other: {'employee': 1, 'active_test': False},
    lambda other: {'_datetime': dt.datetime(2030, 1, 1)},
    lambda other: {'company': None},
    lambda other: {'company': 'all'},
    ]


@pytest.mark.parametrize('context', CONTEXTS, ids=range(len(CONTEXTS)))
def test_context_opens_nothing(client, austrian, secret, unharmed, context):
    """Whatever the client says about companies, groups, users and access"""
    context = context(austrian['company'])
    assert answer(client, 'party.party.read', [secret['party.party']], ['name'], **context) is None
    assert not answer(client, 'party.party.search', [('name', 'ilike', f'{SECRET}%')], **context)
    assert not answer(client, 'company.company.search', [('id', '=', austrian['company'])], **context)
    assert not answer(client, 'ir.rule.create', [{}], **context)
    created = answer(client, 'party.party.create', [{'name': 'Eigener'}], **context)
    if created:
        assert client.call('party.party.read', created, ['company'])[0]['company'] == (
            client.context['company'])


# Every verb holds for foreign ids

def test_export_data(client, foreign_rows, secret, unharmed):
    """Stock's export returned amounts of lines that read refused"""
    for name in ['account.move.line', 'account.invoice', *secret]:
        ids = [secret.get(name) or foreign_rows.of(name)]
        rows = answer(client, f'{name}.export_data', ids, ['id', 'rec_name'], False)
        assert not rows or rows == [['', '']], (name, rows)
    assert answer(
        client, 'account.move.line.export_data', [foreign_rows.of('account.move.line')],
        ['debit', 'account.name', 'move/party'], False) in (None, [], [['', '', '']])
    assert not answer(
        client, 'party.party.export_data_domain', [('id', '=', secret['party.party'])], ['name'], 0, None,
        None, False)


def test_copy(client, secret, unharmed):
    for name, id_ in secret.items():
        assert answer(client, f'{name}.copy', [id_], {}) in (None, []), name


def test_on_change(client, secret, foreign_rows, unharmed):
    """A form that names a foreign record is not filled with what is in it"""
    party = secret['party.party']
    for name, values, field in [
            ('account.invoice', {'party': party, 'type': 'out', 'lines': [], 'taxes': []}, 'party'),
            ('account.move.line', {'account': foreign_rows.of('account.account'), 'party': party},
                'account'),
            ('party.identifier', {'address': foreign_rows.of('party.address')}, 'address'),
            ('party.replace.ask', {'source': party}, 'source'),
            ('ir.attachment', {'id': secret['ir.attachment']}, 'summary'),
            ('account.invoice.line', {'product': foreign_rows.of('product.product')}, 'product')]:
        answer(client, f'{name}.on_change', values, [field])
        answer(client, f'{name}.on_change_with', values, [field, 'rec_name', 'summary'])
        answer(client, f'{name}.on_change_notify', values)
        answer(client, f'{name}.pre_validate', values)


def test_every_method_of_every_model_with_a_foreign_id(pool, client, foreign_rows, unharmed):
    """Whatever a model offers to clients, buttons included, called on a foreign record"""
    tried = 0
    for name, Model in drawing.draw(owned_models(pool).items(), 1 / 3, 'methods'):
        id_ = foreign_rows.of(name)
        for verb, rpc in sorted(Model.__rpc__.items()):
            if rpc.instantiate is None and verb not in {'read', 'history_revisions'}:
                continue
            tried += 1
            more = {
                'read': [['rec_name']], 'write': [{}], 'copy': [{}], 'export_data': [['rec_name'], False],
                'on_change': [['rec_name']], 'on_change_with': [['rec_name']]}.get(verb, [])
            form = verb.startswith(('on_change', 'autocomplete', 'pre_validate'))
            answer(client, f'{name}.{verb}', {'id': id_} if form else [id_], *more)
    assert tried >= drawing.number(900, 200), tried


def test_through_relations(client, pool, secret, unharmed):
    """Searching and sorting through relations reaches nothing either"""
    for domain in [
            [('addresses.city', 'ilike', f'{SECRET}%')], [('rec_name', 'ilike', f'{SECRET}%')],
            [('id', '=', secret['party.party'])], [('company.party.name', 'like', 'Test AT%')],
            [('create_uid.company', '!=', client.context['company']), ('create_uid', '!=', None)]]:
        assert answer(client, 'party.party.search', domain) in ([], None)
        assert answer(client, 'party.party.search_count', domain) in (0, None)
    assert answer(client, 'ir.note.search', [
            ('resource.name', '=', f'{SECRET} AG', 'party.party')]) in ([], None)


def test_wizards(client, secret, foreign_rows, unharmed):
    """Started on a foreign record, or told to take one"""
    own = client.call('party.party.search', [])[0]
    party = secret['party.party']
    for wizard, model, ids, data, state in [
            ('account.invoice.credit', 'account.invoice', [foreign_rows.of('account.invoice')], {}, 'start'),
            ('account.invoice.pay', 'account.invoice', [foreign_rows.of('account.invoice')], {}, 'start'),
            ('account.move.cancel', 'account.move', [foreign_rows.of('account.move')], {}, 'default'),
            ('party.check_vies', 'party.party', [party], {}, 'check'),
            ('party.replace', 'party.party', [party], {'ask': {'source': party, 'destination': own}},
                'replace'),
            ('party.replace', 'party.party', [own], {'ask': {'source': own, 'destination': party}},
                'replace'),
            ('party.erase', 'party.party', [party], {'ask': {'party': party}}, 'erase')]:
        with pytest.raises(Fault) as fault:
            client.wizard(wizard, model, ids, data, state)
        assert fault.value.status in (200, 404), fault.value
        assert SECRET not in fault.value.text.lower()


@pytest.mark.parametrize('wizard, data, state', [
        ('party.replace', lambda own, other: {'ask': {'source': other, 'destination': own}}, 'replace'),
        ('party.replace', lambda own, other: {'ask': {'source': own, 'destination': other}}, 'replace'),
        ('party.erase', lambda own, other: {'ask': {'party': other}}, 'erase')],
    ids=['replace the foreign', 'replace by the foreign', 'erase the foreign'])
def test_the_refusal_does_not_name_the_foreign_party(client, secret, unharmed, wizard, data, state):
    """Stock said: parties have different names: … — with no record in the context, nothing else stopped it"""
    own = client.call('party.party.search', [])[0]
    session, _, _ = client.ask(f'wizard.{wizard}.create', client.context)
    with pytest.raises(Fault) as fault:
        client.ask(
            f'wizard.{wizard}.execute', session, data(own, secret['party.party']), state, client.context)
    assert SECRET not in fault.value.text.lower()


def test_reports(client, pool, superuser, foreign_rows, unharmed):
    """Each report there is, on a foreign record of its model"""
    reports = superuser.execute(
        "SELECT report_name, model FROM ir_action_report WHERE model IS NOT NULL").fetchall()
    for name, model in reports:
        Model = dict(pool.iterobject()).get(model)
        if Model is None or Model not in owned_models(pool).values():
            continue
        for data in [{}, {'model': model, 'id': foreign_rows.of(model)}, {'model': 'party.party'}]:
            try:
                client.ask(f'report.{name}.execute', [foreign_rows.of(model)], data, client.context)
            except Fault as fault:
                assert fault.status < 500 and SECRET not in fault.text.lower()
            else:
                raise AssertionError(f'{name} prints a foreign record')
    assert len(reports) >= 8


def test_chat(client, rows, foreign_rows, austrian, superuser):
    """Stock's chat wrote to records that the user could not read"""
    model = client.call('ir.chat.channel.get_models')[0][0]
    resource = f'{model},{foreign_rows.make(model)}'
    before = superuser.execute("SELECT count(*) FROM ir_chat_channel").fetchone()
    for method, parameters in [
            ('post', [resource, 'Hallo']), ('subscribe', [resource]), ('get', [resource]),
            ('subscribe_email', [resource, 'me@example.com']), ('unsubscribe', [resource]),
            ('get_followers', [resource]), ('subscribe', [resource, austrian['login']['user']])]:
        assert not answer(client, f'ir.chat.channel.{method}', *parameters), method
    assert superuser.execute("SELECT count(*) FROM ir_chat_channel").fetchone() == before
    own = f'{model},{rows.of(model)}'
    found = client.call('ir.chat.channel.search_followers', own, 'member')
    assert found and {follower['key'] for follower in found}.isdisjoint({austrian['login']['user']})


def test_nobody_speaks_in_the_name_of_another(client, clients, superuser, rows):
    """The key `user` of the context named the author of a message"""
    model = client.call('ir.chat.channel.get_models')[0][0]
    resource = f'{model},{rows.make(model)}'
    message = client.call('ir.chat.channel.post', resource, 'Ich', user=clients['clerk'].user)
    assert superuser.execute(
        'SELECT "user" FROM ir_chat_message WHERE id = %s', (message,)).fetchone() == (client.user,)


def test_mail_completion(client, neighbour, members, austrian):
    """Lists the own colleagues with an address, not all users of the server"""
    neighbour.call('res.user.set_preferences', {'email': f'{SECRET}@example.com'})
    client.call('res.user.set_preferences', {'email': 'owner@german.example'})
    for text in (SECRET, 'example.com'):
        assert SECRET not in str(answer(client, 'ir.email.complete', text, 1000)).lower()
    found = client.call('ir.email.complete', 'german.example', 10)
    owner, _ = members['owner']
    assert f'"{owner}" <owner@german.example>' in {address for _, address, _ in found}


def test_data_as_csv(client, database, secret, foreign_rows, unharmed):
    """/data/… with ids, with a domain, with a context"""
    for query in [
            f'd=[{secret["party.party"]}]&f=name', f'd=[["name","ilike","{SECRET}%25"]]&f=name',
            f'd=[]&f=name&c={{"company":{foreign_rows.company},"_check_access":false}}']:
        response = _data(client, database, f'party.party?{query}')
        assert response.status_code < 500
        assert SECRET not in response.text.lower()


@pytest.mark.parametrize('query', [
        'd=nonsense', 'd={"a":1}', 'd=5', 'd=[["x","=","y"]]', 'c=nonsense', 'c=[]', 'c=5', 's=x', 'p=x&s=1',
        's=-1', f's={10 ** 30}', 'enc=nonsense', 'enc=base64', 'dl=ab', 'qc=', 'h=x', 'loc=x', 'o=nonsense',
        'o=name,SIDEWAYS', 'f=nonsense', 'f=name.name', 'd=[NaN]', f'd={"[" * 2000}', 'l=xx', 'd=[1e400]',
        'c={"_datetime":"x"}'])
def test_data_with_parameters_that_do_not_fit(client, database, query):
    response = _data(client, database, f'party.party?f=name&{query}')
    assert response.status_code < 500, response.text
    assert 'Traceback' not in response.text and 'html' not in response.content_type
    assert _data(client, database, 'nonsense').status_code == 404


def _data(client, database, rest):
    return client.browser.get(
        f'/{database}/data/{rest}', headers=client.headers, environ_base=client.address)


# Secrets

SECRET_DOMAINS = [
    ('res.user', [('password_hash', 'like', '$%')]),
    ('res.user', [('password_hash', '!=', None)]),
    ('res.user', [('password_reset', '!=', None)]),
    ('res.user', ['OR', ('id', '=', 1), [('password_hash', 'ilike', '%a%')]]),
    ('party.party', [('create_uid.password_hash', 'like', '$%')]),
    ('party.party', [('write_uid.password_hash', '!=', None)]),
    ('party.party', [('company.create_uid.password_hash', '!=', None)]),
    ('party.party', [('addresses.create_uid.password_hash', 'like', '$%')]),
    ('ir.attachment', [('create_uid.password_hash', 'like', '$%')]),
    ('res.user.warning', [('user.password_hash', 'like', '$%')]),
    ('tenant.credential', [('hash', 'like', '0%')]),
    ('party.party', [('create_uid', 'where', [('password_hash', 'like', '$%')])]),
    ('party.party', [('create_uid', 'not where', [('password_hash', 'like', '$%')])]),
    ]


@pytest.mark.parametrize('model, domain', SECRET_DOMAINS, ids=range(len(SECRET_DOMAINS)))
def test_search_on_password_hash(client, model, domain):
    """A count answers a question about a hash, letter by letter"""
    for method, parameters in [
            ('search_count', [domain]), ('search', [domain]), ('search_read', [domain, 0, 1, None, ['id']]),
            ('export_data_domain', [domain, ['id']])]:
        assert answer(client, f'{model}.{method}', *parameters) is None, method


@pytest.mark.parametrize('order', [
        [('password_hash', 'ASC')], [('password_reset', 'DESC')], [('create_uid.password_hash', 'ASC')]])
def test_sorted_by_password_hash(client, order):
    assert answer(client, 'res.user.search', [], 0, None, order) is None


def test_read_password_hash(client, superuser):
    hashes = [h for h, in superuser.execute(
            "SELECT password_hash FROM res_user WHERE password_hash IS NOT NULL")]
    for method, parameters in [
            ('res.user.read', [[client.user], ['password_hash', 'password_reset', 'password']]),
            ('res.user.search_read', [[], 0, None, None, ['password_hash', 'password']]),
            ('res.user.export_data', [[client.user], ['password_hash']]),
            ('res.user.export_data_domain', [[], ['password_hash']]),
            ('party.party.search_read', [[], 0, None, None, ['create_uid.password_hash']]),
            ('party.party.export_data_domain', [[], ['create_uid/password_hash']]),
            ('res.user.get_preferences', [False]),
            ('res.user.copy', [[client.user], {}]),
            ('tenant.credential.search_read', [[], 0, None, None, ['hash']])]:
        text = json.dumps(answer(client, method, *parameters), default=str)
        assert not any(hash_ in text for hash_ in hashes), method
        assert '$argon2' not in text


# Expressions

def test_templates_are_not_brought_along(client):
    """ir.email.template.get made a record of any object it was sent and ran its Python expressions"""
    party = client.call('party.party.search', [])[0]
    model, = client.call('ir.model.search', [('name', '=', 'party.party')])
    brought = dict.fromkeys([
            'recipients', 'recipients_pyson', 'recipients_secondary', 'recipients_secondary_pyson',
            'recipients_hidden', 'recipients_hidden_pyson', 'reports', 'contact_mechanism', 'body'])
    for records in [{**brought, 'model': model, 'subject': '${6 * 7}'}]:
        with pytest.raises(Fault) as fault:
            client.call('ir.email.template.get', records, party)
        assert fault.value.status == 400


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('model, values', [
        ('ir.action.report', {'report_content_custom': b'x', 'report_name': 'party.label'}),
        ('ir.action.report', {'record_name': '${6 * 7}'}),
        ('ir.email.template', {'subject': '${6 * 7}'}),
        ('ir.translation', {'value': '${6 * 7}'}),
        ('ir.ui.view', {'arch': '<form/>'}),
        ('ir.trigger', {'condition': 'true'}),
        ('ir.cron', {'method': 'party.party|delete'})])
def test_what_holds_expressions_is_read_only(clients, superuser, pool, model, values, role):
    id_, = superuser.execute(f'SELECT coalesce(min(id), 1) FROM "{pool.get(model)._table}"').fetchone()
    for method, parameters in [('write', [[id_], values]), ('create', [[values]])]:
        with pytest.raises(Fault):
            clients[role].call(f'{model}.{method}', *parameters)


@pytest.mark.parametrize('description, plain', [
        ('Miete {month}', True), ('{a} {b}', True), ('100 % {{sicher}}', True),
        ('{month:>2000000000}', False), ('{month.__class__}', False), ('{month[0]}', False),
        ('{month!r}', False), ('{0}', False), ('{}', False)])
def test_a_tenants_texts_have_plain_placeholders_only(client, description, plain):
    """A move template's text is filled in by Python's format, in which two gigabytes are easily written"""
    journal, = client.call('account.journal.search', [('type', '=', 'general')], 0, 1)
    keywords = [{'name': name, 'string': name, 'type_': 'char'} for name in ('month', 'a', 'b')]
    create = [{
            'name': 'Vorlage', 'journal': journal, 'description': description,
            'keywords': [('create', keywords)]}]
    if plain:
        assert len(client.call('account.move.template.create', create)) == 1
    else:
        with pytest.raises(Fault) as fault:
            client.call('account.move.template.create', create)
        assert 'placeholders' in fault.value.text


# What is posted stays

def test_a_posted_invoice_stays_posted(client):
    """Stock set it back to draft and deleted its lines"""
    invoice = _posted_invoice(client)
    lines = client.call('account.invoice.read', [invoice], ['lines', 'move'])[0]
    for method, parameters in [
            ('account.invoice.draft', [[invoice]]), ('account.invoice.delete', [[invoice]]),
            ('account.invoice.write', [[invoice], {'state': 'draft'}]),
            ('account.invoice.write', [[invoice], {'number': None}]),
            ('account.invoice.write', [[invoice], {'lines': [('delete', lines['lines'])]}]),
            ('account.invoice.line.delete', [lines['lines']]),
            ('account.invoice.line.write', [lines['lines'], {'quantity': 2}]),
            ('account.invoice.line.write', [lines['lines'], {'unit_price': Decimal(1)}]),
            ('account.move.draft', [[lines['move']]]), ('account.move.delete', [[lines['move']]]),
            ('account.move.write', [[lines['move']], {'state': 'draft'}])]:
        with pytest.raises(Fault):
            client.call(method, *parameters)
    assert client.call('account.invoice.read', [invoice], ['state'])[0]['state'] == 'posted'


def _posted_invoice(client):
    """Issue an invoice of one line over 100 EUR by the Post button"""
    party, = client.call('party.party.create', [{
                'name': 'Kunde', 'addresses': [('create', [{'city': 'Berlin'}])]}])
    values = client.call('account.invoice.default_get', ['type', 'journal', 'currency', 'company'], False)
    change = client.call(
        'account.invoice.on_change', {**values, 'type': 'out', 'party': party}, ['party'])
    revenue, = client.call('account.account.search', [
            ('type.revenue', '=', True), ('closed', '=', False)], 0, 1)
    line = {
        'type': 'line', 'quantity': 1, 'unit_price': Decimal(100), 'account': revenue,
        'description': 'Arbeit', 'currency': values['currency']}
    keys = ('account', 'invoice_address', 'payment_term')
    invoice, = client.call('account.invoice.create', [{
                'type': 'out', 'party': party, 'currency': values['currency'],
                'journal': values.get('journal'),
                **{key: change[key] for key in keys if change.get(key)},
                'lines': [('create', [line])]}])
    client.call('account.invoice.post', [invoice])
    return invoice


# Singletons

def test_one_configuration_per_tenant(client, neighbour, pool, superuser):
    """Each tenant its own; a second one is refused; what one says does not hold for the other"""
    for name in ('account.configuration', 'party.configuration', 'product.configuration'):
        table = pool.get(name)._table
        client.call(f'{name}.write', [1], {})
        neighbour.call(f'{name}.write', [1], {})
        counts = superuser.execute(f'SELECT max(n) FROM (SELECT count(*) n FROM "{table}" GROUP BY company)')
        assert counts.fetchone()[0] in (None, 1), name
    client.call('account.configuration.write', [1], {'tax_rounding': 'line'})
    neighbour.call('account.configuration.write', [1], {'tax_rounding': 'document'})
    assert client.call('account.configuration.read', [1], ['tax_rounding'])[0]['tax_rounding'] == 'line'
    assert neighbour.call('account.configuration.read', [1], ['tax_rounding'])[0][
        'tax_rounding'] == 'document'


# No operator

def test_a_member_is_no_operator(client, superuser):
    admin, = superuser.execute(
        "SELECT db_id FROM ir_model_data WHERE module = 'res' AND fs_id = 'group_admin'").fetchone()
    assert admin not in client.context['groups']
    assert superuser.execute(
        'SELECT count(*) FROM "res_user-res_group" g JOIN company_company c ON c.id = g.company'
        " WHERE \"group\" = %s AND tenant_state <> 'house'", (admin,)).fetchone() == (0,)
    for method in [
            'ir.module.activate', 'ir.module.upgrade', 'ir.cron.run_once', 'ir.lang.load_translations']:
        with pytest.raises(Fault):
            client.call(method, [1])


@pytest.mark.parametrize('password', ['admin', '', 'password', None])
def test_the_administrator_has_no_password_to_guess(application, database, password):
    with pytest.raises(Fault):
        Client(application, database).login('admin', password)


def test_users_of_other_tenants_are_not_there(client, austrian):
    rows = client.call('res.user.search_read', [], 0, None, None, ['login', 'company'])
    assert {row['company'] for row in rows} == {client.context['company']}
    assert not client.call('res.user.search', [('login', '=', austrian['login']['user'])])


# Addresses

def test_what_is_not_served(client, database):
    for method, path in [
            ('GET', 'rest/model/party.party'), ('POST', 'rest/model/party.party'),
            ('GET', 'rest/model/party.party/1'), ('POST', 'user/application/'),
            ('DELETE', 'user/application/'), ('GET', 'ir/html/party.party/1/name'),
            ('POST', 'ir/html/party.party/1/name'), ('POST', 'bus'),
            ('GET', ''), ('GET', 'rpc/'), ('GET', 'nonsense'), ('POST', 'nonsense/rpc/'), ('PUT', 'rpc/'),
            ('GET', 'session/login'), ('OPTIONS', 'rpc/'), ('POST', 'data/party.party'), ('GET', 'avatar/x'),
            ('POST', 'rpc/rpc/'), ('GET', '../etc/passwd'), ('GET', '%2e%2e/')]:
        response = client.browser.open(
            f'/{database}/{path}', method=method, headers=client.headers, environ_base=client.address)
        assert response.status_code in (404, 405), (method, path, response.status_code)
        assert response.headers['X-Request-Id']
        assert 'html' not in response.content_type


@pytest.mark.parametrize('path', ['/rpc/', None])
def test_the_list_of_databases(client, path):
    response = client.post('{"id": 1, "method": "common.db.list", "params": []}', path)
    assert response.status_code == 404
    assert client.database not in response.text


@pytest.mark.parametrize('name', [
        'unknown', 'postgres', 'template1', 'kontor_unknown', 'x' * 200, 'a%00b', '%c3%28'])
def test_an_unknown_database(client, name):
    """Answered at once, without a connection to it or to any other"""
    started = time.monotonic()
    response = client.post('{"id": 1, "method": "common.db.login", "params": ["a", {}]}', f'/{name}/rpc/')
    assert response.status_code == 404
    assert time.monotonic() - started < 0.5
    assert set(backend.Database._databases[os.getpid()]) <= {client.database, 'postgres'}


def test_a_database_that_is_away():
    """503 with the time to come back, in the form of an RPC error"""
    from tests.support.rpc import application_of
    client = Client(application_of('test_gone'), 'test_gone')
    started = time.monotonic()
    with pytest.raises(Fault) as fault:
        client.login('a', 'b')
    assert fault.value.status == 503
    assert fault.value.response.headers['Retry-After']
    assert time.monotonic() - started < 5
    assert fault.value.kind == 'UserError'
    backend.Database._databases[os.getpid()].pop('test_gone')._connpool.close()


# Time

def test_every_call_has_a_time_limit(pool, client):
    for method in ['party.party.search_count', 'party.party.create', 'account.move.post']:
        with contextlib.suppress(Fault):
            client.call(method, [])
        name, _, verb = method.rpartition('.')
        assert 0 < pool.get(name).__rpc__[verb].timeout <= STATEMENT_TIMEOUT


def test_a_statement_that_takes_too_long(pool, client, monkeypatch):
    Party = pool.get('party.party')

    def slow(*args, **kwargs):
        Transaction().connection.execute("SELECT pg_sleep(3)")
    monkeypatch.setattr(Party, 'search_rec_name', slow)
    monkeypatch.setattr(Party.__rpc__['search_count'], 'timeout', 0.2)
    started = time.monotonic()
    with pytest.raises(Fault) as fault:
        client.call('party.party.search_count', [('rec_name', '=', 'x')])
    assert time.monotonic() - started < 2
    assert fault.value.status == 200
    assert 'too long' in fault.value.text
