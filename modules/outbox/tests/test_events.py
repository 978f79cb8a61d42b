"""Outbox: one event for each committed change, none for a rolled back one"""
import json

import psycopg
import pytest

from tests.support.billing import Api
from tests.support.invoicing import Biller, inside, item
from tests.support.rpc import Client


@pytest.fixture
def told(postgres, database, new_biller):
    """A function that returns [(event, payload)] of the tenant, in order"""
    company = new_biller.api.tenant['company']

    def told():
        with psycopg.connect(postgres.owner(database)) as connection:
            rows = connection.execute(
                'SELECT event, subject, payload FROM outbox WHERE company = %s ORDER BY id', (company,))
            found = [(event, subject, json.loads(payload)) for event, subject, payload in rows]
        assert all(subject == f"account.invoice,{payload['id']}" for _, subject, payload in found)
        return [(event, payload) for event, _, payload in found]
    return told


def test_an_invoice_is_created_and_paid_once(new_biller, told):
    made = new_biller.bill(issueDate='2026-05-16', dueDate='2026-05-30')
    assert told() == [('invoice.created', {
                'id': made['id'], 'number': made['invoiceNumber'], 'kind': 'invoice',
                'customer_id': new_biller.customer, 'issue_date': '2026-05-16', 'due_date': '2026-05-30',
                'currency': 'EUR', 'net': '980.00', 'tax': '196.00', 'total': '1176.00', 'credit_of': None})]
    for day in ('2026-05-20', '2026-05-21'):
        new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {'paidDate': day})
    assert told()[1:] == [('invoice.paid', {
                'id': made['id'], 'number': made['invoiceNumber'], 'customer_id': new_biller.customer,
                'paid_date': '2026-05-20', 'total': '1176.00'})]


def test_a_call_with_a_key_tells_once(new_biller, told):
    for _ in range(2):
        assert new_biller.post(headers={'Idempotency_Key': 'once'}).status_code == 201
    assert [event for event, _ in told()] == ['invoice.created']


def test_what_failed_tells_nothing(new_biller, told, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("the power went out")
    monkeypatch.setattr('trytond.modules.document_render.render', fail)
    assert new_biller.post().status_code == 500
    assert told() == []


def test_nothing_to_pay_is_created_and_paid(new_biller, told):
    new_biller.bill(item(1, 0))
    assert [event for event, _ in told()] == ['invoice.created', 'invoice.paid']


def test_who_pays_in_the_client_tells_as_well_and_again_when_paid_again(new_biller, told, pool):
    made = new_biller.bill()
    with inside(pool, new_biller.api.tenant, False, ['account_journal_period']):
        Invoice, MoveLine = pool.get('account.invoice'), pool.get('account.move.line')
        invoice = Invoice(made['id'])
        method, = pool.get('account.invoice.payment.method').search([])
        paid = invoice.pay_invoice(invoice.amount_to_pay, method, invoice.invoice_date)
        MoveLine.reconcile([*Invoice(invoice.id).lines_to_pay, *paid])
        assert Invoice(invoice.id).state == 'paid'
        Invoice.process([Invoice(invoice.id)])
    assert [event for event, _ in told()] == ['invoice.created', 'invoice.paid']
    with inside(pool, new_biller.api.tenant, False):
        invoice = Invoice(made['id'])
        Reconciliation = pool.get('account.move.reconciliation')
        Reconciliation.delete([invoice.lines_to_pay[0].reconciliation])
        invoice = Invoice(made['id'])
        assert (invoice.state, invoice.paid_date) == ('posted', None)
        MoveLine.reconcile([*invoice.lines_to_pay, *invoice.payment_lines])
        assert Invoice(made['id']).state == 'paid'
    assert [event for event, _ in told()] == ['invoice.created', 'invoice.paid', 'invoice.paid']


def test_a_credit_note_is_created_and_nothing_is_paid(new_biller, told, pool):
    made = new_biller.bill()
    with inside(pool, new_biller.api.tenant):
        Invoice = pool.get('account.invoice')
        credit, = Invoice.credit([Invoice(made['id'])], refund=True)
    events = told()
    assert [event for event, _ in events] == ['invoice.created'] * 2
    assert (events[1][1]['kind'], events[1][1]['credit_of'], events[1][1]['total']) == (
        'credit_note', made['id'], '-1176.00')


@pytest.mark.parametrize('statement', [
    "UPDATE outbox SET payload = '{}'", 'DELETE FROM outbox', 'TRUNCATE outbox'])
def test_the_web_role_only_inserts(postgres, database, statement):
    with psycopg.connect(postgres.role('web', database), autocommit=True) as connection, \
            pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_client_reads_its_own_events_and_writes_none(
        application, database, new_biller, billing, operator):
    from tests.support.rpc import Fault
    Biller(Api(billing, operator.tenant('DE'))).bill()
    made = new_biller.bill()
    login = new_biller.api.tenant['login']
    member = Client(application, database).login(login['user'], login['password'])
    id, = member.call('outbox.search', [], 0, None, None)
    row, = member.call('outbox.read', [id], ['event', 'subject'])
    assert (row['event'], row['subject']) == ('invoice.created', f"account.invoice,{made['id']}")
    for call in [
            lambda: member.call('outbox.create', [{
                        'event': 'x', 'payload': '{}', 'subject': row['subject']}]),
            lambda: member.call('outbox.write', [id], {'event': 'x'}),
            lambda: member.call('outbox.delete', [id])]:
        with pytest.raises(Fault):
            call()
