"""Invoices with a payment link: made before the number, printed, stored beside the invoice"""
import hashlib
import json

from trytond.i18n import gettext
from trytond.model import fields
from trytond.modules.document_issue.exceptions import IssueError
from trytond.modules.kernel.request import current_request
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval

from .attempt import Wanted, claim_links

LEAST, MOST = 50, 99_999_999
"""Cents; Stripe's limits for a payment in EUR"""


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    payment_links = fields.One2Many(
        'account.invoice.payment_link', 'invoice', "Payment Links", readonly=True,
        states={'invisible': ~Eval('payment_links')})
    online_payments = fields.One2Many(
        'account.invoice.payment_link.payment', 'invoice', "Online Payments", readonly=True,
        states={'invisible': ~Eval('online_payments')})

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [(
                '//page[@id="online_payment"]', 'states',
                {'invisible': ~Eval('payment_links') & ~Eval('online_payments')})]

    @classmethod
    def write_rows(cls, bills):
        super().write_rows(bills)
        if links := [(bill, bill.payment_link) for bill in bills if bill.payment_link]:
            Pool().get('account.invoice.payment_link').record(links)

    @classmethod
    def link_payments(cls, bills):
        if not bills:
            return
        Pool().get('account.invoice.payment_link.account').own_key()
        wanted = [_wanted(bill, place) for place, bill in enumerate(bills)]
        found = claim_links(wanted)
        for bill, one in zip(bills, wanted, strict=True):
            bill.id, bill.payment_link = found[one.request]

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default else {}
        default.setdefault('payment_links')
        default.setdefault('online_payments')
        return super().copy(invoices, default=default)


def _wanted(bill, place):
    """Return the Wanted of a bill.

    Outside of a request, ``request`` is the id of the stored draft, or a hash of the content of a draft that
    is not stored.
    """
    terms = _terms(bill)
    request = current_request()
    if request:
        return Wanted(f'{request.token}:{place}', request.fingerprint, bill.draft.id, terms)
    if bill.draft.id is not None:
        return Wanted(f'draft:{bill.draft.id}', '', bill.draft.id, terms)
    lines = [(item.description, str(item.quantity), str(item.unit_price)) for item in bill.items]
    content = json.dumps([bill.draft.party.id, terms, lines])
    return Wanted(f'{hashlib.sha256(content.encode()).hexdigest()}:{place}', '', None, terms)


def _terms(bill):
    """Return the content of the link; the amount is final to the cent before there is a number"""
    cents = int(bill.figures.total * 100)
    if not LEAST <= cents <= MOST:
        raise IssueError(gettext('account_invoice_payment_link.msg_amount'), 'lines')
    german = bill.template.language.lower().startswith('de')
    words = "Rechnung von {seller} vom {date:%d.%m.%Y}" if german else "Invoice of {seller}, {date}"
    return {
        'amount': cents, 'currency': bill.books.currency_code,
        'name': words.format(seller=' '.join(bill.books.seller.name.split()), date=bill.issue_date)[:250]}
