"""Invoice templates: list, create, read, change, delete, logo"""
from typing import Literal

from trytond.modules.invoice_template.reading import get_logos, get_templates
from trytond.modules.rest import Answer, Operation, Refusal, not_found
from trytond.modules.rest.bodies import MIB
from trytond.modules.rest.fields import Base64, Body, Number, Output, Percent, camel, text
from trytond.pool import Pool

from .types import changes, line

QrMode = Literal['None', 'EpcQrCode', 'StripePaymentLink']
Profile = Literal['None', 'Basic', 'EN16931', 'XRechnung']
LOCKS = ('invoice_template',)
BODY_LIMIT = 6 * MIB
"""A logo that is too large is refused by name, so more than 2 MB must come through"""


class InvoiceTemplateRow(Output, alias_generator=camel):
    id: int
    name: str
    language: str
    tax_rate: Number
    is_tax_included: bool
    apply_tax: bool
    tax_label: str | None
    is_default: bool


class InvoiceTemplateDetail(Output, alias_generator=camel):
    """hasLogo tells whether there is a logo; its bytes are at …/logo"""
    id: int
    name: str
    language: str
    primary_color: str
    secondary_color: str
    font_name: str
    is_tax_included: bool
    apply_tax: bool
    tax_rate: Number
    tax_label: str | None
    payment_qr_mode: QrMode
    payment_instructions: str | None
    e_invoice_profile: Profile
    business_process_id: str | None
    mail_title: str | None
    mail_content: str | None
    is_default: bool
    has_logo: bool


class InvoiceTemplateUpdate(Body, alias_generator=camel):
    """Only what is sent is changed; null leaves a field as it is, an empty text clears taxLabel,
    paymentInstructions, businessProcessId, mailTitle, mailContent and logoBase64
    """
    name: line(100, minimum=1) | None = None
    language: line(5, minimum=1) | None = None
    primary_color: line(50, minimum=1) | None = None
    secondary_color: line(50, minimum=1) | None = None
    font_name: line(100, minimum=1) | None = None
    apply_tax: bool | None = None
    is_tax_included: bool | None = None
    tax_rate: Percent | None = None
    tax_label: line(50) | None = None
    payment_qr_mode: QrMode | None = None
    payment_instructions: text(500) | None = None
    e_invoice_profile: Profile | None = None
    business_process_id: line(200) | None = None
    mail_title: line(200) | None = None
    mail_content: text(2000) | None = None
    is_default: bool | None = None
    logo_base64: Base64 | None = None


class InvoiceTemplateCreate(InvoiceTemplateUpdate):
    """taxRate defaults to the standard rate of the account's country (Austria 20, Germany 19)"""
    name: line(100, minimum=1)
    language: line(5, minimum=1) | None = 'en'
    font_name: line(100, minimum=1) | None = 'Arial'
    apply_tax: bool | None = True
    is_tax_included: bool | None = False
    payment_qr_mode: QrMode | None = 'None'
    e_invoice_profile: Profile | None = 'None'


ROW = tuple(InvoiceTemplateRow.model_fields)


def find(call):
    """The default template first"""
    return [
        InvoiceTemplateRow(**{name: row[name] for name in ROW})
        for row in get_templates().values()]


def read(call):
    return _get(call.params['id'])


def _get(id):
    templates = get_templates([id])
    if id not in templates:
        raise not_found()
    return InvoiceTemplateDetail(**templates[id])


def logo(call):
    id = call.params['id']
    logos = get_logos([id])
    if id not in logos:
        raise not_found()
    if logos[id] is None:
        raise Refusal('no_logo')
    content, media_type = logos[id]
    return Answer(content, media_type=media_type)


def create(call):
    template, = Pool().get('invoice.template').create([_values(call.body)])
    return _get(template.id)


def update(call):
    before = _get(call.params['id'])
    values = _values(call.body)
    if not values:
        return before
    Template = Pool().get('invoice.template')
    Template.write([Template(before.id)], values)
    return _get(before.id)


def delete(call):
    Template = Pool().get('invoice.template')
    Template.delete([Template(read(call).id)])


def _values(body):
    """Return the values of the domain"""
    values = changes(body)
    if 'logo_base64' in values:
        values['logo'] = values.pop('logo_base64')
    return values


UNKNOWN = {404: {'not_found': "unknown, or belongs to another account"}}
WRONG = "a field is missing or out of range; logoBase64 is no PNG or JPEG, or larger than 2 MB"
PLAN = {403: {'plan_forbidden': (
            "no API access, template limit reached, or a feature (EPC QR, e-invoice) the plan lacks")}}

OPERATIONS = [
    Operation(
        id='listInvoiceTemplates', method='GET', path='/api/invoice-templates', tag='templates',
        summary="Templates of the account, the default first", response=list[InvoiceTemplateRow],
        handler=find, etag=True, ability='templates:read'),
    Operation(
        id='createInvoiceTemplate', method='POST', path='/api/invoice-templates', status=201,
        tag='templates', summary="Create a template",
        description=(
            "The first one is the default by itself; isDefault demotes the one before. Of the bodies"
            " up to 6 MB a logo may be 2 MB."),
        request=InvoiceTemplateCreate, response=InvoiceTemplateDetail, handler=create, etag=True,
        locks=LOCKS, body_limit=BODY_LIMIT, ability='templates:write',
        problems={400: {'invalid_argument': WRONG}, **PLAN}),
    Operation(
        id='getInvoiceTemplate', method='GET', path='/api/invoice-templates/{id:int}',
        tag='templates', summary="Full configuration of one template",
        response=InvoiceTemplateDetail, handler=read, etag=True, ability='templates:read',
        problems=UNKNOWN),
    Operation(
        id='updateInvoiceTemplate', method='PATCH', path='/api/invoice-templates/{id:int}',
        tag='templates', summary="Change the fields sent", request=InvoiceTemplateUpdate,
        response=InvoiceTemplateDetail, handler=update, current=read, etag=True, locks=LOCKS,
        body_limit=BODY_LIMIT, ability='templates:write',
        problems={
            400: {
                'invalid_argument': WRONG,
                'invalid_state': "isDefault false on the default: promote another one instead"},
            **PLAN, **UNKNOWN}),
    Operation(
        id='deleteInvoiceTemplate', method='DELETE', path='/api/invoice-templates/{id:int}',
        status=204, tag='templates', summary="Delete a template",
        description=(
            "If it was the default, the oldest other one becomes it. Documents keep the template as it"
            " was printed."),
        handler=delete, locks=LOCKS, ability='templates:write',
        problems={
            400: {'invalid_state': "the last remaining template cannot be deleted"}, **UNKNOWN}),
    Operation(
        id='getInvoiceTemplateLogo', method='GET', path='/api/invoice-templates/{id:int}/logo',
        tag='templates', summary="Logo of a template", response=bytes, media_type='image/png',
        other_media_types=('image/jpeg',), handler=logo, etag=True, ability='templates:read',
        problems={404: {
                'no_logo': "the template has no logo",
                'not_found': "unknown, or belongs to another account"}}),
    ]
