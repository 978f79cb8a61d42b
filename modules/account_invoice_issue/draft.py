"""Drafts that were never stored: the values that somebody fills in"""
import datetime as dt
import functools
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import NamedTuple


class RecordId(NamedTuple):
    """A record of which only its id is known and asked"""
    id: int


@dataclass(slots=True, eq=False)
class DraftLine:
    """A line of a Draft: the fields of an ``account.invoice.line`` that somebody fills in"""
    description: str | None = None
    item_key: str | None = None
    quantity: float | None = None
    unit: object = None
    custom_unit: object = None
    unit_price: Decimal | None = None
    product: object = None
    account: object = None
    taxes: tuple = ()
    taxes_date: dt.date | None = None
    type: str = 'line'
    sequence: int | None = None
    origin: object = None
    note: str | None = None
    id: None = None

    def __post_init__(self):
        # As every field of one line
        self.item_key = self.item_key and self.item_key.strip()


@dataclass(slots=True, eq=False)
class Draft:
    """An invoice that is to be issued and was never stored: the fields of an ``account.invoice`` that
    somebody fills in.

    Records are named by what has their id: ``RecordId`` will do for party, template, unit, custom_unit and
    product, the rest are records of Tryton. One in place of the whole draft takes long for each answer, and
    a call may have thousands of lines.
    """
    party: object
    lines: list | tuple = ()
    self_billed: bool = False
    template: object = None
    invoice_date: dt.date | None = None
    accounting_date: dt.date | None = None
    supply_date: dt.date | None = None
    due_date: dt.date | None = None
    payment_term: object = None
    payment_term_date: dt.date | None = None
    invoice_address: object = None
    account: object = None
    currency: object = None
    credit_of: object = None
    reference: str | None = None
    description: str | None = None
    introduction: str | None = None
    comment: str | None = None
    id: None = None

    def __post_init__(self):
        # As every field of one line
        self.reference = self.reference and self.reference.strip()
        self.description = self.description and self.description.strip()


def plain(record, kind):
    """Return a record of Tryton that was never stored as the Draft or DraftLine of what it was given"""
    if isinstance(record, kind) or record.id is not None:
        return record
    given = record._values
    return kind(**{name: getattr(given, name) for name in _names(kind) if hasattr(given, name)})


@functools.cache
def _names(kind):
    return [field.name for field in fields(kind) if field.name != 'id']
