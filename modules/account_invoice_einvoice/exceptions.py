"""Why an invoice cannot carry its data"""
from trytond.modules.document_issue.exceptions import IssueError


class EInvoiceInvalid(IssueError):
    """The electronic invoice breaks official rules; nothing was issued.

    violations: [{'rule', 'field', 'message'}], fields named as on the draft and its records, '' where no
    field mends it.
    """
    code = 'e_invoice_invalid'

    def __init__(self, message, violations):
        super().__init__(message, None)
        self.violations = violations
