"Invoice templates: list"
from trytond.modules.rest import Operation
from trytond.modules.rest.fields import Number, Output, camel
from trytond.pool import Pool


class InvoiceTemplateRow(Output, alias_generator=camel):
    id: int
    name: str
    language: str
    tax_rate: Number
    is_tax_included: bool
    apply_tax: bool
    tax_label: str | None
    is_default: bool


COLUMNS = tuple(InvoiceTemplateRow.model_fields)


def find(call):
    "The default template first"
    templates = Pool().get('invoice.template').search([])
    return [
        InvoiceTemplateRow(**{name: getattr(template, name) for name in COLUMNS})
        for template in templates]


OPERATIONS = [
    Operation(
        id='listInvoiceTemplates', method='GET', path='/api/invoice-templates', tag='templates',
        summary="Templates of the account, the default first", response=list[InvoiceTemplateRow],
        handler=find, etag=True, ability='templates:read'),
    ]
