"""Errors of electronic invoices at issue"""
from trytond.modules.document_issue.exceptions import IssueError


class EInvoiceInvalid(IssueError):
    """The electronic invoice violates official rules; nothing was issued.

    extra: ``violations`` is [{'rule', 'path', 'message'}], paths as on the draft and its records, empty where
    no field can correct the violation.
    """
    code = 'e_invoice_invalid'
