"""What a project charges, and how its lines stand on the offer and the delivery note.

The one place that knows the strategies: the invoice charges what :func:`charges` says, and the
offer's figures are those of the same charges, so that both agree to the cent.

- ProjectPrice: one lump sum; where none is given, what the items come to. All items are part of it.
- ItemPrice: each item at its own price; one without a price is listed and costs nothing.
- Combined: the lump sum, and on top of it each item that has a price.
"""
from dataclasses import dataclass
from decimal import Decimal

from trytond.modules.document_issue.rounding import line_amount
from trytond.pool import Pool

PROJECT_PRICE, ITEM_PRICE, COMBINED = 'ProjectPrice', 'ItemPrice', 'Combined'


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One line of a document: a lump sum or an item.

    unit, custom_unit: records, None for none; price: per unit, None where nothing is charged;
    shown: whether offer and delivery note print the price; whole: it stands for the project itself.
    """
    number: str
    description: str
    quantity: Decimal
    unit: object
    custom_unit: object = None
    price: Decimal | None = None
    shown: bool = True
    whole: bool = False


def rows(project):
    """Return the Rows of a project as an offer lists them: the lump sum first, then the items in order"""
    strategy, items = project.pricing_strategy, list(project.items)
    lump_sum = _lump_sum(project, items)
    if strategy == PROJECT_PRICE:
        found = [_item(item, f'1.{n}', priced=False) for n, item in enumerate(items, 1)]
        return [_whole(project, '1', lump_sum), *found] if lump_sum is not None else found
    found = [] if lump_sum is None else [_whole(project, '1', lump_sum)]
    return found + [
        _item(item, str(n), shown=not project.hide_item_prices)
        for n, item in enumerate(items, len(found) + 1)]


def charges(project):
    """Return the Rows that are charged, empty where nothing has a price"""
    return [row for row in rows(project) if row.price is not None]


def net(project):
    """Return what a project comes to at the prices that it names, to the cent"""
    return sum((line_amount(row.quantity, row.price) for row in charges(project)), Decimal(0))


def invoice_rows(project):
    """Return the Rows of an invoice: what is charged, and beside it the items that cost nothing extra"""
    whole = project.pricing_strategy == PROJECT_PRICE
    return [row for row in rows(project) if row.price is not None or not whole]


def unpriced_rows(project):
    """Return the Rows of a delivery note without prices: the items, or the project itself without any"""
    items = [_item(item, str(n), priced=False) for n, item in enumerate(project.items, 1)]
    return items or [_whole(project, '1', None)]


def _lump_sum(project, items):
    if project.pricing_strategy == ITEM_PRICE:
        return None
    if project.total_price is not None or project.pricing_strategy == COMBINED:
        return project.total_price
    priced = [line_amount(item.quantity, item.price) for item in items if item.price is not None]
    return sum(priced) if priced else None


def _whole(project, number, price):
    title = f'{project.name}\n{project.description}' if project.description else project.name
    return Row(number, title, Decimal(1), lump_sum_unit(), price=price, whole=True)


def lump_sum_unit():
    """Return the unit that lump sums are counted in"""
    pool = Pool()
    return pool.get('product.uom')(
        pool.get('ir.model.data').get_id('flat_rate_project', 'uom_lump_sum'))


def _item(item, number, priced=True, shown=True):
    return Row(
        number, item.description, item.quantity, item.unit, item.custom_unit,
        item.price if priced else None, shown)
