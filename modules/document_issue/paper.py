"""A document on its way through the pipeline of `issued`"""
import datetime as dt
from dataclasses import dataclass, field

from trytond.modules.archive.document import Blob
from trytond.modules.document_render import Document
from trytond.modules.party_customer.customer import Customer

from .ledger import Books


@dataclass(frozen=True, slots=True)
class File:
    """A file that says the same as the PDF in another form"""
    name: str
    media_type: str
    blob: Blob = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Paper:
    """A document that is decided, and then numbered, laid out, typeset, stored and sealed.

    draft: the record or values it is made of; buyer: the other party as known now. The rest is filled in on
    the way: id of the record; sequence: id of the series; issued_at: naive UTC; document: the data of the
    page; beside: Files sealed with the PDF.
    """
    draft: object
    books: Books
    template: object
    buyer: Customer
    issue_date: dt.date
    id: int | None = None
    number: str = ''
    sequence: int | None = None
    issued_at: dt.datetime | None = None
    document: Document | None = None
    pdf: Blob | None = field(default=None, repr=False)
    beside: list = field(default_factory=list)
