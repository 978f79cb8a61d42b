"""Stripe's reports: stored as received, each once, and processed once.

A report takes two transactions. The first stores it, without a lock, so that it cannot be lost; the second,
under the tenant's locks, books it. The sweeper processes reports for which the second one is missing.
"""
import datetime as dt
import json
import logging
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from trytond.exceptions import UserError
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.document_issue.locks import LOCKS
from trytond.modules.immutable import FREELY, Seal
from trytond.modules.tenant.ownership import READ, TenantOwned
from trytond.pool import Pool

from .attempt import now
from .payment import amount_of

logger = logging.getLogger(__name__)

STATES = [
    ('received', "Received"),
    ('done', "Done"),
    ('ignored', "Ignored"),
    ]
EVENT = 'account.invoice.payment_link.event'
SESSION_PAID = ('checkout.session.completed', 'checkout.session.async_payment_succeeded')


class BadReport(ValueError):
    """The content of a signed report is not an event of Stripe"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Content of an event about a payment.

    payment: id of the PaymentIntent; invoice: id in its metadata; link: id of the payment link; refunded:
    total refunded so far; date: of the payment, in the tenant's time zone.
    """
    payment: str
    invoice: str | None
    link: str | None
    amount: Decimal
    currency: str
    date: dt.date
    paid: bool = False
    refunded: Decimal | None = None
    disputed: bool = False


def read(event, timezone):
    """Return the Finding of a parsed event, None for an event that does not concern a payment.

    Raises KeyError, TypeError or ValueError for content that is no event.
    """
    kind, thing = event['type'], event['data']['object']
    values = READINGS[kind](thing) if kind in READINGS else None
    if values is None or not values['payment']:
        return None
    moment = dt.datetime.fromtimestamp(int(event['created']), dt.UTC)
    return Finding(date=moment.astimezone(ZoneInfo(timezone)).date(), **values)


def _common(thing, payment, amount, link=None):
    currency = thing['currency'].upper()
    named = str((thing.get('metadata') or {}).get('invoice_id') or '').replace('\0', '')[:100]
    return {
        'payment': _id(payment), 'invoice': named or None, 'link': _id(link),
        'amount': amount_of(amount, currency), 'currency': currency}


def _id(value):
    """Return the id of a reference, which Stripe sends as an id or as the expanded object"""
    return value['id'] if isinstance(value, dict) else value


def _session(session):
    if session['payment_status'] != 'paid':
        return None
    return _common(
        session, session['payment_intent'], session['amount_total'],
        session.get('payment_link')) | {'paid': True}


def _intent(intent):
    return _common(intent, intent['id'], intent['amount_received']) | {'paid': True}


def _charge(charge):
    values = _common(charge, charge['payment_intent'], charge['amount'])
    return values | {'refunded': amount_of(charge['amount_refunded'], values['currency'])}


def _dispute(dispute):
    return _common(dispute, dispute['payment_intent'], dispute['amount']) | {
        'disputed': True}


READINGS = {
    **dict.fromkeys(SESSION_PAID, _session),
    'payment_intent.succeeded': _intent,
    'charge.refunded': _charge,
    'charge.dispute.created': _dispute,
    }
"""Type of an event → function that reads its object"""


class Event(TenantOwned, ModelSQL, ModelView):
    """Report of Stripe"""
    __name__ = EVENT
    _rec_name = 'provider_id'
    __member_rights__ = READ
    __never_copied__ = True

    provider_id = fields.Char("Event ID", required=True, readonly=True)
    type = fields.Char("Type", required=True, readonly=True)
    received = fields.Timestamp("Received", required=True, readonly=True)
    state = fields.Selection(STATES, "State", required=True, readonly=True, sort=False)
    payment = fields.Many2One(
        'account.invoice.payment_link.payment', "Payment", readonly=True, ondelete='RESTRICT')
    content = fields.Text("Content", required=True, readonly=True, help="As Stripe sent it.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_constraints.append((
                'provider_unique', Unique(table, table.provider_id),
                'account_invoice_payment_link.msg_event_unique'))
        cls._sql_indexes.add(Index(
                table, (table.company, Index.Equality()), where=table.state == 'received'))
        cls._sql_indexes.add(Index(table, (table.payment, Index.Equality())))

    @classmethod
    def __seal__(cls):
        return Seal(
            when=[{}], label='provider_id',
            living={'state': [('received', 'done')], 'payment': FREELY})

    @classmethod
    def store(cls, content, timezone):
        """Store a report (text); return its id if it still has to be processed, else None.

        Raises BadReport for content that is no event.
        """
        id, kind, finding = _parsed(content, timezone)
        known = cls.search([('provider_id', '=', id)])
        if known:
            return known[0].id if known[0].state == 'received' else None
        event, = cls.create([{
                    'provider_id': id, 'type': kind, 'received': now(), 'content': content,
                    'state': 'received' if _is_ours(finding) else 'ignored'}])
        return event.id if event.state == 'received' else None

    @classmethod
    def work_off(cls, id, timezone, failed=None):
        """Book a stored report, once; ``failed``: the error of an earlier try that was given up"""
        event = cls(id)
        if event.state != 'received':
            return
        Payment = Pool().get('account.invoice.payment_link.payment')
        _, _, finding = _parsed(event.content, timezone)
        payment = Payment.refuse(finding, failed) if failed else Payment.report(finding)
        cls.write([event], {'state': 'done', 'payment': payment.id})


def _is_ours(finding):
    """Tell if a payment concerns Kontor: other payments of the account name neither an invoice nor a link"""
    if finding is None:
        return False
    Payment = Pool().get('account.invoice.payment_link.payment')
    return bool(
        finding.invoice or finding.link
        or Payment.search([('provider_id', '=', finding.payment)], count=True))


def _parsed(content, timezone):
    try:
        event = json.loads(content)
        id, kind = str(event['id']), str(event['type'])
        # A lone surrogate, written as \ud800, cannot be stored as text
        json.dumps(event, ensure_ascii=False).encode()
        return id[:255], kind[:255], read(event, timezone)
    except (
            KeyError, TypeError, ValueError, AttributeError, ArithmeticError, OSError,
            RecursionError) as error:
        raise BadReport(f"{type(error).__name__}: {error}") from error


def store(content, timezone):
    """Store a report (text) in the running transaction; see :meth:`Event.store`"""
    return Pool().get(EVENT).store(content, timezone)


def settle(id, timezone, run):
    """Process a stored report.

    run: function(function, locks) that runs a function in a committed transaction of the tenant.
    """
    def work_off(failed=None):
        Pool().get(EVENT).work_off(id, timezone, failed)
    try:
        run(work_off, LOCKS)
    except UserError as error:
        reason = error.message
        logger.warning("event %s was not booked: %s", id, reason)
        run(lambda: work_off(reason), LOCKS)
