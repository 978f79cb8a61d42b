"""Flat-rate projects: kept, offered, delivered and billed; and what a billed one refuses"""
from tests.contracts.kit.golden import UNKNOWN

PATH = '/api/paushal-projects'
ITEMS = [
    {'description': 'UX concept & wireframes', 'price': 2400.0},
    {'description': 'Frontend implementation', 'quantity': 2.5, 'unit': 'Hour', 'price': 4000.0}]
RELAUNCH = {
    'name': 'Website Relaunch', 'description': 'Full redesign', 'pricingStrategy': 'ItemPrice',
    'items': ITEMS}
PAPERS = {
    'createOffer': {
        'issueDate': '2026-05-18T00:00:00Z', 'validUntil': '2026-06-18T00:00:00Z', 'deliveryTimeInDays': 30,
        'introductionText': 'Our offer follows.', 'footerText': 'Prices exclude VAT.'},
    'createDeliveryNote': {
        'issueDate': '2026-05-20T00:00:00Z', 'deliveryDate': '2026-05-22T00:00:00Z', 'showPrices': True,
        'introductionText': 'Delivery of the agreed services.', 'footerText': 'Thank you.'},
    'createProjectInvoice': {
        'issueDate': '2026-05-25T00:00:00Z', 'dueDate': '2026-06-08T00:00:00Z', 'notes': 'Thank you.',
        'introductionText': 'Invoice for the completed project.'}}
PDFS = {'createOffer': 'getOfferPdf', 'createDeliveryNote': 'getDeliveryNotePdf'}


class Planner:
    """A tenant who plans"""

    def __init__(self, stage, country='AT', **seller):
        self.account = stage.caller(country, **seller)
        self.note = self.account.note
        self.customer, self.template = self.account.customer(), self.account.template()

    def plan(self, **values):
        return self.account.made(PATH, {'customerId': self.customer, **RELAUNCH, **values})

    def issue(self, label, operation, project, **values):
        return self.note(label, operation, {
                'invoiceTemplateId': self.template, **PAPERS[operation], **values}, id=project['id'])


def play(stage):
    planner, other = Planner(stage), Planner(stage, 'DE')
    _projects(planner)
    _items(planner, other)
    for operation in PAPERS:
        _papers(planner, other, operation)
    _billed(planner)
    _strategies(planner)
    _foreign(planner, other)
    _refused(stage, planner)


def _projects(planner):
    note, customer = planner.note, planner.customer
    note('none yet', 'listProjects')
    full = note('every field', 'createProject', {
            'customerId': customer, **RELAUNCH, 'totalPrice': 9000.5, 'hideItemPrices': True}).json
    note('what is needed', 'createProject', {'customerId': customer, 'name': 'Logo'})
    note('unknown customer', 'createProject', {'customerId': UNKNOWN, 'name': 'x'})
    note('customer 0', 'createProject', {'customerId': 0, 'name': 'x'})
    note('unknown unit', 'createProject', {
            'customerId': customer, 'name': 'x', 'items': [{'description': 'x', 'customUnitId': UNKNOWN}]})
    note('1000 items', 'createProject', {'customerId': customer, 'name': 'x',
        'items': [{'description': 'x'}] * 1000})
    for strategy in ('ProjectPrice', 'ItemPrice', 'Combined'):
        note(f'{strategy} with a total', 'createProject', {
                'customerId': customer, **RELAUNCH, 'pricingStrategy': strategy, 'totalPrice': 100.10})
        note(f'{strategy} without a total', 'createProject', {
                'customerId': customer, **RELAUNCH, 'pricingStrategy': strategy})
    for query in ('', '?page=2&limit=3', '?limit=1', f'?customerId={UNKNOWN}', '?customerId='):
        note(query or 'all', 'listProjects', query=query)
    note('of one customer', 'listProjects', query=f'?customerId={customer}&limit=2',
        shown=f'{PATH}?customerId={{customerId}}&limit=2')
    note('one', 'getProject', id=full['id'])
    for id, body in [
            ('getProject', None), ('updateProject', {'name': 'x'}), ('listProjectItems', None),
            ('addProjectItem', {'description': 'x'}), ('reorderProjectItems', {'itemIds': [1]}),
            ('reorderProjectItems', {'itemIds': []}), ('getOfferPdf', None), ('getDeliveryNotePdf', None),
            ('updateProjectItem', {'price': 1}), ('deleteProjectItem', None),
            *((paper, {'invoiceTemplateId': planner.template}) for paper in PAPERS)]:
        note(f'unknown project, {body and sorted(body)}{"" if body != {"itemIds": []} else " empty"}', id,
            body,
            id=UNKNOWN)
    for body in (
            {'name': 'Relaunch'}, {'description': ''}, {'totalPrice': 0}, {'totalPrice': 12.3456},
            {'pricingStrategy': 'Combined'}, {'hideItemPrices': True}, {'status': 'Billed'},
            {'customerId': customer},
            {}, dict.fromkeys(['name', 'description', 'totalPrice', 'pricingStrategy', 'hideItemPrices'])):
        note(f'{sorted(body) or "nothing"}{"" if len(body) < 2 else " null"} {list(body.values())[:1]}'
            if 'customerId' not in body else 'another customer', 'updateProject', body, id=full['id'])


def _items(planner, other):
    note = planner.note
    project = planner.plan()
    first, second = (each['id'] for each in project['items'])
    unit = planner.account.made('/api/units', {'label': 'Sprint', 'eInvoiceCode': 'DAY'})['id']
    theirs = other.account.made('/api/units', {'label': 'Theirs'})['id']
    note('all', 'listProjectItems', id=project['id'])
    for label, body in {
            'what is needed': {'description': 'x'}, 'every field': {
                'description': 'y', 'quantity': 2.5, 'unit': 'Hour', 'customUnitId': unit, 'price': 99.5,
                'sortOrder': 9},
            'nothing': {}, 'unknown unit': {'description': 'x', 'customUnitId': UNKNOWN},
            "another tenant's unit": {'description': 'x', 'customUnitId': theirs}, 'below nothing': {
                'description': 'x', 'price': -5}, 'the first': {'description': 'x', 'sortOrder': -1},
            'a place that is taken': {'description': 'x', 'sortOrder': 0}}.items():
        note(label, 'addProjectItem', body, id=project['id'])
        note(label, 'updateProjectItem', body, id=project['id'], itemId=first)
    exact = b'{"description": "x", "quantity": 999999999999.9997}'
    note('a quantity with too many digits', 'addProjectItem', exact, id=project['id'])
    note('a quantity with too many digits', 'updateProjectItem', exact, id=project['id'], itemId=first)
    another = planner.plan()
    for label, ids in {
            'backwards': [second, first], 'one of them': [second], 'twice': [first, first],
            'unknown': [UNKNOWN],
            'of another project': [another['items'][0]['id']], '0': [0], 'none': []}.items():
        note(label, 'reorderProjectItems', {'itemIds': ids}, id=project['id'])
        note(f'after {label}', 'listProjectItems', id=project['id'])
    for id, body in [('updateProjectItem', {'price': 1}), ('deleteProjectItem', None)]:
        note('unknown item', id, body, id=project['id'])
        note('item 0', id, body, id=project['id'], itemId=0)
        note('of another project', id, body, id=project['id'], itemId=another['items'][0]['id'])
    note('one', 'deleteProjectItem', id=project['id'], itemId=first)
    note('one again', 'deleteProjectItem', id=project['id'], itemId=first)
    note('after one has gone', 'listProjectItems', id=project['id'])


def _papers(planner, other, operation):
    note = planner.note
    project = planner.plan()
    if operation in PDFS:
        note('none yet', PDFS[operation], id=project['id'])
    for label, body in {
            'unknown template': {'invoiceTemplateId': UNKNOWN}, "another tenant's template": {
                'invoiceTemplateId': other.template}, 'no template': {},
            'eleven years ago': {'invoiceTemplateId': planner.template, 'issueDate': '2015-01-01'},
            'in two years': {'invoiceTemplateId': planner.template, 'issueDate': '2028-06-01'}}.items():
        note(label, operation, body, id=project['id'])
    wrong = {
        'createOffer': {'validUntil': '2026-05-17'}, 'createDeliveryNote': {'deliveryDate': '2199-01-01'},
        'createProjectInvoice': {'dueDate': '2026-05-01'}}[operation]
    planner.issue('a wrong day', operation, project, **wrong)
    planner.issue('every field', operation, project)
    planner.issue('a second one', operation, project)
    note(f'after {operation}', 'getProject', id=project['id'])
    if operation in PDFS:
        tag = note('one', PDFS[operation], id=project['id']).headers['ETag']
        note('If-None-Match', PDFS[operation], id=project['id'], headers={'If-None-Match': tag})
    note('what is needed', operation, {'invoiceTemplateId': planner.template}, id=planner.plan()['id'])
    planner.issue('nothing priced', operation, planner.plan(items=[{'description': 'x'}]))
    planner.issue('no items', operation, planner.plan(items=[]))
    planner.issue('less than nothing', operation, planner.plan(items=[{'description': 'x', 'price': -5}]))
    planner.issue('a lump sum', operation, planner.plan(pricingStrategy='ProjectPrice', totalPrice=100,
        items=[]))


def _billed(planner):
    """A project with all its papers, and what it refuses from then on"""
    note, project = planner.note, planner.plan()
    for operation in PAPERS:
        planner.issue('in order', operation, project)
    note('with all papers', 'getProject', id=project['id'])
    item = {'id': project['id'], 'itemId': project['items'][0]['id']}
    for body in ({'totalPrice': 5}, {'name': 'x'}, {'description': 'x'}, {'pricingStrategy': 'Combined'},
            {'hideItemPrices': True}, {}):
        note(f'billed: {body}', 'updateProject', body, id=project['id'])
    note('billed', 'addProjectItem', {'description': 'x'}, id=project['id'])
    for body in ({'price': 1}, {'description': 'x'}, {'sortOrder': 5}, {}):
        note(f'billed: {body}', 'updateProjectItem', body, **item)
    note('billed', 'deleteProjectItem', **item)
    note('billed', 'reorderProjectItems', {'itemIds': [item['itemId']]}, id=project['id'])
    planner.issue('billed', 'createOffer', project)


def _strategies(planner):
    for strategy in ('ProjectPrice', 'ItemPrice', 'Combined'):
        for hidden in (False, True):
            project = planner.plan(pricingStrategy=strategy, totalPrice=1000, hideItemPrices=hidden)
            planner.issue(f'{strategy}, hidden: {hidden}', 'createProjectInvoice', project)


def _foreign(planner, other):
    project = planner.plan()
    item = {'id': project['id'], 'itemId': project['items'][0]['id']}
    planner.issue('for a foreign look', 'createOffer', project)
    for id, body in [
            ('getProject', None), ('updateProject', {'name': 'x'}), ('listProjectItems', None),
            ('addProjectItem', {'description': 'x'}), ('updateProjectItem', {'price': 1}),
            ('deleteProjectItem', None),
            ('reorderProjectItems', {'itemIds': [1]}), ('getOfferPdf', None), ('getDeliveryNotePdf', None),
            *((paper, {'invoiceTemplateId': other.template}) for paper in PAPERS)]:
        other.note("another tenant's", id, body,
            **(item if 'Item' in id and 'Items' not in id else {'id': item['id']}))
    other.note("another tenant's customer", 'createProject', {'customerId': planner.customer, 'name': 'x'})
    other.note('none of another tenant', 'listProjects')


def _refused(stage, planner):
    for label, values in {
            'payment links without a key': {'paymentQrMode': 'StripePaymentLink'},
            'XRechnung without a reference': {'eInvoiceProfile': 'XRechnung'}}.items():
        template = planner.account.made('/api/invoice-templates', {'name': label, **values})['id']
        planner.account('PATCH', f'/api/customers/{planner.customer}', {'buyerReference': ''})
        planner.issue(label, 'createProjectInvoice', planner.plan(), invoiceTemplateId=template)
    homeless = Planner(stage, street='')
    for operation in PAPERS:
        homeless.issue('a seller without street', operation, homeless.plan())
    for operation, read in PDFS.items():
        project = planner.plan()
        made = planner.account.made(
            planner.account.stage.operations[operation].filled(id=project['id']),
            {'invoiceTemplateId': planner.template})
        stage.world.corrupt(planner.account, made)
        planner.note('corrupt', read, id=project['id'])
