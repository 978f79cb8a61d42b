"""What follows from a project: status, price and documents, for any number of projects in one statement.

Status is the furthest that was reached: Created < Offered < Accepted < Billed < Finished. An invoice
that was cancelled does not count, so the project can be billed again.
"""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sql import Literal, Null
from sql.aggregate import Count, Sum
from sql.conditionals import Case, Coalesce
from sql.functions import Round
from trytond.model import fields
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.tools import cursor_dict
from trytond.transaction import Transaction

from .pricing import ITEM_PRICE


@dataclass(frozen=True, slots=True)
class Project:
    """One project: ids of records; price: EUR without tax as its strategy has it, None for none."""
    id: int
    party: int
    name: str
    description: str | None
    status: str
    pricing_strategy: str
    price: Decimal | None
    hide_item_prices: bool
    completed_date: dt.date | None
    offer: int | None
    delivery_note: int | None
    invoice: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One item; unit: UN/ECE code; custom_unit: id of product.unit or None"""
    id: int
    project: int
    description: str
    quantity: Decimal
    unit: str
    custom_unit: int | None
    price: Decimal | None
    sequence: int


def derived(ids):
    """Return {id: Project} of those that are projects of the tenant"""
    return {project.id: project for project in _read(lambda tables: _in(tables.project.id, ids))}


def list_projects(party=None, offset=0, limit=50):
    """Return (projects, number of all), newest first; ``party``: only this customer's"""
    def where(tables):
        return tables.project.party == party if party is not None else Literal(True)
    projects = _read(where, offset, limit)
    total = offset + len(projects)
    if not projects or len(projects) == limit:
        total = _count(where)
    return projects, total


def with_status(compare, value):
    """Return the query of the ids of projects whose status compares"""
    tables = _Tables()
    return tables.joined.select(tables.project.id, where=compare(tables.status, value))


def issued(ids):
    """Return the ids of those projects that have a document, a cancelled invoice included"""
    tables = _Tables()
    return _ids(tables, ids, (tables.offer.id != Null) | (tables.note.id != Null) | (tables.link.id != Null))


def billed(ids):
    """Return the ids of those projects for which an invoice stands"""
    tables = _Tables()
    return _ids(tables, ids, tables.invoice.id != Null)


def _ids(tables, ids, where):
    ids = list(ids)
    if not ids:
        return set()
    cursor = Transaction().connection.cursor()
    cursor.execute(*tables.joined.select(tables.project.id, where=_in(tables.project.id, ids) & where))
    return {id for id, in cursor}


def get_items(projects, ids=None):
    """Return {project: [Item]} of projects (ids), each list in order; ``ids``: only these items"""
    pool = Pool()
    item = pool.get('flat_rate.project.item').__table__()
    uom = pool.get('product.uom').__table__()
    found = {project: [] for project in projects}
    where = _in(item.project, found) & (item.company == current_company())
    if ids is not None:
        where &= _in(item.id, ids)
    cursor = Transaction().connection.cursor()
    cursor.execute(*item.join(uom, condition=item.unit == uom.id).select(
            item.id, item.project, item.description, item.quantity, uom.unece_code.as_('unit'),
            item.custom_unit, item.price, Coalesce(item.sequence, 0).as_('sequence'),
            where=where, order_by=[item.sequence.nulls_first, item.id]))
    for row in cursor_dict(cursor):
        found[row['project']].append(Item(**row))
    return found


class _Tables:
    """A project with its documents: at most one of each, so no row comes twice"""

    def __init__(self):
        pool = Pool()
        self.project = pool.get('flat_rate.project').__table__()
        self.offer = pool.get('flat_rate.offer').__table__()
        self.note = pool.get('flat_rate.delivery_note').__table__()
        self.link = pool.get('flat_rate.project.invoice').__table__()
        self.invoice = pool.get('account.invoice').__table__()
        self.joined = (self.project
            .join(self.offer, 'LEFT', condition=self.offer.project == self.project.id)
            .join(self.note, 'LEFT', condition=self.note.project == self.project.id)
            .join(self.link, 'LEFT', condition=self.link.project == self.project.id)
            .join(self.invoice, 'LEFT', condition=(self.invoice.id == self.link.invoice)
                & (self.invoice.state != 'cancelled')))

    @property
    def status(self):
        return Case(
            (self.project.completed_date != Null, 'Finished'),
            (self.invoice.id != Null, 'Billed'),
            (self.project.accepted_date != Null, 'Accepted'),
            (self.offer.id != Null, 'Offered'),
            else_='Created')

    @property
    def price(self):
        """What the items come to where each has its price, rounded as on a document; else the lump sum"""
        item = Pool().get('flat_rate.project.item').__table__()
        items = item.select(
            Sum(Round(item.quantity * item.price, 2)), where=item.project == self.project.id)
        return Case(
            (self.project.pricing_strategy == ITEM_PRICE, items), else_=self.project.total_price)


def _read(where, offset=0, limit=None):
    tables = _Tables()
    project = tables.project
    cursor = Transaction().connection.cursor()
    cursor.execute(*tables.joined.select(
            project.id, project.party, project.name, project.description,
            tables.status.as_('status'), project.pricing_strategy, tables.price.as_('price'),
            Coalesce(project.hide_item_prices, Literal(False)).as_('hide_item_prices'),
            project.completed_date, tables.offer.id.as_('offer'),
            tables.note.id.as_('delivery_note'), tables.invoice.id.as_('invoice'),
            # Row-level security says the same; saying it here lets the index be used
            where=(project.company == current_company()) & where(tables),
            order_by=[project.id.desc], offset=offset or None, limit=limit))
    return [Project(**row) for row in cursor_dict(cursor)]


def _count(where):
    tables = _Tables()
    cursor = Transaction().connection.cursor()
    cursor.execute(*tables.project.select(
            Count(Literal(1)), where=(tables.project.company == current_company()) & where(tables)))
    return cursor.fetchone()[0]


def _in(column, ids):
    return fields.SQL_OPERATORS['in'](column, list(ids))
