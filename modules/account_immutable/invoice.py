"""Issued invoices: printed and booked values are fixed; only the state of payment still changes.

An invoice is issued when its move is posted; a cancelled draft is not issued.
"""
from sql.operators import Equal
from trytond.model import Exclude
from trytond.modules.immutable import FREELY, SET, Seal
from trytond.pool import PoolMeta
from trytond.pyson import Eval

_TEXTS = ('reference', 'description', 'comment')


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints.append((
                'number_unique', Exclude(table, (table.number, Equal), where=table.type == 'out'),
                'account_immutable.msg_number_unique'))
        for name in _TEXTS:
            # Stock lets some members write printed values
            getattr(cls, name).states['readonly'] = ~Eval('state').in_(['draft', 'validated'])

    @classmethod
    def __seal__(cls):
        return Seal(
            when=[{'state': ['posted', 'paid']}, {'state': ['cancelled'], 'move': SET}], label='number',
            living={
                'state': [
                    ('posted', 'paid'), ('paid', 'posted'), ('posted', 'cancelled'), ('paid', 'cancelled')],
                'cancel_move': FREELY, 'invoice_report_cache': FREELY, 'invoice_report_cache_id': FREELY,
                'invoice_report_format': FREELY})

    @classmethod
    def _store_cache(cls, invoices):
        """Skip invoices with known amounts: stock would clear and refill the columns of issued ones"""
        super()._store_cache([invoice for invoice in invoices if not _is_known(invoice)])


def _is_known(invoice):
    return not invoice.is_modifiable and invoice.total_amount_cache is not None


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    @classmethod
    def __seal__(cls):
        return Seal(within=['invoice'])


class LineTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.line-account.tax'

    @classmethod
    def __seal__(cls):
        return Seal(within=['line'])


class InvoiceTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.tax'

    @classmethod
    def __seal__(cls):
        return Seal(within=['invoice'])


class PaymentMean(metaclass=PoolMeta):
    __name__ = 'account.invoice.payment.mean'

    @classmethod
    def __seal__(cls):
        return Seal(within=['invoice'])
