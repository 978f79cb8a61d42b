"""Print gives the archived bytes; nothing is rendered a second time"""
from trytond.i18n import gettext
from trytond.modules.document_issue.exceptions import NotFinalizedError
from trytond.modules.document_issue.reading import pdf_of
from trytond.pool import Pool, PoolMeta

from .side import is_ours


class InvoiceReport(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def _execute(cls, records, header, data, action):
        Invoice = Pool().get('account.invoice')
        invoice, = Invoice.browse(records)
        if not is_ours(invoice):
            raise NotFinalizedError(gettext('account_invoice_issue.msg_nothing_to_print'))
        content, _ = pdf_of(invoice)
        return 'pdf', content


class RefreshInvoiceReport(metaclass=PoolMeta):
    __name__ = 'account.invoice.refresh_invoice_report'

    def transition_archive(self):
        """An issued document has no revision"""
        return 'print_'
