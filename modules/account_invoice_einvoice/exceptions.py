"""Why an invoice cannot carry its data"""
from trytond.modules.document_issue.exceptions import IssueError


class EInvoiceInvalid(IssueError):
    """The electronic invoice breaks official rules; nothing was issued.

    extra: ``violations`` is [{'rule', 'path', 'message'}], paths as on the draft and its records, empty where
    no field mends it.
    """
    code = 'e_invoice_invalid'
