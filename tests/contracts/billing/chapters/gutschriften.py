"""Gutschriften: issued, their documents, paid; and why one is not issued"""
from tests.contracts.kit.golden import UNKNOWN
from tests.support.invoicing import item

FULL = {
    'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z',
    'introductionText': 'Affiliate-Provisionen Mai 2026', 'notes': 'Danke.',
    'items': [
        {'itemKey': 'AFF-01', 'description': 'Vermittlung', 'quantity': 14.0, 'unit': 'Piece',
            'pricePerUnit': 45.0,
            'sortOrder': 1},
        {'description': 'Bonus', 'quantity': 1.0, 'unit': 'Piece', 'pricePerUnit': 150.0}]}
PATHS = ('getGutschriftPdf', 'markGutschriftPaid')


def play(stage):
    account, other = stage.caller(), stage.caller('DE')
    note = account.note
    ready = {
        'customerId': account.made('/api/customers', {'name': 'Vermittlung Huber', 'country': 'AT'})['id'],
        'invoiceTemplateId': account.template()}
    made = note('every field', 'createGutschrift', {**ready, **FULL}).json
    note('what is needed', 'createGutschrift', {**ready, 'items': [item()]})
    unit = other.made('/api/units', {'label': 'Theirs'})['id']
    for label, body in {
            'another month': {'issueDate': '2026-04-01'}, 'nothing to pay': {'items': [item(1, 0)]},
            'a discount': {'items': [item(1, 10), item(1, -5)]},
            'no items': {'items': []}, 'the items of an invoice': {'customItems': FULL['items']},
            'due before issued': {'dueDate': '2026-05-15'},
            'less than nothing': {'items': [item(1, 10), item(1, -20)]},
            'eleven years ago': {'issueDate': '2015-01-01'}, 'in two years': {'issueDate': '2028-06-01',
                'dueDate': None},
            'a line that is too large': {'items': [item(10 ** 12, 10 ** 12)]},
            'unknown customer': {'customerId': UNKNOWN},
            "another tenant's customer": {'customerId': other.customer()},
            'unknown template': {'invoiceTemplateId': UNKNOWN}, "another tenant's template": {
                'invoiceTemplateId': other.template()},
            'unknown unit': {'items': [item(), item(customUnitId=UNKNOWN)]},
            "another tenant's unit": {'items': [item(customUnitId=unit)]}}.items():
        note(label, 'createGutschrift', {**ready, **FULL, **body})
    for profile in ('Basic', 'EN16931', 'XRechnung'):
        template = account.made('/api/invoice-templates', {'name': profile, 'eInvoiceProfile': profile})['id']
        note(f'profile {profile}, a partner without numbers', 'createGutschrift', {
                **ready, 'invoiceTemplateId': template, **FULL})
        note(f'profile {profile}', 'createGutschrift', {
                'customerId': account.customer(vatId=None), 'invoiceTemplateId': template, **FULL})
    partner = account.customer(vatId='ATU12345675', name='Partner')
    note('a partner with a VAT id', 'createGutschrift', {**ready, **FULL, 'customerId': partner})
    homeless = stage.caller(street='')
    homeless.note('an issuer without street', 'createGutschrift', {
            'customerId': homeless.customer(), 'invoiceTemplateId': homeless.template(), **FULL})
    tag = note('one', 'getGutschriftPdf', id=made['id']).headers['ETag']
    note('If-None-Match', 'getGutschriftPdf', id=made['id'], headers={'If-None-Match': tag})
    for label, body in {
            'eleven years ago': {'paidDate': '2015-01-01'}, 'on a day': {'paidDate': '2026-05-20T00:00:00Z'},
            'once more on another day': {'paidDate': '2026-06-01'}}.items():
        note(label, 'markGutschriftPaid', body, id=made['id'])
    today = account.made('/api/gutschriften', {**ready, **FULL})['id']
    note('today, without a body', 'markGutschriftPaid', id=today)
    note('as an invoice', 'getInvoice', id=made['id'])
    note('not among the invoices', 'listInvoices')
    for id in PATHS:
        note('unknown', id, id=UNKNOWN)
        other.note("another tenant's", id, id=made['id'])
    draft = stage.world.draft(account, self_billed=True)
    for id in PATHS:
        note('a draft', id, id=draft)
    invoice = account.made('/api/invoices', {**ready, 'customItems': [item()]})['id']
    for id in PATHS:
        note('an invoice', id, id=invoice)
    stage.world.corrupt(account, made)
    note('corrupt', 'getGutschriftPdf', id=made['id'])
