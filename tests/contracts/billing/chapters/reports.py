"""Reports of the payment provider at the address of a tenant, and invoices whose provider does not answer"""
import json

import pytest

from tests.support.stripe_server import StripeServer, sign

ACCOUNT = 'trytond.modules.account_invoice_payment_link.account'
KEY, SECRET = 'rk_test_golden12345678', 'whsec_golden12345678'
EVENT = {'id': 'evt_1', 'object': 'event', 'type': 'customer.created',
    'data': {'object': {'id': 'cus_1', 'object': 'customer'}}}
NO_EVENTS = {
    'nothing': b'', 'no JSON': b'x', 'a list': b'[]', 'an empty object': b'{}',
    'no id': {**EVENT, 'id': None},
    'an id of another kind': {**EVENT, 'id': 5}, 'no type': {**EVENT, 'type': None},
    'no data': {**EVENT, 'data': None},
    'data of another kind': {**EVENT, 'data': []}, 'invalid UTF-8': b'{"id": "\xff"}',
    'NUL': b'{"id": "a\\u0000b"}',
    'NaN': b'{"id": NaN}', 'deep': b'[' * 5000, 'a long id': {**EVENT, 'id': 'x' * 1000}}


def play(stage):
    recorder = stage.recorder
    account = stage.caller()
    bare = stage.caller()
    hook = stage.operator.call(
        f'{ACCOUNT}.configure', account.tenant['company'], stage.database, KEY, SECRET)['webhook']
    silent = stage.operator.call(
        f'{ACCOUNT}.configure', bare.tenant['company'], stage.database, KEY, None)['webhook']
    recorder.names.learn(hook, '/webhooks/stripe/<address>')
    recorder.names.learn(silent, '/webhooks/stripe/<address without a secret>')

    def report(label, data, path=hook, method='POST', signature=None, headers=None, **environment):
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        if signature is None:
            signature = sign(data, SECRET)
        recorder.record(
            f'report: {label}', method, path, recorder.names.text(path), data=data,
            headers={'Content-Type': 'application/json', 'Stripe-Signature': signature, **(headers or {})},
            **environment)
    good = json.dumps(EVENT).encode()
    report('an event that is none of ours', EVENT)
    report('the same again', EVENT)
    for label, data in NO_EVENTS.items():
        report(label, data)
    old = sign(good, SECRET, 1_700_000_000)
    for label, signature in {
            'empty': '', 'x': 'x', 'of another secret': sign(good, 'whsec_other'),
            'of another body': sign(b'{}', SECRET),
            'too old': old, 'no time': sign(good, SECRET).partition(',')[2], 'no version': 't=1',
            'not ASCII': 'sch\xfc'}.items():
        report(f'signature {label}', good, signature=signature)
    report('without a secret set', good, path=silent)
    report('no content type', good, headers={'Content-Type': ''})
    report('a text', good, headers={'Content-Type': 'text/plain'})
    report('an encoding', good, headers={'Content-Encoding': 'gzip'})
    report('too large', b'x' * (512 * 1024 + 1))
    report('a gigabyte announced', good, CONTENT_LENGTH=str(10 ** 9))
    report('less than announced', good, CONTENT_LENGTH=str(len(good) + 10))
    report('with a key of the contract', good, headers=account.headers)
    for method in ('GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'):
        report(f'{method}', good, method=method)
    for id in ('', 'x', 'nothing_x', '%00', '%ff', 'x/y', 'x' * 200, 'x' * 201, 'ä', '..', '%2e%2e'):
        report(f'address {id[:20]!r} ({len(id)})', good, path=f'/webhooks/stripe/{id}')
    report('a slash behind', good, path=hook + '/')
    report('a query', good, path=hook + '?x=1')
    _links(stage, account, report)


def _links(stage, account, report):
    """Invoices with payment links while the provider refuses, fails or answers"""
    template = account.made('/api/invoice-templates', {
            'name': 'Online', 'paymentQrMode': 'StripePaymentLink', 'language': 'en'})['id']
    body = {
        'customerId': account.customer(), 'invoiceTemplateId': template, 'customItems': [
            {'description': 'Work', 'quantity': 1, 'unit': 'Hour', 'pricePerUnit': 100}]}
    with StripeServer() as stripe, pytest.MonkeyPatch.context() as patch:
        patch.setenv('KONTOR_STRIPE_URL', stripe.url)
        stage.recorder.names.learn(stripe.url, '<provider>')
        for link in _noted(account, 'a payment link', body):
            stage.recorder.names.learn(link['stripePaymentLinkUrl'], '<link>')
            stage.recorder.names.learn(link['stripePaymentLinkId'], '<link id>')
            account.note('with a payment link', 'getInvoice', id=link['id'])
            account.note('with a payment link', 'getInvoicePdf', id=link['id'])
            for event in stripe.pay(link['stripePaymentLinkId']):
                report(f"{event['type']}", event)
            account.note('paid by its link', 'getInvoice', id=link['id'])
        for amount in (0, 0.40, 1_000_000):
            line = {**body['customItems'][0], 'pricePerUnit': amount}
            answer = account.post('/api/invoices', {**body, 'customItems': [line]})
            if answer.status_code == 201 and answer.json['stripePaymentLinkId']:
                stage.recorder.names.learn(answer.json['stripePaymentLinkUrl'], '<link>')
            stage.recorder.note(f'createInvoice: a payment link over {amount}', 'POST', '/api/invoices',
                answer)
        project = account.made('/api/paushal-projects', {
                'customerId': body['customerId'], 'name': 'x', 'totalPrice': 100})['id']
        for fault in ('500', '503', '429', 'html'):
            stripe.fail(fault, 10)
            account.note(f'the provider answers {fault}', 'createInvoice', body)
            stripe.fail(fault, 10)
            account.note(f'the provider answers {fault}', 'createProjectInvoice',
                {'invoiceTemplateId': template}, id=project)
            stripe.reset()
        stripe.keys = {'rk_test_another'}
        account.note('the provider does not know the key', 'createInvoice', body)
        stripe.reset()


def _noted(account, label, body):
    """Issue an invoice and note the answer, the random parts of its link named before"""
    answer = account.post('/api/invoices', body)
    names = account.stage.recorder.names
    names.learn(answer.json['stripePaymentLinkUrl'], '<link>')
    names.learn(answer.json['stripePaymentLinkId'], '<link id>')
    account.stage.recorder.note(f'createInvoice: {label}', 'POST', '/api/invoices', answer)
    return [answer.json]
