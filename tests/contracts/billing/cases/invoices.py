"""Invoices"""
from tests.contracts.kit.table import ID, SHA512, STAMP, UNKNOWN, Case, Like
from tests.support.invoicing import ITEMS, Biller, item

from .customers import ACME, MAX

FULL = {
    'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z',
    'notes': 'Thank you for your business — payment within 14 days.',
    'introductionText': 'Backend development sprint, May 2026.', 'customItems': ITEMS}
SHORT = {
    'customItems': [{
            'itemKey': 'DEV-01', 'description': 'Backend development', 'quantity': 8, 'unit': 'Hour',
            'pricePerUnit': 95}]}
PAID = '2026-05-20T00:00:00Z'
ROW = (
    'id', 'invoiceNumber', 'customerId', 'issueDate', 'dueDate', 'totalWithTax', 'isPaid', 'isFinalized',
    'pdfUrl')


def ready(api):
    """What an invoice needs: a customer and a template"""
    biller = Biller(api, {'name': 'Acme GmbH', 'country': 'AT'})
    return {'customerId': biller.customer, 'invoiceTemplateId': biller.template}


def issued(api, **others):
    return api.made('/api/invoices', {**ready(api), **FULL, **others})


def paid(api):
    invoice = issued(api)
    return api.post(f"/api/invoices/{invoice['id']}/mark-paid", {'paidDate': PAID}).json


def body(**others):
    return lambda given: {**given, **FULL, **others}


def shown(**others):
    """What the documented example answers; the template asks for no payment link"""
    return lambda given: {
        'id': ID, 'invoiceNumber': Like(r'INV-2026-05-\d{4}'), 'customerId': ID,
        'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z', 'totalAmount': 980,
        'totalWithTax': 1176, 'taxRate': 20, 'isPaid': False, 'paidDate': None, 'isFinalized': True,
        'finalizedAt': STAMP, 'pdfUrl': Like(r'/api/invoices/\d+/pdf'), 'stripePaymentLinkUrl': None,
        'stripePaymentLinkId': None, 'archivedPdfHash': SHA512, **others}


def three(api):
    """The three invoices of the example; two of them are paid"""
    acme, max_ = (api.made('/api/customers', body)['id'] for body in (ACME, MAX))
    template = api.get('/api/invoice-templates').json[0]['id']
    made = [
        api.made('/api/invoices', {
                'customerId': customer, 'invoiceTemplateId': template, 'issueDate': date,
                'customItems': [item(1, net)]})
        for customer, date, net in [
            (acme, '2026-05-03', 1190), (acme, '2026-05-16', 760), (max_, '2026-05-18', 300)]]
    for invoice in made[:2]:
        api.post(f"/api/invoices/{invoice['id']}/mark-paid", {})
    return [{**invoice, 'isPaid': invoice in made[:2]} for invoice in made]


def listed(*which):
    return lambda given: {
        'items': [{name: given[n][name] for name in ROW} for n in which], 'page': 1, 'limit': 50,
        'total': len(which)}


def the_example(given):
    """Figures and numbers of the example, whose draft can only come from the client"""
    rows = listed(2, 1, 0)(given)
    assert [(r['invoiceNumber'], r['totalWithTax'], r['isPaid']) for r in rows['items']] == [
        ('INV-2026-05-0003', 360, False), ('INV-2026-05-0002', 912, True), ('INV-2026-05-0001', 1428, True)]
    return rows


def draft(api):
    return {'id': api.world.draft(api)}


def corrupt(api):
    """An invoice whose archived bytes somebody has changed behind the archive's back"""
    invoice = issued(api)
    api.world.corrupt(api, invoice)
    return invoice


def stripe(api):
    template = api.made('/api/invoice-templates', {
            'name': 'Stripe', 'paymentQrMode': 'StripePaymentLink'})
    return {**ready(api), 'invoiceTemplateId': template['id']}


def xrechnung(api):
    """A buyer without the reference that XRechnung asks for (BT-10, rule BR-DE-15)"""
    template = api.made('/api/invoice-templates', {'name': 'X', 'eInvoiceProfile': 'XRechnung'})
    return {**ready(api), 'invoiceTemplateId': template['id']}


CASES = [
    Case('listInvoices', 200, own=True, given=three, answer=the_example,
        query='?customerId=&isPaid=&invoiceNumber=&issuedFrom=&issuedTo=&page=1&limit=50'),
    Case('listInvoices', 200, own=True, given=three, query='?isPaid=true&issuedFrom=2026-01-01',
        answer=listed(1, 0)),
    Case('listInvoices', 200, own=True, given=three, query='?invoiceNumber=INV-2026-05-0002',
        answer=listed(1)),
    Case('listInvoices', 400, 'invalid_argument', query='?isPaid=maybe', message='isPaid'),
    Case('listInvoices', 400, 'invalid_argument', query='?issuedFrom=May', message='issuedFrom'),
    Case('createInvoice', 201, given=ready, body=body(), answer=shown()),
    Case('createInvoice', 201, given=ready, body=lambda given: {**given, **SHORT},
        answer=shown(
            invoiceNumber=Like(r'INV-\d{4}-\d\d-\d{4}'), issueDate=STAMP, dueDate=STAMP,
            totalAmount=760, totalWithTax=912)),
    Case('createInvoice', 400, 'invalid_argument', given=ready, body=body(customItems=[]),
        message='customItems'),
    Case('createInvoice', 400, 'invalid_argument', given=ready, body=body(dueDate='2026-05-15'),
        message='dueDate'),
    Case('createInvoice', 400, 'invalid_state', own={'street': ''}, given=ready, body=body(),
        message='seller.street'),
    Case('createInvoice', 400, 'e_invoice_invalid', given=xrechnung, body=body(), message='BR-DE-15'),
    Case('createInvoice', 404, 'not_found', given=ready, body=body(customerId=UNKNOWN),
        message='customerId'),
    Case('createInvoice', 404, 'not_found', given=ready, body=body(invoiceTemplateId=UNKNOWN),
        message='invoiceTemplateId'),
    Case('createInvoice', 422, 'stripe_key_invalid', given=stripe, body=body()),
    Case('getInvoice', 200, given=issued, answer=lambda given: given),
    Case('getInvoice', 200, given=issued, answer=shown()),
    Case('getInvoice', 404, 'not_found', id=UNKNOWN),
    Case('getInvoicePdf', 200, given=issued, headers={'Content-Type': 'application/pdf'}),
    Case('getInvoicePdf', 400, 'not_finalized', own=True, given=draft),
    Case('getInvoicePdf', 404, 'not_found', id=UNKNOWN),
    Case('getInvoicePdf', 500, 'archive_corrupt', own=True, given=corrupt),
    Case('markInvoicePaid', 200, given=issued, body={'paidDate': PAID},
        answer=lambda given: {**given, 'isPaid': True, 'paidDate': PAID}),
    Case('markInvoicePaid', 200, given=issued, answer=lambda given: {
            **given, 'isPaid': True, 'paidDate': STAMP}),
    Case('markInvoicePaid', 200, given=paid, body={'paidDate': '2026-06-01'},
        answer=lambda given: given),
    Case('markInvoicePaid', 400, 'invalid_argument', given=issued, body={'paidDate': '2001-01-01'},
        message='paidDate'),
    Case('markInvoicePaid', 400, 'invalid_state', own=True, given=draft),
    Case('markInvoicePaid', 404, 'not_found', id=UNKNOWN),
    ]
