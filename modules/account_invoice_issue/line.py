"""Lines of invoices: item key, units with four digits, the amount that was booked"""
from trytond.model import fields
from trytond.modules.document_issue import rounding
from trytond.pool import PoolMeta
from trytond.pyson import Eval

from .columns import LINE
from .side import is_ours

_READONLY = {'readonly': Eval('invoice_state') != 'draft'}


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    item_key = fields.Char("Item Key", size=16, states=_READONLY)
    custom_unit = fields.Many2One(
        'product.unit', "Own Unit", ondelete='RESTRICT', states=_READONLY,
        help="Printed instead of the unit.")
    unit_label = fields.Char("Unit as Printed", readonly=True)
    unit_code = fields.Char("Unit Code", readonly=True, help="UN/ECE Recommendation 20.")
    net_amount = fields.Numeric("Net Amount", digits=(16, 2), readonly=True)

    @fields.depends(
        'net_amount', 'type', 'invoice', '_parent_invoice.type', '_parent_invoice.self_billed',
        'invoice_type', 'quantity', 'unit_price')
    def on_change_with_amount(self):
        ours = is_ours(self.invoice) if self.invoice else self.invoice_type == 'out'
        if not ours or self.type != 'line':
            return super().on_change_with_amount()
        if self.net_amount is not None:
            return self.net_amount
        return rounding.line_amount(self.quantity or 0, self.unit_price or rounding.CENT * 0)

    def _compute_taxes(self):
        """The base of the VAT return is what was booked, to the cent"""
        tax_lines = super()._compute_taxes()
        if is_ours(self.invoice) and self.invoice.currency == self.invoice.company.currency:
            for tax_line in tax_lines:
                tax_line.amount = self.amount
        return tax_lines

    @classmethod
    def copy(cls, lines, default=None):
        default = default.copy() if default else {}
        for name in LINE.names(copied=False):
            default.setdefault(name)
        return super().copy(lines, default=default)
