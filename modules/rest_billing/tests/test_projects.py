"""Flat-rate projects of the billing contract: projects and items, every documented answer, tenancy"""
import pytest

from tests.support.billing import Api, body_with, refused
from tests.support.projecting import ITEMS, PATH, RELAUNCH, Planner
NOBODY = 2 ** 31 - 1


@pytest.fixture(scope='module')
def planner(billing, operator):
    """An Austrian tenant of this module alone"""
    return Planner(Api(billing, operator.tenant('AT')))


@pytest.fixture
def new_planner(new_api):
    return Planner(new_api)


def path(project, rest=''):
    return f"{PATH}/{project['id']}{rest}"


# Projects

def test_create_answers_the_whole_project(planner):
    made = planner.plan()
    assert made == {
        'id': made['id'], 'customerId': planner.customer, 'name': 'Website Relaunch',
        'description': 'Full redesign incl. CMS migration', 'status': 'Created',
        'pricingStrategy': 'ItemPrice', 'totalPrice': 6400, 'hideItemPrices': False,
        'completedAt': None, 'offerFinalized': False, 'deliveryNoteFinalized': False,
        'items': [
            {'id': made['items'][n]['id'], 'description': item['description'], 'quantity': 1,
                'unit': 'Piece', 'customUnitId': None, 'price': item['price'], 'sortOrder': n}
            for n, item in enumerate(ITEMS)]}
    assert planner.read(made) == made
    assert planner.items(made) == made['items']


def test_a_customer_and_a_name_are_enough(planner):
    body = {'customerId': planner.customer, 'name': 'Logo & Branding'}
    made = planner.api.made(PATH, body)
    assert made == {
        **body, 'id': made['id'], 'description': None, 'status': 'Created',
        'pricingStrategy': 'ProjectPrice', 'totalPrice': None, 'hideItemPrices': False,
        'completedAt': None, 'offerFinalized': False, 'deliveryNoteFinalized': False, 'items': []}
    assert planner.api.made(PATH, {
            **body, 'description': '', 'totalPrice': None, 'items': None}) == {
        **made, 'id': made['id'] + 1}


@pytest.mark.parametrize('strategy, sent, answered', [
    ('ItemPrice', 8400, 6400.5), ('ProjectPrice', 8400, 8400), ('Combined', 8400, 8400),
    ('ProjectPrice', None, None), ('Combined', None, None)])
def test_the_total_price_is_that_of_the_strategy(planner, strategy, sent, answered):
    made = planner.plan(
        pricingStrategy=strategy, totalPrice=sent,
        items=[*ITEMS, {'description': 'Trifles', 'quantity': 3, 'price': 0.1665}])
    assert made['totalPrice'] == answered
    row = planner.api.get(f'{PATH}?limit=1').json['items'][0]
    assert row == {
        'id': made['id'], 'customerId': planner.customer, 'name': 'Website Relaunch',
        'status': 'Created', 'totalPrice': answered}


def test_items_without_a_price_come_to_nothing(planner):
    assert planner.plan(items=[{'description': 'x'}])['totalPrice'] is None
    assert planner.plan(items=[{'description': 'x', 'price': 0}])['totalPrice'] == 0


def test_the_newest_come_first_a_page_at_a_time(new_planner):
    other = new_planner.api.made('/api/customers', {'name': 'Beta'})['id']
    made = [new_planner.plan(name=f'P{n}', customerId=[new_planner.customer, other][n % 2])
        for n in range(5)]
    listed = new_planner.api.get(f'{PATH}?customerId=&page=1&limit=50').json
    assert [p['name'] for p in listed['items']] == ['P4', 'P3', 'P2', 'P1', 'P0']
    assert (listed['page'], listed['limit'], listed['total']) == (1, 50, 5)
    page = new_planner.api.get(f'{PATH}?page=2&limit=2').json
    assert ([p['id'] for p in page['items']], page['total']) == ([made[2]['id'], made[1]['id']], 5)
    his = new_planner.api.get(f'{PATH}?customerId={other}&limit=1').json
    assert ([p['name'] for p in his['items']], his['total']) == (['P3'], 2)
    assert new_planner.api.get(f'{PATH}?customerId={NOBODY}').json['total'] == 0


@pytest.mark.parametrize('query, field', [
    ('limit=201', 'limit'), ('limit=0', 'limit'), ('page=0', 'page'), ('page=x', 'page'),
    ('customerId=abc', 'customerId')])
def test_a_bad_page_is_refused(planner, query, field):
    refused(planner.api.get(f'{PATH}?{query}'), field, 'integer')


def test_only_what_is_sent_is_changed(planner):
    made = planner.plan()
    same = planner.api.patch(path(made), {
            'name': None, 'description': None, 'totalPrice': None, 'pricingStrategy': None,
            'hideItemPrices': None})
    assert (same.status_code, same.json) == (200, made)
    changed = planner.api.patch(path(made), {
            'name': 'Relaunch', 'totalPrice': 9000.5, 'pricingStrategy': 'Combined',
            'hideItemPrices': True, 'description': ''}).json
    assert changed == {
        **made, 'name': 'Relaunch', 'totalPrice': 9000.5, 'pricingStrategy': 'Combined',
        'hideItemPrices': True, 'description': None}
    assert planner.read(made) == changed


@pytest.mark.parametrize('change, field, reason', [
    ({'name': ''}, 'name', 'empty'), ({'name': 'a\nb'}, 'name', 'single line'),
    ({'status': 'Billed'}, 'status', 'not a known field'),
    ({'customerId': 5}, 'customerId', 'not a known field'),
    ({'pricingStrategy': 'Free'}, 'pricingStrategy', 'one of'),
    ({'totalPrice': '8'}, 'totalPrice', 'number'),
    ({'totalPrice': 1e13}, 'totalPrice', 'at most'),
    ({'totalPrice': 1.23456}, 'totalPrice', '4 decimals'),
    ({'hideItemPrices': 1}, 'hideItemPrices', 'true or false')])
def test_bad_changes_are_refused(planner, change, field, reason):
    made = planner.plan()
    refused(planner.api.patch(path(made), change), field, reason)
    assert planner.read(made) == made


@pytest.mark.parametrize('body, field', [
    ({'name': None}, 'name'), ({'name': '  '}, 'name'), ({'customerId': 'x'}, 'customerId'),
    ({'items': [{'price': 5}]}, 'items[0].description'),
    ({'items': [{'description': 'x', 'unit': 'Day'}]}, 'items[0].unit'),
    ({'items': [{'description': 'x'}, {'description': 'y', 'quantity': 1.23456}]},
        'items[1].quantity'),
    ({'items': [{'description': 'x', 'quantity': None}]}, 'items[0].quantity'),
    ({'items': [{'description': 'x'}] * 1000}, 'items')])
def test_bad_projects_are_refused(planner, body, field):
    total = planner.api.get(PATH).json['total']
    refused(planner.api.post(PATH, {
                'customerId': planner.customer, **RELAUNCH, **body}), field, '')
    assert planner.api.get(PATH).json['total'] == total


def test_a_quantity_that_would_lose_a_digit_is_refused(planner):
    refused(planner.api.raw('POST', PATH, body_with(
                'items', '[{"description": "x"}, {"description": "y", "quantity": 999999999999.9997}]',
                customerId=planner.customer, name='x')), 'items[1].quantity', 'too many digits')
    made = planner.plan()
    for method, rest in [('POST', '/items'), ('PATCH', f"/items/{made['items'][0]['id']}")]:
        refused(planner.api.raw(method, path(made, rest), body_with(
                    'quantity', '999999999999.9997', description='x')), 'quantity', 'too many digits')


def test_name_and_customer_are_required(planner):
    refused(planner.api.post(PATH, {'customerId': planner.customer}), 'name', 'required')
    refused(planner.api.post(PATH, {'name': 'x'}), 'customerId', 'required')


def test_as_many_items_as_fit_on_an_invoice(planner):
    items = [{'description': f'Item {n}', 'price': 1} for n in range(999)]
    made = planner.plan(items=items, pricingStrategy='Combined', totalPrice=1)
    assert [item['sortOrder'] for item in made['items']] == list(range(999))
    refused(planner.api.post(path(made, '/items'), {'description': 'x'}), 'items', 'at most 999')
    assert planner.issue(made, 'invoices')['totalAmount'] == 1000


# Items

def test_an_item_goes_to_the_end(planner):
    made = planner.plan()
    item = planner.api.made(path(made, '/items'), {
            'description': 'CMS migration', 'quantity': 1, 'unit': 'Piece', 'price': 2000.0})
    assert item == {
        'id': item['id'], 'description': 'CMS migration', 'quantity': 1, 'unit': 'Piece',
        'customUnitId': None, 'price': 2000, 'sortOrder': 2}
    plain = planner.api.made(path(made, '/items'), {'description': 'Hosting'})
    assert (plain['quantity'], plain['unit'], plain['price'], plain['sortOrder']) == (
        1, 'Piece', None, 3)
    first = planner.api.made(path(made, '/items'), {'description': 'First', 'sortOrder': -5})
    assert planner.items(made) == [first, *made['items'], item, plain]
    assert planner.read(made)['totalPrice'] == 8400


def test_places_are_taken_as_given(planner):
    made = planner.plan(items=[
            {'description': 'a', 'sortOrder': 7}, {'description': 'b'}, {'description': 'c', 'sortOrder': 1}])
    assert [(i['description'], i['sortOrder']) for i in made['items']] == [('c', 1), ('a', 7), ('b', 8)]
    last = planner.plan(items=[{'description': 'a', 'sortOrder': 2 ** 31 - 1}, {'description': 'b'}])
    assert [i['description'] for i in last['items']] == ['a', 'b']


def test_an_item_changes_only_in_what_is_sent(planner):
    made = planner.plan()
    item = made['items'][0]
    here = path(made, f"/items/{item['id']}")
    assert planner.api.patch(here, dict.fromkeys(
            ['description', 'quantity', 'unit', 'customUnitId', 'price', 'sortOrder'])).json == item
    unit = planner.api.made('/api/units', {'label': f"Sprint {item['id']}", 'eInvoiceCode': 'DAY'})
    answer = planner.api.patch(here, {
            'description': 'UX', 'quantity': 2.5, 'unit': 'Hour', 'customUnitId': unit['id'],
            'price': 99.5, 'sortOrder': 9})
    assert (answer.status_code, answer.json) == (200, {
        'id': item['id'], 'description': 'UX', 'quantity': 2.5, 'unit': 'Hour',
        'customUnitId': unit['id'], 'price': 99.5, 'sortOrder': 9})
    assert planner.items(made) == [made['items'][1], answer.json]
    used = planner.api('DELETE', f"/api/units/{unit['id']}")
    assert (used.status_code, used.json['error']) == (409, 'unit_in_use')


@pytest.mark.parametrize('change, field, reason', [
    ({'description': ''}, 'description', 'empty'), ({'quantity': '2'}, 'quantity', 'number'),
    ({'unit': 'Sprint'}, 'unit', 'one of'), ({'price': 1e13}, 'price', 'at most'),
    ({'sortOrder': 1.5}, 'sortOrder', 'integer'), ({'project': 4}, 'project', 'not a known field')])
def test_bad_items_are_refused(planner, change, field, reason):
    made = planner.plan()
    refused(planner.api.patch(path(made, f"/items/{made['items'][0]['id']}"), change), field, reason)
    refused(planner.api.post(path(made, '/items'), {'description': 'x', **change}), field, reason)
    assert planner.read(made) == made


def test_an_item_needs_a_description(planner):
    refused(planner.api.post(path(planner.plan(), '/items'), {'price': 5}), 'description', 'required')


def test_an_item_is_deleted_for_good(planner):
    made = planner.plan()
    here = path(made, f"/items/{made['items'][0]['id']}")
    answer = planner.api('DELETE', here)
    assert (answer.status_code, answer.data) == (204, b'')
    assert planner.items(made) == made['items'][1:]
    again = planner.api('DELETE', here)
    assert (again.status_code, again.json['error']) == (404, 'not_found')


def test_reorder(planner):
    made = planner.plan(items=[{'description': letter} for letter in 'abcde'])
    ids = {item['description']: item['id'] for item in made['items']}
    foreign = planner.plan()['items'][0]['id']
    answer = planner.api.post(path(made, '/items/reorder'), {
            'itemIds': [ids['d'], NOBODY, foreign, ids['b'], ids['d'], 0, 10 ** 30]})
    assert (answer.status_code, answer.data) == (204, b'')
    assert [(i['description'], i['sortOrder']) for i in planner.items(made)] == [
        ('d', 0), ('b', 1), ('a', 2), ('c', 3), ('e', 4)]
    assert planner.api.post(
        path(made, '/items/reorder'), {'itemIds': [foreign]}).status_code == 204
    assert [i['description'] for i in planner.items(made)] == ['d', 'b', 'a', 'c', 'e']


def test_reorder_nothing(planner):
    made = planner.plan()
    refused(planner.api.post(path(made, '/items/reorder'), {'itemIds': []}), 'itemIds', 'empty',
        code='invalid_body')
    refused(planner.api.post(path(made, '/items/reorder'), {}), 'itemIds', 'required')
    refused(planner.api.post(path(made, '/items/reorder'), {'itemIds': ['1']}), 'itemIds[0]', 'integer')


# Versions and repetition

def test_versions(planner):
    made = planner.plan()
    tag = planner.api.get(path(made)).headers['ETag']
    assert planner.api.get(path(made), If_None_Match=tag).status_code == 304
    assert planner.api.patch(path(made), {'name': 'A'}, If_Match=tag).status_code == 200
    late = planner.api.patch(path(made), {'name': 'B'}, If_Match=tag)
    assert (late.status_code, late.json['error']) == (412, 'precondition_failed')
    here = path(made, f"/items/{made['items'][0]['id']}")
    tag = planner.api.patch(here, {'price': 1}).headers['ETag']
    assert planner.api.patch(here, {'price': 2}, If_Match=tag).status_code == 200
    assert planner.api.patch(here, {'price': 3}, If_Match=tag).status_code == 412


def test_a_repeated_post_makes_one(planner):
    body = {'customerId': planner.customer, **RELAUNCH}
    first, again = (planner.api.post(PATH, body, Idempotency_Key='plan') for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)
    other = planner.api.post(PATH, {**body, 'name': 'Other'}, Idempotency_Key='plan')
    assert (other.status_code, other.json['error']) == (409, 'idempotency_key_request_mismatch')
    items = path(first.json, '/items')
    for _ in range(2):
        assert planner.api.post(
            items, {'description': 'One'}, Idempotency_Key='item').status_code == 201
    assert [i['description'] for i in planner.items(first.json)][2:] == ['One']
    order = {'itemIds': [planner.items(first.json)[-1]['id']]}
    for _ in range(2):
        assert planner.api.post(
            path(first.json, '/items/reorder'), order, Idempotency_Key='order').status_code == 204
    assert planner.items(first.json)[0]['description'] == 'One'


# Another tenant's ids are unknown ones

def calls(project, item):
    """Every operation on a project"""
    template = {'invoiceTemplateId': 1}
    return [
        ('GET', path(project), None), ('PATCH', path(project), {'name': 'x'}),
        ('GET', path(project, '/items'), None),
        ('POST', path(project, '/items'), {'description': 'x'}),
        ('PATCH', path(project, f'/items/{item}'), {'description': 'x'}),
        ('DELETE', path(project, f'/items/{item}'), None),
        ('POST', path(project, '/items/reorder'), {'itemIds': [item]}),
        ('POST', path(project, '/offer'), template),
        ('GET', path(project, '/offer/pdf'), None),
        ('POST', path(project, '/delivery-note'), template),
        ('GET', path(project, '/delivery-note/pdf'), None),
        ('POST', path(project, '/invoices'), template)]


def test_another_tenant_reaches_nothing(planner, other):
    made = planner.plan()
    planner.issue(made, 'offer')
    planner.issue(made, 'delivery-note')
    before = planner.read(made)
    item = made['items'][0]['id']
    for theirs, unknown in zip(
            calls(made, item), calls({'id': NOBODY}, NOBODY), strict=True):
        foreign, nobody = other(*theirs), other(*unknown)
        assert (foreign.status_code, foreign.json) == (404, nobody.json), theirs
        assert nobody.status_code == 404
    assert planner.read(made) == before
    assert made['id'] not in [p['id'] for p in other.get(PATH).json['items']]
    assert other.get(f'{PATH}?customerId={planner.customer}').json['total'] == 0


def test_an_item_of_another_project_is_an_unknown_one(planner):
    made, second = planner.plan(), planner.plan()
    here = path(made, f"/items/{second['items'][0]['id']}")
    assert planner.api.patch(here, {'price': 5}).status_code == 404
    assert planner.api('DELETE', here).status_code == 404
    assert planner.read(second) == second


def test_foreign_ids_in_the_body_are_unknown(planner, other):
    made = planner.plan()
    customer = other.made('/api/customers', {'name': 'Theirs'})['id']
    template = other.get('/api/invoice-templates').json[0]['id']
    unit = other.made('/api/units', {'label': 'Theirs projects'})['id']
    project = {'customerId': planner.customer, 'name': 'x'}
    for id in (customer, NOBODY, 0, -1, 10 ** 30):
        refused(planner.api.post(PATH, {**project, 'customerId': id}), 'customerId', 'not yours',
            404, 'not_found')
    for id in (unit, NOBODY, -1):
        item = {'description': 'x', 'customUnitId': id}
        for answer in [
                planner.api.post(PATH, {**project, 'items': [item]}),
                planner.api.post(path(made, '/items'), item),
                planner.api.patch(path(made, f"/items/{made['items'][0]['id']}"), item)]:
            refused(answer, 'customUnitId', '', 404, 'not_found')
    for id in (template, NOBODY, 0, 2 ** 63):
        for what in ('offer', 'delivery-note', 'invoices'):
            refused(planner.post(made, what, invoiceTemplateId=id), 'invoiceTemplateId', 'not yours',
                404, 'not_found')
    assert planner.read(made) == made


def test_without_the_feature_nothing_of_it_is_there(new_planner, operator):
    made = new_planner.plan()
    operator.call('tenant_provision.provision.set_features', new_planner.api.tenant['company'], {
            'flat_rate_documents': False})
    for call in [('GET', PATH, None), ('POST', PATH, {'customerId': new_planner.customer, 'name': 'x'}),
            *calls(made, made['items'][0]['id'])]:
        answer = new_planner.api(*call)
        assert (answer.status_code, answer.json['error']) == (403, 'plan_forbidden'), call


@pytest.mark.parametrize('headers, status, code', [
    ({}, 401, 'missing_api_key'), ({'X-Api-Key': 'kbl_no'}, 401, 'invalid_api_key')])
def test_without_a_key(planner, headers, status, code):
    for method, address, body in calls({'id': 1}, 1):
        answer = planner.api.client.open(address, method=method, json=body, headers=headers)
        assert (answer.status_code, answer.json['error']) == (status, code)
