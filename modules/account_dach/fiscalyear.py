"""Fiscal years with their months and sequences, made on demand for the first date in them.

A later year begins on the same day as the tenant's other years. Moves are numbered per fiscal year; the
series of invoices continue through all years.
"""
import datetime as dt

from dateutil.relativedelta import relativedelta
from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .exceptions import FiscalYearClosedError, FiscalYearRangeError
from trytond.modules.kernel.rows import insert, fresh_ids

YEARS_BACK = 10
YEARS_AHEAD = 1
SERIES = (
    'out_invoice_sequence', 'out_credit_note_sequence', 'in_invoice_sequence', 'in_credit_note_sequence')
_DAY = dt.timedelta(days=1)


class FiscalYear(metaclass=PoolMeta):
    __name__ = 'account.fiscalyear'

    @classmethod
    def series_names(cls):
        """Return the fields of account.fiscalyear.invoice_sequence; the module for issuing extends this"""
        return list(SERIES)

    @classmethod
    def invoice_series(cls, company):
        """Return {field of account.fiscalyear.invoice_sequence: id of the sequence}.

        A company has one series per kind for all its years: the numbers do not restart.
        """
        InvoiceSequence = Pool().get('account.fiscalyear.invoice_sequence')
        known = InvoiceSequence.search(
            [('company', '=', company), ('period', '=', None)], limit=1,
            order=[('fiscalyear.start_date', 'DESC'), ('id', 'DESC')])
        if known:
            return {name: getattr(known[0], name).id for name in cls.series_names()}
        return cls.new_invoice_series(company)

    @classmethod
    def new_invoice_series(cls, company):
        """Make the series of a company without any; the module for issuing extends this"""
        kind = sequence_type('account_invoice', 'sequence_type_account_invoice')
        sales, purchases = insert('ir.sequence.strict', company, [
                sequence("Ausgangsrechnungen", kind, 'INV-${date_Y}-${date_m}-', 4),
                sequence("Eingangsrechnungen", kind, 'ER-${date_Y}-', 5)])
        return {
            name: sales if name.startswith('out_') else purchases
            for name in SERIES}


def ensure_fiscalyear(company, date, today=None):
    """Return the fiscal year (``account.fiscalyear``) of a company at a date; make it if missing.

    An existing year is returned in any state and of any age: its periods decide whether a booking is allowed.

    :param company: id of the company
    :param date: day within the year
    :param today: reference day of the range, the company's today if None
    :raises FiscalYearRangeError: more than 10 years back or 1 year ahead
    :raises FiscalYearClosedError: a later year is closed already
    """
    FiscalYear = Pool().get('account.fiscalyear')
    found = FiscalYear.search([
            ('company', '=', company), ('start_date', '<=', date), ('end_date', '>=', date)])
    if found:
        return found[0]
    check_range(date, today or _today(company))
    _check_later_open(company, date)
    FiscalYear.lock()
    id_, = create_years(company, [_span(company, date)])
    return FiscalYear(id_)


def check_range(date, today):
    """Raise FiscalYearRangeError if the date is outside the range in which books may be opened"""
    if date < today - relativedelta(years=YEARS_BACK):
        message = 'account_dach.msg_fiscalyear_too_early'
    elif date > today + relativedelta(years=YEARS_AHEAD):
        message = 'account_dach.msg_fiscalyear_too_late'
    else:
        return
    raise FiscalYearRangeError(gettext(message, date=date), 'date')


def create_years(company, spans):
    """Make fiscal years from [(first day, last day)] with months and sequences; return their ids"""
    pool = Pool()
    ids = fresh_ids('account.fiscalyear', len(spans))
    kind = sequence_type('account', 'sequence_type_account_move')
    names = [_year_name(*span) for span in spans]
    numbers = insert('ir.sequence.strict', company, [
            sequence(f"Buchungen {name}", kind, f'{name}-', 6) for name in names])
    insert('account.fiscalyear', company, [
            {'id': id_, 'name': name, 'start_date': first, 'end_date': last, 'state': 'open',
                'move_sequence': number}
            for id_, name, (first, last), number in zip(ids, names, spans, numbers, strict=True)])
    insert('account.period', company, [
            {'name': f'{start:%Y-%m}', 'start_date': start, 'end_date': end, 'fiscalyear': id_,
                'state': 'open', 'type': 'standard', 'move_sequence': number}
            for id_, span, number in zip(ids, spans, numbers, strict=True)
            for start, end in months(*span)])
    series = pool.get('account.fiscalyear').invoice_series(company)
    insert('account.fiscalyear.invoice_sequence', company, [
            series | {'fiscalyear': id_, 'period': None, 'sequence': None} for id_ in ids])
    for model in ('account.fiscalyear', 'account.period'):
        pool.get(model)._find_cache.clear()
    return ids


def months(first, last):
    """Yield first and last day of each month between two days"""
    while first <= last:
        end = min(first + relativedelta(day=31), last)
        yield first, end
        first = end + _DAY


def sequence(name, kind, prefix, padding):
    """Return the row of a sequence that starts at 1"""
    return {
        'name': name, 'sequence_type': kind, 'prefix': prefix, 'type': 'incremental',
        'number_next_internal': 1, 'number_increment': 1, 'padding': padding,
        'timestamp_rounding': 1.0, 'timestamp_offset': 946681200.0, 'last_timestamp': 0}


def sequence_type(module, name):
    return Pool().get('ir.model.data').get_id(module, name)


def _today(company):
    with Transaction().set_context(company=company):
        return Pool().get('ir.date').today()


def _check_later_open(company, date):
    closed = Pool().get('account.fiscalyear').search([
            ('company', '=', company), ('start_date', '>', date), ('state', '!=', 'open')], limit=1)
    if closed:
        raise FiscalYearClosedError(gettext(
                'account_dach.msg_fiscalyear_later_closed',
                date=date, fiscalyear=closed[0].rec_name), 'date')


def _span(company, date):
    """Return first and last day of the new year of a date: in the company's rhythm, without overlaps"""
    FiscalYear = Pool().get('account.fiscalyear')
    before = FiscalYear.search(
        [('company', '=', company), ('end_date', '<', date)], order=[('end_date', 'DESC')], limit=1)
    after = FiscalYear.search(
        [('company', '=', company), ('start_date', '>', date)], order=[('start_date', 'ASC')], limit=1)
    begin = before[0].end_date + _DAY if before else after[0].start_date if after else None
    first, last = year_of(date, begin)
    if before:
        first = max(first, before[0].end_date + _DAY)
    if after:
        last = min(last, after[0].start_date - _DAY)
    return first, last


def year_of(date, begin=None):
    """Return first and last day of the twelve months around a date, from the day and month of ``begin``"""
    first = date + relativedelta(month=begin.month if begin else 1, day=begin.day if begin else 1)
    if first > date:
        first -= relativedelta(years=1)
    return first, first + relativedelta(years=1) - _DAY


def _year_name(first, last):
    return str(first.year) if first.year == last.year else f'{first.year}/{last.year % 100:02}'
