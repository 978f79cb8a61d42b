"""The columns: what Tryton's workflow writes by the methods of Tryton, the engine by row methods"""
from trytond.model import fields
from trytond.modules.immutable import FREELY
from trytond.pool import PoolMeta


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    extra = fields.Integer("Number of Lines")
    settled = fields.Char("Settled")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._check_modify_exclude |= {'settled'}

    @classmethod
    def __seal__(cls):
        return super().__seal__().allow(settled=FREELY)

    # By Tryton

    @classmethod
    def set_number(cls, invoices):
        super().set_number(invoices)
        for invoice in invoices:
            cls.write([invoice], {'extra': len(invoice.lines)})

    @classmethod
    def paid(cls, invoices):
        super().paid(invoices)
        cls.write(invoices, {'settled': 'paid'})

    def _compute_taxes(self):
        for key, values in super()._compute_taxes():
            yield key, values | {'extra': values['base'] + values['amount']}

    def _get_move_line(self, date, amount):
        line = super()._get_move_line(date, amount)
        line.extra = 'claim'
        return line

    # By the engine

    @classmethod
    def issued_rows(cls, bills):
        rows = super().issued_rows(bills)
        return [row | {'extra': len(bill.items)} for bill, row in zip(bills, rows, strict=True)]

    @classmethod
    def paid_values(cls, date):
        return super().paid_values(date) | {'settled': 'paid'}


class InvoiceLine(metaclass=PoolMeta):
    __name__ = 'account.invoice.line'

    extra = fields.Integer("Number of Words")

    @classmethod
    def create(cls, vlist):
        return super().create([
                values | {'extra': _count_words(values.get('description'))} for values in vlist])

    def get_move_lines(self):
        lines = super().get_move_lines()
        for line in lines:
            line.extra = 'line'
        return lines

    def _compute_taxes(self):
        lines = super()._compute_taxes()
        for line in lines:
            line.extra = 'line'
        return lines

    @classmethod
    def new_rows(cls, lines):
        rows = super().new_rows(lines)
        return [row | {'extra': _count_words(row['description'])} for row in rows]


def _count_words(text):
    return len((text or '').split())


class LineTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.line-account.tax'

    extra = fields.Char("Extra")

    @classmethod
    def create(cls, vlist):
        return super().create([values | {'extra': 'chosen'} for values in vlist])

    @classmethod
    def new_rows(cls, lines):
        return [row | {'extra': 'chosen'} for row in super().new_rows(lines)]


class InvoiceTax(metaclass=PoolMeta):
    __name__ = 'account.invoice.tax'

    extra = fields.Numeric("Base and Tax", digits=(16, 2))

    def get_move_lines(self):
        lines = super().get_move_lines()
        for line in lines:
            line.extra = 'tax'
            for tax_line in getattr(line, 'tax_lines', ()):
                tax_line.extra = 'tax'
        return lines

    @classmethod
    def new_rows(cls, taxes):
        return [row | {'extra': row['base'] + row['amount']} for row in super().new_rows(taxes)]


class Move(metaclass=PoolMeta):
    __name__ = 'account.move'

    extra = fields.Char("Month")

    @classmethod
    def post(cls, moves):
        for move in moves:
            move.extra = f'{move.date:%Y-%m}'
            for line in move.lines:
                line.extra = line.extra or 'payment'
            move.lines = move.lines
        cls.save(moves)
        super().post(moves)

    @classmethod
    def posted_rows(cls, bills):
        return [row | {'extra': f'{row["date"]:%Y-%m}'} for row in super().posted_rows(bills)]

    @classmethod
    def payment_rows(cls, payments):
        return [row | {'extra': f'{row["date"]:%Y-%m}'} for row in super().payment_rows(payments)]


class MoveLine(metaclass=PoolMeta):
    __name__ = 'account.move.line'

    extra = fields.Char("What Is Posted")

    @classmethod
    def posted_rows(cls, postings):
        rows = super().posted_rows(postings)
        return [
            row | {'extra': 'line' if posting.item else 'tax' if posting.tax else 'claim'}
            for posting, row in zip(postings, rows, strict=True)]

    @classmethod
    def payment_rows(cls, postings):
        return [row | {'extra': 'payment'} for row in super().payment_rows(postings)]


class TaxLine(metaclass=PoolMeta):
    __name__ = 'account.tax.line'

    extra = fields.Char("What It Is of")

    @classmethod
    def posted_rows(cls, returned):
        rows = super().posted_rows(returned)
        return [
            row | {'extra': 'line' if posting.item else 'tax'}
            for (posting, *_), row in zip(returned, rows, strict=True)]


class PaymentLine(metaclass=PoolMeta):
    __name__ = 'account.invoice-account.move.line'

    extra = fields.Char("Extra")

    @classmethod
    def create(cls, vlist):
        return super().create([values | {'extra': 'counts'} for values in vlist])

    @classmethod
    def new_rows(cls, payments):
        return [row | {'extra': 'counts'} for row in super().new_rows(payments)]


class Reconciliation(metaclass=PoolMeta):
    __name__ = 'account.move.reconciliation'

    extra = fields.Integer("Number of Lines")

    @classmethod
    def create(cls, vlist):
        return super().create([values | {'extra': len(values['lines'][0][1])} for values in vlist])

    @classmethod
    def new_rows(cls, groups):
        rows = super().new_rows(groups)
        return [row | {'extra': len(lines)} for (_, lines), row in zip(groups, rows, strict=True)]
