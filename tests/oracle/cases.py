"""Cases as plain data, and how they are drawn"""
import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal as D

from hypothesis import strategies as st

TODAYS = (dt.date(2026, 5, 15), dt.date(2026, 11, 2), dt.date(2020, 8, 14), dt.date(2025, 1, 1))
BOOKS = ('DE', 'AT', 'DE small')
RATES = {
    'DE': ((19, None), (7, None), (19, dt.date(2024, 12, 31)), (16, dt.date(2020, 7, 1)),
        (16, dt.date(2020, 12, 31)), (5, dt.date(2020, 9, 3)), (7, dt.date(2020, 6, 30))),
    'AT': ((20, None), (10, None), (13, None), (20, dt.date(2019, 3, 2))),
    }
"""Country → (rate of the template, day of supply or None for the day of issue, on which it is in force)"""
TERMS = ('30 Tage netto', 'Hälften', 'Raten')
PARTIES = ('home', 'home charge', 'home small', 'france', 'swiss', 'no address')
UNITS = ('HUR', 'H87', None)
STEPS = ((), (), (), ('paid',), ('credit',), ('part',), ('part', 'credit'), ('paid', 'credit'),
    ('part', 'paid'), ('less', 'paid'), ('more',))


@dataclass(frozen=True)
class Row:
    """A line; tax: name of one chosen by hand, None for the template's; a comment has no price"""
    quantity: str
    price: str | None
    tax: str | None = None
    unit: str | None = 'HUR'
    goods: bool = False


@dataclass(frozen=True)
class Many:
    """So many lines at random, from a seed"""
    seed: int
    count: int

    def rows(self):
        chance = random.Random(self.seed)
        return tuple(
            Row(str(D(chance.randrange(1, 90000)) / chance.choice([1, 10, 100, 1000])),
                str(D(chance.randrange(0, 10 ** chance.randrange(3, 8))) / 10000), None,
                chance.choice(UNITS), chance.random() < .2)
            for _ in range(self.count))


@dataclass(frozen=True)
class Paper:
    """A document and what happens to it afterwards.

    kind: invoice, gutschrift or project; stored: as a draft in the client first; due: days after issue;
    look: of the template beside rate and gross.
    """
    kind: str
    party: str
    rate: int
    gross: bool
    look: str
    rows: tuple | Many
    supply: dt.date | None = None
    stored: bool = False
    due: int | None = None
    term: str | None = None
    then: tuple = ()

    @property
    def lines(self):
        return self.rows.rows() if isinstance(self.rows, Many) else self.rows

    @property
    def template(self):
        return f"{'gross' if self.gross else 'net'} {self.rate} {self.look}"


@dataclass(frozen=True)
class Case:
    """Papers issued together in the books of a tenant on a day; projects each by itself"""
    books: str
    today: dt.date
    papers: tuple

    @property
    def country(self):
        return self.books[:2]


def rates_of(country, today):
    """Return those RATES that hold on a day"""
    past = dt.date(2020, 7, 1) <= today <= dt.date(2020, 12, 31) and country == 'DE'
    return [
        (rate, supply) for rate, supply in RATES[country]
        if not (past and supply is None) and (supply is None or supply <= today)]


def by_hand(country, kind, day):
    """Return the names of the taxes of a country that are in force on a day"""
    from trytond.modules.account_dach import tables
    return sorted(
        row['name_de'] for row in tables.taxes(country)
        if row['kind'] == kind and tables.covers(row, day))


prices = st.one_of(
    st.integers(0, 50000).map(lambda n: str(D(n) / 100)),
    st.integers(0, 10 ** 8).map(lambda n: str(D(n) / 10000)))
quantities = st.one_of(
    st.integers(1, 40).map(str), st.integers(-60000, 200000).map(lambda n: str(D(n) / 10000)))


@st.composite
def lines(draw, taxes):
    """Draw the rows of a document that asks for money, or for nothing"""
    mixed = bool(taxes) and draw(st.integers(0, 2)) == 0
    row = st.builds(
        Row, quantities, prices, st.sampled_from([None, *taxes]) if mixed else st.none(),
        st.sampled_from(UNITS), st.booleans())
    count = draw(st.sampled_from((1, 1, 2, 2, 3, 3, 4, 6, 9, 14, 25)))
    rows = draw(st.lists(row, min_size=1, max_size=count))
    shape = draw(st.integers(0, 9))
    if shape == 0:
        return (*rows, *(Row(str(-D(r.quantity)), r.price, r.tax, r.unit, r.goods) for r in rows))
    if shape == 1:
        rows.insert(1, Row('0', None))
    owed = sum(D(r.quantity) * D(r.price or 0) * (3 if D(r.quantity) < 0 else 1) for r in rows)
    return (*rows, Row('1', str((1 - owed).quantize(D('0.01'))))) if owed < 0 else tuple(rows)


@st.composite
def papers(draw, books, today):
    kinds = ('invoice',) * 5 + ('gutschrift',) * 3 + ('project',) * 2
    country, kind = books[:2], draw(st.sampled_from(kinds))
    rate, supply = draw(st.sampled_from(rates_of(country, today)))
    look = draw(st.sampled_from(('de', 'de', 'de', 'en', 'free', 'free', 'qr', 'einvoice')))
    taxes = [] if look == 'einvoice' or kind == 'project' else by_hand(
        country, 'purchase' if kind == 'gutschrift' else 'sale', supply or today)
    large = draw(st.integers(0, 59)) == 59
    rows = (
        Many(draw(st.integers(0, 10 ** 6)), draw(st.sampled_from((60, 150, 400)))) if large
        else draw(lines(taxes)))
    stored = kind == 'invoice' and draw(st.integers(0, 3)) == 0
    term = draw(st.sampled_from((None, *TERMS))) if stored else None
    then = draw(st.sampled_from(STEPS))
    if kind == 'gutschrift':
        then = tuple(step for step in then if step not in ('less', 'more'))
    return Paper(
        kind, draw(st.sampled_from(PARTIES)), rate, draw(st.booleans()), look, rows,
        None if kind == 'project' else supply, stored,
        None if term else draw(st.sampled_from((None, 0, 30))), term, then)


@st.composite
def cases(draw, books=BOOKS):
    books, today = draw(st.sampled_from(books)), draw(st.sampled_from(TODAYS))
    count = draw(st.sampled_from((1, 1, 1, 2)))
    return Case(books, today, tuple(draw(papers(books, today)) for _ in range(count)))
