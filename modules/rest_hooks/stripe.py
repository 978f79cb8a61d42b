"""Reports of Stripe: 400 without a good signature, 404 for an unknown address, 200 once the report is safe.

Everything else (what is booked, what needs a look) is the domain's; Stripe is not asked to send again
what was stored.
"""
import logging
from dataclasses import dataclass

from trytond import backend
from trytond.modules.account_invoice_payment_link.account import PATH
from trytond.modules.account_invoice_payment_link.event import BadReport, settle, store
from trytond.modules.account_invoice_payment_link.provider import Forged, check_signature
from trytond.modules.rest.contract import Hook
from trytond.modules.rest.dialect import Finished
from trytond.modules.rest.gateway import shard_of
from trytond.modules.rest.refusals import Kind, Refusal
from trytond.modules.rest.transaction import in_transaction
from trytond.modules.kernel import vault

logger = logging.getLogger(__name__)

HEADER = 'Stripe-Signature'
MOST_ID = 200
BODY_LIMIT = 512 * 1024
RECEIVED = b'{"received":true}'


@dataclass(frozen=True, slots=True)
class Caller:
    """A tenant's address; secret: encrypted, None where the operator has set none yet"""
    database: str
    company: int
    secret: bytes | None
    timezone: str
    id: None = None


def find(gateway, id):
    """Return the Caller of an address, None for one that nobody has"""
    if not id or len(id) > MOST_ID or not id.isascii():
        return None
    database = shard_of(id, gateway.databases)
    with gateway.line(database):
        row = backend.Database(database).connect().ask(lambda connection: connection.execute(
            "SELECT company, secret, timezone FROM kontor_webhook(%s)", (id,)).fetchone())
    return Caller(database, row[0], row[1], row[2] or 'Europe/Berlin') if row else None


def receive(gateway, caller, headers, data):
    """Store a signed report, commit, then book it; returns Finished"""
    _check(caller, headers.get(HEADER), data)

    def run(function, locks=()):
        return in_transaction(
            function, database=caller.database, company=caller.company, user=0,
            context={'company': caller.company, '_skip_warnings': True}, locks=locks)
    with gateway.line(caller.database):
        try:
            event = run(lambda: store(data.decode(), caller.timezone))
        except BadReport as error:
            raise Refusal(Kind.UNFIT, says='no_event', reason=str(error)) from error
        if event is not None:
            _book(event, caller, run)
    return Finished(200, {'Content-Type': 'application/json'}, RECEIVED)


def _book(event, caller, run):
    """What cannot be booked now is left to the sweeper: the report is stored"""
    try:
        settle(event, caller.timezone, run)
    except Exception:
        logger.warning("company %s: event %s waits", caller.company, event, exc_info=True)


def _check(caller, header, data):
    try:
        secret = vault.unseal(caller.company, 'stripe_webhook', caller.secret or b'')
        check_signature(data, header, secret)
    except vault.Unreadable:
        logger.warning("company %s: no readable webhook secret", caller.company)
        raise Refusal(Kind.BAD_SIGNATURE, says='uncheckable_signature') from None
    except Forged:
        raise Refusal(Kind.BAD_SIGNATURE, header=HEADER) from None


HOOK = Hook(prefix=PATH, find=find, receive=receive, body_limit=BODY_LIMIT)
