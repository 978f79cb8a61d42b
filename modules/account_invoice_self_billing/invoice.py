"""Invoice extension for Gutschriften: their warnings, and the refusal of Tryton's other transitions"""
from trytond.i18n import gettext
from trytond.model import ModelView
from trytond.modules.document_issue.exceptions import IssueStateError
from trytond.pool import PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .agreement import without_agreement

NO_AGREEMENT, NO_TAX_NUMBER = 'no_agreement', 'no_tax_number'
WARNINGS = [
    (NO_AGREEMENT, "There is no agreement on file that we bill for the partner (§ 14 (2) UStG, § 11 (8) UStG"
        " 1994): without one the document is no invoice and gives no input tax."),
    (NO_TAX_NUMBER, "Neither VAT id nor tax number of the partner is known, which the document must show:"
        " without it there is no input tax, and tax that is shown but not due is owed (§ 14c UStG, § 11 (12),"
        " (14) UStG 1994)."),
    ]


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        known = {code for code, _ in cls.warnings.selection}
        cls.warnings.selection = [
            *cls.warnings.selection, *(each for each in WARNINGS if each[0] not in known)]
        for name in ('validate_invoice', 'draft'):
            button = cls._buttons[name]
            button['invisible'] = button['invisible'] | Eval('self_billed', False)
            button['depends'] = [*button['depends'], 'self_billed']

    @staticmethod
    def default_self_billed():
        return bool(Transaction().context.get('self_billed'))

    @classmethod
    def examine(cls, bills):
        super().examine(bills)
        bills = [bill for bill in bills if bill.is_self_billed and not bill.credited]
        if not bills:
            return
        for bill in without_agreement(bills):
            bill.warnings.append(NO_AGREEMENT)
        for bill in bills:
            if not (bill.buyer.vat_id or bill.tax_number):
                bill.warnings.append(NO_TAX_NUMBER)

    # Tryton's other transitions of a supplier invoice

    @classmethod
    @ModelView.button
    def validate_invoice(cls, invoices):
        """Refuse for Gutschriften: validating would assign a supplier invoice number and a draft move"""
        _refuse(invoices, 'msg_no_validation')
        super().validate_invoice(invoices)

    @classmethod
    @ModelView.button
    def draft(cls, invoices):
        _refuse([invoice for invoice in invoices if invoice.issued_at], 'msg_no_draft')
        super().draft(invoices)

    @classmethod
    @ModelView.button
    def cancel(cls, invoices):
        _refuse([
                invoice for invoice in invoices
                if invoice.issued_at and not invoice.cancel_move], 'msg_no_cancel')
        super().cancel(invoices)


def _refuse(invoices, message):
    for invoice in invoices:
        if invoice.self_billed:
            raise IssueStateError(
                gettext(f'account_invoice_self_billing.{message}', invoice=invoice.rec_name), 'state')
