"""Background cleanup: closes links that must not be paid any more, processes reports left over.

A scheduled job, run every minute by the worker's role over all tenants. It calls Stripe with no transaction
open, and each step is idempotent.
"""
import datetime as dt
import json
import logging
import time

from sql import Null
from trytond.modules.account_invoice_issue.exceptions import PaymentLinkError
from trytond.modules.kernel.transaction import in_separate_transaction
from trytond.modules.tenant.scope import tenant_scope
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from . import provider
from .attempt import LIVE, now
from .event import EVENT, settle
from .link import LINK

logger = logging.getLogger(__name__)

ATTEMPT, ACCOUNT, PAYMENT = f'{LINK}.attempt', f'{LINK}.account', f'{LINK}.payment'
UNCLAIMED = dt.timedelta(minutes=10)
"""Age at which a link without an invoice is closed, and interval between retries of a failed step"""
LEFT_OVER = dt.timedelta(minutes=1)
"""Age at which a received report counts as abandoned by the process that stored it"""
KEY_KEPT = dt.timedelta(hours=23)
"""Time for which Stripe is sure to keep an idempotency key"""
PATIENCE = dt.timedelta(days=7)
"""Time after which the attempt to close a link is given up"""
MOST, SECONDS = 200, 50
"""Steps of each kind per run, and seconds per run, at most"""


class Link(metaclass=PoolMeta):
    __name__ = LINK

    @classmethod
    def sweep(cls):
        """Run the steps that are due, for all tenants"""
        tasks = _tasks()
        Transaction().commit()
        until = time.monotonic() + SECONDS
        for step, company, id in tasks:
            if time.monotonic() > until:
                return
            with tenant_scope(company):
                try:
                    step(id)
                except Exception:
                    logger.exception("%s of %s in company %s failed", step.__name__, id, company)


class Cron(metaclass=PoolMeta):
    __name__ = 'ir.cron'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.method.selection.append((f'{LINK}|sweep', "Close Payment Links"))


def _tasks():
    """Return [(step, company, id)] of the steps that are due"""
    cursor = Transaction().connection.cursor()
    found = []
    for step, table, where in (
            (settle_event, *_events()), (close_link, *_links()), (close_attempt, *_attempts())):
        company = Pool().get('company.company').__table__()
        states = company.tenant_state.in_(['active', 'suspended'])
        cursor.execute(*table.join(company, condition=table.company == company.id).select(
                table.company, table.id, where=where & states, order_by=table.id, limit=MOST))
        found += [(step, *row) for row in cursor.fetchall()]
    return found


def _events():
    table = Pool().get(EVENT).__table__()
    return table, (table.state == 'received') & (table.received < now() - LEFT_OVER)


def _links():
    """Return the open links whose invoice is no longer open or that were paid, as (table, condition)"""
    pool = Pool()
    table = pool.get(LINK).__table__()
    invoice, payment = pool.get('account.invoice').__table__(), pool.get(PAYMENT).__table__()
    ended = invoice.select(invoice.id, where=(invoice.id == table.invoice) & (invoice.state != 'posted'))
    paid = payment.select(
        payment.invoice, where=(payment.invoice == table.invoice) & (payment.move != Null))
    due = (table.tried == Null) | (table.tried < now() - UNCLAIMED)
    return table, (table.closed == Null) & due & (
        table.invoice.in_(ended) | table.invoice.in_(paid))


def _attempts():
    table = Pool().get(ATTEMPT).__table__()
    return table, (
        table.state.in_([*LIVE, 'abandoned']) & (table.touched < now() - UNCLAIMED))


# The steps: each runs in a tenant, in small transactions

def settle_event(id):
    Company = Pool().get('company.company')
    zone = in_separate_transaction(lambda: Company.search([])[0].timezone)
    settle(id, zone, in_separate_transaction)


def close_link(id):
    provider_id, key = in_separate_transaction(lambda: _read(LINK, id, 'provider_id') + (_key(),))
    if _closed(provider_id, key):
        in_separate_transaction(lambda: _write(LINK, id, closed=now()))
    else:
        in_separate_transaction(lambda: _write(LINK, id, tried=now()))


def close_attempt(id):
    """Close a link without an invoice: first the attempt is abandoned, so that it cannot be claimed, then
    Stripe is called.

    If Stripe's answer was lost, a repeated call under the same key returns the link.
    """
    Attempt = Pool().get(ATTEMPT)
    in_separate_transaction(lambda: Attempt.change(id, only=LIVE, state='abandoned'))
    state, provider_id, invoice, key_used, terms, created, key = in_separate_transaction(lambda: _read(
            ATTEMPT, id, 'state', 'provider_id', 'invoice', 'idempotency_key', 'terms', 'created')
        + (_key(),))
    if state != 'abandoned':
        return
    age = now() - created
    try:
        if provider_id is None and age < KEY_KEPT:
            made = _link_of_call(key, key_used, invoice, json.loads(terms))
            if made is None:
                in_separate_transaction(lambda: Attempt.change(id, state='closed', touched=now()))
                return
            provider_id = made.id
            in_separate_transaction(lambda: Attempt.change(id, provider_id=made.id, url=made.url))
    except (PaymentLinkError, provider.Busy) as error:
        logger.info("attempt %s: %s", id, error)
    if provider_id and _closed(provider_id, key):
        in_separate_transaction(lambda: Attempt.change(id, state='closed', touched=now()))
    elif age > (PATIENCE if provider_id else KEY_KEPT):
        logger.warning("payment link %s of attempt %s may still be open", provider_id, id)
        in_separate_transaction(lambda: Attempt.change(id, state='lost', touched=now()))
    else:
        in_separate_transaction(lambda: Attempt.change(id, touched=now()))


def _link_of_call(key, idempotency_key, invoice, terms):
    """Return the link of an earlier call, None if Stripe is sure to have made none"""
    if key is None:
        raise PaymentLinkError("there is no key any more")
    try:
        return provider.create_link(key, idempotency_key, invoice, terms)
    except (provider.Spent, provider.PaymentLinkRefused):
        return None


def _closed(provider_id, key):
    """Close a link at Stripe; return whether it succeeded"""
    if key is None:
        return False
    try:
        provider.close_link(key, provider_id)
    except (PaymentLinkError, provider.Busy) as error:
        logger.info("payment link %s is not closed: %s", provider_id, error)
        return False
    return True


def _key():
    """Return the tenant's key, None if it was removed"""
    try:
        return Pool().get(ACCOUNT).own_key()
    except PaymentLinkError:
        return None


def _read(model, id, *names):
    table = Pool().get(model).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(*(getattr(table, name) for name in names), where=table.id == id))
    return cursor.fetchone()


def _write(model, id, **values):
    table = Pool().get(model).__table__()
    Transaction().connection.cursor().execute(*table.update(
            [getattr(table, name) for name in values], list(values.values()), where=table.id == id))
