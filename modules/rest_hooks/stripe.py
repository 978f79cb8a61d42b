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
from trytond.modules.kernel import vault
from trytond.modules.rest import Operation, Refusal, Signed
from trytond.modules.rest.bodies import KIB, RawBody
from trytond.modules.rest.bodies.kind import too_large
from trytond.modules.rest.gateway import shard_of
from trytond.modules.rest.refusals import Kind
from trytond.modules.rest.transaction import in_transaction

logger = logging.getLogger(__name__)

HEADER = 'Stripe-Signature'
MOST_ID = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """A tenant's address; secret: encrypted, None where the operator has set none yet"""
    company: int
    secret: bytes | None
    timezone: str
    id: None = None


class ReportBody(RawBody):
    """The bytes that were signed, whatever the head calls them"""

    def check_head(self, request):
        if (request.content_length or 0) > self.limit:
            raise too_large(self.limit)


def find(gateway, params):
    """Return (database, Caller) of an address, None for one that nobody has"""
    id = params['id']
    if len(id) > MOST_ID or not id.isascii():
        return None
    database = shard_of(id, gateway.databases)
    with gateway.line(database):
        row = backend.Database(database).connect().ask(lambda connection: connection.execute(
            "SELECT company, secret, timezone FROM kontor_webhook(%s)", (id,)).fetchone())
    return (database, Caller(row[0], row[1], row[2] or 'Europe/Berlin')) if row else None


def check(call):
    """Refuse a report that the tenant's Stripe has not signed"""
    caller = call.caller
    try:
        secret = vault.unseal(caller.company, 'stripe_webhook', caller.secret or b'')
        check_signature(call.received.content.read(), call.headers.get(HEADER), secret)
    except vault.Unreadable:
        logger.warning("company %s: no readable webhook secret", caller.company)
        raise Refusal(Kind.BAD_SIGNATURE, says='uncheckable_signature') from None
    except Forged:
        raise Refusal(Kind.BAD_SIGNATURE, header=HEADER) from None


def receive(call):
    """Store a signed report, commit, then book it"""
    caller, text = call.caller, call.received.content.read().decode()

    def run(function, locks=()):
        return in_transaction(
            function, database=call.database, company=caller.company, user=0,
            context={'company': caller.company, '_skip_warnings': True}, locks=locks)
    with call.gateway.line(call.database):
        try:
            event = run(lambda: store(text, caller.timezone))
        except BadReport as error:
            raise Refusal(Kind.UNFIT, says='no_event', reason=str(error)) from error
        if event is not None:
            _book(event, caller, run)
    return {'received': True}


def _book(event, caller, run):
    """What cannot be booked now is left to the sweeper: the report is stored"""
    try:
        settle(event, caller.timezone, run)
    except Exception:
        logger.warning("company %s: event %s waits", caller.company, event, exc_info=True)


OPERATIONS = [
    Operation(
        id='reportStripe', method='POST', path=PATH + '{id}', tag='stripe', summary="A report of Stripe",
        ways=[Signed(find=find, check=check, header=HEADER)], detached=True, hidden=True,
        body=ReportBody(limit=512 * KIB, required=False), handler=receive),
    ]
