"""The same request again under an Idempotency-Key; If-Match and If-None-Match"""
from tests.contracts.kit.golden import UNKNOWN

from . import shapes

PROJECTS = '/api/paushal-projects'


def play(stage):
    account, other = stage.caller(), stage.caller()
    given = _given(account)
    for id, (params, body) in given.items():
        _again(account, id, params, body)
    _places(account, other)
    _conditions(account)


def _given(account):
    """Return {POST operation: (parameters of its path, right body)}"""
    customer, template = account.customer(), account.template()
    papers = {
        id: ({'id': account.made(PROJECTS, {
                            'customerId': customer, 'name': 'Again', 'totalPrice': 100})['id']},
            {'invoiceTemplateId': template})
        for id in ('createOffer', 'createDeliveryNote', 'createProjectInvoice')}
    project = account.made(PROJECTS, {
            'customerId': customer, 'name': 'Again', 'items': [{'description': 'x'}]})
    documents = {'customerId': customer, 'invoiceTemplateId': template}
    invoice = account.made('/api/invoices', {**documents, 'customItems': [shapes.LINE]})
    gutschrift = account.made('/api/gutschriften', {**documents, 'items': [shapes.LINE]})
    return {
        'createCustomer': ({}, {'name': 'Again'}), 'createInvoiceTemplate': ({}, {'name': 'Again'}),
        'createItem': ({}, {'itemKey': 'AGAIN', 'description': 'x'}), 'createUnit': ({}, {'label': 'Again'}),
        'createInvoice': ({}, {**documents, 'customItems': [shapes.LINE]}),
        'markInvoicePaid': ({'id': invoice['id']}, {'paidDate': '2026-05-20'}),
        'createGutschrift': ({}, {**documents, 'items': [shapes.LINE]}),
        'markGutschriftPaid': ({'id': gutschrift['id']}, {'paidDate': '2026-05-20'}),
        'createProject': ({}, {'customerId': customer, 'name': 'Again'}),
        'addProjectItem': ({'id': project['id']}, {'description': 'x'}),
        'reorderProjectItems': ({'id': project['id']}, {'itemIds': [project['items'][0]['id']]}),
        **papers}


def _again(account, id, params, body):
    key = {'Idempotency-Key': f'again-{id}'}
    account.note('under a key', id, body, headers=key, **params)
    account.note('the same again', id, body, headers=key, **params)
    account.note('another body under the key', id, {**body, 'x': 1}, headers=key, **params)
    account.note('an unreadable body under the key', id, b'{', headers=key, **params)
    account.note('a refusal under a key', id, {'x': 1}, headers={'Idempotency-Key': 'no'}, **params)
    account.note('the same refusal under the key', id, {'x': 1}, headers={'Idempotency-Key': 'no'}, **params)


def _places(account, other):
    """Where a key counts: tenant, method and path; a refused request leaves it free"""
    key = {'Idempotency-Key': 'place'}
    account.note('first use of a key', 'createUnit', {'label': 'Place'}, headers=key)
    account.note('the key at another path', 'createCustomer', {'label': 'Place'}, headers=key)
    other.note('the key of another tenant', 'createUnit', {'label': 'Place'}, headers=key)
    account.note('the same members in another order', 'createUnit', b'{ "label":"Place" }', headers=key)
    free = {'Idempotency-Key': 'free'}
    account.note('refused under a key', 'createUnit', {'label': ''}, headers=free)
    account.note('mended under the key', 'createUnit', {'label': 'Mended'}, headers=free)


def _conditions(account):
    made = {
        'Customer': ('/api/customers', {'name': 'Tag'}, {'phone': '{n}'}),
        'Item': ('/api/items', {'itemKey': 'TAG', 'description': 'x'}, {'description': '{n}'}),
        'Unit': ('/api/units', {'label': 'Tag'}, {'label': '{n}'}),
        'InvoiceTemplate': ('/api/invoice-templates', {'name': 'Tag'}, {'name': '{n}'}),
        'Project': (PROJECTS, {'customerId': account.customer(vatId=None), 'name': 'Tag'}, {'name': '{n}'})}
    for noun, (path, body, change) in made.items():
        _record_conditions(account, f'get{noun}', f'update{noun}', {'id': account.made(path, body)['id']},
            change)
    project = account.made(PROJECTS, {
            'customerId': account.customer(vatId=None), 'name': 'Tag', 'items': [{'description': 'x'}]})
    _record_conditions(
        account, 'listProjectItems', 'updateProjectItem',
        {'id': project['id'], 'itemId': project['items'][0]['id']}, {'description': '{n}'})
    for id in ('listOrFindCustomers', 'listItems', 'listUnits', 'listUnitCodes', 'listInvoiceTemplates',
        'listInvoices', 'listProjects'):
        tag = account.note('with its tag', id).headers.get('ETag', '"none"')
        account.note('If-None-Match', id, headers={'If-None-Match': tag})
        account.note('If-None-Match: *', id, headers={'If-None-Match': '*'})
        account.note('If-None-Match with another', id, headers={'If-None-Match': '"x"'})
    for tag in ('"x"', '*'):
        account.note(f'If-Match of an unknown id: {tag}', 'updateCustomer', {}, id=UNKNOWN,
            headers={'If-Match': tag})


def _record_conditions(account, read, update, params, change):
    def changed(n):
        return {name: value.format(n=n) for name, value in change.items()}
    tag = account.note('with its tag', read, **params).headers['ETag']
    for label, value in {
            'the tag': tag, 'weak': f'W/{tag}', '*': '*', 'one of them': f'"x", {tag}', 'another': '"x"',
            'no quotes': tag.strip('"'), 'empty': ''}.items():
        account.note(f'If-None-Match: {label}', read, headers={'If-None-Match': value}, **params)
    account.note('HEAD with If-None-Match', read, headers={'If-None-Match': tag}, **params)
    path = account.stage.operations[update].filled(**params)
    for n, label in enumerate(['the tag', 'weak', '*', 'one of them', 'another', 'no quotes', 'empty']):
        now = _tag_of(account, path, read, params)
        value = {
            'the tag': now, 'weak': f'W/{now}', '*': '*', 'one of them': f'"x", {now}', 'another': '"x"',
            'no quotes': now.strip('"'), 'empty': ''}[label]
        account.note(f'If-Match: {label}', update, changed(n), headers={'If-Match': value}, **params)
    account.note('If-Match: the first tag', update, changed(8), headers={'If-Match': tag}, **params)
    account.note('If-None-Match: the first tag', read, headers={'If-None-Match': tag}, **params)
    account.note('nothing sent', update, {}, **params)


def _tag_of(account, path, read, params):
    """Return the present tag of a record; an item of a project has it in the answer of an empty change"""
    if read == 'listProjectItems':
        return account('PATCH', path, {}).headers['ETag']
    return account.get(account.stage.operations[read].filled(**params)).headers['ETag']
