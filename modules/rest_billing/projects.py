"""Flat-rate projects: projects, their items, offer, delivery note and invoice"""
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from trytond.modules.document_issue.locks import LOCKS, PAPER_LOCKS
from trytond.modules.document_issue.reading import pdf_of, sealed
from trytond.modules.flat_rate_project import reading
from trytond.modules.flat_rate_project.item import LAST_PLACE
from trytond.modules.flat_rate_project.project import FEATURE, MAX_ITEMS
from trytond.modules.party_customer.customer import get_customers
from trytond.modules.product_catalog.unit import check_units
from trytond.modules.product_catalog.uom import built_in_units
from trytond.modules.rest import Answer, Operation, not_found
from trytond.modules.rest.bodies import MIB
from trytond.modules.rest.fields import (
    SHORT, Body, DateTimeOrDate, Id, LongText, Midnight, Number, Output, Price, QueryId, Stamp, camel,
    decimal, integer, refuse, text)
from trytond.modules.rest.paging import Page, PageQuery
from trytond.modules.rest.refusals import Kind, refused_field
from trytond.pool import Pool

from . import invoices
from .dates import day_of
from .types import UNIT_NAMES, UNITS, Unit, changes, line

Status = Literal['Created', 'Offered', 'Accepted', 'Billed', 'Finished']
Strategy = Literal['ProjectPrice', 'ItemPrice', 'Combined']
Sha256 = Annotated[str, Field(pattern='^[0-9a-f]{64}$')]
Place = integer(-LAST_PLACE, LAST_PLACE)
Days = integer(0, 36_500)
MOST_LISTED = 10_000
"""Ids in one call to reorder"""
NAMES = {('lines',): 'items'}
"""The project's items, where the draft as a whole is wrong"""


def _exact(value):
    """Tryton's invoice lines hold quantities as floats"""
    if Decimal(str(float(value))) != value:
        raise refuse('too_many_digits')
    return value


Quantity = Annotated[decimal(4), AfterValidator(_exact)]


# Projects: what goes in and out

class ProjectItem(Output, alias_generator=camel):
    id: int
    description: str
    quantity: Number
    unit: Unit
    custom_unit_id: int | None
    price: Number | None
    sort_order: int


class ProjectRow(Output, alias_generator=camel):
    """totalPrice: with ItemPrice what the items come to, otherwise the lump sum"""
    id: int
    customer_id: int
    name: str
    status: Status
    total_price: Number | None


class Project(ProjectRow, alias_generator=camel):
    description: str | None
    pricing_strategy: Strategy
    hide_item_prices: bool
    completed_at: Midnight | None
    offer_finalized: bool
    delivery_note_finalized: bool
    items: list[ProjectItem]


class ProjectList(Page[ProjectRow]):
    pass


class ProjectQuery(PageQuery, alias_generator=camel):
    customer_id: QueryId | None = None


class ProjectItemCreate(Body, alias_generator=camel):
    """sortOrder defaults to the end; customUnitId replaces unit"""
    description: text(SHORT, minimum=1)
    quantity: Quantity = 1
    unit: Unit = 'Piece'
    custom_unit_id: Id | None = None
    price: Price | None = None
    sort_order: Place | None = None


class ProjectItemUpdate(Body, alias_generator=camel):
    """Only what is sent is changed; null leaves a field as it is"""
    description: text(SHORT, minimum=1) | None = None
    quantity: Quantity | None = None
    unit: Unit | None = None
    custom_unit_id: Id | None = None
    price: Price | None = None
    sort_order: Place | None = None


class ProjectCreate(Body, alias_generator=camel):
    """totalPrice is used by ProjectPrice and Combined"""
    customer_id: Id
    name: line(minimum=1)
    description: LongText | None = None
    total_price: Price | None = None
    pricing_strategy: Strategy = 'ProjectPrice'
    hide_item_prices: bool = False
    items: Annotated[list[ProjectItemCreate], Field(max_length=MAX_ITEMS)] | None = None


class ProjectUpdate(Body, alias_generator=camel):
    """Only what is sent is changed; null leaves a field as it is, an empty description clears"""
    name: line(minimum=1) | None = None
    description: LongText | None = None
    total_price: Price | None = None
    pricing_strategy: Strategy | None = None
    hide_item_prices: bool | None = None


class Reorder(Body, alias_generator=camel):
    """The ids of the items in the order wanted"""
    item_ids: Annotated[list[Id], Field(max_length=MOST_LISTED), WithJsonSchema({
                'type': 'array', 'items': {'type': 'integer'}, 'minItems': 1,
                'maxItems': MOST_LISTED})]


# Documents: what goes in and out

class OfferCreate(Body, alias_generator=camel):
    """issueDate defaults to today"""
    invoice_template_id: Id
    issue_date: DateTimeOrDate | None = None
    valid_until: DateTimeOrDate | None = None
    delivery_time_in_days: Days | None = None
    introduction_text: LongText | None = None
    footer_text: LongText | None = None


class DeliveryNoteCreate(Body, alias_generator=camel):
    """issueDate defaults to today"""
    invoice_template_id: Id
    issue_date: DateTimeOrDate | None = None
    delivery_date: DateTimeOrDate | None = None
    show_prices: bool = False
    introduction_text: LongText | None = None
    footer_text: LongText | None = None


class ProjectInvoiceCreate(Body, alias_generator=camel):
    """issueDate defaults to today, dueDate to 14 days later"""
    invoice_template_id: Id
    issue_date: DateTimeOrDate | None = None
    due_date: DateTimeOrDate | None = None
    notes: LongText | None = None
    introduction_text: LongText | None = None


class Offer(Output, alias_generator=camel):
    id: int
    project_id: int
    offer_number: str
    issue_date: Midnight
    valid_until: Midnight | None
    delivery_time_in_days: int | None
    is_finalized: bool
    finalized_at: Stamp | None
    pdf_url: str
    archived_pdf_hash: Sha256 | None


class DeliveryNote(Output, alias_generator=camel):
    id: int
    project_id: int
    delivery_note_number: str
    issue_date: Midnight
    delivery_date: Midnight | None
    show_prices: bool
    is_finalized: bool
    finalized_at: Stamp | None
    pdf_url: str
    archived_pdf_hash: Sha256 | None


# Projects

def find(call):
    query = call.query
    projects, total = reading.list_projects(query.customer_id, query.offset, query.limit)
    return ProjectList(
        items=[ProjectRow(**_row(project)) for project in projects], page=query.page,
        limit=query.limit, total=total)


def _row(project):
    return {
        'id': project.id, 'customer_id': project.party, 'name': project.name,
        'status': project.status, 'total_price': project.price}


def read(call):
    return _show(_project(call))


def _project(call):
    """Return the Project of the path"""
    return _of(call.params['id'])


def _of(id):
    found = reading.derived([id])
    if id not in found:
        raise not_found()
    return found[id]


def _show(project):
    return Project(
        **_row(project), description=project.description,
        pricing_strategy=project.pricing_strategy, hide_item_prices=project.hide_item_prices,
        completed_at=project.completed_date, offer_finalized=project.offer is not None,
        delivery_note_finalized=project.delivery_note is not None,
        items=[_show_item(item) for item in reading.get_items([project.id])[project.id]])


def create(call):
    body = call.body
    if body.customer_id not in get_customers([body.customer_id]):
        raise refused_field(Kind.UNKNOWN_RECORD, 'unknown_customer', 'customerId')
    values = {
        'party': body.customer_id, 'name': body.name, 'description': body.description or None,
        'total_price': body.total_price, 'pricing_strategy': body.pricing_strategy,
        'hide_item_prices': body.hide_item_prices}
    if body.items:
        values['items'] = [('create', _items(body.items))]
    project, = Pool().get('flat_rate.project').create([values])
    return _show(_of(project.id))


def update(call):
    project = _project(call)
    if values := changes(call.body):
        if values.get('description') == '':
            values['description'] = None
        Project = Pool().get('flat_rate.project')
        Project.write([Project(project.id)], values)
        project = _of(project.id)
    return _show(project)


# Items

def find_items(call):
    project = _project(call)
    return [_show_item(item) for item in reading.get_items([project.id])[project.id]]


def _show_item(item):
    return ProjectItem(
        id=item.id, description=item.description, quantity=item.quantity,
        unit=UNIT_NAMES.get(item.unit, 'Piece'), custom_unit_id=item.custom_unit, price=item.price,
        sort_order=item.sequence)


def add_item(call):
    project = _project(call)
    values, = _items([call.body])
    item, = Pool().get('flat_rate.project.item').create([{**values, 'project': project.id}])
    return _item(project.id, item.id)


def _item(project, id):
    found = reading.get_items([project], [id])[project]
    if not found:
        raise not_found()
    return _show_item(found[0])


def read_item(call):
    return _item(call.params['id'], call.params['itemId'])


def update_item(call):
    before = read_item(call)
    values = changes(call.body)
    if not values:
        return before
    Item = Pool().get('flat_rate.project.item')
    check_units([values.get('custom_unit_id')])
    Item.write([Item(before.id)], _values(values, built_in_units()))
    return read_item(call)


def delete_item(call):
    Item = Pool().get('flat_rate.project.item')
    Item.delete([Item(read_item(call).id)])


def _items(bodies):
    """Return the values of new items"""
    check_units(body.custom_unit_id for body in bodies)
    units = built_in_units()
    return [_values({'quantity': 1, 'unit': 'Piece', **changes(body)}, units) for body in bodies]


def _values(sent, units):
    """Return the values of the domain of what was sent of an item"""
    values = dict(sent)
    if 'unit' in values:
        values['unit'] = units[UNITS[values['unit']]]
    for name, field in [('custom_unit_id', 'custom_unit'), ('sort_order', 'sequence')]:
        if name in values:
            values[field] = values.pop(name)
    return values


def reorder(call):
    project = _project(call)
    if not call.body.item_ids:
        raise refused_field('invalid_body', 'empty', 'itemIds')
    Pool().get('flat_rate.project.item').reorder(project.id, call.body.item_ids)


# Offer, delivery note, invoice

def offer(call):
    body, project = call.body, _project(call)
    made = _issue(
        call, 'flat_rate.offer', project, valid_until=day_of(call, body.valid_until),
        delivery_days=body.delivery_time_in_days)
    return Offer(
        **_issued(made, project, 'offer'), offer_number=made.number, valid_until=made.valid_until,
        delivery_time_in_days=made.delivery_days)


def delivery_note(call):
    body, project = call.body, _project(call)
    made = _issue(
        call, 'flat_rate.delivery_note', project, delivery_date=day_of(call, body.delivery_date),
        show_prices=body.show_prices)
    return DeliveryNote(
        **_issued(made, project, 'delivery-note'), delivery_note_number=made.number,
        delivery_date=made.delivery_date, show_prices=made.show_prices)


def _issue(call, model, project, **values):
    Paper, body = Pool().get(model), call.body
    made, = Paper.issue([Paper(
                project=project.id, template=body.invoice_template_id,
                issue_date=day_of(call, body.issue_date),
                introduction=body.introduction_text or None, footer=body.footer_text or None,
                **values)])
    return made


def _issued(paper, project, path):
    return {
        'id': paper.id, 'project_id': project.id, 'issue_date': paper.issue_date,
        'is_finalized': True, 'finalized_at': paper.issued_at,
        'pdf_url': f'/api/paushal-projects/{project.id}/{path}/pdf',
        'archived_pdf_hash': sealed([paper])[paper.id].sha256}


def offer_pdf(call):
    return _pdf('flat_rate.offer', _project(call).offer)


def delivery_note_pdf(call):
    return _pdf('flat_rate.delivery_note', _project(call).delivery_note)


def _pdf(model, id):
    if id is None:
        raise not_found('no_document')
    paper = Pool().get(model)(id)
    content, found = pdf_of(paper)
    return Answer(content, etag=found.sha256, headers={
            'Content-Disposition': f'attachment; filename="{paper.number}.pdf"'})


def invoice(call):
    body, project = call.body, _project(call)
    made = Pool().get('flat_rate.project.invoice').bill(
        Pool().get('flat_rate.project')(project.id), template=body.invoice_template_id,
        invoice_date=day_of(call, body.issue_date), due_date=day_of(call, body.due_date),
        comment=body.notes or None, introduction=body.introduction_text or None)
    return invoices.get(call, made.id)


WRONG = {'invalid_argument': "a field is missing or out of range"}
BILLED = {'invalid_state': "the project is billed; its prices and items stay as they are"}
UNKNOWN = {404: {'not_found': "unknown, or belongs to another account"}}
INCOMPLETE = "your own legal data are incomplete"
PATH = '/api/paushal-projects'
PROJECT = f'{PATH}/{{id:int}}'


def _operation(method, path, **values):
    return Operation(
        method=method, path=path, tag='paushal-projects', feature=FEATURE, names=NAMES,
        ability='projects:read' if method == 'GET' else 'projects:write', **values)


OPERATIONS = [
    _operation(
        'GET', PATH, id='listProjects', summary="List flat-rate projects",
        description="Newest first; customerId: only those of one customer.", query=ProjectQuery,
        response=ProjectList, handler=find, etag=True,
        problems={400: {'invalid_argument': "page or limit out of range"}}),
    _operation(
        'POST', PATH, id='createProject', status=201, summary="Create a flat-rate project",
        request=ProjectCreate, response=Project, handler=create, etag=True, body_limit=4 * MIB,
        problems={
            400: WRONG, 404: {'not_found': "customer or unit unknown, or another account's"}}),
    _operation(
        'GET', PROJECT, id='getProject', summary="One project with items", response=Project,
        handler=read, etag=True, problems=UNKNOWN),
    _operation(
        'PATCH', PROJECT, id='updateProject', summary="Change project fields",
        request=ProjectUpdate, response=Project, handler=update, current=read, etag=True,
        problems={400: {**WRONG, **BILLED}, **UNKNOWN}),
    _operation(
        'GET', f'{PROJECT}/items', id='listProjectItems', summary="Items of a project",
        response=list[ProjectItem], handler=find_items, etag=True, problems=UNKNOWN),
    _operation(
        'POST', f'{PROJECT}/items', id='addProjectItem', status=201, summary="Add an item",
        request=ProjectItemCreate, response=ProjectItem, handler=add_item, etag=True,
        problems={400: {**WRONG, **BILLED}, 404: {'not_found': "project or unit not yours"}}),
    _operation(
        'PATCH', f'{PROJECT}/items/{{itemId:int}}', id='updateProjectItem',
        summary="Change an item", request=ProjectItemUpdate, response=ProjectItem,
        handler=update_item, current=read_item, etag=True, problems={
            400: {**WRONG, **BILLED}, 404: {'not_found': "item, project or unit not yours"}}),
    _operation(
        'DELETE', f'{PROJECT}/items/{{itemId:int}}', id='deleteProjectItem', status=204,
        summary="Delete an item", handler=delete_item,
        problems={400: BILLED, 404: {'not_found': "item or project not yours"}}),
    _operation(
        'POST', f'{PROJECT}/items/reorder', id='reorderProjectItems', status=204,
        summary="Set the order of items",
        description=(
            "sortOrder is rewritten 0..n-1. Ids not in the project are ignored; items left out keep"
            " their order after the listed ones."),
        request=Reorder, handler=reorder,
        problems={400: {'invalid_body': "itemIds empty", **WRONG, **BILLED}, **UNKNOWN}),
    _operation(
        'POST', f'{PROJECT}/offer', id='createOffer', status=201,
        summary="Create and finalise the offer",
        description=(
            "Takes the next offer number, renders and archives the hash-sealed PDF. One offer per"
            " project, which needs something priced."),
        request=OfferCreate, response=Offer, handler=offer, locks=PAPER_LOCKS,
        problems={
            400: {**WRONG, 'invalid_state': f"nothing priced, offered already, or {INCOMPLETE}"},
            404: {'not_found': "project or template not yours"}}),
    _operation(
        'GET', f'{PROJECT}/offer/pdf', id='getOfferPdf', summary="Archived offer PDF",
        description="Its hash is verified on every read.", response=bytes,
        media_type='application/pdf', handler=offer_pdf, problems={
            400: {'not_finalized': "the document is not finalised yet"},
            404: {'not_found': "no offer for the project, or not yours"},
            500: {'archive_corrupt': "the stored document is not the one that was sealed"}}),
    _operation(
        'POST', f'{PROJECT}/delivery-note', id='createDeliveryNote', status=201,
        summary="Create and finalise the delivery note",
        description=(
            "showPrices puts prices on the note. One delivery note per project, with or without an"
            " offer."),
        request=DeliveryNoteCreate, response=DeliveryNote, handler=delivery_note, locks=PAPER_LOCKS,
        problems={
            400: {**WRONG, 'invalid_state': f"delivered already, or {INCOMPLETE}"},
            404: {'not_found': "project or template not yours"}}),
    _operation(
        'GET', f'{PROJECT}/delivery-note/pdf', id='getDeliveryNotePdf',
        summary="Archived delivery-note PDF", description="Its hash is verified on every read.",
        response=bytes, media_type='application/pdf', handler=delivery_note_pdf, problems={
            400: {'not_finalized': "the document is not finalised yet"},
            404: {'not_found': "no delivery note, or not yours"},
            500: {'archive_corrupt': "the stored document is not the one that was sealed"}}),
    _operation(
        'POST', f'{PROJECT}/invoices', id='createProjectInvoice', status=201,
        summary="Create and finalise an invoice from the project",
        description=(
            "ProjectPrice: one lump-sum line; ItemPrice: one line per item; Combined: both. One"
            " invoice per project."),
        request=ProjectInvoiceCreate, response=invoices.Invoice, handler=invoice, locks=LOCKS,
        problems={
            400: {
                **WRONG,
                'e_invoice_invalid': "the e-invoice of the template's profile would break official rules",
                'invalid_state': (
                    f"nothing priced, billed already, {INCOMPLETE}, or the books are closed")},
            404: {'not_found': "project or template not yours"},
            422: {
                'stripe_key_invalid': "the template asks for a payment link, without a valid key",
                'stripe_unavailable': "the payment provider did not answer"}},
        problem_models={400: invoices.EInvoiceInvalidBody}),
    ]
