"""Invoices with a payment link: made at Stripe before the number, exactly once despite any failure.

The client library is the official one; it calls ``tests/support/stripe_server.py``.
"""
import concurrent.futures
import contextlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import psycopg
import pypdf
import pytest

from tests.support.billing import Api, refused
from tests.support.invoicing import client_draft, item, make_template
from tests.support.paying import ACCOUNT
from tests.support.rpc import Fault

ATTEMPTS = 'account_invoice_payment_link_attempt'


def at_once(number, function):
    with concurrent.futures.ThreadPoolExecutor(number) as threads:
        return [future.result() for future in [threads.submit(function, n) for n in range(number)]]


def key():
    return {'Idempotency_Key': str(uuid.uuid4())}


def states(superuser, shop):
    """Return the states of a tenant's attempts, oldest first"""
    return [state for state, in superuser.execute(
            f"SELECT state FROM {ATTEMPTS} WHERE company = %s ORDER BY id", (shop.company,))]


def invoices(superuser, shop):
    return superuser.execute(
        "SELECT count(*) FROM account_invoice WHERE company = %s", (shop.company,)).fetchone()[0]


# Purpose

def test_an_invoice_bears_its_link(shop, stripe):
    invoice = shop.bill()
    link = stripe.links[invoice['stripePaymentLinkId']]
    assert invoice['stripePaymentLinkUrl'] == link['url']
    assert invoice['invoiceNumber'].endswith('-0001')
    call, = stripe.calls
    assert (call.method, call.path, call.key) == ('POST', '/v1/payment_links', shop.key)
    metadata = {'invoice_id': str(invoice['id'])}
    name = f"Invoice of Test AT GmbH, {invoice['issueDate'][:10]}"
    assert call.params == {
        'line_items': {'0': {'quantity': '1', 'price_data': {
                    'currency': 'eur', 'unit_amount': '117600', 'product_data': {'name': name}}}},
        'metadata': metadata,
        'payment_intent_data': {'metadata': metadata, 'description': name},
        'restrictions': {'completed_sessions': {'limit': '1'}}}
    assert shop.shown(invoice) == invoice
    listed = shop.api.get(f"/api/invoices/{shop.bill(invoiceTemplateId=shop.plain)['id']}").json
    assert (listed['stripePaymentLinkUrl'], listed['stripePaymentLinkId']) == (None, None)
    assert len(stripe.calls) == 1


def test_the_document_shows_the_link_as_code_and_as_link(shop):
    invoice = shop.bill()
    page = pypdf.PdfReader(io.BytesIO(shop.pdf(invoice))).pages[0]
    targets = [
        a.get_object()['/A']['/URI'] for a in page.get('/Annots', [])
        if '/URI' in a.get_object().get('/A', {})]
    assert targets and set(targets) == {invoice['stripePaymentLinkUrl']}
    assert 'Scan and pay online' in shop.text(invoice)


def test_nothing_to_pay_needs_no_link(shop, stripe):
    assert shop.bill(item(price=0))['stripePaymentLinkUrl'] is None
    assert stripe.calls == []


@pytest.mark.parametrize('price', [0.40, 1_000_000])
def test_an_amount_that_stripe_does_not_take_is_named(shop, stripe, price):
    refused(shop.post(item(price=price)), 'customItems', '0.50')
    assert stripe.calls == []


def test_what_will_be_refused_gets_no_link(shop, stripe):
    refused(shop.post(issueDate='2026-05-16', dueDate='2026-05-15'), 'dueDate', 'before')
    refused(shop.post(customerId=999999), 'customerId', 'Unknown', 404, 'not_found')
    assert stripe.calls == []


# When Stripe refuses

def test_without_a_key(shop, stripe, superuser):
    shop.operator.call(f'{ACCOUNT}.forget', shop.company)
    answer = shop.post()
    assert (answer.status_code, answer.json['error']) == (422, 'stripe_key_invalid')
    assert invoices(superuser, shop) == 0
    assert stripe.calls == []


def test_a_key_that_stripe_rejects(shop, stripe, superuser):
    stripe.keys = {'rk_test_another'}
    answer = shop.post()
    assert (answer.status_code, answer.json['error']) == (422, 'stripe_key_invalid')
    assert answer.json['message'] == (
        'Stripe rejected the configured API key (HTTP 401): Invalid API Key provided: rk_test_***')
    assert invoices(superuser, shop) == 0
    stripe.keys = None
    assert shop.bill()['invoiceNumber'].endswith('-0001')


@pytest.mark.parametrize('fault', ['500', '503', 'drop', 'hang', 'hang_before', 'html'])
def test_one_failure_is_tried_again_under_the_same_key(shop, stripe, fault):
    stripe.fail(fault)
    assert shop.bill()['invoiceNumber'].endswith('-0001')
    first, second = stripe.calls
    assert first.idempotency_key == second.idempotency_key
    assert len(stripe.links) == 1


@pytest.mark.parametrize('fault', ['500', '503', 'drop', 'hang', 'hang_before', 'html'])
def test_two_failures_are_an_answer(shop, stripe, superuser, fault):
    stripe.fail(fault, 2)
    answer = shop.post()
    assert (answer.status_code, answer.json['error']) == (422, 'stripe_unavailable')
    assert len(stripe.calls) == 2
    assert invoices(superuser, shop) == 0
    assert shop.bill(invoiceTemplateId=shop.plain)['invoiceNumber'].endswith('-0001')


def test_too_many_requests_are_an_answer(shop, stripe):
    stripe.fail('429', 2)
    answer = shop.post()
    assert (answer.status_code, answer.json['error']) == (422, 'stripe_unavailable')


def test_a_failure_that_stripe_keeps_under_its_key_does_not_stay(shop, stripe):
    headers = key()
    stripe.before_answer = lambda call: stripe.accounts[shop.key].replies.update(
        {call.idempotency_key: (call, (500, {'error': {'type': 'api_error', 'message': 'broken'}}))})
    stripe.fail('drop')
    assert shop.post(headers=headers).status_code == 422
    stripe.before_answer = None
    assert shop.post(headers=headers).status_code == 201


# Exactly once

def test_a_retry_after_a_time_out_finds_the_link_that_was_made(shop, stripe, superuser):
    headers = key()
    stripe.fail('hang', 2)
    assert shop.post(headers=headers).json['error'] == 'stripe_unavailable'
    answer = shop.post(headers=headers)
    assert answer.status_code == 201
    assert len({call.idempotency_key for call in stripe.calls}) == 1
    assert list(stripe.links) == [answer.json['stripePaymentLinkId']]
    metadata = stripe.links[answer.json['stripePaymentLinkId']]['metadata']
    assert metadata == {'invoice_id': str(answer.json['id'])}
    assert shop.post(headers=headers).json == answer.json
    assert invoices(superuser, shop) == 1
    assert states(superuser, shop) == ['used']


def test_another_body_under_the_key_of_a_failure_is_another_link(shop, stripe, superuser, sweep):
    headers = key()
    stripe.fail('hang', 2)
    assert shop.post(headers=headers).status_code == 422
    other = shop.post(item(), headers=headers)
    assert other.status_code == 201
    assert len(stripe.links) == 2
    sweep()
    assert [link['id'] for link in stripe.open_links()] == [other.json['stripePaymentLinkId']]
    assert states(superuser, shop) == ['closed', 'used']


def test_many_at_once_have_a_link_each(shop, stripe, billing):
    apis = [Api(billing, shop.tenant) for _ in range(8)]
    answers = at_once(8, lambda n: apis[n].post('/api/invoices', shop.body()))
    assert [answer.status_code for answer in answers] == [201] * 8
    numbers = sorted(answer.json['invoiceNumber'][-4:] for answer in answers)
    assert numbers == [f'{n:04}' for n in range(1, 9)]
    assert {answer.json['stripePaymentLinkId'] for answer in answers} == set(stripe.links)
    for answer in answers:
        link = stripe.links[answer.json['stripePaymentLinkId']]
        assert link['metadata'] == {'invoice_id': str(answer.json['id'])}


def test_one_key_at_once_is_one_link_and_one_invoice(shop, stripe, billing, superuser):
    stripe.before_answer = lambda call: time.sleep(0.2)
    apis, headers = [Api(billing, shop.tenant) for _ in range(6)], key()
    answers = at_once(6, lambda n: apis[n].post('/api/invoices', shop.body(), **headers))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json['id'] for answer in answers}) == 1
    assert len(stripe.links) == 1
    assert invoices(superuser, shop) == 1


def test_two_tenants_never_use_each_others_key(new_shop, stripe, billing):
    shops = [new_shop('AT'), new_shop('DE')]
    apis = [Api(billing, shops[n % 2].tenant) for n in range(8)]
    answers = at_once(8, lambda n: apis[n].post('/api/invoices', shops[n % 2].body()))
    for n, answer in enumerate(answers):
        assert answer.status_code == 201, answer.text
        mine, theirs = shops[n % 2].key, shops[1 - n % 2].key
        assert answer.json['stripePaymentLinkId'] in stripe.accounts[mine].objects
        assert answer.json['stripePaymentLinkId'] not in stripe.accounts[theirs].objects


def test_a_serialization_failure_asks_stripe_no_second_time(shop, stripe, superuser, monkeypatch):
    from trytond.modules.account_invoice_issue import invoice as door
    rounds, complete = [], door.complete

    def disturbed(drafts, books):
        """Another transaction changes the attempt after this transaction's snapshot was taken"""
        bills = complete(drafts, books)
        rounds.append(len(stripe.calls))
        if len(rounds) == 2:
            superuser.execute(
                f"UPDATE {ATTEMPTS} SET touched = touched WHERE company = %s", (shop.company,))
        return bills
    monkeypatch.setattr(door, 'complete', disturbed)
    assert shop.bill()['invoiceNumber'].endswith('-0001')
    assert rounds == [0, 1, 1]
    assert len(stripe.calls) == 1


def test_no_lock_is_held_and_no_transaction_open_while_stripe_is_asked(shop, stripe, superuser, billing):
    seen = []

    def look(call):
        seen.append(superuser.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                (shop.company,)).fetchone()[0])
        seen.append(superuser.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND xact_start IS NOT NULL AND usename LIKE '%%_web'").fetchone()[0])
        other = Api(billing, shop.tenant)
        seen.append(other.post('/api/invoices', shop.body(invoiceTemplateId=shop.plain)).status_code)
    stripe.before_answer = look
    from trytond.modules.account_invoice_payment_link import provider
    provider.TIMEOUT = 10
    assert shop.bill()['invoiceNumber'].endswith('-0002')
    assert seen == [0, 0, 201]


@contextlib.contextmanager
def posting(database, shop, body, idempotency):
    """A process that posts an invoice"""
    process = subprocess.Popen(
        [sys.executable, '-m', 'tests.support.one_post', database], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env=os.environ, start_new_session=True)
    process.stdin.write(json.dumps({
        'key': shop.tenant['credentials']['billing'], 'body': body, 'idempotency': idempotency}))
    process.stdin.close()
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_kill_between_stripes_answer_and_commit(shop, stripe, superuser, postgres, database):
    """The tenant's lock blocks the process after Stripe's answer; there it is killed"""
    headers, body = key(), shop.body()
    answered, locked = threading.Event(), threading.Event()
    with psycopg.connect(postgres.superuser(database), autocommit=True) as blocker:
        def hold(call):
            from trytond.modules.backend.database import lock_key
            blocker.execute(
                "SELECT pg_advisory_lock(%s, %s)", (lock_key('account_move'), shop.company))
            answered.set()
        stripe.before_answer = hold
        with posting(database, shop, body, headers['Idempotency_Key']) as process:
            assert answered.wait(60)
            until = time.monotonic() + 20
            while states(superuser, shop) != ['ready'] and time.monotonic() < until:
                time.sleep(0.02)
            locked.set()
            os.kill(process.pid, signal.SIGKILL)
    stripe.before_answer = None
    assert states(superuser, shop) == ['ready']
    assert invoices(superuser, shop) == 0
    answer = shop.api.post('/api/invoices', body, **headers)
    assert answer.status_code == 201
    assert answer.json['invoiceNumber'].endswith('-0001')
    assert list(stripe.links) == [answer.json['stripePaymentLinkId']]
    assert len(stripe.calls) == 1
    assert invoices(superuser, shop) == 1


def test_a_kill_before_stripes_answer_is_kept(shop, stripe, superuser, database):
    headers, body, asked = key(), shop.body(), threading.Event()

    def stall(call):
        asked.set()
        time.sleep(1)
    stripe.before_answer = stall
    with posting(database, shop, body, headers['Idempotency_Key']) as process:
        assert asked.wait(60)
        os.kill(process.pid, signal.SIGKILL)
    stripe.before_answer = None
    time.sleep(1)
    assert states(superuser, shop) == ['open']
    answer = shop.api.post('/api/invoices', body, **headers)
    assert answer.status_code == 201
    assert len(stripe.links) == len({call.idempotency_key for call in stripe.calls}) == 1
    assert invoices(superuser, shop) == 1


# The client

@pytest.fixture
def member(application, database, shop):
    from tests.support.rpc import Client
    login = shop.tenant['login']
    return Client(application, database).login(login['user'], login['password'])


def test_the_clients_post_button_makes_the_link_as_well(shop, stripe, member):
    draft = client_draft(member, shop, template=shop.template)
    member.call('account.invoice.post', [draft])
    link, = stripe.links.values()
    assert link['metadata'] == {'invoice_id': str(draft)}
    invoice = shop.shown({'id': draft})
    assert (invoice['invoiceNumber'][-4:], invoice['stripePaymentLinkId']) == ('0001', link['id'])


def test_the_client_is_told_what_stripe_said(shop, stripe, member):
    draft = client_draft(member, shop, template=shop.template)
    stripe.keys = {'rk_test_another'}
    with pytest.raises(Fault) as caught:
        member.call('account.invoice.post', [draft])
    assert 'Stripe rejected the configured API key (HTTP 401)' in caught.value.text
    stripe.keys = None
    member.call('account.invoice.post', [draft])
    assert len(stripe.links) == 1


def test_a_copy_of_an_invoice_has_no_link(shop, stripe, member):
    invoice = shop.bill()
    copy, = member.call('account.invoice.copy', [invoice['id']])
    assert member.call('account.invoice.read', [copy], ['payment_links'])[0]['payment_links'] == []


# Closing of links left over

def test_a_link_without_an_invoice_is_closed_after_ten_minutes(shop, stripe, superuser, sweep, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("the power went out")
    monkeypatch.setattr('trytond.modules.document_render.render', fail)
    assert shop.post().status_code == 500
    assert states(superuser, shop) == ['ready']
    sweep(minutes=9)
    assert len(stripe.open_links()) == 1
    sweep(minutes=2)
    assert (len(stripe.links), stripe.open_links()) == (1, [])
    assert states(superuser, shop) == ['closed']


def test_a_link_whose_answer_never_came_is_closed_too(shop, stripe, superuser, sweep):
    stripe.fail('hang', 2)
    assert shop.post().status_code == 422
    sweep()
    assert (len(stripe.links), stripe.open_links()) == (1, [])
    assert states(superuser, shop) == ['closed']


def test_while_stripe_is_away_the_sweeper_comes_back(shop, stripe, superuser, sweep):
    stripe.fail('hang', 2)
    shop.post()
    stripe.fail('500', 2)
    sweep()
    assert states(superuser, shop) == ['abandoned']
    sweep()
    assert states(superuser, shop) == ['closed']


def test_a_retry_after_the_link_was_closed_makes_another(shop, stripe, superuser, sweep):
    headers = key()
    stripe.fail('hang', 2)
    shop.post(headers=headers)
    sweep()
    answer = shop.post(headers=headers)
    assert answer.status_code == 201
    assert [link['id'] for link in stripe.open_links()] == [answer.json['stripePaymentLinkId']]


def test_the_link_of_an_open_invoice_stays_and_that_of_a_paid_one_is_closed(shop, stripe, sweep):
    first, second = shop.bill(), shop.bill()
    sweep(60)
    assert len(stripe.open_links()) == 2
    assert shop.api.post(f"/api/invoices/{first['id']}/mark-paid", {}).status_code == 200
    sweep()
    assert [link['id'] for link in stripe.open_links()] == [second['stripePaymentLinkId']]
    calls = len(stripe.calls)
    sweep()
    assert len(stripe.calls) == calls


# Secrets

def test_no_secret_is_in_answers_logs_or_tables(shop, stripe, superuser, caplog, member):
    stripe.keys = {'rk_test_another'}
    with caplog.at_level(logging.DEBUG):
        answers = [shop.post().text]
        stripe.keys = None
        stripe.fail('500', 2)
        answers += [shop.post().text, shop.post().text, shop.send({}, secret='whsec_wrong').text]
    texts = [*answers, *(record.getMessage() for record in caplog.records), caplog.text]
    for table, in superuser.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname ~ '^(account_invoice_payment|rest_|ir_)'").fetchall():
        texts += [row for row, in superuser.execute(f'SELECT t::text FROM "{table}" t').fetchall()]
    for secret in (shop.key, shop.secret):
        assert not [text for text in texts if secret in text or secret.encode().hex() in text]


def test_nobody_reads_the_account_over_rpc(shop, member):
    for method, *arguments in [
            ('search', [], 0, 1, None), ('search_count', []), ('read', [1], ['key', 'webhook_secret']),
            ('search_read', [], 0, 1, None, ['hook']), ('export_data', [1], ['key']), ('copy', [1]),
            ('write', [1], {'key': b'x'}), ('delete', [1])]:
        for model in ('account', 'attempt'):
            with pytest.raises(Fault):
                member.call(f'account.invoice.payment_link.{model}.{method}', *arguments)


def test_a_secret_opens_only_in_its_place(shop, new_shop, superuser, stripe):
    """A key copied into another tenant's row cannot be decrypted"""
    thief = new_shop()
    superuser.execute(
        "UPDATE account_invoice_payment_link_account SET key = (SELECT key FROM"
        " account_invoice_payment_link_account WHERE company = %s) WHERE company = %s",
        (shop.company, thief.company))
    answer = thief.post()
    assert (answer.status_code, answer.json['error']) == (422, 'stripe_key_invalid')
    assert stripe.calls == []


def test_the_operators_script_sets_shows_and_forgets(shop, database):
    call = shop.operator.call
    shown = call(f'{ACCOUNT}.describe', shop.company)
    assert shown == {
        'company': shop.company, 'key': f'{shop.key[:8]}…{shop.key[-4:]}', 'webhook_secret': 'set',
        'webhook': shop.hook}
    assert call(f'{ACCOUNT}.configure', shop.company, database, 'sk_live_' + 'x' * 24) == {
        **shown, 'key': 'sk_live_…xxxx'}
    from tests.support.operator import Refused
    with pytest.raises(Refused) as caught:
        call(f'{ACCOUNT}.configure', shop.company, database, 'pk_live_publishable')
    assert 'publishable' not in str(caught.value)
    nothing = {'company': shop.company, 'key': None, 'webhook_secret': None, 'webhook': None}
    assert call(f'{ACCOUNT}.forget', shop.company) == nothing
    assert call(f'{ACCOUNT}.describe', shop.company) == nothing


def test_secrets_come_from_input_or_environment():
    from scripts.lib.install.bootstrap import Failed
    from scripts.lib.admin.stripe import parse, secrets_of
    arguments = parse(['set', '7', '--key', '-', '--webhook-secret', '-'])
    assert secrets_of(arguments, {}, iter(['rk_a\n', 'whsec_b\n'])) == {
        'key': 'rk_a', 'webhook_secret': 'whsec_b'}
    arguments = parse(['set', '7'])
    assert secrets_of(arguments, {'KONTOR_STRIPE_KEY': 'rk_c'}, iter([])) == {
        'key': 'rk_c', 'webhook_secret': None}
    with pytest.raises(Failed):
        secrets_of(arguments, {}, iter([]))


def test_a_template_of_another_language_names_the_payment_in_german(shop, pool, stripe):
    german = make_template(
        pool, shop.tenant, name="Deutsch", payment_qr_mode='StripePaymentLink', tax_rate=20)
    shop.bill(invoiceTemplateId=german, issueDate='2026-05-16')
    name = stripe.calls[0].params['line_items']['0']['price_data']['product_data']['name']
    assert name == 'Rechnung von Test AT GmbH vom 16.05.2026'
