"""The one place that rounds: line amounts, tax per rate, totals. Cents, half up (away from zero).

Net prices: a line is quantity × price; per rate the tax is base × rate. Gross prices: a line shows
quantity × price; per rate the tax is taken out of the sum that was shown, so that the customer pays
exactly that, and the lines' net amounts share the base by largest remainder. Printed document,
posted move and electronic invoice use these figures and none of their own (EN 16931 BR-CO-10 to
17).
"""
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

CENT = Decimal('0.01')
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one rate (percent) bears"""
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a document.

    shown: amount of each line as printed; net: net amount of each line as booked; taxes: key →
    TaxShare in the order of first appearance; untaxed + tax = total.
    """
    shown: list
    net: list
    taxes: dict
    untaxed: Decimal
    tax: Decimal
    total: Decimal


def cents(amount):
    """Round to cents, half up"""
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(CENT, ROUND_HALF_UP)


def line_amount(quantity, unit_price):
    """Return the amount of a line; ``quantity`` may be the float that Tryton stores"""
    with localcontext() as context:
        context.prec = 60
        return cents(Decimal(str(quantity)) * unit_price)


def totals(lines, tax_included=False):
    """Return the Totals of a document.

    lines: (quantity, unit price, key, rate in percent); lines of one key share a rate and are taxed
    as one sum.
    """
    shown = [line_amount(quantity, price) for quantity, price, _, _ in lines]
    groups = defaultdict(list)
    rates = {}
    for index, (_, _, key, rate) in enumerate(lines):
        groups[key].append(index)
        rates[key] = rate
    net = list(shown)
    taxes = {}
    for key, indexes in groups.items():
        amounts = [shown[i] for i in indexes]
        share = _gross_share if tax_included else _net_share
        taxes[key] = share(sum(amounts), rates[key])
        if tax_included:
            for i, amount in zip(indexes, _spread(amounts, taxes[key]), strict=True):
                net[i] = amount
    untaxed = sum((share.base for share in taxes.values()), Decimal('0.00'))
    tax = sum((share.tax for share in taxes.values()), Decimal('0.00'))
    return Totals(shown, net, taxes, untaxed, tax, untaxed + tax)


def _net_share(base, rate):
    return TaxShare(rate, base, cents(base * rate / HUNDRED))


def _gross_share(gross, rate):
    with localcontext() as context:
        context.prec = 60
        tax = cents(gross * rate / (HUNDRED + rate))
    return TaxShare(rate, gross - tax, tax)


def _spread(amounts, share):
    """Return net amounts that add up to the base, each less than a cent from its exact value.

    What is taken back is spread as it was charged: negated amounts have negated shares.
    """
    if next((amount for amount in (share.base, *amounts) if amount), CENT) < 0:
        mirrored = TaxShare(share.rate, -share.base, -share.tax)
        return [-amount for amount in _spread([-amount for amount in amounts], mirrored)]
    with localcontext() as context:
        context.prec = 60
        exact = [amount * HUNDRED / (HUNDRED + share.rate) for amount in amounts]
        floor = [amount.quantize(CENT, ROUND_FLOOR) for amount in exact]
        missing = int((share.base - sum(floor)) / CENT)
        largest = sorted(range(len(exact)), key=lambda i: (floor[i] - exact[i], i))
        for i in largest[:missing]:
            floor[i] += CENT
    return floor
