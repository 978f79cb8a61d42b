"""Several callers change one record at once: nobody's field is lost"""
import threading

import pytest

from tests.support.parallel import together
from tests.support.projecting import PATH, Planner

CHANGES = [
    ('/api/customers', {'name': 'Acme'}, {
            'email': 'a@b.example', 'phone': '+43 1', 'contactPerson': 'Anna', 'buyerReference': 'PO'}),
    ('/api/items', {'itemKey': 'A', 'description': 'B'}, {
            'description': 'C', 'defaultPrice': 5, 'unit': 'Hour', 'itemKey': 'D'}),
    ('/api/units', {'label': 'A'}, {'label': 'B', 'eInvoiceCode': 'DAY'}),
    ('/api/invoice-templates', {'name': 'A'}, {
            'name': 'B', 'taxRate': 7, 'mailTitle': 'C', 'isDefault': True}),
    ]


@pytest.mark.parametrize('path, body, changes', CHANGES, ids=lambda v: v if isinstance(v, str) else '')
def test_no_change_is_lost(new_api, path, body, changes):
    made = new_api.made(path, body)
    place, fields = f'{path}/{made["id"]}', list(changes)

    def change(n):
        return new_api.patch(place, {fields[n]: changes[fields[n]]})
    answers = together(len(fields), change)
    assert [answer.status_code for answer in answers] == [200] * len(fields)
    now = new_api.get(place).json
    assert {name: value for name, value in now.items() if name != 'updatedAt'} == {
        name: value for name, value in {**made, **changes}.items() if name != 'updatedAt'}


def test_sixteen_callers_wait_for_each_other(new_api):
    place = f"/api/customers/{new_api.made('/api/customers', {'name': 'Acme'})['id']}"
    answers = together(16, lambda n: new_api.patch(place, {'phone': f'+43 {n}', 'email': f'{n}@b.example'}))
    assert [answer.status_code for answer in answers] == [200] * 16, [answer.text for answer in answers]
    now = new_api.get(place).json
    assert now['phone'] == '+43 ' + now['email'].partition('@')[0]


def test_items_that_come_at_once_get_a_place_each(new_api):
    planner = Planner(new_api)
    project = planner.plan()
    place, there = f"{PATH}/{project['id']}/items", len(project['items'])
    answers = together(6, lambda n: new_api.post(place, {'description': f'Item {n}'}))
    assert [answer.status_code for answer in answers] == [201] * 6, [answer.text for answer in answers]
    assert sorted(answer.json['sortOrder'] for answer in answers) == list(range(there, there + 6))


@pytest.mark.parametrize('change', ['price', 'item'])
def test_a_project_is_not_changed_while_it_is_billed(new_api, monkeypatch, change):
    from trytond.modules import document_render
    planner = Planner(new_api)
    project = planner.plan(pricingStrategy='ProjectPrice', totalPrice=100)
    place = f"{PATH}/{project['id']}"
    plain, begun, changed = document_render.render, threading.Event(), []

    def slow(*args, **options):
        begun.set()
        changed[0].join(1)
        return plain(*args, **options)

    def alter():
        begun.wait(10)
        answers.append(
            new_api.patch(place, {'totalPrice': 200}) if change == 'price'
            else new_api.post(f'{place}/items', {'description': 'More', 'price': 5}))
    monkeypatch.setattr(document_render, 'render', slow)
    answers = []
    changed.append(threading.Thread(target=alter))
    changed[0].start()
    billed = planner.issue(project, 'invoices')
    changed[0].join()
    assert (answers[0].status_code, answers[0].json['error']) == (400, 'invalid_state'), answers[0].text
    assert billed['totalAmount'] == 100
    assert planner.read(project)['totalPrice'] == 100
