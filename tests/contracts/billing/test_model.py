"""Random sequences of requests against a small model of the contract: the same answers, clean books in the
end
"""
import os
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test)

from tests.support import drawing
from tests.support.billing import Api
from tests.contracts.billing.model import Model

MINUTES = float(os.environ.get('KONTOR_FUZZ_MINUTES', 0))
SEED = int(os.environ.get('KONTOR_FUZZ_SEED') or drawing.seed())
RUNS, STEPS = drawing.number(8, 3), 60
"""Sequences, each in an account of its own, and requests in each"""
LIMIT = 'limit=200'


def optional(*values):
    return st.sampled_from([None, *values])


def sent(**fields):
    """A body with some of these fields"""
    return st.fixed_dictionaries({}, optional=fields)


names = st.sampled_from(['Acme', 'acme', 'Beta', 'Gamma'])
customers = {
    'email': optional('', 'a@b.example'), 'phone': optional('', '+43 1 5'),
    'address': optional('', 'Weg 1, 1010 Wien', 'Irgendwo'), 'country': optional('AT'),
    'vatId': optional('', 'ATU12345678', 'ATU12345675', 'GB980780684'),
    'contactPerson': optional('', 'Anna'), 'buyerReference': optional('', 'PO-1')}
codes = st.sampled_from(['LS', 'H87', 'HUR', 'DAY'])
labels = st.sampled_from(['Sprint', 'Workshop', 'Tag'])
keys = st.sampled_from(['A', 'a', 'B-1', 'ä'])
prices = st.sampled_from([0, 5, 95.5, 33.33, 0.005, 1234.5678])
rates = st.sampled_from([0, 10, 13, 20])
templates = {
    'taxRate': rates, 'applyTax': st.sampled_from([True, True, False]), 'isTaxIncluded': st.booleans(),
    'isDefault': optional(True, False), 'taxLabel': optional('', 'USt'), 'language': optional('de', 'en'),
    'mailContent': optional('', 'Dear %CustomerName%,\n')}
lines = st.lists(st.fixed_dictionaries({
            'description': st.just('Work'), 'quantity': st.sampled_from([1, 1.5, 0.3333, 12]),
            'unit': st.sampled_from(['Hour', 'Piece']), 'pricePerUnit': prices}), min_size=1, max_size=4)
dates = st.sampled_from(['2026-05-16', '2026-05-03', '2026-06-30'])
places = st.integers(0, 7)
"""Which of the records so far; 0 for one that is not there"""


class Account(RuleBasedStateMachine):
    """One account and what the model says about it"""

    def __init__(self, api, finish):
        super().__init__()
        self.api, self.finish = api, finish
        self.model = Model()
        self.sent = {}
        for row in api.get('/api/invoice-templates').json:
            whole = api.get(f"/api/invoice-templates/{row['id']}").json
            self.model.templates[row['id']] = whole
        self.gone = []

    @initialize()
    def begin(self):
        """Some of everything, so that most steps find something to work on"""
        for name in ('Acme', 'Beta'):
            self.create_customer(name, {'country': 'AT'}, False)
        for key in ('A', 'B-1'):
            self.create_unit('Sprint', {})
            self.create_item(key, {}, 1)
        for body in ({}, {'isTaxIncluded': True}, {'taxRate': 10, 'isDefault': True}):
            self.create_template(body)

    def teardown(self):
        self.finish(self.api)

    def send(self, expected, method, path, body=None, **headers):
        answer = self.api(method, path, body, **headers)
        assert answer.status_code == expected.status, (path, body, answer.text)
        if expected.body is None:
            assert answer.data == b''
            return answer
        found = answer.json
        if expected.into is not None:
            expected.into[found['id']] = expected.body
            expected.body['id'] = found['id']
        assert within(expected.body, found), (method, path, body, expected.body, found)
        return answer

    def id_of(self, table, place):
        """Return the id of one of the records so far; once in a while of a deleted one, or of none"""
        ids = list(table) if place and table else [*self.gone[-3:], 0]
        return ids[place % len(ids)]

    # Customers

    @rule(name=names, body=sent(**customers), again=st.booleans())
    def create_customer(self, name, body, again):
        body = {'name': name, **body}
        key = {'Idempotency_Key': f'customer-{len(self.sent)}'} if again else {}
        answer = self.send(self.model.create_customer(body), 'POST', '/api/customers', body, **key)
        if again:
            self.sent[key['Idempotency_Key']] = True
            if answer.status_code == 201:
                assert self.api.post('/api/customers', body, **key).data == answer.data

    @rule(place=places, body=sent(name=names, **customers))
    def update_customer(self, place, body):
        id = self.id_of(self.model.customers, place)
        self.send(self.model.update_customer(id, body), 'PATCH', f'/api/customers/{id}', body)

    @rule(vat_id=st.sampled_from(['ATU12345678', 'ATU12345675', 'GB980780684']))
    def find_by_vat_id(self, vat_id):
        self.send(self.model.find_customers(vat_id=vat_id), 'GET', f'/api/customers?vatId={vat_id}')

    @rule(name=names)
    def find_by_name(self, name):
        self.send(self.model.find_customers(name=name), 'GET', f'/api/customers?name={name}')

    @rule()
    def list_customers(self):
        self.send(self.model.find_customers(), 'GET', f'/api/customers?{LIMIT}')

    # Units and items

    @rule(label=labels, body=sent(eInvoiceCode=codes))
    def create_unit(self, label, body):
        body = {'label': label, **body}
        self.send(self.model.create_unit(body), 'POST', '/api/units', body)

    @rule(place=places, body=sent(label=labels, eInvoiceCode=codes))
    def update_unit(self, place, body):
        id = self.id_of(self.model.units, place)
        self.send(self.model.update_unit(id, body), 'PATCH', f'/api/units/{id}', body)

    @rule(place=places)
    def delete_unit(self, place):
        id = self.id_of(self.model.units, place)
        expected = self.model.delete_unit(id)
        self.send(expected, 'DELETE', f'/api/units/{id}')
        if expected.status == 204:
            self.gone.append(id)
            self.send(self.model.read(self.model.units, id), 'GET', f'/api/units/{id}')

    @rule(key=keys, body=sent(defaultPrice=prices, unit=st.sampled_from(['Hour', 'Piece'])),
        place=st.none() | places)
    def create_item(self, key, body, place):
        body = {'itemKey': key, 'description': 'Work', **body}
        if place is not None:
            body['customUnitId'] = self.id_of(self.model.units, place)
        self.send(self.model.create_item(body), 'POST', '/api/items', body)

    @rule(place=places, body=sent(itemKey=keys, defaultPrice=optional(7, 0.5), description=optional('Other')))
    def update_item(self, place, body):
        id = self.id_of(self.model.items, place)
        self.send(self.model.update_item(id, body), 'PATCH', f'/api/items/{id}', body)

    @rule()
    def list_items(self):
        self.send(self.model.list_items(), 'GET', f'/api/items?{LIMIT}')

    # Templates

    @rule(body=sent(**templates))
    def create_template(self, body):
        body = {'name': 'Extra', **body}
        self.send(self.model.create_template(body), 'POST', '/api/invoice-templates', body)
        self.list_templates()

    @rule(place=places, body=sent(**templates))
    def update_template(self, place, body):
        id = self.id_of(self.model.templates, place)
        self.send(self.model.update_template(id, body), 'PATCH', f'/api/invoice-templates/{id}', body)
        self.list_templates()

    @rule(place=places)
    def delete_template(self, place):
        id = self.id_of(self.model.templates, place)
        expected = self.model.delete_template(id)
        self.send(expected, 'DELETE', f'/api/invoice-templates/{id}')
        if expected.status == 204:
            self.gone.append(id)
        self.list_templates()

    def list_templates(self):
        self.send(self.model.list_templates(), 'GET', '/api/invoice-templates')

    # Invoices

    # One rule for each kind of unit, so that bills come up twice as often
    @rule(customer=places, template=places, lines=lines, unit=places, issue=dates, due=dates)
    def create_invoice_with_a_unit(self, customer, template, lines, unit, issue, due):
        self.create_invoice(customer, template, lines, unit, issue, due)

    @rule(customer=places, template=places, lines=lines, unit=st.none(), issue=dates, due=dates)
    def create_invoice(self, customer, template, lines, unit, issue, due):
        lines = [dict(line) for line in lines]
        if unit is not None:
            lines[0]['customUnitId'] = self.id_of(self.model.units, unit)
        body = {
            'customerId': self.id_of(self.model.customers, customer),
            'invoiceTemplateId': self.id_of(self.model.templates, template), 'issueDate': issue,
            'dueDate': due, 'customItems': lines}
        self.send(self.model.create_invoice(body), 'POST', '/api/invoices', body)

    @precondition(lambda self: self.model.invoices)
    @rule(place=places, date=dates)
    def mark_paid(self, place, date):
        id = self.id_of(self.model.invoices, place)
        self.send(
            self.model.mark_paid(id, date), 'POST', f'/api/invoices/{id}/mark-paid', {'paidDate': date})

    @rule(place=places)
    def read_invoice(self, place):
        id = self.id_of(self.model.invoices, place)
        self.send(self.model.read(self.model.invoices, id), 'GET', f'/api/invoices/{id}')

    @rule(place=st.none() | places, paid=st.sampled_from([None, True, False]))
    def list_invoices(self, place, paid):
        customer = None if place is None else self.id_of(self.model.customers, place)
        query = f'{LIMIT}&customerId={"" if customer is None else customer}'
        query += f'&isPaid={"" if paid is None else str(paid).lower()}'
        self.send(self.model.list_invoices(customer, paid), 'GET', f'/api/invoices?{query}')


def within(expected, found):
    """Tell if an answer holds what is expected; it may say more about a record"""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(name in found and within(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(within, expected, found))
    return expected == found


def test_random_sequences(billing, operator):
    def finish(api):
        assert operator.call('kernel.check.run', api.tenant['company']) == []

    number, until = SEED, time.monotonic() + MINUTES * 60
    while True:
        run_state_machine_as_test(
            seed(number)(lambda: Account(Api(billing, operator.tenant('AT')), finish)),
            settings=settings(
                max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck), report_multiple_bugs=False))
        number += 1
        if time.monotonic() >= until:
            return
