"""The operations measured by HTTP, as a table: the requests of each, for one tenant."""
import io
import itertools
import os
from dataclasses import dataclass, field

from . import bodies, client


@dataclass
class Tenant:
    """A tenant as a client: its key, ids for requests, one connection of its own"""
    host: str
    port: int
    secret: str
    company: int
    customer: int = 0
    templates: dict = field(default_factory=dict)
    invoices: list = field(default_factory=list)

    @classmethod
    def of(cls, serve, tenant):
        """Return the client of a tenant of demo.json"""
        self = cls('127.0.0.1', serve.port, tenant['credentials']['billing'], tenant['company'])
        caller = self.caller()
        self.customer = caller.json('GET', '/api/customers?limit=1')['items'][0]['id']
        self.templates['None'] = caller.json('GET', '/api/invoice-templates')[0]['id']
        caller.close()
        return self

    def caller(self):
        return client.Caller(self.host, self.port, self.secret)

    def prepare(self):
        """Create a template with an e-invoice, and find invoices to read"""
        caller = self.caller()
        self.templates['EN16931'] = caller.json('POST', '/api/invoice-templates', {
            'name': 'With e-invoice', 'language': 'de', 'eInvoiceProfile': 'EN16931'}, 201)['id']
        self.invoices = [row['id'] for row in caller.json('GET', '/api/invoices?limit=50')['items']]
        caller.close()


def fixed(method, path, body=None, status=200):
    """An operation with always the same request"""
    def make(tenant):
        caller = tenant.caller()
        request = caller.request(method, path, body(tenant) if body else None)
        return lambda: caller.call(request, status)
    return make


def _of_an_invoice(suffix=''):
    """An operation on one of the tenant's invoices, another one each time"""
    def make(tenant):
        caller = tenant.caller()
        requests = itertools.cycle([
            caller.request('GET', f'/api/invoices/{id}{suffix}') for id in tenant.invoices])
        return lambda: caller.call(next(requests))
    return make


def _issue(profile, lines):
    return fixed(
        'POST', '/api/invoices', lambda t: bodies.invoice(t.customer, t.templates[profile], lines), 201)


def _customer(tenant):
    caller, numbers = tenant.caller(), itertools.count()
    run = os.urandom(3).hex()
    return lambda: caller.call(
        caller.request('POST', '/api/customers', bodies.customer(f'{run}{next(numbers)}')), 201)


@dataclass(frozen=True)
class Operation:
    """make: function(Tenant) → function that executes it once; sizes: measured at each size of tenant"""
    key: str
    title: str
    make: object
    least: int = 3
    sizes: bool = False


OPERATIONS = (
    Operation('no_op', 'GET /api/units/codes (nothing to do)', fixed('GET', '/api/units/codes'), 20),
    Operation('list', 'list 50', fixed('GET', '/api/invoices?limit=50'), 5, sizes=True),
    Operation('read', 'read one', _of_an_invoice(), 10, sizes=True),
    Operation('pdf', 'download its PDF', _of_an_invoice('/pdf'), 10),
    Operation('customer', 'create a customer', _customer, 5),
    Operation('issue_2', 'issue, 2 lines', _issue('None', 2), 5),
    Operation('issue_20', 'issue, 20 lines', _issue('None', 20)),
    Operation('issue_400', 'issue, 400 lines', _issue('None', 400), 2),
    Operation('einvoice_2', 'issue EN16931, 2 lines', _issue('EN16931', 2), 5),
    Operation('einvoice_20', 'issue EN16931, 20 lines', _issue('EN16931', 20)),
    Operation('einvoice_400', 'issue EN16931, 400 lines', _issue('EN16931', 400), 2),
    )
CROWDS = ('no_op', 'list', 'read', 'issue_2', 'einvoice_2')
"""Operations that are also measured with four clients, each of another tenant"""


def has_e_invoice(tenant):
    """Return '' if the PDF of an invoice with the profile EN16931 has its XML, else the reason"""
    import pikepdf
    caller = tenant.caller()
    try:
        made = caller.json('POST', '/api/invoices', bodies.invoice(
            tenant.customer, tenant.templates['EN16931']), 201)
    except client.Refused as error:
        return str(error)
    data = caller.call(caller.request('GET', f'/api/invoices/{made["id"]}/pdf'))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return '' if 'factur-x.xml' in pdf.attachments else 'the PDF carries no factur-x.xml'
