"""What issuing needs to know of a tenant's books, in few statements and read once per transaction."""
import functools
import json
from dataclasses import dataclass, fields

from sql import Column, Lateral, Literal
from sql.conditionals import Coalesce
from trytond.i18n import gettext
from trytond.modules.kernel.exceptions import FieldError
from trytond.modules.account_dach.fiscalyear import ensure_fiscalyear
from trytond.modules.backend.prepared import Prepared, Slot
from trytond.modules.kernel import clock
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool

from .exceptions import IssueError, IssueStateError
from .seller import Seller, check_seller
from .seller import parts as seller_parts
from .side import SALE, Side


@dataclass(frozen=True, slots=True)
class Books:
    """A tenant's books, seen from one side of the door.

    Ids of records; country: alpha-2; account: where claims stand that have no account of their own;
    features: of the tenant's plan; today: in the tenant's time zone.
    """
    side: Side
    company: int
    party: int
    currency: int
    currency_code: str
    country: str
    small_business: bool
    journal: int
    account: int
    timezone: str
    features: dict
    seller: Seller

    @property
    def today(self):
        return clock.today(self.timezone)


@dataclass(frozen=True, slots=True)
class Period:
    """An open month of the books and the sequences that number in it"""
    id: int
    moves: int
    invoices: int


def read_books(side=SALE):
    """Return the Books of the tenant of the transaction, in one statement"""
    row = _books_of(side)(company=current_company()).fetchone()
    *own, features = row[:-len(fields(Seller))]
    books = Books(side, *own, json.loads(features or '{}'), Seller(*row[-len(fields(Seller)):]))
    for name in ('country', 'journal', 'account', 'timezone'):
        if getattr(books, name) is None:
            raise IssueStateError(
                gettext('document_issue.msg_books_incomplete', missing=name))
    return books


def books_to_issue(side=SALE):
    """Return the Books of a tenant that may issue; raises IssueStateError naming the legal data it lacks"""
    books = read_books(side)
    check_seller(books.seller)
    return books


def _books(side):
    pool = Pool()
    company = pool.get('company.company').__table__()
    country = pool.get('country.country').__table__()
    currency = pool.get('currency.currency').__table__()
    default = pool.get('account.configuration.default_account').__table__()
    journal = pool.get('account.journal').__table__()
    party = pool.get('party.party').__table__()
    own = Lateral(journal.select(
            journal.id, where=(journal.company == company.id) & (journal.type == side.journal),
            order_by=journal.id, limit=1))
    joined = (company
        .join(party, condition=party.id == company.party)
        .join(currency, condition=currency.id == company.currency)
        .join(country, 'LEFT', condition=country.id == company.country)
        .join(default, 'LEFT', condition=default.company == company.id)
        .join(own, 'LEFT', condition=Literal(True)))
    laterals, seller = seller_parts(party, country.code)
    for part in laterals:
        joined = joined.join(part, 'LEFT', condition=Literal(True))
    return joined.select(
        company.id, company.party, company.currency, currency.code, country.code,
        Coalesce(company.small_business, False), Column(own, 'id'),
        Column(default, f'default_{side.account}'), company.timezone, company.features, *seller,
        where=company.id == Slot('company'))


def open_or_create_period(books, date, field, journal=None):
    """Return the open Period of a date; its fiscal year is created where there is none. [Period.find]

    journal: id of the one that posts, that of the books' side if None. Raises IssueError or
    IssueStateError naming ``field``: too far away, or closed.
    """
    journal = journal or books.journal
    found = _find_period(books, date, journal)
    if found is None:
        try:
            ensure_fiscalyear(books.company, date, books.today)
        except FieldError as error:
            kind = IssueStateError if type(error).code == IssueStateError.code else IssueError
            raise kind(error.message, field) from error
        found = _find_period(books, date, journal)
    id, state, moves, invoices, state_of_journal = found
    if invoices is None:
        raise IssueStateError(
            gettext('document_issue.msg_books_incomplete', missing=books.side.series))
    if state != 'open' or state_of_journal not in {'open', None}:
        raise IssueStateError(gettext('document_issue.msg_period_closed', date=date), field)
    if state_of_journal is None:
        # The first posting of a journal in a period makes their common row
        Pool().get('account.journal.period').create([{'journal': journal, 'period': id}])
    return Period(id, moves, invoices)


def _find_period(books, date, journal):
    return _period_of(books.side)(company=books.company, date=date, journal=journal).fetchone()


def _period(side):
    pool = Pool()
    period = pool.get('account.period').__table__()
    year = pool.get('account.fiscalyear').__table__()
    series = pool.get('account.fiscalyear.invoice_sequence').__table__()
    common = pool.get('account.journal.period').__table__()
    return (period
        .join(year, condition=year.id == period.fiscalyear)
        .join(series, condition=(series.fiscalyear == year.id)
            & (Coalesce(series.period, period.id) == period.id))
        .join(common, 'LEFT', condition=(common.period == period.id) & (common.journal == Slot('journal')))
        .select(
            period.id, period.state, Coalesce(period.move_sequence, year.move_sequence),
            Column(series, side.series), common.state,
            where=(period.company == Slot('company')) & (period.type == 'standard')
            & (period.start_date <= Slot('date')) & (period.end_date >= Slot('date')),
            order_by=[period.start_date.desc, series.sequence.nulls_first, series.id], limit=1))


@functools.cache
def _books_of(side):
    return Prepared(functools.partial(_books, side))


@functools.cache
def _period_of(side):
    return Prepared(functools.partial(_period, side))
