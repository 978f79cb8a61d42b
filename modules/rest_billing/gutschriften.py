"""Gutschriften: create and issue, PDF, mark as paid"""
import functools
from typing import Annotated

from pydantic import Field
from trytond.modules.account_invoice_issue.side import SELF_BILLED
from trytond.modules.document_issue.limits import MAX_LINES
from trytond.modules.document_issue.locks import LOCKS
from trytond.modules.rest import Operation
from trytond.modules.rest.bodies import MIB
from trytond.modules.rest.fields import (
    Body, DateTimeOrDate, Id, LongText, Midnight, Number, Output, Stamp, camel)

from .dialect import LINE_NAMES
from .invoices import (
    PAY_PROBLEMS, PDF_PROBLEMS, EInvoiceInvalidBody, InvoiceLine, MarkPaid, find_one, issue, pay, pdf)


class GutschriftCreate(Body, alias_generator=camel):
    """customerId is the partner who supplied and is paid"""
    customer_id: Id
    invoice_template_id: Id
    issue_date: DateTimeOrDate | None = None
    due_date: DateTimeOrDate | None = None
    introduction_text: LongText | None = None
    notes: LongText | None = None
    items: Annotated[list[InvoiceLine], Field(min_length=1, max_length=MAX_LINES)]


class Gutschrift(Output, alias_generator=camel):
    id: int
    gutschrift_number: str | None
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
    archived_pdf_hash: Annotated[str, Field(pattern='^[0-9a-f]{128}$')] | None


def create(call):
    return _get(call, issue(call, call.body.items, self_billed=True).id)


def mark_paid(call):
    return _get(call, pay(call, SELF_BILLED).id)


def _get(call, id):
    found = find_one(call, id, SELF_BILLED)
    return Gutschrift(
        id=found.id, gutschrift_number=found.number, customer_id=found.party,
        issue_date=found.issue_date, due_date=found.due_date, total_amount=found.untaxed,
        total_with_tax=found.total, tax_rate=found.tax_rate, is_paid=found.paid,
        paid_date=found.paid_date, is_finalized=found.issued_at is not None,
        finalized_at=found.issued_at, pdf_url=f'/api/gutschriften/{found.id}/pdf',
        archived_pdf_hash=found.sha512)


OPERATIONS = [
    Operation(
        id='createGutschrift', method='POST', path='/api/gutschriften', status=201, tag='gutschriften',
        summary="Create and finalise a self-bill, all or nothing",
        description=(
            "The partner supplies, your account writes the document and owes the amount: seller and"
            " buyer change places. It has a number range of its own and the word Gutschrift on it."
            " issueDate defaults to today, dueDate to 14 days later."),
        request=GutschriftCreate, response=Gutschrift, handler=create, locks=LOCKS, body_limit=4 * MIB,
        ability='invoices:write', names={**LINE_NAMES, 'lines': 'items'},
        problems={
            400: {
                'invalid_argument': "a field is missing or out of range",
                'e_invoice_invalid': (
                    "the e-invoice of the template's profile would break official rules, such as"
                    " BR-CO-26: the partner has neither VAT id nor tax number"),
                'invalid_state': "your own legal data are incomplete, or the books are closed"},
            404: {'not_found': "customer, template or unit unknown, or another account's"}},
        problem_models={400: EInvoiceInvalidBody}),
    Operation(
        id='getGutschriftPdf', method='GET', path='/api/gutschriften/{id:int}/pdf', tag='gutschriften',
        summary="Archived PDF", description="Its hash is verified on every read.", response=bytes,
        media_type='application/pdf', handler=functools.partial(pdf, side=SELF_BILLED),
        ability='invoices:read',
        problems=PDF_PROBLEMS),
    Operation(
        id='markGutschriftPaid', method='POST', path='/api/gutschriften/{id:int}/mark-paid',
        tag='gutschriften', summary="Mark as paid",
        description="paidDate defaults to today; marking again keeps the first date.",
        request=MarkPaid, body_required=False, response=Gutschrift, handler=mark_paid, locks=LOCKS,
        ability='invoices:write',
        problems=PAY_PROBLEMS),
    ]
