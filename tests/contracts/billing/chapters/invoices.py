"""Invoices: issued, listed, read, their documents, paid; and why one is not issued"""
from tests.contracts.kit.golden import UNKNOWN
from tests.contracts.kit.wrong import Token, text
from tests.support.invoicing import ITEMS, inside, item, make_template

FULL = {
    'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z', 'notes': 'Thank you — 14 days.',
    'introductionText': 'Backend development sprint, May 2026.', 'customItems': ITEMS}
SELLER = ['street', 'postal_code', 'city']


def play(stage):
    account, other = stage.caller(), stage.caller('DE')
    note = account.note
    note('none yet', 'listInvoices')
    ready = {'customerId': account.customer(), 'invoiceTemplateId': account.template()}
    made = note('every field', 'createInvoice', {**ready, **FULL}).json
    note('what is needed', 'createInvoice', {**ready, 'customItems': [item()]})
    _read(note, made)
    _issued(account, ready)
    _refused(stage, account, other, ready)
    _templates(stage, account, ready)
    _customers(stage)
    _paid(account, ready)
    _drafts(stage, account, made)
    _listed(account, ready)
    _foreign(other, made)
    _small(stage)
    _sellers(stage)


def _read(note, made):
    tag = note('one', 'getInvoice', id=made['id']).headers['ETag']
    note('If-None-Match', 'getInvoice', id=made['id'], headers={'If-None-Match': tag})
    tag = note('one', 'getInvoicePdf', id=made['id']).headers['ETag']
    for label, value in [('the tag', tag), ('another', '"x"'), ('*', '*')]:
        note(f'If-None-Match: {label}', 'getInvoicePdf', id=made['id'], headers={'If-None-Match': value})
    for id in ('getInvoice', 'getInvoicePdf', 'markInvoicePaid'):
        note('unknown', id, id=UNKNOWN)


def _issued(account, ready):
    """What is issued after all"""
    for label, body in {
            'one day to pay': {'issueDate': '2026-05-16', 'dueDate': '2026-05-16'},
            'another month': {'issueDate': '2026-04-01'}, 'another year': {'issueDate': '2025-12-31'},
            'next year': {'issueDate': '2027-01-01'},
            'a moment of the evening': {'issueDate': '2026-05-16T23:30:00Z'},
            'an offset': {'issueDate': '2026-05-17T00:30:00+02:00'}, 'empty texts': {'notes': '',
                'introductionText': ''},
            'nulls': dict.fromkeys(['issueDate', 'dueDate', 'notes', 'introductionText']),
            'nothing to pay': {'customItems': [item(1, 0)]},
            'a discount': {'customItems': [item(1, 100), item(1, -30)]},
            'cents that round': {'customItems': [item(3, 0.335), item(0.3333, 9.99)]},
            'a sort order': {'customItems': [item(description='b'), item(description='a', sortOrder=-1)]},
            'a quantity below nothing': {'customItems': [item(-1, -5)]},
            'markup': {'notes': '#set text(red) <b> $x$',
                'customItems': [item(description='*b* @ref')]}}.items():
        account.note(label, 'createInvoice', {**ready, 'customItems': [item()], **body})
    unit = account.made('/api/units', {'label': 'Sprint', 'eInvoiceCode': 'DAY'})['id']
    account.note('a unit of its own', 'createInvoice', {**ready, 'customItems': [item(customUnitId=unit)]})
    account.note('used by an invoice', 'deleteUnit', id=unit)


def _refused(stage, account, other, ready):
    unit = other.made('/api/units', {'label': 'Theirs'})['id']
    for label, body in {
            'due before issued': {'issueDate': '2026-05-16', 'dueDate': '2026-05-15'},
            'due before today': {'dueDate': '2026-05-17'}, 'eleven years ago': {'issueDate': '2015-01-01'},
            'in two years': {'issueDate': '2028-06-01'}, 'due in ten years': {'dueDate': '2036-05-18'},
            'no items': {'customItems': []}, 'less than nothing': {'customItems': [item(1, 100),
                item(1, -130)]},
            'a line that is too large': {'customItems': [item(10 ** 12, 10 ** 12)]},
            'a total that is too large': {'customItems': [item(1, 10 ** 12), item(1, 1)]},
            '1001 items': {'customItems': [item()] * 1001},
            'unknown customer': {'customerId': UNKNOWN}, 'customer 0': {'customerId': 0},
            'customer -1': {'customerId': -1}, 'customer 2^63': {'customerId': 2 ** 63},
            "another tenant's customer": {'customerId': other.customer()},
            'unknown template': {'invoiceTemplateId': UNKNOWN}, "another tenant's template": {
                'invoiceTemplateId': other.template()},
            'unknown unit': {'customItems': [item(), item(customUnitId=UNKNOWN)]},
            "another tenant's unit": {'customItems': [item(customUnitId=unit)]},
            'unknown customer and template': {'customerId': UNKNOWN, 'invoiceTemplateId': UNKNOWN}}.items():
        account.note(label, 'createInvoice', {**ready, **FULL, **body})
    exact = text({**ready, 'customItems': [{**item(price=0.001), 'quantity': Token('999999999999.9903')}]})
    account.note('a quantity with too many digits', 'createInvoice', exact.encode())
    with inside(stage.pool, account.tenant, False, ['account_journal_period', 'account_period']):
        Period = stage.pool.get('account.period')
        Period.close([p for p in Period.search([]) if str(p.start_date) == '2025-12-01'])
    account.note('closed books', 'createInvoice', {**ready, **FULL, 'issueDate': '2025-12-31',
        'dueDate': None})


def _templates(stage, account, ready):
    """Templates that cannot be billed with, and those with codes and electronic invoices"""
    def bill(label, body=FULL, **values):
        template = account.made('/api/invoice-templates', {'name': label, 'language': 'de', **values})['id']
        answer = account.note(label, 'createInvoice', {**ready, 'invoiceTemplateId': template, **body})
        if answer.status_code == 201:
            account.note(label, 'getInvoicePdf', id=answer.json['id'])
    bill('payment links without a key', paymentQrMode='StripePaymentLink')
    bill('a code to pay with', paymentQrMode='EpcQrCode')
    bill('without tax', applyTax=False)
    bill('tax included', isTaxIncluded=True)
    bill('a reduced rate', taxRate=10)
    bill('a rate nobody has', taxRate=17.5)
    bill('a rate of no tax', taxRate=0)
    for profile in ('Basic', 'EN16931', 'XRechnung'):
        bill(f'profile {profile}', eInvoiceProfile=profile)
    account('PATCH', f"/api/customers/{ready['customerId']}", {'buyerReference': ''})
    for profile in ('EN16931', 'XRechnung'):
        bill(f'profile {profile} without a reference', eInvoiceProfile=profile)
    account('PATCH', f"/api/customers/{ready['customerId']}", {'address': ''})
    bill('XRechnung without address and reference', eInvoiceProfile='XRechnung')
    gone = account.made('/api/invoice-templates', {'name': 'Gone'})['id']
    account('DELETE', f'/api/invoice-templates/{gone}')
    account.note('a template that has gone', 'createInvoice', {**ready, 'invoiceTemplateId': gone, **FULL})
    for feature, values in [
            ('epc_qr', {'payment_qr_mode': 'EpcQrCode'}), ('e_invoice', {'e_invoice_profile': 'EN16931'})]:
        template = make_template(stage.pool, account.tenant, tax_rate=20, **values)
        stage.world.features(account, {feature: False})
        account.note(f'a plan without {feature}', 'createInvoice', {
                **ready, 'invoiceTemplateId': template, **FULL})
        stage.world.features(account, {feature: True})


def _customers(stage):
    """Without tax it counts where the customer is"""
    account = stage.caller()
    template = account.made('/api/invoice-templates', {'name': 'Free', 'applyTax': False})['id']
    for label, values in {
            'here': {'country': 'AT'}, 'nowhere': {}, 'in Switzerland': {'country': 'CH'},
            'in the EU with a VAT id': {'country': 'DE', 'vatId': 'DE123456788'},
            'in the EU without a VAT id': {'country': 'FR'}}.items():
        customer = account.made('/api/customers', {'name': label, **values})['id']
        account.note(f'without tax for a customer {label}', 'createInvoice', {
                'customerId': customer, 'invoiceTemplateId': template, **FULL})
    german = stage.caller('DE')
    for date in ('2020-12-31', '2021-01-01'):
        german.note(f'Germany on {date}', 'createInvoice', {
                'customerId': german.customer(vatId=None), 'invoiceTemplateId': german.template(), **FULL,
                'issueDate': date, 'dueDate': None})


def _paid(account, ready):
    def issued(**body):
        return account.made('/api/invoices', {**ready, **FULL, **body})['id']
    for label, body in {
            'on a day': {'paidDate': '2026-05-20T00:00:00Z'}, 'today': {}, 'today, null': {'paidDate': None},
            'before it was issued': {'paidDate': '2026-05-01'},
            'eleven years ago': {'paidDate': '2015-01-01'},
            'in two years': {'paidDate': '2028-06-01'},
            'in closed books': {'paidDate': '2025-12-31'}}.items():
        id = issued()
        account.note(label, 'markInvoicePaid', body, id=id)
        account.note(f'after {label}', 'getInvoice', id=id)
    account.note('without a body', 'markInvoicePaid', id=issued())
    paid = issued()
    account.note('first', 'markInvoicePaid', {'paidDate': '2026-05-20'}, id=paid)
    account.note('once more on another day', 'markInvoicePaid', {'paidDate': '2026-06-01'}, id=paid)
    account.note('once more', 'markInvoicePaid', {}, id=paid)
    account.note('nothing to pay', 'markInvoicePaid', {}, id=issued(customItems=[item(1, 0)]))


def _drafts(stage, account, made):
    """What the client can leave behind, and what somebody changed behind the archive's back"""
    draft = stage.world.draft(account)
    account.note('a draft', 'getInvoice', id=draft)
    account.note('a draft', 'getInvoicePdf', id=draft)
    account.note('a draft', 'markInvoicePaid', {}, id=draft)
    account.note('with a draft', 'listInvoices', query='?limit=1')
    gutschrift = stage.world.draft(account, self_billed=True)
    for id in ('getInvoice', 'getInvoicePdf', 'markInvoicePaid'):
        account.note('a Gutschrift', id, id=gutschrift)
    stage.world.corrupt(account, made)
    account.note('corrupt', 'getInvoicePdf', id=made['id'])


def _listed(account, ready):
    customer = account.customer(vatId=None, name='Listed')
    for date in ('2024-01-31', '2024-02-01'):
        account.made('/api/invoices', {**ready, **FULL, 'customerId': customer, 'issueDate': date,
            'dueDate': None})
    for query in (
            '?limit=3', '?limit=3&page=2', '?page=1000', '?isPaid=true&limit=3', '?isPaid=false&limit=3',
            '?invoiceNumber=INV-2026-05-0001', '?invoiceNumber=inv-2026-05-0001', '?invoiceNumber=nothing',
            '?issuedFrom=2024-01-01&issuedTo=2024-12-31', '?issuedTo=2024-01-31',
            '?issuedFrom=2024-02-01&issuedTo=2024-02-01',
            '?issuedFrom=2024-02-01T00:00:01Z&issuedTo=2024-12-31',
            '?issuedFrom=2024-12-31&issuedTo=2024-01-01', f'?customerId={UNKNOWN}', '?customerId=0',
            '?customerId=&isPaid=&invoiceNumber=&issuedFrom=&issuedTo=&page=1&limit=1'):
        account.note(query, 'listInvoices', query=query)
    account.note(
        'of one customer', 'listInvoices', query=f'?customerId={customer}',
        shown='/api/invoices?customerId={customerId}')


def _small(stage):
    small = stage.caller('DE', small_business=True)
    small.note('a small business', 'createInvoice', {
            'customerId': small.customer(), 'invoiceTemplateId': small.template(), **FULL})


def _foreign(other, made):
    for id in ('getInvoice', 'getInvoicePdf', 'markInvoicePaid'):
        other.note("another tenant's", id, id=made['id'])
    other.note('none of another tenant', 'listInvoices')


def _sellers(stage):
    """Legal data that a seller lacks"""
    for label, values in [
            *((name, {name: ''}) for name in SELLER), ('vat_id and tax_number',
                {'vat_id': '', 'tax_number': ''}),
            ('vat_id', {'vat_id': ''}), ('iban', {'iban': '', 'bic': ''})]:
        account = stage.caller(**values)
        ready = {'customerId': account.customer(), 'invoiceTemplateId': account.template()}
        account.note(f'a seller without {label}', 'createInvoice', {**ready, **FULL})
        if label == 'iban':
            template = account.made('/api/invoice-templates',
                {'name': 'x', 'paymentQrMode': 'EpcQrCode'})['id']
            account.note('a code without an iban', 'createInvoice', {**ready, 'invoiceTemplateId': template,
                **FULL})
