"""What happened in the two demo tenants of the fixture: a little of everything that a database can hold.

Played over HTTP with keys and logins, on the day of ``moved.NOW``.
"""
import base64
import datetime as dt
import io
import json
from decimal import Decimal

from PIL import Image

from scripts.lib.install import demo
from tests.support.stripe_server import sign

from .caller import ask

WEBHOOK_SECRET = 'whsec_upgrade12345678'
STRIPE_KEY = 'rk_test_upgrade12345678'
RATES = {'DE': (19, 7), 'AT': (20, 10)}
LINES = [
    {'itemKey': 'DEV-01', 'description': 'Software development', 'quantity': 8, 'unit': 'Hour',
        'pricePerUnit': 95},
    {'description': 'Material', 'quantity': 2.5, 'unit': 'Kilogram', 'pricePerUnit': 13.3333}]
CUSTOMERS = {
    'full': {
        'name': 'Voll Ständig GmbH', 'email': 'a@voll.example', 'phone': '+43 1 5550', 'country': 'AT',
        'address': 'Ring 1, 1010 Wien', 'vatId': 'ATU12345675', 'contactPerson': 'Anna Berger',
        'buyerReference': '04011000-12345-03', 'bankName': 'Erste', 'iban': 'AT611904300234573201',
        'bic': 'GIBAATWWXXX'},
    'abroad': {'name': 'Rossi S.r.l.', 'country': 'IT', 'address': 'Via Roma 1, 20121 Milano',
        'vatId': 'IT00743110157'},
    'private': {'name': 'Erika Musterfrau', 'address': 'Weg 2, 8010 Graz'},
    'partner': {'name': 'Vermittlung Huber', 'address': 'Gasse 3, 1020 Wien'}}


def logo():
    buffer = io.BytesIO()
    Image.new('RGB', (60, 20), 'navy').save(buffer, 'PNG')
    return base64.b64encode(buffer.getvalue()).decode()


class History:
    """One tenant's.

    url, port: the server; billing: Billing; member: client of its owner; hook: its webhook; stripe: the
    StripeServer.
    """

    def __init__(self, url, tenant, billing, member, hook, stripe):
        self.url, self.tenant, self.billing, self.member = url, tenant, billing, member
        self.hook, self.stripe = hook, stripe
        self.country = tenant['country']
        self.replays = []

    def play(self):
        """Let all of it happen; return what is needed to go on: {name: id}, and requests under a key"""
        demo._fill(self.url, self.tenant)
        self.customers = {n: self.billing.made('/api/customers', body)['id'] for n, body in CUSTOMERS.items()}
        self.billing.done('PATCH', f"/api/customers/{self.customers['private']}", {'phone': '0316 5550'})
        self._templates()
        self._items()
        self._invoices()
        self._credits()
        self._gutschriften()
        self._projects()
        self._client()
        self._online()
        return {
            'customer': self.customers['full'], 'template': self.templates['default'],
            'partner': self.customers['partner'], 'replays': self.replays}

    def under_a_key(self, path, body):
        """POST under an Idempotency-Key and remember request and answer"""
        key = f'upgrade-{len(self.replays)}'
        answer = self.billing('POST', path, body, Idempotency_Key=key)
        assert answer.status_code < 300, answer.data
        self.replays.append({
                'path': path, 'body': body, 'key': key, 'status': answer.status_code,
                'answer': answer.data.decode()})
        return answer.json if answer.data else None

    def _templates(self):
        standard, reduced = RATES[self.country]
        self.templates = {'default': self.billing.get('/api/invoice-templates').json[0]['id']}
        for name, values in {
                'full': {'eInvoiceProfile': 'EN16931', 'paymentQrMode': 'EpcQrCode', 'logoBase64': logo(),
                    'language': 'de', 'primaryColor': '#123456', 'taxLabel': 'USt',
                    'paymentInstructions': 'Bitte überweisen.', 'mailTitle': 'Rechnung %InvoiceNumber%'},
                'xrechnung': {'eInvoiceProfile': 'XRechnung', 'language': 'de'},
                'reduced': {'taxRate': reduced}, 'free': {'applyTax': False},
                'included': {'isTaxIncluded': True, 'taxRate': standard},
                'online': {'paymentQrMode': 'StripePaymentLink'}, 'gone': {'language': 'de'}}.items():
            self.templates[name] = self.billing.made('/api/invoice-templates', {'name': name, **values})['id']

    def _items(self):
        unit = self.billing.made('/api/units', {'label': 'Palette', 'eInvoiceCode': 'KGM'})['id']
        self.unit = unit
        item = self.under_a_key('/api/items', {
                'itemKey': 'PAL', 'description': 'Palette', 'defaultPrice': 12.5, 'customUnitId': unit})
        self.billing.done('PATCH', f"/api/items/{item['id']}", {'defaultPrice': 13.75})
        gone = self.billing.made('/api/units', {'label': 'Gone'})['id']
        self.billing.done('DELETE', f'/api/units/{gone}')

    def bill(self, template='default', customer='full', lines=LINES, date='2026-05-16', **values):
        return self.under_a_key('/api/invoices', {
                'customerId': self.customers[customer], 'invoiceTemplateId': self.templates[template],
                'issueDate': date, 'customItems': lines, **values})

    def paid(self, invoice, date, kind='invoices'):
        self.under_a_key(f"/api/{kind}/{invoice['id']}/mark-paid", {'paidDate': date})

    def _invoices(self):
        self.bill(date='2025-12-30')
        self.bill('full', notes='Danke — 14 Tage.', introductionText='Sprint im Mai.')
        self.bill('xrechnung', date='2026-04-30')
        self.bill('reduced', 'private')
        self.bill('free', 'abroad')
        self.bill('included', 'private', lines=[{**LINES[0], 'customUnitId': self.unit}])
        self.bill(lines=[{**LINES[0], 'pricePerUnit': 0}])
        self.bill('gone', lines=[LINES[0], {**LINES[1], 'pricePerUnit': -3}])
        self.billing.done('DELETE', f"/api/invoice-templates/{self.templates['gone']}")
        self.paid(self.bill(), '2026-05-18')

    def _credits(self):
        """One invoice taken back as a whole, one in a draft, one that was paid before"""
        for date, refund in [('2026-05-01', True), ('2026-05-02', False), ('2026-05-03', False)]:
            invoice = self.bill(date=date)
            if date == '2026-05-03':
                self.paid(invoice, '2026-05-10')
            _, data = self.member.wizard(
                'account.invoice.credit', 'account.invoice', [invoice['id']],
                {'start': {'with_refund': refund, 'invoice_date': dt.date(2026, 5, 16)}}, 'credit')[
                    'actions'][0]
            if date == '2026-05-03':
                self.member.call('account.invoice.post', data['res_id'])

    def _gutschriften(self):
        def issue(**values):
            return self.under_a_key('/api/gutschriften', {
                    'customerId': self.customers['partner'], 'invoiceTemplateId': self.templates['default'],
                    'issueDate': '2026-05-16', 'items': LINES, **values})
        issue()
        self.paid(issue(), '2026-05-18', 'gutschriften')
        for reason, paid in [('Es waren nur 12 Stunden.', False), ('Zu spät.', True)]:
            made = issue(issueDate='2026-05-10')
            if paid:
                self.paid(made, '2026-05-12', 'gutschriften')
            self.member.wizard(
                'account.invoice.object', 'account.invoice', [made['id']],
                {'start': {'date': dt.date(2026, 5, 18), 'reason': reason}}, 'record')

    def _projects(self):
        """One in each state; the last one has all papers and is finished"""
        steps = ['offer', 'accept', 'delivery-note', 'invoices', 'finish']
        for count in range(len(steps) + 1):
            project = self.billing.made('/api/paushal-projects', {
                    'customerId': self.customers['full'], 'name': f'Project {count}', 'totalPrice': 1000.5,
                    'description': 'Relaunch', 'hideItemPrices': count % 2 == 0,
                    'pricingStrategy': ['ProjectPrice', 'ItemPrice', 'Combined'][count % 3],
                    'items': [
                        {'description': 'Concept', 'price': 2400, 'customUnitId': self.unit},
                        {'description': 'Code', 'quantity': 2.5, 'unit': 'Hour', 'price': 100}]})['id']
            for step in steps[:count]:
                if step in {'accept', 'finish'}:
                    self.member.call(f'flat_rate.project.{step}', [project])
                else:
                    self.under_a_key(f'/api/paushal-projects/{project}/{step}', {
                            'invoiceTemplateId': self.templates['default']})

    # What only the client can do

    def _one(self, model, *domain):
        id, = self.member.call(f'{model}.search', list(domain), 0, 1, [('id', 'ASC')])
        return id

    def _client(self):
        """A draft, a supplier's invoice that is posted, a move by hand, an agreement, a second login"""
        self._draft('out', 'receivable', 'revenue')
        supplier = self._draft('in', 'payable', 'expense', reference='R-1', invoice_date=dt.date(2026, 5, 4))
        self.member.call('account.invoice.post', [supplier])
        self.member.call('party.self_billing_agreement.create', [{
                    'party': self.customers['partner'], 'start_date': dt.date(2026, 1, 1),
                    'document': b'%PDF-1.7', 'document_name': 'a.pdf'}])
        first, second = self.member.call('account.account.search', [
                ('type', '!=', None), ('closed', '=', False), ('party_required', '=', False)], 0, 2,
            [('id', 'ASC')])
        move, = self.member.call('account.move.create', [{
                    'period': self._one(
                        'account.period', ('start_date', '=', dt.date(2026, 5, 1)),
                        ('type', '=', 'standard')),
                    'journal': self._one('account.journal', ('type', '=', 'general')),
                    'date': dt.date(2026, 5, 5), 'lines': [('create', [
                                {'account': first, 'debit': Decimal('119.00'), 'credit': Decimal(0)},
                                {'account': second, 'debit': Decimal(0), 'credit': Decimal('119.00')}])]}])
        self.member.call('account.move.post', [move])

    def _draft(self, type, side, result, **values):
        party = self.customers['full']
        id, = self.member.call('account.invoice.create', [{
                    'type': type, 'party': party, **values,
                    'invoice_address': self._one('party.address', ('party', '=', party)),
                    'account': self._one(
                        'account.account', (f'type.{side}', '=', True), ('closed', '=', False)),
                    'journal': self._one('account.journal', ('type', '=', result)),
                    'currency': self._one('currency.currency', ('code', '=', 'EUR')),
                    'lines': [('create', [{
                                    'type': 'line', 'description': 'By hand', 'quantity': 1.5,
                                    'unit_price': Decimal('33.33'),
                                    'currency': self._one('currency.currency', ('code', '=', 'EUR')),
                                    'account': self._one(
                                        'account.account', (f'type.{result}', '=', True),
                                        ('closed', '=', False))}])]}])
        return id

    # Online payment

    def _online(self):
        """One link that nobody used, one paid, one paid in part, one paid by direct debit that is pending"""
        self.bill('online')
        for amount, method in [(None, 'card'), (5000, 'card'), (None, 'sepa_debit')]:
            invoice = self.bill('online')
            events = self.stripe.pay(invoice['stripePaymentLinkId'], amount=amount, method=method)
            for event in events[:1] if method == 'sepa_debit' else events:
                self._report(event)
        self._report(self.stripe.event('customer.created', {'id': 'cus_1', 'object': 'customer'}))

    def _report(self, event):
        data = json.dumps(event).encode()
        answer = ask(self.billing.port, 'POST', self.hook, data, {
                'Content-Type': 'application/json', 'Stripe-Signature': sign(data, WEBHOOK_SECRET)})
        assert answer.status_code == 200, answer.data


