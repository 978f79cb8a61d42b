"""Flat-rate projects"""
from tests.contracts.kit.table import ID, SHA256, STAMP, UNKNOWN, Case, Like
from tests.support.projecting import ITEMS, PATH, RELAUNCH, Planner

from . import invoices

OFFER = {
    'issueDate': '2026-05-18T00:00:00Z', 'validUntil': '2026-06-18T00:00:00Z', 'deliveryTimeInDays': 30,
    'introductionText': 'Thank you for your enquiry — our offer follows.',
    'footerText': 'Prices exclude VAT unless stated.'}
NOTE = {
    'issueDate': '2026-05-20T00:00:00Z', 'deliveryDate': '2026-05-22T00:00:00Z', 'showPrices': False,
    'introductionText': 'Delivery of the agreed services.', 'footerText': None}
BILL = {
    'issueDate': '2026-05-25T00:00:00Z', 'dueDate': '2026-06-08T00:00:00Z', 'notes': None,
    'introductionText': 'Invoice for the completed project.'}
MIGRATION = {'description': 'CMS migration', 'quantity': 1, 'unit': 'Piece', 'price': 2000.0}
ROW = ('id', 'customerId', 'name', 'status', 'totalPrice')


def item(n):
    return {
        'id': ID, 'quantity': 1, 'unit': 'Piece', 'customUnitId': None, 'sortOrder': n, **ITEMS[n]}


def shown(given):
    """The example. Its total is that of its items, 6400: the document's 8400 has a third one that is cut
    off.
    """
    return {
        'id': ID, 'customerId': given['customerId'], **RELAUNCH, 'status': 'Created', 'totalPrice': 6400,
        'hideItemPrices': False, 'completedAt': None, 'offerFinalized': False,
        'deliveryNoteFinalized': False, 'items': [item(0), item(1)]}


def customer(api):
    return {'customerId': api.made('/api/customers', {'name': 'Acme GmbH', 'country': 'AT'})['id']}


def planned(**others):
    """Return what makes a project, and says which template and which item there are"""
    def given(api):
        planner = Planner(api, {'name': 'Acme GmbH', 'country': 'AT'})
        project = planner.plan(**others)
        items = project['items']
        return {
            **project, 'template': planner.template, 'itemId': items[0]['id'] if items else UNKNOWN,
            'project': project}
    return given


def issued(what, **others):
    """Return what makes a project with one of its documents"""
    def given(api):
        made = planned(**others)(api)
        paper = api.made(f"{PATH}/{made['id']}/{what}", {'invoiceTemplateId': made['template']})
        return {**made, 'paper': paper}
    return given


def corrupt(what):
    def given(api):
        made = issued(what)(api)
        api.world.corrupt(api, made['paper'])
        return made
    return given


def two(api):
    first, second = (planned(name=name)(api)['project'] for name in ('Relaunch', 'Branding'))
    issue = {'invoiceTemplateId': api.get('/api/invoice-templates').json[0]['id']}
    api.made(f"{PATH}/{second['id']}/invoices", issue)
    return [{**second, 'status': 'Billed'}, first]


def under(**template):
    """Return what makes a project, with a template of its own to bill it under"""
    def given(api):
        made = api.made('/api/invoice-templates', {'name': 'Own', **template})
        return {**planned()(api), 'template': made['id']}
    return given


def body(example, **others):
    return lambda given: {'invoiceTemplateId': given['template'], **example, **others}


def paper(number, example, *names):
    """What the example of a document answers"""
    return lambda given: {
        'id': ID, 'projectId': given['id'], **{name: example[name] for name in names},
        number: Like(r'(ANG|LS)-2026-05-\d{4}'), 'isFinalized': True, 'finalizedAt': STAMP,
        'pdfUrl': Like(rf"/api/paushal-projects/{given['id']}/(offer|delivery-note)/pdf"),
        'archivedPdfHash': SHA256}


def billed(given):
    return invoices.shown(
        customerId=given['customerId'], issueDate='2026-05-25T00:00:00Z', dueDate='2026-06-08T00:00:00Z',
        totalAmount=6400, totalWithTax=7680)(given)


UNPRICED = {'items': [{'description': 'x'}]}
PDF = {'Content-Type': 'application/pdf'}

CASES = [
    Case('listProjects', 200, own=True, given=two, query='?customerId=&page=1&limit=50',
        answer=lambda given: {
            'items': [{name: project[name] for name in ROW} for project in given], 'page': 1,
            'limit': 50, 'total': 2}),
    Case('listProjects', 400, 'invalid_argument', query='?limit=201', message='limit'),
    Case('createProject', 201, given=customer, body=lambda given: {**given, **RELAUNCH}, answer=shown),
    Case('createProject', 201, given=customer, body=lambda given: {**given, 'name': 'Logo'},
        answer=lambda given: {
            **shown(given), 'name': 'Logo', 'description': None, 'pricingStrategy': 'ProjectPrice',
            'totalPrice': None, 'items': []}),
    Case('createProject', 400, 'invalid_argument', given=customer, body=lambda given: given,
        message='name'),
    Case('createProject', 404, 'not_found', body={'customerId': UNKNOWN, 'name': 'x'}),
    Case('getProject', 200, given=planned(), answer=lambda given: given['project']),
    Case('getProject', 404, 'not_found', id=UNKNOWN),
    Case('updateProject', 200, given=planned(), body={'name': 'Relaunch', 'pricingStrategy': 'Combined'},
        answer=lambda given: {
            **given['project'], 'name': 'Relaunch', 'pricingStrategy': 'Combined', 'totalPrice': None}),
    Case('updateProject', 400, 'invalid_argument', given=planned(), body={'name': ''}, message='name'),
    Case('updateProject', 400, 'invalid_state', given=issued('invoices'), body={'totalPrice': 5}),
    Case('updateProject', 404, 'not_found', id=UNKNOWN, body={'name': 'x'}),
    Case('listProjectItems', 200, given=planned(), answer=[item(0), item(1)]),
    Case('listProjectItems', 404, 'not_found', id=UNKNOWN),
    Case('addProjectItem', 201, given=planned(), body=MIGRATION,
        answer={**MIGRATION, 'id': ID, 'customUnitId': None, 'sortOrder': 2}),
    Case('addProjectItem', 400, 'invalid_argument', given=planned(), body={}, message='description'),
    Case('addProjectItem', 400, 'invalid_state', given=issued('invoices'), body=MIGRATION),
    Case('addProjectItem', 404, 'not_found', id=UNKNOWN, body=MIGRATION),
    Case('updateProjectItem', 200, given=planned(), body={'price': 2500.0},
        answer={**item(0), 'price': 2500}),
    Case('updateProjectItem', 400, 'invalid_argument', given=planned(), body={'description': ''},
        message='description'),
    Case('updateProjectItem', 400, 'invalid_state', given=issued('invoices'), body={'price': 1}),
    Case('updateProjectItem', 404, 'not_found', given=planned(items=[]), body={'price': 1}),
    Case('deleteProjectItem', 204, given=planned()),
    Case('deleteProjectItem', 400, 'invalid_state', given=issued('invoices')),
    Case('deleteProjectItem', 404, 'not_found', given=planned(items=[])),
    Case('reorderProjectItems', 204, given=planned(),
        body=lambda given: {'itemIds': [i['id'] for i in reversed(given['items'])]}),
    Case('reorderProjectItems', 400, 'invalid_argument', given=planned(), body={}, message='itemIds'),
    Case('reorderProjectItems', 400, 'invalid_body', given=planned(), body={'itemIds': []}),
    Case('reorderProjectItems', 400, 'invalid_state', given=issued('invoices'),
        body=lambda given: {'itemIds': [given['itemId']]}),
    Case('reorderProjectItems', 404, 'not_found', id=UNKNOWN, body={'itemIds': [1]}),
    Case('createOffer', 201, given=planned(), body=body(OFFER),
        answer=paper('offerNumber', OFFER, 'issueDate', 'validUntil', 'deliveryTimeInDays')),
    Case('createOffer', 400, 'invalid_argument', given=planned(), body=body({}, deliveryTimeInDays=-1),
        message='deliveryTimeInDays'),
    Case('createOffer', 400, 'invalid_state', given=planned(**UNPRICED), body=body(OFFER)),
    Case('createOffer', 404, 'not_found', given=planned(), body={'invoiceTemplateId': UNKNOWN}),
    Case('getOfferPdf', 200, given=issued('offer'), headers=PDF),
    Case('getOfferPdf', 404, 'not_found', given=planned()),
    Case('getOfferPdf', 500, 'archive_corrupt', own=True, given=corrupt('offer')),
    Case('createDeliveryNote', 201, given=planned(), body=body(NOTE),
        answer=paper('deliveryNoteNumber', NOTE, 'issueDate', 'deliveryDate', 'showPrices')),
    Case('createDeliveryNote', 400, 'invalid_argument', given=planned(), body={},
        message='invoiceTemplateId'),
    Case('createDeliveryNote', 400, 'invalid_state', given=issued('delivery-note'), body=body(NOTE)),
    Case('createDeliveryNote', 404, 'not_found', id=UNKNOWN, given=planned(), body=body(NOTE)),
    Case('getDeliveryNotePdf', 200, given=issued('delivery-note'), headers=PDF),
    Case('getDeliveryNotePdf', 404, 'not_found', given=planned()),
    Case('getDeliveryNotePdf', 500, 'archive_corrupt', own=True, given=corrupt('delivery-note')),
    Case('createProjectInvoice', 201, given=planned(), body=body(BILL), answer=billed),
    Case('createProjectInvoice', 400, 'invalid_argument', given=planned(),
        body=body(BILL, dueDate='2026-05-01'), message='dueDate'),
    Case('createProjectInvoice', 400, 'invalid_state', given=planned(**UNPRICED), body=body(BILL)),
    Case('createProjectInvoice', 400, 'e_invoice_invalid', given=under(eInvoiceProfile='XRechnung'),
        body=body(BILL), message='BR-DE-15'),
    Case('createProjectInvoice', 404, 'not_found', given=planned(), body={'invoiceTemplateId': UNKNOWN}),
    Case('createProjectInvoice', 422, 'stripe_key_invalid', given=under(
            paymentQrMode='StripePaymentLink'), body=body(BILL)),
    ]
