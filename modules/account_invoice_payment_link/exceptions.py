"""Why there is no payment link, or a payment was not booked"""
from trytond.modules.account_invoice_issue.exceptions import PaymentLinkError


class PaymentLinkUnavailable(PaymentLinkError):
    """The payment provider did not answer, or not in time; nothing was issued"""
    code = 'stripe_unavailable'


class PaymentLinkRefused(PaymentLinkError):
    """The payment provider answered that this link cannot be made"""
    code = 'invalid_argument'
