"""The payment link of an issued invoice: its own side table, since an issued invoice never changes"""
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.kernel.rows import insert
from trytond.modules.immutable import FREELY, Seal
from trytond.modules.tenant.ownership import READ, TenantOwned
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.transaction import Transaction

LINK = 'account.invoice.payment_link'


class Link(TenantOwned, ModelSQL, ModelView):
    """Payment Link"""
    __name__ = LINK
    _rec_name = 'url'
    __web_rights__ = 'SELECT, INSERT'
    __member_rights__ = READ
    __never_copied__ = True

    invoice = fields.Many2One(
        'account.invoice', "Invoice", required=True, readonly=True, ondelete='RESTRICT')
    provider_id = fields.Char("Link ID", required=True, readonly=True)
    url = fields.Char("URL", required=True, readonly=True)
    amount = fields.Numeric("Amount", digits=(16, 2), required=True, readonly=True)
    currency = fields.Many2One(
        'currency.currency', "Currency", required=True, readonly=True, ondelete='RESTRICT')
    closed = fields.Timestamp(
        "Closed", readonly=True, help="Since then nobody can pay by this link.")
    tried = fields.Timestamp("Last Try to Close", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_constraints += [
            ('invoice_unique', Unique(table, table.invoice),
                'account_invoice_payment_link.msg_link_unique'),
            ('provider_unique', Unique(table, table.provider_id),
                'account_invoice_payment_link.msg_link_unique'),
            ]
        cls._sql_indexes.add(Index(
                table, (table.company, Index.Equality()), where=table.closed == None))  # noqa: E711

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], label='provider_id', living={'closed': FREELY, 'tried': FREELY})

    @classmethod
    def record(cls, links):
        """Store [(Bill, Made)] of invoices that have just been written"""
        insert(LINK, current_company(), [
                {'invoice': bill.id, 'provider_id': made.id, 'url': made.url,
                    'amount': bill.figures.total, 'currency': bill.books.currency}
                for bill, made in links])


def links_of(ids):
    """Return {invoice id: (url, id at Stripe)}, (None, None) without a link, in one statement"""
    table = Pool().get(LINK).__table__()
    found = dict.fromkeys(ids, (None, None))
    if ids:
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.invoice, table.url, table.provider_id,
                where=fields.SQL_OPERATORS['in'](table.invoice, ids)))
        found.update((invoice, (url, id)) for invoice, url, id in cursor)
    return found
