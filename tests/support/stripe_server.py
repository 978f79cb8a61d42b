"""A small Stripe on this machine: answers what the official library sends for payment links as Stripe does.

By hand: ``python tests/support/stripe_server.py --port 4242 --webhook http://127.0.0.1:8000/webhooks/stripe/…
--secret whsec_…`` and scripts/serve with ``KONTOR_STRIPE_URL=http://127.0.0.1:4242``. A link's page has
a button that pays; the signed events then go to the webhook. Standard library only.

In tests: ``with StripeServer() as stripe``; ``stripe.fail('500', 2)`` breaks the next calls,
``stripe.pay(link)`` pays and returns the events, ``stripe.calls`` is what was asked.
"""
import argparse
import collections
import contextlib
import hashlib
import hmac
import html
import itertools
import json
import re
import secrets
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

VERSION = '2026-10-28'
LEAST_AMOUNT = 50
MOST_AMOUNT = 99_999_999
FAULTS = ('500', '503', '429', 'hang', 'hang_before', 'drop', 'html')
"""What :meth:`StripeServer.fail` can make of a call: answered so without being done; ``hang`` and ``drop``
do it and then answer too late or not at all; ``html`` is a proxy's page in place of an answer."""
_KEY = re.compile(r'(sk|rk)_(test|live)_\w+')
_PART = re.compile(r'\[([^\]]*)\]')


class Refused(Exception):
    """An error as Stripe words it"""

    def __init__(self, status, message, type='invalid_request_error', headers=None, **others):
        super().__init__(message)
        self.status = status
        self.body = {'error': {'type': type, 'message': message, **others}}
        self.headers = headers or {}


@dataclass
class Call:
    """A request as it came; done: whether it was carried out"""
    method: str
    path: str
    key: str
    idempotency_key: str | None
    params: dict
    headers: dict = field(repr=False, default_factory=dict)
    done: bool = False


@dataclass
class Account:
    """What one key sees"""
    objects: dict = field(default_factory=dict)
    replies: dict = field(default_factory=dict)
    busy: set = field(default_factory=set)


def decoded(text):
    """Return the nested parameters of a form: ``a[b][0][c]=1`` → {'a': {'b': {'0': {'c': '1'}}}}."""
    params = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, _, rest = name.partition('[')
        steps = [first, *_PART.findall('[' + rest)] if rest else [first]
        place = params
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = value
    return params


def sign(payload, secret, moment=None):
    """Return the header Stripe-Signature of a payload (bytes)"""
    moment = int(time.time() if moment is None else moment)
    digest = hmac.new(secret.encode(), b'%d.' % moment + payload, hashlib.sha256).hexdigest()
    return f't={moment},v1={digest}'


class StripeServer:
    """A running server. ``url``: where; ``keys``: those it knows, None for any that looks like one.

    ``links`` is {id: link} of all accounts. Also a context manager.
    """

    def __init__(self, port=0, keys=None, hang_seconds=3, webhook=None, secret=None):
        self.keys = keys
        self.hang_seconds = hang_seconds
        self.webhook, self.secret = webhook, secret
        self.calls = []
        self.accounts = collections.defaultdict(Account)
        self.before_answer = None
        """Function(Call) that runs after a call was carried out and before it is answered"""
        self._faults = collections.deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._numbers = itertools.count(1)
        self._http = _Http(('127.0.0.1', port), _Handler)
        self._http.stripe = self
        self.url = f'http://127.0.0.1:{self._http.server_port}'
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    # What a test asks for

    def fail(self, fault, times=1):
        """Break the next calls"""
        assert fault in FAULTS, fault
        self._faults.extend([fault] * times)

    @property
    def links(self):
        return {
            id: thing for account in self.accounts.values() for id, thing in account.objects.items()
            if thing['object'] == 'payment_link'}

    def open_links(self):
        return [link for link in self.links.values() if link['active']]

    def reset(self):
        self.calls.clear()
        self._faults.clear()
        self.accounts.clear()
        self.keys = self.before_answer = None

    def pay(self, link, amount=None, currency=None, method='card'):
        """Pay by a link (its id); return the events that Stripe would send, oldest first.

        amount: cents actually paid, the link's own if None; method: ``sepa_debit`` is pending at first.
        """
        link = self.links[link]
        if not link['active']:
            raise Refused(400, 'The payment link is no longer active')
        if link['restrictions']:
            link['active'] = False
        amount = link['amount'] if amount is None else amount
        currency = currency or link['currency']
        intent = self._thing('payment_intent', 'pi', {
                'amount': amount, 'amount_received': amount, 'currency': currency, 'status': 'succeeded',
                'metadata': dict(link['payment_intent_data'].get('metadata', {}))})
        session = self._thing('checkout.session', 'cs_test', {
                'amount_total': amount, 'amount_subtotal': amount, 'currency': currency, 'mode': 'payment',
                'payment_status': 'paid', 'status': 'complete', 'payment_link': link['id'],
                'payment_intent': intent['id'], 'metadata': dict(link['metadata']),
                'customer_details': {'email': 'payer@example.com', 'name': 'A Payer'}})
        if method == 'sepa_debit':
            pending = self.event('checkout.session.completed', session | {'payment_status': 'unpaid'})
            return [pending, self.event('payment_intent.succeeded', intent),
                self.event('checkout.session.async_payment_succeeded', session)]
        return [self.event('payment_intent.succeeded', intent),
            self.event('checkout.session.completed', session)]

    def refund(self, paid, amount=None):
        """Return the event of a refund of the payment that the events ``paid`` report"""
        intent = next(e['data']['object'] for e in paid if e['type'] == 'payment_intent.succeeded')
        refunded = intent['amount'] if amount is None else amount
        return self.event('charge.refunded', self._thing('charge', 'ch', {
                    'amount': intent['amount'], 'amount_refunded': refunded,
                    'currency': intent['currency'], 'payment_intent': intent['id'],
                    'refunded': refunded == intent['amount'], 'metadata': intent['metadata']}))

    def event(self, type, thing):
        return self._thing('event', 'evt', {
                'type': type, 'api_version': VERSION, 'pending_webhooks': 1, 'data': {'object': thing},
                'request': {'id': None, 'idempotency_key': None}})

    def deliver(self, events):
        """Send signed events to the webhook; return the statuses"""
        return [_post(self.webhook, event, self.secret) for event in events]

    def _thing(self, kind, prefix, values):
        id = f'{prefix}_{next(self._numbers):06}{secrets.token_hex(9)}'
        return {'id': id, 'object': kind, 'created': int(time.time()), 'livemode': False, **values}

    # What the library asks for

    def answer(self, method, target, headers, body):
        """Return (status, headers, bytes) of a request, or None for a connection that just ends"""
        path = urlsplit(target).path
        key = headers.get('Authorization', '').removeprefix('Bearer ').strip()
        call = Call(method, path, key, headers.get('Idempotency-Key'), decoded(body), dict(headers))
        fault = self._note(call)
        if fault in ('429', '500', '503', 'html', 'hang_before'):
            return self._broken(fault)
        status, more, answer = self._told(call)
        call.done = status < 300
        if self.before_answer:
            self.before_answer(call)
        if fault == 'hang':
            self._closing.wait(self.hang_seconds)
        if fault in ('hang', 'drop'):
            return None
        return status, {'Request-Id': f'req_{secrets.token_hex(7)}', **more}, json.dumps(answer).encode()

    def _note(self, call):
        with self._lock:
            self.calls.append(call)
            return self._faults.popleft() if self._faults else None

    def _broken(self, fault):
        if fault == 'hang_before':
            self._closing.wait(self.hang_seconds)
            return None
        if fault == 'html':
            return 502, {'Content-Type': 'text/html'}, b'<html><h1>502 Bad Gateway</h1></html>'
        kind = 'invalid_request_error' if fault == '429' else 'api_error'
        text = 'Too many requests' if fault == '429' else 'An error occurred on our side'
        return int(fault), {}, json.dumps({'error': {'type': kind, 'message': text}}).encode()

    def _told(self, call):
        try:
            account = self._account(call.key)
            with self._once(account, call) as reply:
                if reply:
                    status, answer = reply
                    return status, {'Idempotent-Replayed': 'true'}, answer
                answer = self._do(account, call)
                if call.idempotency_key:
                    account.replies[call.idempotency_key] = (call, (200, answer))
                return 200, {}, answer
        except Refused as error:
            return error.status, error.headers, error.body

    def _account(self, key):
        if not key:
            raise Refused(401, 'You did not provide an API key.')
        if not _KEY.fullmatch(key) or (self.keys is not None and key not in self.keys):
            masked = key[:8] + '*' * max(0, len(key) - 12) + key[-4:]
            raise Refused(401, f'Invalid API Key provided: {masked}')
        return self.accounts[key]

    @contextlib.contextmanager
    def _once(self, account, call):
        """Yield what was answered to the same call before, None for a new one"""
        key = call.idempotency_key if call.method == 'POST' else None
        with self._lock:
            earlier, reply = account.replies.get(key, (None, None)) if key else (None, None)
            if earlier and (earlier.path, earlier.params) != (call.path, call.params):
                raise Refused(
                    400, 'Keys for idempotent requests can only be used with the same parameters they'
                    ' were first used with.', type='idempotency_error')
            if key in account.busy:
                raise Refused(
                    409, 'There is currently another in-progress request using this Idempotency Key.',
                    type='idempotency_error', code='idempotency_key_in_use')
            if key and not reply:
                account.busy.add(key)
        try:
            yield reply
        finally:
            if not reply:
                account.busy.discard(key)

    def _do(self, account, call):
        kind, id = _place(call)
        if id:
            if id not in account.objects:
                raise Refused(
                    404, f"No such {kind}: '{id}'", code='resource_missing', param=kind)
            thing = account.objects[id]
            if call.method == 'POST' and 'active' in call.params:
                thing['active'] = call.params['active'] == 'true'
            return _shown(thing)
        if call.method == 'GET':
            things = [_shown(t) for t in account.objects.values() if t['object'] == kind]
            return {'object': 'list', 'data': things[::-1], 'has_more': False, 'url': call.path}
        thing = getattr(self, f'_new_{kind}')(account, call.params)
        account.objects[thing['id']] = thing
        return _shown(thing)

    def _new_product(self, account, params):
        return self._thing('product', 'prod', {
                'active': True, 'name': _required(params, 'name'),
                'metadata': params.get('metadata', {})})

    def _new_price(self, account, params, place=''):
        currency, amount = _required(params, 'currency', place), _required(params, 'unit_amount', place)
        if 'product' not in params:
            product = self._new_product(account, _required(params, 'product_data', place))
            account.objects[product['id']] = product
        elif params['product'] not in account.objects:
            raise Refused(400, f"No such product: '{params['product']}'", code='resource_missing')
        return self._thing('price', 'price', {
                'active': True, 'currency': currency,
                'unit_amount': _integer(amount, f'{place}[unit_amount]'),
                'product': params.get('product') or product['id'], 'type': 'one_time'})

    def _new_payment_link(self, account, params):
        items, total, currency = _required(params, 'line_items'), 0, ''
        for number, item in sorted(items.items()):
            price = self._price_of(account, item, f'line_items[{number}]')
            total += price['unit_amount'] * _integer(_required(item, 'quantity'), 'quantity')
            currency = price['currency']
        if total < LEAST_AMOUNT:
            raise Refused(
                400, 'The total amount due must be at least €0.50 eur', code='amount_too_small')
        if total > MOST_AMOUNT:
            raise Refused(
                400, 'The total amount must be no more than €999,999.99', code='amount_too_large')
        link = self._thing('payment_link', 'plink', {
                'active': True, 'currency': currency, 'amount': total,
                'metadata': params.get('metadata', {}),
                'payment_intent_data': params.get('payment_intent_data', {}),
                'restrictions': params.get('restrictions')})
        return link | {'url': f'{self.url}/buy/{link["id"]}'}

    def _price_of(self, account, item, place):
        if 'price_data' in item:
            price = self._new_price(account, item['price_data'], f'{place}[price_data]')
            return account.objects.setdefault(price['id'], price)
        price = account.objects.get(_required(item, 'price', place))
        if price is None:
            raise Refused(400, f"No such price: '{item['price']}'", code='resource_missing')
        return price

    # The page of a link

    def page(self, link, paid=None):
        thing = self.links.get(link)
        if thing is None:
            return 404, b'<h1>There is no such link</h1>'
        amount = f"{thing['amount'] / 100:.2f} {thing['currency'].upper()}"
        text = f'<h1>{amount}</h1>'
        if paid is not None:
            text += f'<p>Paid. The webhook answered {html.escape(str(paid))}.</p>'
        elif thing['active']:
            text += '<form method="post"><button>Pay</button></form>'
        else:
            text += '<p>This link is not active any more.</p>'
        return 200, f'<!doctype html><title>Payment</title>{text}'.encode()


def _place(call):
    """Return (kind of object, id or None) of a path; Stripe's 404 for any other"""
    found = re.fullmatch(r'/v1/(payment_link|product|price)s(?:/(\w+))?', call.path)
    if not found or call.method not in ('GET', 'POST'):
        raise Refused(404, f'Unrecognized request URL ({call.method}: {call.path}).')
    return found.groups()


def _shown(thing):
    """A link as Stripe shows it has neither amount nor line items in it"""
    return {name: value for name, value in thing.items() if name != 'amount'}


def _required(params, name, place=''):
    if name not in params:
        param = f'{place}[{name}]' if place else name
        raise Refused(
            400, f'Missing required param: {param}.', code='parameter_missing', param=param)
    return params[name]


def _integer(text, param):
    if not re.fullmatch(r'\d{1,12}', text):
        raise Refused(400, f'Invalid integer: {text}', code='parameter_invalid_integer', param=param)
    return int(text)


def _post(url, event, secret):
    """Send an event as Stripe does; return the status of the answer"""
    data = json.dumps(event, indent=2).encode()
    request = urllib.request.Request(url, data, {
            'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': sign(data, secret)})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


class _Http(ThreadingHTTPServer):
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def _handle(self):
        stripe = self.server.stripe
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        if self.path.startswith('/buy/'):
            return self._buy(stripe, self.path.removeprefix('/buy/'))
        answer = stripe.answer(self.command, self.path, self.headers, body)
        if answer is None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return None
        status, headers, data = answer
        return self._send(status, {'Content-Type': 'application/json', **headers}, data)

    def _buy(self, stripe, link):
        paid = None
        if self.command == 'POST' and link in stripe.links:
            with contextlib.suppress(Refused):
                events = stripe.pay(link)
                paid = stripe.deliver(events) if stripe.webhook else 'nothing: none is set'
        status, data = stripe.page(link, paid)
        self._send(status, {'Content-Type': 'text/html; charset=utf-8'}, data)

    do_GET = do_POST = do_DELETE = _handle

    def _send(self, status, headers, data):
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {**headers, 'Content-Length': len(data)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, format, *values):
        """What was asked is kept in ``calls``"""


def main():
    parser = argparse.ArgumentParser(description="A small Stripe on this machine, for payment links.")
    parser.add_argument('--port', type=int, default=4242)
    parser.add_argument('--key', action='append', help='a key that is known (default: any)')
    parser.add_argument('--webhook', help='address that is told about payments')
    parser.add_argument('--secret', default='whsec_test_secret', help='of the signatures')
    arguments = parser.parse_args()
    with StripeServer(
            arguments.port, arguments.key, webhook=arguments.webhook, secret=arguments.secret) as stripe:
        print(f'serving {stripe.url}', file=sys.stderr, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == '__main__':
    main()
