"""Errors of making payment links"""
from trytond.modules.account_invoice_issue.exceptions import PaymentLinkError


class PaymentLinkUnavailable(PaymentLinkError):
    """The payment provider did not answer, or not in time; nothing was issued"""
    code = 'stripe_unavailable'


class PaymentLinkRefused(PaymentLinkError):
    """The payment provider answered that it refuses to make this link"""
    code = 'invalid_argument'
