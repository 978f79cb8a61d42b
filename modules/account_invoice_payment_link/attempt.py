"""Makes a payment link before its invoice exists; neither is ever made twice.

A link needs a call to Stripe, during which no lock may be held and no transaction be open. So issuing, when
it finds no link, aborts its transaction with LinksMissing; the runner of the transaction calls its ``fix``
and retries (REST, Tryton's protocol, scripts and jobs all do). ``fix`` has three steps: commit an attempt (id
of the future invoice, Stripe's idempotency key, token of the request), call Stripe, commit its answer. The
retry claims the attempt in the invoice's own transaction. A process may die at any step: the same request
finds its attempt again, and Stripe returns the same link for the same key. The sweeper closes links that no
invoice claims.
"""
import datetime as dt
import json
import secrets
import threading
import time
from dataclasses import dataclass

from sql.operators import Equal
from trytond.i18n import gettext
from trytond.model import Exclude, Index, ModelSQL, fields
from trytond.modules.kernel.rows import fresh_ids
from trytond.modules.account_invoice_issue.exceptions import PaymentLinkError
from trytond.modules.kernel.transaction import in_separate_transaction
from trytond.modules.tenant.ownership import NOTHING, TenantOwned
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

from . import provider
from .exceptions import PaymentLinkUnavailable

STATES = [
    ('open', "Open"),
    ('ready', "Ready"),
    ('used', "Used"),
    ('abandoned', "Abandoned"),
    ('closed', "Closed"),
    ('lost', "Lost"),
    ]
LIVE = ('open', 'ready')
ROUNDS = 4
"""Retries of one request for a link, at most"""
BUSY_SECONDS = 25
"""Seconds to wait for another process that makes the same link"""
BUSY_STEP = 0.2
STALE_SECONDS = 120
"""Seconds; longer than all retries of a request together"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link that a bill needs.

    request: token of the request and the bill's index in it; fingerprint: of the request's body; invoice: id
    of the stored draft, None for one that gets an id with the link; terms: content of the link.
    """
    request: str
    fingerprint: str
    invoice: int | None
    terms: dict


def now():
    """Return the machine's real time, which also counts for idempotency keys; naive UTC"""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Attempt(TenantOwned, ModelSQL):
    """Payment Link Attempt"""
    __name__ = 'account.invoice.payment_link.attempt'
    __web_rights__ = 'SELECT, INSERT, UPDATE'
    __member_rights__ = NOTHING
    __never_copied__ = True

    request = fields.Char("Request", required=True, readonly=True)
    fingerprint = fields.Char("Fingerprint", readonly=True)
    invoice = fields.Integer("Invoice", required=True, readonly=True)
    idempotency_key = fields.Char("Idempotency Key", required=True, readonly=True)
    terms = fields.Text("Terms", required=True, readonly=True)
    state = fields.Selection(STATES, "State", required=True, readonly=True)
    provider_id = fields.Char("Link ID", readonly=True)
    url = fields.Char("URL", readonly=True)
    created = fields.Timestamp("Created", required=True, readonly=True)
    touched = fields.Timestamp("Touched", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append((
                'request_live', Exclude(
                    table, (table.request, Equal), where=table.state.in_(list(LIVE))),
                'account_invoice_payment_link.msg_attempt_unique'))
        cls._sql_indexes.add(Index(
                table, (table.company, Index.Equality()), (table.touched, Index.Range()),
                where=table.state.in_([*LIVE, 'abandoned'])))

    @classmethod
    def live(cls, request):
        """Return the live attempt of a request as a _Row, or None"""
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, table.invoice, table.state, table.provider_id, table.url, table.fingerprint,
                table.terms, table.idempotency_key,
                where=(table.company == current_company()) & (table.request == request)
                & table.state.in_(list(LIVE))))
        row = cursor.fetchone()
        return _Row(*row) if row else None

    @classmethod
    def claim(cls, wanted):
        """Claim a link that is ready for this transaction; return (invoice id, Made), None without one"""
        row = cls.live(wanted.request)
        if not row or row.state != 'ready' or not row.serves(wanted):
            return None
        cls.change(row.id, state='used', only=('ready',))
        return row.invoice, provider.Made(row.provider_id, row.url)

    @classmethod
    def begin(cls, wanted):
        """Return the row of the request's attempt, a new one unless an existing one matches"""
        row = cls.live(wanted.request)
        if row and row.serves(wanted):
            cls.change(row.id, touched=now())
            return row
        if row:
            cls.change(row.id, state='abandoned')
        return cls._insert(wanted)

    @classmethod
    def _insert(cls, wanted):
        table = cls.__table__()
        invoice = wanted.invoice or fresh_ids('account.invoice', 1)[0]
        values = {
            'company': current_company(), 'request': wanted.request, 'fingerprint': wanted.fingerprint,
            'invoice': invoice, 'idempotency_key': f'kontor-{secrets.token_hex(16)}',
            'terms': json.dumps(wanted.terms), 'state': 'open', 'created': now(),
            'touched': now()}
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.insert(
                [getattr(table, name) for name in values], [list(values.values())],
                returning=[table.id]))
        id, = cursor.fetchone()
        return _Row(
            id, invoice, 'open', None, None, wanted.fingerprint, values['terms'],
            values['idempotency_key'])

    @classmethod
    def change(cls, id, only=None, **values):
        """Write columns of an attempt if its state is one of ``only``; return whether it was"""
        table = cls.__table__()
        where = table.id == id
        if only:
            where &= table.state.in_(list(only))
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.update(
                [getattr(table, name) for name in values], list(values.values()), where=where))
        return bool(cursor.rowcount)

    @classmethod
    def finish(cls, id, made):
        """Store Stripe's answer, even if the sweeper abandoned the attempt in the meantime"""
        cls.change(id, provider_id=made.id, url=made.url)
        cls.change(id, only=('open',), state='ready')


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    invoice: int
    state: str
    provider_id: str | None
    url: str | None
    fingerprint: str
    terms: str
    key: str

    def serves(self, wanted):
        """Tell if the attempt is for the same link of the same request"""
        return (
            self.fingerprint == wanted.fingerprint and json.loads(self.terms) == wanted.terms
            and wanted.invoice in (None, self.invoice))


class _Progress(threading.local):
    """Progress of this thread's request: number of retries, and the error of the last one"""
    request = None
    rounds = 0
    error = None
    since = 0.0

    def of(self, request):
        """Return the progress of a request, reset if it is left over from an earlier one of this thread"""
        if self.request != request or time.monotonic() - self.since > STALE_SECONDS:
            self.request, self.rounds, self.error = request, 0, None
            self.since = time.monotonic()
        return self

    def end(self):
        self.request = self.error = None


_progress = _Progress()


class LinksMissing(TransactionError):
    """Payment links must be made before the transaction is retried"""

    def __init__(self, request, wanted):
        super().__init__()
        self.request = request
        self.wanted = wanted

    def fix(self, extras):
        """Make the links; an error is raised by the retry, inside the transaction, where callers expect it"""
        super().fix(extras)
        progress = _progress.of(self.request)
        progress.rounds += 1
        transaction = Transaction()
        transaction.database.release_locks(transaction.connection)
        try:
            for wanted in self.wanted:
                make(wanted)
        except PaymentLinkError as error:
            progress.error = error


def claim_links(wanted):
    """Return {request: (invoice id, Made)} for a list of Wanted.

    Raises LinksMissing for links that have to be made first, PaymentLinkError for one that cannot be made.
    """
    progress = _progress.of(wanted[0].request)
    if progress.error or progress.rounds >= ROUNDS:
        error = progress.error or PaymentLinkUnavailable(
            gettext('account_invoice_payment_link.msg_unavailable'))
        progress.end()
        raise error
    Attempt = Pool().get('account.invoice.payment_link.attempt')
    found = {one.request: Attempt.claim(one) for one in wanted}
    if missing := [one for one in wanted if not found[one.request]]:
        raise LinksMissing(wanted[0].request, missing)
    progress.end()
    return found


def make(wanted):
    """Make a link, outside of any transaction but short ones of its own; raises PaymentLinkError"""
    until = time.monotonic() + BUSY_SECONDS
    while not _made(wanted):
        if time.monotonic() > until:
            raise PaymentLinkUnavailable(
                gettext('account_invoice_payment_link.msg_unavailable'))
        time.sleep(BUSY_STEP)


def _made(wanted):
    """Try to make a link; False while another process makes it for the same request"""
    pool = Pool()
    Attempt = pool.get('account.invoice.payment_link.attempt')
    Account = pool.get('account.invoice.payment_link.account')
    row, key = in_separate_transaction(lambda: (Attempt.begin(wanted), Account.own_key()))
    if row.url:
        return True
    try:
        made = provider.create_link(key, row.key, row.invoice, wanted.terms)
    except provider.Busy:
        return False
    except provider.Spent:
        in_separate_transaction(lambda: Attempt.change(row.id, only=LIVE, state='abandoned'))
        raise
    in_separate_transaction(lambda: Attempt.finish(row.id, made))
    return True
