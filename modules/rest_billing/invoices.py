"""Invoices: list, create and issue, read, PDF, mark as paid"""
import datetime as dt
from typing import Annotated, Literal

from pydantic import Field
from trytond.modules.account_invoice_issue.draft import Draft, DraftLine, RecordId
from trytond.modules.document_issue.reading import pdf_of
from trytond.modules.account_invoice_issue.reading import Filter, get_invoices, list_invoices
from trytond.modules.account_invoice_payment_link.link import links_of
from trytond.modules.document_issue.limits import MAX_LINES, storable
from trytond.modules.document_issue.locks import LOCKS
from trytond.modules.document_issue.side import SALE
from trytond.modules.kernel import clock
from trytond.modules.product_catalog.product import ITEM_KEY_LENGTH
from trytond.modules.product_catalog.uom import built_in_units
from trytond.modules.rest import Answer, Operation, not_found
from trytond.modules.rest.bodies import MIB
from trytond.modules.rest.fields import (
    Body, DateTimeOrDate, Id, LongText, Midnight, Number, Output, Price, QueryBoolean, QueryId, QueryText,
    Stamp, camel, decimal, integer, text)
from trytond.modules.rest.paging import Page, PageQuery
from trytond.pool import Pool

from .dates import day_of
from .dialect import LINE_NAMES
from .types import UNITS, Unit, line

MOST_SORT = 2 ** 31 - 1
NAMES = {**LINE_NAMES, 'lines': 'custom_items'}


class InvoiceLine(Body, alias_generator=camel):
    """sortOrder defaults to the place in the list; customUnitId replaces unit"""
    item_key: line(ITEM_KEY_LENGTH) | None = None
    description: text(200, minimum=1)
    quantity: decimal(4)
    unit: Unit
    custom_unit_id: Id | None = None
    price_per_unit: Price
    sort_order: integer(-MOST_SORT, MOST_SORT) | None = None


class InvoiceCreate(Body, alias_generator=camel):
    customer_id: Id
    invoice_template_id: Id
    issue_date: DateTimeOrDate | None = None
    due_date: DateTimeOrDate | None = None
    notes: LongText | None = None
    introduction_text: LongText | None = None
    custom_items: Annotated[list[InvoiceLine], Field(min_length=1, max_length=MAX_LINES)]


class MarkPaid(Body, alias_generator=camel):
    paid_date: DateTimeOrDate | None = None


class Violation(Output, alias_generator=camel):
    """A rule of EN 16931 or XRechnung, and the field that mends it, empty where it is not the caller's"""
    rule: str
    field: str
    message: str


class EInvoiceInvalidBody(Output, alias_generator=camel):
    error: Literal['e_invoice_invalid']
    message: str
    violations: list[Violation]


class Invoice(Output, alias_generator=camel):
    id: int
    invoice_number: str | None
    customer_id: int
    issue_date: Midnight
    due_date: Midnight
    total_amount: Number
    total_with_tax: Number
    tax_rate: Number
    is_paid: bool
    paid_date: Midnight | None
    is_finalized: bool
    finalized_at: Stamp | None
    pdf_url: str
    stripe_payment_link_url: str | None
    stripe_payment_link_id: str | None
    archived_pdf_hash: Annotated[str, Field(pattern='^[0-9a-f]{128}$')] | None


class InvoiceRow(Output, alias_generator=camel):
    id: int
    invoice_number: str | None
    customer_id: int
    issue_date: Midnight
    due_date: Midnight
    total_with_tax: Number
    is_paid: bool
    is_finalized: bool
    pdf_url: str


class InvoiceList(Page[InvoiceRow]):
    pass


class InvoiceQuery(PageQuery, alias_generator=camel):
    customer_id: QueryId | None = Field(None, description="Only this customer")
    is_paid: QueryBoolean | None = Field(None, description="Payment status")
    invoice_number: QueryText | None = Field(None, description="Exact number")
    issued_from: DateTimeOrDate | None = Field(
        None, description="Issue date >= this, inclusive, e.g. 2026-01-01")
    issued_to: DateTimeOrDate | None = Field(None, description="Issue date <= this, inclusive")


def show(invoice):
    """Return the Invoice of an Outgoing"""
    link_url, link_id = links_of([invoice.id])[invoice.id]
    return Invoice(
        **_row(invoice), total_amount=invoice.untaxed, tax_rate=invoice.tax_rate,
        paid_date=invoice.paid_date, finalized_at=invoice.issued_at, stripe_payment_link_url=link_url,
        stripe_payment_link_id=link_id, archived_pdf_hash=invoice.sha512)


def _row(invoice):
    return {
        'id': invoice.id, 'invoice_number': invoice.number, 'customer_id': invoice.party,
        'issue_date': invoice.issue_date, 'due_date': invoice.due_date,
        'total_with_tax': invoice.total, 'is_paid': invoice.paid,
        'is_finalized': invoice.issued_at is not None, 'pdf_url': f'/api/invoices/{invoice.id}/pdf'}


# List

def find(call):
    """The last one made first"""
    query = call.query
    wanted = Filter(
        party=query.customer_id, paid=query.is_paid, number=query.invoice_number,
        issued_from=_first_day(query.issued_from), issued_to=_last_day(query.issued_to))
    invoices, total = list_invoices(wanted, _today(call), query.offset, query.limit)
    return InvoiceList(
        items=[InvoiceRow(**_row(invoice)) for invoice in invoices], page=query.page,
        limit=query.limit, total=total)


def _first_day(moment):
    """Return the first date whose midnight UTC, as issueDate is shown, is not before a moment"""
    if moment is None:
        return None
    date = moment.date()
    return date if moment.time() == dt.time() else date + dt.timedelta(days=1)


def _last_day(moment):
    """Return the last date whose midnight UTC is not after a moment"""
    return moment and moment.date()


# Create

def create(call):
    return get(call, issue(call, call.body.custom_items).id)


def issue(call, items, **values):
    """Issue what a body asks for, with a list of items, and return the invoice"""
    order = _in_order(items)
    call.places['lines'] = [place for place, _ in order]
    invoice, = Pool().get('account.invoice').issue([_draft(call, order, values)])
    return invoice


def _in_order(items):
    """Return [(place in the request, item)] as printed: by sortOrder, which defaults to the place"""
    numbered = list(enumerate(items))
    return sorted(numbered, key=lambda pair: (
            pair[0] + 1 if pair[1].sort_order is None else pair[1].sort_order, pair[0]))


def _draft(call, order, values):
    body, units = call.body, built_in_units()
    lines = [
        DraftLine(
            item_key=item.item_key or None, description=item.description,
            quantity=storable(item.quantity, 'lines', n), unit=RecordId(units[UNITS[item.unit]]),
            custom_unit=None if item.custom_unit_id is None else RecordId(item.custom_unit_id),
            unit_price=item.price_per_unit)
        for n, (_, item) in enumerate(order)]
    return Draft(
        party=RecordId(body.customer_id), template=RecordId(body.invoice_template_id),
        invoice_date=day_of(call, body.issue_date), due_date=day_of(call, body.due_date),
        comment=body.notes or None, introduction=body.introduction_text or None, lines=lines, **values)


# Read, PDF, paid

def _today(call):
    return clock.today(call.caller.timezone)


def find_one(call, id, side=SALE):
    """Return an Outgoing of a side of the tenant"""
    found = get_invoices([id], _today(call), side)
    if id not in found:
        raise not_found()
    return found[id]


def get(call, id):
    """Return the Invoice of an id of the tenant"""
    return show(find_one(call, id))


def read(call):
    return get(call, call.params['id'])


def pdf(call, side=SALE):
    invoice = find_one(call, call.params['id'], side)
    content, sealed = pdf_of(Pool().get('account.invoice')(invoice.id))
    return Answer(content, etag=sealed.sha512, headers={
            'Content-Disposition': f'attachment; filename="{invoice.number}.pdf"'})


def mark_paid(call):
    return get(call, pay(call).id)


def pay(call, side=SALE):
    """Mark what a path names as paid and return the invoice"""
    Invoice = Pool().get('account.invoice')
    invoice = Invoice(find_one(call, call.params['id'], side).id)
    date = day_of(call, call.body.paid_date) if call.body else None
    Invoice.mark_paid([invoice], date)
    return invoice


UNKNOWN = {404: {'not_found': "unknown, or belongs to another account"}}
PDF_PROBLEMS = {
    400: {'not_finalized': "a draft made in the client has no document yet"}, **UNKNOWN,
    500: {'archive_corrupt': "the stored document is not the one that was sealed"}}
PAY_PROBLEMS = {
    400: {
        'invalid_argument': "paidDate is no date the books can have",
        'invalid_state': "not issued, cancelled, or the books are closed"}, **UNKNOWN}

OPERATIONS = [
    Operation(
        id='listInvoices', method='GET', path='/api/invoices', tag='invoices',
        summary="List invoices",
        description=(
            "The last one made first. issuedFrom and issuedTo are compared with issueDate, a bare date"
            " is midnight UTC. isPaid is true as well for an invoice that a credit note has settled."),
        query=InvoiceQuery, response=InvoiceList, handler=find, etag=True, ability='invoices:read',
        problems={400: {'invalid_argument': "a filter cannot be read; page or limit out of range"}}),
    Operation(
        id='createInvoice', method='POST', path='/api/invoices', status=201, tag='invoices',
        summary="Create and finalise an invoice, all or nothing",
        description=(
            "Takes the next number, posts, renders and archives the hash-sealed PDF in one call."
            " issueDate defaults to today, dueDate to 14 days later."),
        request=InvoiceCreate, response=Invoice, handler=create, locks=LOCKS, body_limit=4 * MIB,
        ability='invoices:write', names=NAMES,
        problems={
            400: {
                'invalid_argument': "a field is missing or out of range",
                'e_invoice_invalid': "the e-invoice of the template's profile would break official rules",
                'invalid_state': "your own legal data are incomplete, or the books are closed"},
            404: {'not_found': "customer, template or unit unknown, or another account's"},
            422: {
                'stripe_key_invalid': "the template asks for a payment link, without a valid key",
                'stripe_unavailable': "the payment provider did not answer"}},
        problem_models={400: EInvoiceInvalidBody}),
    Operation(
        id='getInvoice', method='GET', path='/api/invoices/{id:int}', tag='invoices',
        summary="One invoice with totals", response=Invoice, handler=read, etag=True,
        ability='invoices:read', problems=UNKNOWN),
    Operation(
        id='getInvoicePdf', method='GET', path='/api/invoices/{id:int}/pdf', tag='invoices',
        summary="Archived PDF", description="Its hash is verified on every read.", response=bytes,
        media_type='application/pdf', handler=pdf, ability='invoices:read',
        problems=PDF_PROBLEMS),
    Operation(
        id='markInvoicePaid', method='POST', path='/api/invoices/{id:int}/mark-paid',
        tag='invoices', summary="Mark as paid",
        description="paidDate defaults to today; marking again keeps the first date.",
        request=MarkPaid, body_required=False, response=Invoice, handler=mark_paid, locks=LOCKS,
        ability='invoices:write',
        problems=PAY_PROBLEMS),
    ]
