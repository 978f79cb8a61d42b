"""Flat-rate projects in Tryton's client: views, buttons and wizards, for each role"""
import base64
import datetime as dt

import pytest

from tests.support.billing import Api
from tests.support.invoicing import ACME
from tests.support.projecting import Planner
from tests.support.rpc import Fault

ROLES = ['owner', 'accountant', 'clerk', 'readonly']
WRITERS = ROLES[:3]
MODELS = ['flat_rate.project', 'flat_rate.project.item', 'flat_rate.offer', 'flat_rate.delivery_note']
PROJECT = 'flat_rate.project'


@pytest.fixture(scope='module')
def planner(billing, german):
    # Other tests may have a customer with this VAT id in the tenant
    return Planner(Api(billing, german), {**ACME, 'vatId': None})


@pytest.fixture(scope='module')
def issued(planner):
    """A project with all its documents"""
    project = planner.plan()
    for what in ('offer', 'delivery-note', 'invoices'):
        planner.issue(project, what)
    return project


def make(client, planner, **values):
    id, = client.call(f'{PROJECT}.create', [{
                'party': planner.customer, 'name': 'Aus dem Client', 'pricing_strategy': 'ItemPrice',
                'items': [('create', [
                            {'description': 'Konzept', 'price': 1200},
                            {'description': 'Umsetzung', 'price': 800, 'quantity': 2}])], **values}])
    return id


def run(client, name, id, **values):
    """Press a button that asks: its wizard with what its form starts with and what is entered"""
    context = {'active_model': PROJECT, 'active_ids': [id], 'active_id': id}
    wizard = f'wizard.{PROJECT}.{name}'
    session, start, _ = client.ask(f'{wizard}.create', {**client.context, **context})
    shown = client.ask(f'{wizard}.execute', session, {}, start, {**client.context, **context})
    entered = {**shown['view']['defaults'], **values}
    entered = {n: v for n, v in entered.items() if '.' not in n}
    return client.ask(
        f'{wizard}.execute', session, {'start': entered}, 'issue', {**client.context, **context})


def read(client, id, *names, model=PROJECT):
    row, = client.call(f'{model}.read', [id], list(names))
    return [row[name] for name in names]


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('model', MODELS)
@pytest.mark.parametrize('kind', ['form', 'tree'])
def test_every_role_opens_every_view(clients, role, model, kind, issued):
    view = clients[role].call(f'{model}.fields_view_get', None, kind)
    assert view['type'] == kind
    ids = clients[role].call(f'{model}.search', [], 0, 10, None)
    assert len(clients[role].call(f'{model}.read', ids, list(view['fields']))) == len(ids) > 0


def test_views_speak_german(clients):
    view = clients['owner'].call(f'{PROJECT}.fields_view_get', None, 'form', language='de')
    assert view['fields']['pricing_strategy']['string'] == 'Preisbildung'
    assert ['Billed', 'Abgerechnet'] in [list(s) for s in view['fields']['status']['selection']]
    assert 'Positionen' in view['arch'] and 'Anbieten' in view['arch']


@pytest.mark.parametrize('role', WRITERS)
def test_from_the_first_item_to_the_last_button(clients, planner, role):
    client = clients[role]
    id = make(client, planner)
    assert read(client, id, 'status', 'price') == ['Created', 2800]
    run(client, 'make_offer', id, valid_until=dt.date(2027, 1, 31), delivery_days=14, footer='')
    offer, status = read(client, id, 'offer', 'status')
    assert status == 'Offered'
    number, total, pdf = read(client, offer, 'number', 'total_amount', 'pdf', model='flat_rate.offer')
    assert number.startswith('ANG-') and float(total) == 3332
    assert bytes(pdf).startswith(b'%PDF') or base64.b64decode(pdf).startswith(b'%PDF')
    client.call(f'{PROJECT}.accept', [id])
    assert read(client, id, 'status') == ['Accepted']
    run(client, 'make_delivery_note', id, show_prices=True)
    run(client, 'make_invoice', id, notes='Danke')
    assert read(client, id, 'status') == ['Billed']
    client.call(f'{PROJECT}.finish', [id])
    answer = planner.api.get(f'/api/paushal-projects/{id}').json
    assert (answer['status'], answer['totalPrice']) == ('Finished', 2800)
    assert answer['offerFinalized'] and answer['deliveryNoteFinalized'] and answer['completedAt']
    client.call(f'{PROJECT}.reopen', [id])
    assert read(client, id, 'status') == ['Billed']


def test_the_client_is_told_when_the_project_is_not_what_was_offered(clients, planner):
    client = clients['clerk']
    id = make(client, planner)
    run(client, 'make_offer', id)
    planner.api.made(f'/api/paushal-projects/{id}/items', {'description': 'CMS', 'price': 500.5})
    with pytest.raises(Fault) as warned:
        run(client, 'make_invoice', id)
    assert warned.value.kind == 'UserWarning' and '3300.50' in warned.value.text
    assert read(client, id, 'status') == ['Offered']
    # An integrator knows what he sends
    assert planner.issue({'id': id}, 'invoices')['totalAmount'] == 3300.5


def test_projects_are_found_by_their_status(clients, planner):
    client = clients['clerk']
    created, offered = make(client, planner), make(client, planner)
    run(client, 'make_offer', offered)
    for domain, among, beside in [
            (['status', '=', 'Created'], created, offered), (['status', '=', 'Offered'], offered, created),
            (['status', 'in', ['Offered', 'Billed']], offered, created),
            (['status', '!=', 'Offered'], created, offered)]:
        found = client.call(f'{PROJECT}.search', [domain], 0, None, None)
        assert among in found and beside not in found, domain


@pytest.mark.parametrize('method, data', [
    ('write', [{'name': 'x'}]), ('delete', []), ('accept', []), ('finish', [])])
def test_a_read_only_member_changes_nothing(clients, issued, method, data):
    with pytest.raises(Fault) as refused:
        clients['readonly'].call(f'{PROJECT}.{method}', [issued['id']], *data)
    assert refused.value.status < 500
    with pytest.raises(Fault):
        clients['readonly'].call(f'{PROJECT}.create', [{'name': 'x', 'party': 1}])


def test_a_read_only_member_issues_nothing(clients, planner):
    id = make(clients['clerk'], planner)
    for name in ('make_offer', 'make_delivery_note', 'make_invoice'):
        with pytest.raises(Fault) as refused:
            run(clients['readonly'], name, id)
        assert refused.value.status < 500
    assert read(clients['clerk'], id, 'status') == ['Created']


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('model', ['flat_rate.offer', 'flat_rate.delivery_note', 'flat_rate.project.invoice'])
def test_nobody_changes_what_was_issued(clients, issued, role, model):
    client = clients[role]
    id = client.call(f'{model}.search', [], 0, 1, None)[0]
    for call in [
            lambda: client.call(f'{model}.write', [id], {'number': 'x'}),
            lambda: client.call(f'{model}.delete', [id]),
            lambda: client.call(f'{model}.copy', [id]),
            lambda: client.call(f'{model}.create', [{'project': issued['id']}])]:
        with pytest.raises(Fault):
            call()


def test_what_has_documents_stays(clients, planner, issued):
    client = clients['owner']
    with pytest.raises(Fault) as refused:
        client.call(f'{PROJECT}.delete', [issued['id']])
    assert 'documents already' in refused.value.text
    other = planner.api.made('/api/customers', {'name': 'Beta'})['id']
    with pytest.raises(Fault):
        client.call(f'{PROJECT}.write', [issued['id']], {'party': other})
    with pytest.raises(Fault) as refused:
        client.call(f'{PROJECT}.write', [issued['id']], {'total_price': 5})
    assert 'billed' in refused.value.text
    for command in [('delete', [issued['items'][0]['id']]), ('create', [{'description': 'x'}])]:
        with pytest.raises(Fault):
            client.call(f'{PROJECT}.write', [issued['id']], {'items': [command]})
    free = make(client, planner)
    client.call(f'{PROJECT}.write', [free], {'party': other})
    client.call(f'{PROJECT}.delete', [free])


def test_a_copy_starts_anew(clients, planner, issued):
    client = clients['clerk']
    copy, = client.call(f'{PROJECT}.copy', [issued['id']])
    assert read(client, copy, 'status', 'offer', 'invoice', 'accepted_date') == ['Created', None, None, None]
    assert len(planner.read({'id': copy})['items']) == len(issued['items'])


def test_without_the_feature_the_client_makes_nothing(operator, application, database, billing):
    from tests.support.rpc import Client
    tenant = operator.tenant('DE')
    planner = Planner(Api(billing, tenant))
    login = tenant['login']
    client = Client(application, database).login(login['user'], login['password'])
    id = make(client, planner)
    operator.call(
        'tenant_provision.provision.set_features', tenant['company'], {'flat_rate_documents': False})
    for call in [lambda: make(client, planner), lambda: run(client, 'make_offer', id),
            lambda: run(client, 'make_delivery_note', id), lambda: run(client, 'make_invoice', id)]:
        with pytest.raises(Fault) as refused:
            call()
        assert 'flat_rate_documents' in refused.value.text


def test_a_party_that_nobody_marked_becomes_a_customer(clients, planner):
    client = clients['clerk']
    party, = client.call('party.party.create', [{'name': 'Neu', 'addresses': [('create', [{}])]}])
    id = make(client, planner, party=party)
    run(client, 'make_offer', id)
    assert planner.api.get(f'/api/customers/{party}').json['name'] == 'Neu'


def test_merging_customers_takes_their_projects_along(clients, planner):
    client = clients['owner']
    source, target = (planner.api.made('/api/customers', {'name': name})['id'] for name in ('Alt', 'Alt'))
    project = planner.plan(customerId=source)
    client.wizard(
        'party.replace', 'party.party', [source], {'ask': {'source': source, 'destination': target}},
        'replace')
    assert planner.read(project)['customerId'] == target
