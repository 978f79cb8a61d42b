"""Stripe's reports of payments: signed, each report once, each payment once, none lost."""
import concurrent.futures
import datetime as dt
import json
import time
from decimal import Decimal as D
from unittest import mock

import psycopg
import pytest
from werkzeug.test import Client

from tests.support.stripe_server import sign
from tests.support.invoicing import inside, item
from tests.support.rpc import Client as Rpc
from tests.support.rpc import Fault
from tests.support.sealed import unsealed

PAYMENT = 'account.invoice.payment_link.payment'


@pytest.fixture
def invoice(shop):
    """An invoice over 120.00"""
    return shop.bill(item())


@pytest.fixture
def member(application, database, shop):
    login = shop.tenant['login']
    return Rpc(application, database).login(login['user'], login['password'])


def colleague(application, database, shop, role):
    """A client of a new member of the shop"""
    login = f'{role}-{shop.company}'
    _, password = shop.operator.call('tenant_provision.provision.add_member', shop.company, login, role)
    return Rpc(application, database).login(login, password)


def events(superuser, shop):
    return [state for state, in superuser.execute(
            "SELECT state FROM account_invoice_payment_link_event WHERE company = %s ORDER BY id",
            (shop.company,))]


def balances(superuser, shop):
    """Return {account: debit less credit} of all posted moves"""
    return dict(superuser.execute(
            "SELECT a.code, sum(l.debit - l.credit) FROM account_move_line l"
            " JOIN account_account a ON a.id = l.account WHERE l.company = %s GROUP BY a.code"
            " HAVING sum(l.debit - l.credit) <> 0", (shop.company,)).fetchall())


def findings(shop):
    """Return the findings of scripts/check about the tenant"""
    return shop.operator.call('kernel.check.run', shop.company)


# Authentication of reports

@pytest.mark.parametrize('header', [
    '', 'nonsense', 't=1,v1=', 't=x,v1=abc', 't=1,v1=é', f'v1={"0" * 64}', 'the right one for another body'])
def test_a_report_without_a_good_signature_is_refused(shop, stripe, invoice, superuser, header):
    event = stripe.pay(invoice['stripePaymentLinkId'])[0]
    if header.startswith('the right'):
        header = sign(b'{}', shop.secret)
    answer = shop.send(event, header=header)
    assert (answer.status_code, answer.json['error']) == (400, 'invalid_signature')
    assert events(superuser, shop) == []


def test_a_signature_is_good_for_five_minutes(shop, stripe, invoice):
    event = json.dumps(stripe.pay(invoice['stripePaymentLinkId'])[0]).encode()
    old = sign(event, shop.secret, time.time() - 330)
    assert shop.send(event, header=old).status_code == 400
    assert shop.send(event, header=sign(event, shop.secret, time.time() - 200)).status_code == 200


def test_another_tenants_secret_is_no_good(new_shop, stripe):
    mine, other = new_shop(), new_shop()
    event = stripe.pay(mine.bill()['stripePaymentLinkId'])[0]
    assert mine.send(event, secret=other.secret).status_code == 400


def test_another_tenants_invoice_is_unknown(new_shop, stripe):
    """Another tenant signs a report of this invoice with its own secret, at its own address"""
    mine, other = new_shop(), new_shop()
    invoice = mine.bill()
    other.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert other.payments() == [(D('1176.00'), 'EUR', 'open', 'unknown', False)]
    assert mine.shown(invoice)['isPaid'] is False
    assert mine.payments() == []


@pytest.mark.parametrize('id', ['', 'x', 'a' * 300, 'test_gw0_' + 'x' * 43, 'ä', '../api/items'])
def test_an_unknown_address_is_404(shop, id):
    answer = shop.send({'id': 'evt_1'}, hook=f'/webhooks/stripe/{id}')
    assert (answer.status_code, answer.json['error']) == (404, 'not_found')


def test_only_post_is_taken(shop, billing):
    for method in ('GET', 'PUT', 'DELETE'):
        answer = Client(billing).open(shop.hook, method=method)
        assert (answer.status_code, answer.headers['Allow']) == (405, 'POST, OPTIONS')


def test_a_large_body_is_not_read(shop):
    assert shop.send(b'x' * (512 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize('body', [
    b'', b'{', b'[]', b'null', b'"x"', b'{}', b'\xff\xfe', b'{"id": "evt_1"}',
    b'{"id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "data": {"object": {}}}',
    b'{"id": "evt_1", "type": "checkout.session.completed", "created": 1, "data": {"object": []}}',
    json.dumps({'id': 'evt_1', 'type': 'payment_intent.succeeded', 'created': 10 ** 40, 'data': {
                'object': {'id': 'pi', 'amount_received': 1, 'currency': 'eur'}}}).encode(),
    b'[' * 200_000, b'{"id": "evt_\\ud800", "type": "customer.created", "data": {"object": {}}}',
    json.dumps({'id': 'evt_1', 'type': 'payment_intent.succeeded', 'created': 1, 'data': {'object': {
                    'id': 'pi', 'amount_received': 1, 'currency': 'eur',
                    'metadata': {'invoice_id': '\ud800'}}}}).encode(),
    ])
def test_what_is_no_event_is_refused(shop, body):
    answer = shop.send(body, header=sign(body, shop.secret))
    assert answer.status_code == 400, answer.text


# A payment

def test_a_payment_marks_the_invoice_as_paid(shop, stripe, invoice, superuser):
    before = balances(superuser, shop)
    assert before['2000'] == D('120.00')
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    paid = shop.shown(invoice)
    assert (paid['isPaid'], paid['paidDate']) == (
        True, f'{dt.datetime.now(dt.UTC).date()}T00:00:00Z')
    assert shop.payments() == [(D('120.00'), 'EUR', 'booked', None, True)]
    after = balances(superuser, shop)
    assert '2000' not in after and after['2880'] == D('120.00')
    assert events(superuser, shop) == ['done', 'done']
    assert findings(shop) == []


def test_every_report_counts_once(shop, stripe, invoice, superuser):
    reports = stripe.pay(invoice['stripePaymentLinkId'])
    for _ in range(3):
        shop.report(*reports, *reversed(reports))
    assert shop.payments() == [(D('120.00'), 'EUR', 'booked', None, True)]
    assert events(superuser, shop) == ['done', 'done']
    assert balances(superuser, shop)['2880'] == D('120.00')


def test_reports_at_once_book_once(shop, stripe, invoice, superuser):
    reports = stripe.pay(invoice['stripePaymentLinkId']) * 4
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(shop.send, reports))
    assert {answer.status_code for answer in answers} == {200}
    assert shop.payments() == [(D('120.00'), 'EUR', 'booked', None, True)]
    assert balances(superuser, shop)['2880'] == D('120.00')


def test_a_payment_is_told_as_any_other(shop, stripe, invoice, superuser):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    told = superuser.execute(
        "SELECT count(*) FROM outbox WHERE company = %s AND event = 'invoice.paid'"
        " AND subject = %s", (shop.company, f"account.invoice,{invoice['id']}")).fetchone()
    assert told == (1,)


def test_a_debit_that_is_pending_pays_nothing_yet(shop, stripe, invoice):
    pending, *others = stripe.pay(invoice['stripePaymentLinkId'], method='sepa_debit')
    shop.report(pending)
    assert shop.shown(invoice)['isPaid'] is False
    assert shop.payments() == []
    shop.report(*others)
    assert shop.shown(invoice)['isPaid'] is True


def test_the_day_is_the_tenants_own(shop, stripe, invoice, superuser):
    """22:30 UTC is the next day in Vienna in summer"""
    reports = stripe.pay(invoice['stripePaymentLinkId'])
    for event in reports:
        event['created'] = int(dt.datetime(2026, 7, 15, 22, 30, tzinfo=dt.UTC).timestamp())
    shop.report(*reports)
    assert shop.shown(invoice)['paidDate'] == '2026-07-16T00:00:00Z'


# Payments that do not match

def test_less_than_owed_leaves_the_rest_open(shop, stripe, invoice, superuser, sweep):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId'], amount=5000))
    assert shop.shown(invoice)['isPaid'] is False
    assert shop.payments() == [(D('50.00'), 'EUR', 'open', 'partial', True)]
    assert balances(superuser, shop)['2000'] == D('70.00')
    assert shop.api.post(f"/api/invoices/{invoice['id']}/mark-paid", {}).json['isPaid'] is True
    assert '2000' not in balances(superuser, shop)
    assert findings(shop) == []


def test_more_than_owed_stays_as_the_payers_credit(shop, stripe, invoice, superuser):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId'], amount=15050))
    assert shop.shown(invoice)['isPaid'] is True
    assert shop.payments() == [(D('150.50'), 'EUR', 'open', 'overpaid', True)]
    after = balances(superuser, shop)
    assert (after['2000'], after['2880']) == (D('-30.50'), D('150.50'))
    assert findings(shop) == []


def test_another_currency_is_not_booked(shop, stripe, invoice, superuser):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId'], currency='usd'))
    assert shop.shown(invoice)['isPaid'] is False
    assert shop.payments() == [(D('120.00'), 'USD', 'open', 'currency', False)]
    assert '2880' not in balances(superuser, shop)


def test_a_currency_without_cents_is_read_as_stripe_counts_it(shop, stripe, invoice):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId'], amount=12000, currency='jpy'))
    assert shop.payments() == [(D('12000'), 'JPY', 'open', 'currency', False)]


def test_what_was_paid_already_is_not_booked_twice(shop, stripe, invoice, superuser):
    shop.api.post(f"/api/invoices/{invoice['id']}/mark-paid", {})
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'double', False)]
    assert balances(superuser, shop)['2880'] == D('120.00')


def test_a_second_payment_by_the_same_link_is_not_booked(shop, stripe, invoice):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    stripe.links[invoice['stripePaymentLinkId']]['active'] = True
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert shop.payments() == [
        (D('120.00'), 'EUR', 'booked', None, True), (D('120.00'), 'EUR', 'open', 'double', False)]


@pytest.mark.parametrize('name', ['999999', '0', '-1', 'INV-1', '9' * 30, '१', 'x' * 500])
def test_an_unknown_invoice_is_not_lost(shop, stripe, invoice, name):
    event, _ = stripe.pay(invoice['stripePaymentLinkId'])
    event['data']['object']['metadata'] = {'invoice_id': name}
    shop.report(event)
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'unknown', False)]


def test_the_link_names_the_invoice_where_the_metadata_do_not(shop, stripe, invoice):
    _, session = stripe.pay(invoice['stripePaymentLinkId'])
    session['data']['object']['metadata'] = {}
    shop.report(session)
    assert shop.shown(invoice)['isPaid'] is True


def test_other_payments_of_the_account_are_none_of_ours(shop, stripe, invoice, superuser):
    event, session = stripe.pay(invoice['stripePaymentLinkId'])
    event['data']['object']['metadata'] = {}
    session['data']['object'].update(metadata={}, payment_link=None)
    shop.report(event, session, stripe.event('customer.created', {'id': 'cus_1'}))
    assert shop.payments() == []
    assert events(superuser, shop) == ['ignored'] * 3


def test_a_refund_is_in_view(shop, stripe, invoice, superuser):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    shop.report(*paid)
    shop.report(stripe.refund(paid, 2000))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'refunded', True)]
    assert shop.shown(invoice)['isPaid'] is True
    assert superuser.execute(
        "SELECT refunded FROM account_invoice_payment_link_payment WHERE company = %s",
        (shop.company,)).fetchone() == (D('20.00'),)


def test_a_refund_that_is_reported_first_is_not_forgotten(shop, stripe, invoice):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    shop.report(stripe.refund(paid))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'refunded', False)]
    shop.report(*paid)
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'refunded', True)]


def test_an_older_refund_that_is_reported_later_changes_nothing(shop, stripe, invoice, superuser):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    shop.report(*paid)
    first = stripe.refund(paid, 1000)
    shop.report(stripe.refund(paid, 3000))
    shop.report(first)
    assert superuser.execute(
        "SELECT refunded FROM account_invoice_payment_link_payment WHERE company = %s",
        (shop.company,)).fetchone() == (D('30.00'),)


@pytest.mark.parametrize('problem', ['refunded', 'disputed'])
def test_what_went_back_stays_in_view_when_the_payment_is_booked(
        shop, stripe, invoice, pool, member, problem):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    close_books(shop, pool)
    shop.report(*paid)
    shop.report(stripe.refund(paid) if problem == 'refunded' else dispute(stripe, paid))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', problem, False)]
    close_books(shop, pool, 'open')
    payment, = member.call('account.invoice.payment_link.payment.search', [], 0, None, None)
    member.call('account.invoice.payment_link.payment.book', [payment])
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', problem, True)]


def dispute(stripe, paid):
    return stripe.event('charge.dispute.created', {
            'id': 'dp_1', 'payment_intent': paid[0]['data']['object']['id'], 'amount': 12000,
            'currency': 'eur', 'metadata': {}})


def test_a_dispute_is_in_view(shop, stripe, invoice):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    shop.report(*paid)
    shop.report(dispute(stripe, paid))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'disputed', True)]


def disputes(superuser, shop):
    """Return [(problem, disputed?)] of all payments"""
    return superuser.execute(
        "SELECT problem, coalesce(disputed, false) FROM account_invoice_payment_link_payment"
        " WHERE company = %s ORDER BY id", (shop.company,)).fetchall()


def test_another_obstacle_does_not_hide_a_dispute(shop, stripe, invoice, pool, member, superuser):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    close_books(shop, pool)
    shop.report(*paid, dispute(stripe, paid))
    close_books(shop, pool, 'open')
    assert disputes(superuser, shop) == [('disputed', True)]
    shop.api.post(f"/api/invoices/{invoice['id']}/mark-paid", {})
    payment, = member.call(f'{PAYMENT}.search', [('disputed', '=', True)], 0, None, None)
    with pytest.raises(Fault, match='Paid Already'):
        member.call(f'{PAYMENT}.book', [payment])
    member.call(f'{PAYMENT}.settle', [payment])
    row, = member.call(f'{PAYMENT}.read', [payment], ['state', 'disputed'])
    assert (row['state'], row['disputed']) == ('settled', True)


def test_a_refund_after_a_dispute_leaves_both_in_view(shop, stripe, invoice, superuser):
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    shop.report(*paid)
    assert disputes(superuser, shop) == [(None, False)]
    shop.report(dispute(stripe, paid), stripe.refund(paid))
    assert disputes(superuser, shop) == [('refunded', True)]


def test_disputes_of_the_time_before_the_field_are_found(
        shop, stripe, invoice, postgres, database, superuser):
    """By the problem, or, where a later one has overwritten it, by the report"""
    from trytond.modules.account_invoice_payment_link import payment
    paid = stripe.pay(invoice['stripePaymentLinkId'])
    shop.report(*paid, dispute(stripe, paid), stripe.refund(paid))
    other = stripe.pay(shop.bill()['stripePaymentLinkId'])
    shop.report(*other)
    with psycopg.connect(postgres.owner(database)) as owner:
        with unsealed(owner):
            owner.execute("UPDATE account_invoice_payment_link_payment SET disputed = NULL")
        with mock.patch.object(payment, 'Transaction') as transaction:
            transaction().connection = owner
            payment.mark_disputed()
        assert disputes(owner, shop) == [('refunded', True), (None, False)]
        owner.rollback()


# Obstacles, and their removal

def close_books(shop, pool, state='closed'):
    with inside(pool, shop.tenant, check_access=False, locks=['account_journal_period', 'account_period']):
        Period = pool.get('account.period')
        today = dt.datetime.now(dt.UTC).date()
        periods = Period.search([
                ('type', '=', 'standard'), ('start_date', '<=', today), ('end_date', '>=', today)])
        Period.close(periods) if state == 'closed' else Period.reopen(periods)


def test_closed_books_keep_the_payment_until_they_are_open(
        shop, stripe, invoice, pool, member):
    close_books(shop, pool)
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'refused', False)]
    payment, = member.call(f'{PAYMENT}.search', [('state', '=', 'open')], 0, None, None)
    with pytest.raises(Fault, match='cannot be booked'):
        member.call(f'{PAYMENT}.book', [payment])
    close_books(shop, pool, 'open')
    member.call(f'{PAYMENT}.book', [payment])
    assert shop.payments() == [(D('120.00'), 'EUR', 'booked', None, True)]
    assert shop.shown(invoice)['isPaid'] is True


def test_a_report_that_was_stored_but_not_worked_off_is(shop, stripe, invoice, superuser, sweep, monkeypatch):
    from trytond.modules.rest_hooks import stripe as face
    monkeypatch.setattr(face, 'settle', lambda *arguments: 1 / 0)
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert (events(superuser, shop), shop.payments()) == (['received', 'received'], [])
    sweep(2)
    assert events(superuser, shop) == ['done', 'done']
    assert shop.payments() == [(D('120.00'), 'EUR', 'booked', None, True)]
    assert shop.shown(invoice)['isPaid'] is True


def test_a_suspended_tenant_loses_no_payment(shop, stripe, invoice):
    shop.operator.call('tenant_provision.provision.set_state', shop.company, 'suspended')
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    shop.operator.call('tenant_provision.provision.set_state', shop.company, 'active')
    assert shop.shown(invoice)['isPaid'] is True


def test_the_link_is_closed_after_the_payment(shop, stripe, invoice, sweep):
    reports = stripe.pay(invoice['stripePaymentLinkId'], amount=100)
    stripe.links[invoice['stripePaymentLinkId']]['active'] = True
    shop.report(*reports)
    sweep(1)
    assert stripe.open_links() == []


def test_a_broken_posting_is_a_payment_to_look_at(shop, stripe, invoice, monkeypatch, pool):
    from trytond.exceptions import UserError

    def refuse(*arguments):
        raise UserError("the journal is on strike")
    monkeypatch.setattr(pool.get('account.invoice'), 'receive_payment', refuse)
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert shop.payments() == [(D('120.00'), 'EUR', 'open', 'refused', False)]


# In the client

def test_the_accountant_settles_what_is_open(
        shop, stripe, invoice, superuser, application, database):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId'], currency='usd'))
    accountant = colleague(application, database, shop, 'accountant')
    payment, = accountant.call(f'{PAYMENT}.search', [('state', '=', 'open')], 0, None, None)
    for role in ('clerk', 'readonly'):
        client = colleague(application, database, shop, role)
        assert client.call(f'{PAYMENT}.read', [payment], ['problem'])[0]['problem'] == 'currency'
        for button in ('settle', 'book'):
            with pytest.raises(Fault):
                client.call(f'{PAYMENT}.{button}', [payment])
    for role_call in [
            ('write', [payment], {'state': 'booked'}), ('delete', [payment]), ('copy', [payment]),
            ('create', [{'provider_id': 'x'}])]:
        with pytest.raises(Fault):
            accountant.call(f'{PAYMENT}.{role_call[0]}', *role_call[1:])
    accountant.call(f'{PAYMENT}.settle', [payment])
    row, = accountant.call(
        f'{PAYMENT}.read', [payment], ['state', 'settled_by', 'settled_at', 'problem'])
    assert (row['state'], row['problem'], row['settled_by']) == ('settled', 'currency', accountant.user)
    assert row['settled_at'] is not None


@pytest.mark.parametrize('role', ['owner', 'accountant', 'clerk', 'readonly'])
def test_every_role_opens_its_views(shop, stripe, invoice, application, database, role):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    client = colleague(application, database, shop, role)
    models = ['account.invoice.payment_link', PAYMENT, 'account.invoice']
    if role in ('owner', 'accountant'):
        models.append('account.invoice.payment_link.event')
    for model in models:
        for kind in ('form', 'tree'):
            view = client.call(f'{model}.fields_view_get', None, kind)
            ids = client.call(f'{model}.search', [], 0, 10, None)
            assert ids and len(client.call(f'{model}.read', ids, list(view['fields']))) == len(ids)
    if role in ('clerk', 'readonly'):
        with pytest.raises(Fault):
            client.call('account.invoice.payment_link.event.search', [], 0, 10, None)


def test_the_views_speak_german(member):
    view = member.call(f'{PAYMENT}.fields_view_get', None, 'form', language='de')
    assert view['fields']['problem']['string'] == 'Problem'
    assert ['double', 'Schon bezahlt'] in [list(pair) for pair in view['fields']['problem']['selection']]
    assert 'Buchen' in view['arch'] and 'Erledigt' in view['arch']
    invoice = member.call('account.invoice.fields_view_get', None, 'form', language='de')
    assert 'Onlinezahlung' in invoice['arch']


# scripts/check

@pytest.mark.parametrize('statement, name', [
    ("UPDATE account_invoice_payment_link SET amount = amount + 1", 'payment_links'),
    ("DELETE FROM account_invoice_payment_link", 'payment_links'),
    ("UPDATE account_invoice_payment_link_payment SET move = NULL", 'online_payments'),
    ("UPDATE account_invoice_payment_link_payment SET amount = amount + 1", 'online_payments'),
    ])
def test_what_should_not_be_is_found(shop, stripe, invoice, superuser, statement, name):
    shop.report(*stripe.pay(invoice['stripePaymentLinkId']))
    assert findings(shop) == []
    with unsealed(superuser):
        superuser.execute(f'{statement} WHERE company = %s', (shop.company,))
    assert [finding['check'] for finding in findings(shop)] == [name]
