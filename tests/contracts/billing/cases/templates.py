"""Invoice templates"""
import base64
import io

from PIL import Image

from tests.contracts.kit.table import ID, UNKNOWN, Case

EXAMPLE = {
    'name': 'Standard AT', 'language': 'de', 'taxRate': 20.0, 'taxLabel': 'USt',
    'paymentQrMode': 'EpcQrCode', 'eInvoiceProfile': 'EN16931', 'isDefault': True}
REVERSE_CHARGE = {
    'name': 'EU Reverse-Charge', 'language': 'en', 'taxRate': 0.0, 'isTaxIncluded': False,
    'applyTax': False, 'taxLabel': 'VAT'}
DEFAULTS = {
    'language': 'en', 'primaryColor': '#1E88E5', 'secondaryColor': '#757575', 'fontName': 'Arial',
    'isTaxIncluded': False, 'applyTax': True, 'taxRate': 20, 'taxLabel': None, 'paymentQrMode': 'None',
    'paymentInstructions': None, 'eInvoiceProfile': 'None', 'businessProcessId': None,
    'mailTitle': None, 'mailContent': None, 'isDefault': False, 'hasLogo': False}
DETAIL = {
    **EXAMPLE, 'primaryColor': '#1E88E5', 'secondaryColor': '#757575', 'fontName': 'Arial',
    'isTaxIncluded': False, 'applyTax': True,
    'paymentInstructions': 'Please pay within 14 days to the account below.',
    'businessProcessId': None, 'mailTitle': 'Invoice %InvoiceNumber% from %BusinessName%',
    'mailContent': 'Dear %CustomerName%, …'}


def picture(kind='PNG'):
    buffer = io.BytesIO()
    Image.new('RGB', (60, 20), 'navy').save(buffer, kind)
    return buffer.getvalue()


LOGO = picture()
LOGO_TEXT = base64.b64encode(LOGO).decode()


def template(**values):
    return lambda api: api.made('/api/invoice-templates', {'name': 'Extra', **values})


def standard(api):
    """The one template of a new tenant"""
    row, = api.get('/api/invoice-templates').json
    return row


def without(*features):
    """Take features out of the plan; the record is the tenant's first template"""
    def given(api):
        first = api.get('/api/invoice-templates').json[0]
        api.world.features(api, dict.fromkeys(features, False))
        return first
    return given


def full(api):
    """A plan whose templates are used up"""
    api.world.features(api, {'template_limit': 1})


CASES = [
    Case('listInvoiceTemplates', 200, own=True, given=template(**REVERSE_CHARGE), answer=lambda given: [
            {'id': ID, 'name': 'Standard AT', 'language': 'de', 'taxRate': 20, 'isTaxIncluded': False,
                'applyTax': True, 'taxLabel': 'USt', 'isDefault': True},
            {**REVERSE_CHARGE, 'id': given['id'], 'isDefault': False}]),
    Case('createInvoiceTemplate', 201, own=True, body=EXAMPLE,
        answer={**DEFAULTS, **EXAMPLE, 'id': ID}),
    Case('createInvoiceTemplate', 201, body={'name': 'Only a name'},
        answer={**DEFAULTS, 'name': 'Only a name', 'id': ID}),
    Case('createInvoiceTemplate', 201, body={'name': 'Logo', 'logoBase64': LOGO_TEXT},
        answer={**DEFAULTS, 'name': 'Logo', 'hasLogo': True, 'id': ID}),
    Case('createInvoiceTemplate', 400, 'invalid_argument', body={}, message='name'),
    Case('createInvoiceTemplate', 400, 'invalid_argument', body={'name': 'x', 'taxRate': 100.01},
        message='taxRate'),
    Case('createInvoiceTemplate', 400, 'invalid_argument', message='logoBase64',
        body={'name': 'x', 'logoBase64': base64.b64encode(b'GIF89a').decode()}),
    Case('createInvoiceTemplate', 403, 'plan_forbidden', own=True, given=full, body={'name': 'x'},
        message='template_limit'),
    Case('createInvoiceTemplate', 403, 'plan_forbidden', own=True, given=without('epc_qr'),
        body={'name': 'x', 'paymentQrMode': 'EpcQrCode'}, message='epc_qr'),
    Case('createInvoiceTemplate', 403, 'plan_forbidden', own=True, given=without('e_invoice'),
        body={'name': 'x', 'eInvoiceProfile': 'Basic'}, message='e_invoice'),
    Case('getInvoiceTemplate', 200, own=True, given=template(**DETAIL, logoBase64=LOGO_TEXT),
        answer=lambda given: {**DETAIL, 'id': given['id'], 'hasLogo': True}),
    Case('getInvoiceTemplate', 404, 'not_found', id=UNKNOWN),
    Case('updateInvoiceTemplate', 200, given=template(**REVERSE_CHARGE, logoBase64=LOGO_TEXT),
        body={'taxRate': 19.0, 'taxLabel': 'MwSt', 'logoBase64': ''},
        answer=lambda given: {**given, 'taxRate': 19, 'taxLabel': 'MwSt', 'hasLogo': False}),
    Case('updateInvoiceTemplate', 200, own=True, given=template(), body={'isDefault': True},
        answer=lambda given: {**given, 'isDefault': True}),
    Case('updateInvoiceTemplate', 400, 'invalid_argument', given=template(),
        body={'primaryColor': 'blue'}, message='primaryColor'),
    Case('updateInvoiceTemplate', 400, 'invalid_state', own=True, given=standard,
        body={'isDefault': False}, message='isDefault'),
    Case('updateInvoiceTemplate', 403, 'plan_forbidden', own=True, given=without('e_invoice'),
        body={'eInvoiceProfile': 'XRechnung'}, message='e_invoice'),
    Case('updateInvoiceTemplate', 404, 'not_found', id=UNKNOWN, body={'name': 'x'}),
    Case('deleteInvoiceTemplate', 204, given=template()),
    Case('deleteInvoiceTemplate', 400, 'invalid_state', own=True, given=standard),
    Case('deleteInvoiceTemplate', 404, 'not_found', id=UNKNOWN),
    Case('getInvoiceTemplateLogo', 200, given=template(logoBase64=LOGO_TEXT),
        headers={'Content-Type': 'image/png', 'Content-Length': str(len(LOGO))}),
    Case('getInvoiceTemplateLogo', 200, headers={'Content-Type': 'image/jpeg'},
        given=template(logoBase64=base64.b64encode(picture('JPEG')).decode())),
    Case('getInvoiceTemplateLogo', 404, 'no_logo', given=template()),
    Case('getInvoiceTemplateLogo', 404, 'not_found', id=UNKNOWN),
    ]
