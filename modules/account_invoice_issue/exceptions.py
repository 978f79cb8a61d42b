"""Why an invoice cannot be issued or paid, beside what holds for every document"""
from trytond.modules.document_issue.exceptions import IssueStateError


class PaymentLinkError(IssueStateError):
    """The payment provider has no usable key"""
    code = 'stripe_key_invalid'
