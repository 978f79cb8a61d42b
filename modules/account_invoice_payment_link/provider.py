"""Client of Stripe, the only one. Each call has a client of its own, so no key outlives its call.

``KONTOR_STRIPE_URL`` replaces Stripe's address. A call takes at most 2 × TIMEOUT: after no answer or a 5xx
there is one retry, under the same idempotency key.
"""
import logging
import os
import re
from dataclasses import dataclass

import stripe

from trytond.i18n import gettext
from trytond.modules.account_invoice_issue.exceptions import PaymentLinkError

from .exceptions import PaymentLinkRefused, PaymentLinkUnavailable

TIMEOUT = 10
"""Seconds a single request may take"""
RETRIES = 1
TOLERANCE = 300
"""Greatest age of a signature, in seconds"""
MOST_URL = 500
KEY = re.compile(r'(sk|rk)_(test|live)_\w{8,240}', re.ASCII)
WEBHOOK_SECRET = re.compile(r'whsec_[\w+/=-]{8,240}', re.ASCII)
_SECRETS = re.compile(r'\b((?:sk|rk|pk)_(?:test|live)_|whsec_)[^\s.,;:)\'"]+')


class Busy(Exception):
    """The same call is in progress in another process"""


class Spent(PaymentLinkUnavailable):
    """Stripe stored a failure under the idempotency key and repeats it for every further call"""


class Forged(Exception):
    """A report has no signature with the tenant's secret, or one that is too old"""


@dataclass(frozen=True, slots=True)
class Made:
    """A payment link made by Stripe"""
    id: str
    url: str


def redacted(text):
    """Return a text with all keys masked"""
    return _SECRETS.sub(r'\1***', text)


class _Redacting(logging.Filter):
    """Filter that masks keys: Stripe's library logs Stripe's answers, and a message may quote a key"""

    def filter(self, record):
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


logging.getLogger('stripe').addFilter(_Redacting())


def create_link(key, idempotency_key, invoice, terms):
    """Make the link that pays an invoice (id), once per idempotency key; return Made.

    terms: {'amount': cents, 'currency': ISO code, 'name': text shown to the payer}. Raises PaymentLinkError
    and its subclasses, Busy.
    """
    metadata = {'invoice_id': str(invoice)}
    with _translated_errors():
        link = _client(key).v1.payment_links.create({
                'line_items': [{'quantity': 1, 'price_data': {
                            'currency': terms['currency'].lower(), 'unit_amount': terms['amount'],
                            'product_data': {'name': terms['name']}}}],
                'metadata': metadata,
                'payment_intent_data': {'metadata': metadata, 'description': terms['name']},
                'restrictions': {'completed_sessions': {'limit': 1}},
                }, {'idempotency_key': idempotency_key})
    if not link.url.startswith(('https://', 'http://')) or len(link.url) > MOST_URL:
        raise PaymentLinkUnavailable(gettext('account_invoice_payment_link.msg_unavailable'))
    return Made(link.id, link.url)


def close_link(key, id):
    """Deactivate a link; one that no longer exists counts as closed. Raises PaymentLinkError."""
    try:
        with _translated_errors():
            _client(key).v1.payment_links.update(id, {'active': False})
    except PaymentLinkRefused as error:
        cause = error.__cause__
        if getattr(cause, 'code', None) != 'resource_missing':
            raise


def check_signature(data, header, secret):
    """Raise Forged unless the bytes of a report have a current signature with the secret"""
    if header and not header.isascii():
        raise Forged
    try:
        stripe.WebhookSignature.verify_header(data, header, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
        raise Forged from error


def _client(key):
    url = os.environ.get('KONTOR_STRIPE_URL', '').rstrip('/')
    return stripe.StripeClient(
        key, max_network_retries=RETRIES, base_addresses={'api': url} if url else None,
        http_client=stripe.RequestsClient(timeout=TIMEOUT))


class _translated_errors:
    """Context manager that raises Stripe's errors as Kontor's, without keys"""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, stripe.StripeError):
            raise _refusal(error) from error


def _refusal(error):
    status = error.http_status
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        return PaymentLinkError(gettext(
                'account_invoice_payment_link.msg_key_rejected', status=status,
                reason=redacted(error.user_message or '')))
    if status == 409:
        return Busy()
    if isinstance(error, stripe.IdempotencyError) or _is_replay(error):
        return Spent(gettext('account_invoice_payment_link.msg_unavailable'))
    if isinstance(error, (stripe.InvalidRequestError, stripe.CardError)):
        return PaymentLinkRefused(gettext(
                'account_invoice_payment_link.msg_refused',
                reason=redacted(error.user_message or '')))
    return PaymentLinkUnavailable(gettext('account_invoice_payment_link.msg_unavailable'))


def _is_replay(error):
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return headers.get('idempotent-replayed') == 'true' and (error.http_status or 0) >= 500
