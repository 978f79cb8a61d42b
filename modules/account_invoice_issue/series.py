"""The series of Gutschriften, beside those of invoices: one for all fiscal years of a tenant"""
from trytond.model import fields
from trytond.modules.account_dach.fiscalyear import sequence, sequence_type
from trytond.modules.kernel.rows import insert
from trytond.pool import PoolMeta
from trytond.pyson import Eval, Id
from trytond.transaction import Transaction

FIELD = 'self_billing_sequence'
NAME, PREFIX, PADDING = "Gutschriften", 'GUT-${date_Y}-${date_m}-', 4

_OLDER = """
WITH wanted AS (
    SELECT DISTINCT company FROM account_fiscalyear_invoice_sequence WHERE self_billing_sequence IS NULL
), made AS (
    INSERT INTO ir_sequence_strict (
        company, name, sequence_type, prefix, type, number_next_internal, number_increment, padding,
        timestamp_rounding, timestamp_offset, last_timestamp, active, create_uid, create_date)
    SELECT w.company, %s, s.sequence_type, %s, 'incremental', 1, 1, %s, 1.0, 946681200.0, 0, true, 0,
        CURRENT_TIMESTAMP
    FROM wanted w JOIN LATERAL (
        SELECT q.sequence_type FROM account_fiscalyear_invoice_sequence i
            JOIN ir_sequence_strict q ON q.id = i.out_invoice_sequence
        WHERE i.company = w.company LIMIT 1) s ON true
    RETURNING id, company
)
UPDATE account_fiscalyear_invoice_sequence i SET self_billing_sequence = made.id
FROM made WHERE made.company = i.company AND i.self_billing_sequence IS NULL
"""


class FiscalYear(metaclass=PoolMeta):
    __name__ = 'account.fiscalyear'

    @classmethod
    def series_names(cls):
        return [*super().series_names(), FIELD]

    @classmethod
    def new_invoice_series(cls, company):
        kind = sequence_type('account_invoice', 'sequence_type_account_invoice')
        own, = insert('ir.sequence.strict', company, [sequence(NAME, kind, PREFIX, PADDING)])
        return super().new_invoice_series(company) | {FIELD: own}


class InvoiceSequence(metaclass=PoolMeta):
    __name__ = 'account.fiscalyear.invoice_sequence'

    self_billing_sequence = fields.Many2One(
        'ir.sequence.strict', "Self-Billing Sequence", ondelete='RESTRICT',
        domain=[
            ('sequence_type', '=', Id('account_invoice', 'sequence_type_account_invoice')),
            ('company', '=', Eval('company', -1)),
            ])

    @classmethod
    def __register__(cls, module):
        super().__register__(module)
        # Tenants and template companies from before there were Gutschriften
        Transaction().connection.execute(_OLDER, (NAME, PREFIX, PADDING))
