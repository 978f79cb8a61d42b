"""Every field of every body, wrong in every way that its shape in the OpenAPI document knows.

Where a body may turn out to be right after all, it names a customer or template that nobody has, so that no
document is issued.
"""
from tests.contracts.kit import wrong
from tests.contracts.kit.golden import UNKNOWN

LINE = {'description': 'Work', 'quantity': 1, 'unit': 'Hour', 'pricePerUnit': 100}
EXAMPLES = {
    'createCustomer': {'name': 'Shape'},
    'updateCustomer': {'name': 'Shape'},
    'createInvoiceTemplate': {'name': 'Shape'},
    'updateInvoiceTemplate': {'name': 'Shape'},
    'createItem': {'itemKey': 'SHAPE', 'description': 'x'},
    'updateItem': {'description': 'x'},
    'createUnit': {'label': 'Shape'},
    'updateUnit': {'label': 'Shape'},
    'createInvoice': {'customerId': UNKNOWN, 'invoiceTemplateId': UNKNOWN, 'customItems': [LINE]},
    'markInvoicePaid': {'paidDate': '2026-05-20'},
    'createProject': {'customerId': UNKNOWN, 'name': 'Shape', 'items': [{'description': 'x'}]},
    'updateProject': {'name': 'Shape'},
    'addProjectItem': {'description': 'x'},
    'updateProjectItem': {'description': 'x'},
    'reorderProjectItems': {'itemIds': [1]},
    'createOffer': {'invoiceTemplateId': UNKNOWN},
    'createDeliveryNote': {'invoiceTemplateId': UNKNOWN},
    'createProjectInvoice': {'invoiceTemplateId': UNKNOWN},
    'createGutschrift': {'customerId': UNKNOWN, 'invoiceTemplateId': UNKNOWN, 'items': [LINE]},
    'markGutschriftPaid': {'paidDate': '2026-05-20'},
    }
"""Operation → a right body"""


def play(stage):
    account = stage.caller()
    ids = _ids(account)
    for operation in stage.operations.values():
        if operation.body:
            for label, data in wrong.bodies(operation.body, EXAMPLES[operation.id]):
                account.note(label, operation.id, data, **ids.get(operation.id, {}))


def _ids(account):
    """Return the records that operations of one record are called with"""
    project = account.made('/api/paushal-projects', {
            'customerId': account.customer(), 'name': 'Shape', 'items': [{'description': 'x', 'price': 5}]})
    planned = {'id': project['id']}
    return {
        'updateCustomer': {'id': account.made('/api/customers', {'name': 'Shape'})['id']},
        'updateInvoiceTemplate': {'id': account.made('/api/invoice-templates', {'name': 'Shape'})['id']},
        'updateItem': {'id': account.made('/api/items', {'itemKey': 'OTHER', 'description': 'x'})['id']},
        'updateUnit': {'id': account.made('/api/units', {'label': 'Shape'})['id']},
        **dict.fromkeys(
            ('updateProject', 'addProjectItem', 'reorderProjectItems', 'createOffer', 'createDeliveryNote',
                'createProjectInvoice'), planned),
        'updateProjectItem': {**planned, 'itemId': project['items'][0]['id']}}
