"""Gutschriften.

The example answers `totalAmount: 0` beside 936.00 with tax: its lines give 780.00, which is what counts.
"""
from tests.contracts.kit.table import ID, SHA512, STAMP, UNKNOWN, Case, Like
from tests.support.invoicing import default_template

FULL = {
    'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z',
    'introductionText': 'Abrechnung Affiliate-Provisionen Mai 2026',
    'items': [
        {
            'itemKey': 'AFF-01', 'description': 'Vermittlungsprovision Q2 — 14 Abschlüsse', 'quantity': 14.0,
            'unit': 'Piece', 'pricePerUnit': 45.0, 'sortOrder': 1},
        {
            'itemKey': 'AFF-02', 'description': 'Performance-Bonus Mai', 'quantity': 1.0, 'unit': 'Piece',
            'pricePerUnit': 150.0, 'sortOrder': 2}]}
PAID = '2026-05-20T00:00:00Z'


def ready(api):
    """What a Gutschrift needs: a partner without a VAT id, as in the example, and a template"""
    partner = api.made('/api/customers', {'name': 'Vermittlung Huber', 'country': 'AT'})['id']
    return {'customerId': partner, 'invoiceTemplateId': default_template(api)}


def issued(api):
    return api.made('/api/gutschriften', {**ready(api), **FULL})


def paid(api):
    made = issued(api)
    return api.post(f"/api/gutschriften/{made['id']}/mark-paid", {'paidDate': PAID}).json


def body(**others):
    return lambda given: {**given, **FULL, **others}


def shown(**others):
    return lambda given: {
        'id': ID, 'gutschriftNumber': Like(r'GUT-2026-05-\d{4}'), 'customerId': ID,
        'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z', 'totalAmount': 780,
        'totalWithTax': 936, 'taxRate': 20, 'isPaid': False, 'paidDate': None, 'isFinalized': True,
        'finalizedAt': STAMP, 'pdfUrl': Like(r'/api/gutschriften/\d+/pdf'), 'archivedPdfHash': SHA512,
        **others}


def with_profile(api):
    template = api.made('/api/invoice-templates', {'name': 'E', 'eInvoiceProfile': 'EN16931'})
    return {**ready(api), 'invoiceTemplateId': template['id']}


def draft(api):
    return {'id': api.world.draft(api, self_billed=True)}


def corrupt(api):
    made = issued(api)
    api.world.corrupt(api, made)
    return made


CASES = [
    Case('createGutschrift', 201, given=ready, body=body(), answer=shown()),
    Case('createGutschrift', 201, given=ready,
        body=lambda given: {**given, 'items': [
                {'description': 'Provision', 'quantity': 1, 'unit': 'Piece', 'pricePerUnit': 100}]},
        answer=shown(
            gutschriftNumber=Like(r'GUT-\d{4}-\d\d-\d{4}'), issueDate=STAMP, dueDate=STAMP,
            totalAmount=100, totalWithTax=120)),
    Case('createGutschrift', 400, 'invalid_argument', given=ready, body=body(items=[]), message='items'),
    Case('createGutschrift', 400, 'invalid_argument', given=ready, body=body(dueDate='2026-05-15'),
        message='dueDate'),
    Case('createGutschrift', 400, 'invalid_state', own={'street': ''}, given=ready, body=body(),
        message='seller.street'),
    Case('createGutschrift', 400, 'e_invoice_invalid', given=with_profile, body=body(), message='BR-CO-26'),
    Case('createGutschrift', 404, 'not_found', given=ready, body=body(customerId=UNKNOWN),
        message='customerId'),
    Case('createGutschrift', 404, 'not_found', given=ready, body=body(invoiceTemplateId=UNKNOWN),
        message='invoiceTemplateId'),
    Case('getGutschriftPdf', 200, given=issued, headers={'Content-Type': 'application/pdf'}),
    Case('getGutschriftPdf', 400, 'not_finalized', own=True, given=draft),
    Case('getGutschriftPdf', 404, 'not_found', id=UNKNOWN),
    Case('getGutschriftPdf', 500, 'archive_corrupt', own=True, given=corrupt),
    Case('markGutschriftPaid', 200, given=issued, body={'paidDate': PAID},
        answer=lambda given: {**given, 'isPaid': True, 'paidDate': PAID}),
    Case('markGutschriftPaid', 200, given=issued, answer=lambda given: {
            **given, 'isPaid': True, 'paidDate': STAMP}),
    Case('markGutschriftPaid', 200, given=paid, body={'paidDate': '2026-06-01'},
        answer=lambda given: given),
    Case('markGutschriftPaid', 400, 'invalid_argument', given=issued, body={'paidDate': '2001-01-01'},
        message='paidDate'),
    Case('markGutschriftPaid', 400, 'invalid_state', own=True, given=draft),
    Case('markGutschriftPaid', 404, 'not_found', id=UNKNOWN),
    ]
