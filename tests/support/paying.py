"""Tenants who bill with payment links, and a Stripe of this machine that they have accounts at.

``stripe`` is the server, ``shop`` a tenant with a key, a webhook and a template with payment links;
``new_shop()`` makes more of them.
"""
import json
import secrets

import pytest
from werkzeug.test import Client

from tests.support.stripe_server import StripeServer, sign
from tests.support.billing import Api
from tests.support.invoicing import Biller, inside, make_template

ACCOUNT = 'trytond.modules.account_invoice_payment_link.account'
PATIENCE = 0.6
"""Seconds that calls of Stripe may take here"""


class Shop(Biller):
    """A tenant who has its invoices paid online; its default template has payment links, ``plain`` none"""

    def __init__(self, billing, operator, database, pool, country='AT'):
        super().__init__(Api(billing, operator.tenant(country)))
        self.billing, self.operator, self.pool = billing, operator, pool
        self.tenant = self.api.tenant
        self.company = self.tenant['company']
        self.key = f'rk_test_{secrets.token_hex(16)}'
        self.secret = f'whsec_{secrets.token_hex(16)}'
        self.hook = operator.call(
            f'{ACCOUNT}.configure', self.company, database, self.key, self.secret)['webhook']
        self.plain = self.template
        self.template = make_template(
            pool, self.tenant, name="Online", payment_qr_mode='StripePaymentLink', language='en',
            tax_rate=20 if country == 'AT' else 19)

    def send(self, event, secret=None, header=None, hook=None):
        """Report an event as Stripe does; returns the response"""
        data = event if isinstance(event, bytes) else json.dumps(event, indent=2).encode()
        header = sign(data, secret or self.secret) if header is None else header
        return Client(self.billing).post(
            hook or self.hook, data=data, headers={'Stripe-Signature': header},
            content_type='application/json; charset=utf-8')

    def report(self, *events):
        """Report events, each of which is taken in"""
        for event in events:
            answer = self.send(event)
            assert (answer.status_code, answer.json) == (200, {'received': True}), answer.text

    def shown(self, invoice):
        return self.api.get(f"/api/invoices/{invoice['id']}").json

    def payments(self):
        """Return [(amount, currency, state, problem, posted?)] of all payments, oldest first"""
        with inside(self.pool, self.tenant, check_access=False):
            found = self.pool.get('account.invoice.payment_link.payment').search([], order=[('id', 'ASC')])
            return [
                (p.amount, p.currency, p.state, p.problem, p.move is not None) for p in found]


@pytest.fixture(scope='session')
def stripe_server():
    with StripeServer() as server:
        yield server


@pytest.fixture
def stripe(stripe_server, monkeypatch):
    from trytond.modules.account_invoice_payment_link import provider
    stripe_server.reset()
    monkeypatch.setenv('KONTOR_STRIPE_URL', stripe_server.url)
    monkeypatch.setattr(provider, 'TIMEOUT', PATIENCE)
    yield stripe_server
    stripe_server.reset()


@pytest.fixture
def new_shop(billing, operator, database, pool, stripe):
    def new_shop(country='AT'):
        return Shop(billing, operator, database, pool, country)
    return new_shop


@pytest.fixture
def shop(new_shop):
    return new_shop()


@pytest.fixture(scope='session')
def sweeper(database, postgres, stripe_server):
    from tests.support.sweep import Sweeper
    sweeper = Sweeper(database, postgres.configuration('worker'), stripe_server.url)
    yield sweeper
    sweeper.close()


@pytest.fixture
def sweep(superuser, sweeper):
    """Let minutes pass and run the sweeper as the background process does"""
    from tests.support.sealed import unsealed

    def sweep(minutes=11):
        tables = [
            ('account_invoice_payment_link_attempt', 'touched'),
            ('account_invoice_payment_link_attempt', 'created'),
            ('account_invoice_payment_link', 'tried'), ('account_invoice_payment_link_event', 'received')]
        with unsealed(superuser):
            for table, column in tables:
                superuser.execute(
                    f"UPDATE {table} SET {column} = {column} - %s * interval '1 minute'", (minutes,))
        output = sweeper.sweep()
        assert not output, output
    return sweep
