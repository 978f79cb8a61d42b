"""Invoices of the billing contract: bodies to send, and what stands in the books and on the page afterwards
"""
import contextlib
import datetime as dt
import hashlib
import io
from decimal import Decimal

import pypdf

ITEMS = [
    {
        'itemKey': 'DEV-01', 'description': 'Backend development — API hardening', 'quantity': 8.0,
        'unit': 'Hour', 'pricePerUnit': 95.0, 'sortOrder': 1},
    {
        'itemKey': 'OPS-02', 'description': 'Deployment & monitoring setup', 'quantity': 2.0,
        'unit': 'Hour', 'pricePerUnit': 110.0, 'sortOrder': 2},
    ]
"""The document's own example: 980.00 net"""
ACME = {
    'name': 'Acme GmbH', 'address': 'Musterstraße 1, 1010 Wien', 'country': 'AT',
    'vatId': 'ATU12345678', 'contactPerson': 'Anna Berger', 'buyerReference': 'PO-2026-1042'}


def item(quantity=1, price=100, **others):
    return {
        'description': 'Work', 'quantity': quantity, 'unit': 'Hour', 'pricePerUnit': price, **others}


def default_template(api):
    return api.get('/api/invoice-templates').json[0]['id']


class Biller:
    """A tenant with a customer and its default template, who bills"""

    def __init__(self, api, customer=ACME):
        self.api = api
        self.customer = api.made('/api/customers', customer)['id']
        self.template = default_template(api)

    def body(self, *items, **others):
        return {
            'customerId': self.customer, 'invoiceTemplateId': self.template,
            'customItems': list(items or ITEMS), **others}

    def post(self, *items, headers=None, **others):
        return self.api.post('/api/invoices', self.body(*items, **others), **(headers or {}))

    def bill(self, *items, **others):
        """Issue an invoice and return it"""
        answer = self.post(*items, **others)
        assert answer.status_code == 201, answer.text
        return answer.json

    def pdf(self, invoice):
        answer = self.api.get(f"/api/invoices/{invoice['id']}/pdf")
        assert answer.status_code == 200, answer.text
        assert hashlib.sha512(answer.data).hexdigest() == invoice['archivedPdfHash']
        return answer.data

    def text(self, invoice):
        """Return the text of the document, blanks made one"""
        reader = pypdf.PdfReader(io.BytesIO(self.pdf(invoice)))
        return ' '.join(' '.join(page.extract_text() for page in reader.pages).split())


@contextlib.contextmanager
def inside(pool, tenant, check_access=True, locks=()):
    """A transaction of a tenant's member, committed at its end; ``locks``: tables beside those of issuing"""
    from trytond.modules.document_issue.locks import LOCKS
    from trytond.modules.tenant.scope import tenant_scope
    from trytond.transaction import Transaction
    company = tenant['company']
    with tenant_scope(company), Transaction().start(
            pool.database_name, tenant['login']['id'],
            context={'company': company, '_check_access': check_access, '_skip_warnings': True},
            _lock_tables=[*LOCKS, *locks]) as transaction:
        yield transaction


def posted(pool, tenant, invoice):
    """Return [(account, debit, credit)] of the posted move of an invoice, by account"""
    with inside(pool, tenant, check_access=False):
        move = pool.get('account.invoice')(invoice['id']).move
        assert move.state == 'posted' and move.number
        return sorted((line.account.code, line.debit, line.credit) for line in move.lines)


def make_template(pool, tenant, **values):
    """Create a template as a member would at the client; return its id"""
    with inside(pool, tenant, locks=['invoice_template']):
        template, = pool.get('invoice.template').create([{'name': 'Extra', 'language': 'de', **values}])
        return template.id


def client_draft(member, biller, quantity=1.5, price='33.33', **values):
    """Make a draft as a person at the client does; return its id"""
    party = biller.customer
    address, = member.call('party.address.search', [('party', '=', party)], 0, None, None)
    receivable, revenue = (
        member.call('account.account.search', [('code', '=', code)], 0, None, None)[0]
        for code in ('2000', '4000'))
    journal, = member.call('account.journal.search', [('type', '=', 'revenue')], 0, 1, None)
    uom, = member.call('product.uom.search', [('unece_code', '=', 'HUR')], 0, None, None)
    currency, = member.call('currency.currency.search', [('code', '=', 'EUR')], 0, None, None)
    id, = member.call('account.invoice.create', [{
                'type': 'out', 'party': party, 'invoice_address': address, 'account': receivable,
                'journal': journal, 'currency': currency, **values, 'lines': [('create', [{
                                'type': 'line', 'description': 'By hand', 'quantity': quantity,
                                'unit': uom, 'unit_price': Decimal(price), 'account': revenue,
                                'currency': currency}])]}])
    return id


def supplier_draft(pool, party):
    """Store a supplier's invoice over 10.00 in the running transaction; ``party``: id. Chart: SKR04 or EKR"""
    Account, Invoice = pool.get('account.account'), pool.get('account.invoice')
    payable, = Account.search([('code', '=', '3300')])
    expense, = Account.search([('type.expense', '=', True)], limit=1)
    journal, = pool.get('account.journal').search([('type', '=', 'expense')], limit=1)
    party = pool.get('party.party')(party)
    invoice, = Invoice.create([{
                'type': 'in', 'party': party.id, 'invoice_address': party.addresses[0].id,
                'account': payable.id, 'journal': journal.id, 'invoice_date': dt.date(2026, 5, 16),
                'reference': 'R-1', 'lines': [('create', [{
                                'type': 'line', 'description': 'Paper', 'quantity': 1,
                                'unit_price': Decimal('10.00'), 'account': expense.id}])]}])
    return invoice
