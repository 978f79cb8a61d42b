"""The one door through which an outgoing invoice gets its number.

``Invoice.issue`` numbers, posts, typesets and seals in one transaction, by the pipeline of
`document_issue.issued`; a failure at any step leaves nothing. The client's Post button, batch posting and
credit notes go through it as well. Supplier invoices keep Tryton's workflow.
"""
from sql import Null
from trytond.i18n import gettext
from trytond.model import Check, Index, ModelView, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.modules.document_issue.issued import Issued
from trytond.modules.document_issue.ledger import books_to_issue
from trytond.modules.document_issue.side import SALE
from trytond.modules.document_issue.taxation import UNEXPLAINED
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If

from . import booking, positions, printed, workflow
from .columns import INVOICE
from .deciding import ISSUABLE, OPEN, complete
from .events import announce_created, announce_paid
from .exceptions import PaymentLinkError
from .posting import posting_backend
from .side import is_ours, listed, side_of

_OURS = (Eval('type') == 'out') | Eval('self_billed', False)
_READONLY = {'readonly': Eval('state') != 'draft', 'invisible': ~_OURS}
_ISSUED = {'invisible': ~Eval('issued_at')}
_NOTHING = (None, '', ())

WARNINGS = [
    (UNEXPLAINED, "No tax was charged, and nothing in the customer's data says why."),
    ]
"""What the accountant should look at"""


class Invoice(Issued, metaclass=PoolMeta):
    __name__ = 'account.invoice'
    __not_issued__ = 'account_invoice_issue.msg_not_finalized'

    self_billed = fields.Boolean(
        "Self-Billed", states={'readonly': Bool(Eval('lines')), 'invisible': Eval('type') != 'in'},
        domain=[If(Eval('type') == 'in', (), ('self_billed', '!=', True))],
        help="Written by us for a supplier: a Gutschrift.")
    supply_date = fields.Date(
        "Supply Date", states=_READONLY, help="Leave empty to use the invoice date.")
    due_date = fields.Date(
        "Due Date", states=_READONLY,
        help="Leave empty to use the payment term, or two weeks without one.")
    introduction = fields.Text("Introduction", states=_READONLY)
    tax_rate = fields.Numeric(
        "Tax Rate", digits=(3, 2), readonly=True, states=_ISSUED, help="In percent, as printed.")
    position = fields.Integer(
        "Position", readonly=True, states=_ISSUED,
        help="Its place among our issued documents of its type, whatever the series: without a gap.")
    paid_date = fields.Date("Paid Date", readonly=True, states={'invisible': ~Eval('paid_date')})
    warnings = fields.MultiSelection(
        WARNINGS, "Warnings", readonly=True, states={'invisible': ~Eval('warnings')},
        help="What was doubtful when the invoice was issued.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.template.states.update(_READONLY)
        cls.template.help = "Leave empty to use the default template."
        cls.issued_at.states.update(_ISSUED)
        cls.printed.help = "Seller, buyer and template as they were printed."
        table = cls.__table__()
        # Exactly what is listed: how many there are is counted in the index alone. A number is found by
        # the constraint that makes it unique.
        outgoing, is_open = listed(table, SALE), table.state.in_(OPEN)
        newest = (table.id, Index.Range(order='DESC'))
        company = (table.company, Index.Equality())
        cls._sql_indexes.update({
                Index(table, (table.move, Index.Equality())),
                Index(table, company, newest, where=outgoing),
                Index(table, company, newest, where=outgoing & is_open),
                Index(table, company, newest, where=outgoing & ~is_open),
                Index(table, company, where=outgoing & (table.issued_at == Null)),
                Index(table, company, (table.party, Index.Equality()), newest, where=outgoing),
                Index(table, company, (table.invoice_date, Index.Range()), where=outgoing),
                })
        cls._check_modify_exclude |= INVOICE.living.keys()
        cls._sql_constraints += [
            ('position_unique', Unique(table, table.company, table.type, table.position),
                'account_invoice_issue.msg_position_unique'),
            ('position_issued', Check(table, (table.position == Null) == (table.issued_at == Null)),
                'account_invoice_issue.msg_position_issued'),
            ]

    @classmethod
    def __register__(cls, module):
        table = cls.__table_handler__(module)
        if table.column_exist('issued_at') and not table.column_exist('position'):
            table.add_column('position', 'INTEGER')
            positions.give_positions()
        super().__register__(module)

    @classmethod
    def __seal__(cls):
        return super().__seal__().allow(**INVOICE.living)

    # The door

    @classmethod
    def decide(cls, drafts):
        """Return the Bills of outgoing and self-billed drafts.

        A draft is a record of Tryton or a `draft.Draft`. It has at least ``party``, ``self_billed`` where it
        is a Gutschrift, and ``lines`` (``description``, ``quantity``, ``unit_price`` each); without a
        template, dates, accounts or taxes the tenant's own are taken.
        """
        bills = {
            side: iter(complete([draft for draft in drafts if side_of(draft) == side], books_to_issue(side)))
            for side in dict.fromkeys(map(side_of, drafts))}
        return [next(bills[side_of(draft)]) for draft in drafts]

    @classmethod
    def before_numbers(cls, bills):
        super().before_numbers(bills)
        cls.link_payments([bill for bill in bills if bill.wants_payment_link])

    @classmethod
    def link_payments(cls, bills):
        """Give each bill its ``payment_link`` and the ``id`` that the link was made for.

        Raises PaymentLinkError without a payment provider.
        """
        if bills:
            raise PaymentLinkError(gettext('account_invoice_issue.msg_no_payment_link'))

    @classmethod
    def take_numbers(cls, bills):
        super().take_numbers(bills)
        positions.give(bills)

    @classmethod
    def series_of(cls, bill):
        return {'number': bill.period.invoices, 'move_number': bill.period.moves}

    @classmethod
    def lay_out(cls, bill):
        return printed.document(bill)

    @classmethod
    def write_rows(cls, bills):
        booking.reserve(bills)
        posting_backend().write(bills)

    @classmethod
    def finish(cls, bills):
        super().finish(bills)
        announce_created(bills)
        cls._settle_credits(bills)
        cls._settle_nothing_to_pay(cls.browse([bill.id for bill in bills if not bill.figures.total]))

    @classmethod
    def _settle_nothing_to_pay(cls, invoices):
        """An invoice over nothing is paid by itself, as Tryton's own posting has it"""
        MoveLine = Pool().get('account.move.line')
        announce_paid([invoice for invoice in invoices if invoice.state == 'paid'])
        for invoice in invoices:
            if invoice.state == 'posted':
                MoveLine.reconcile([line for line in invoice.lines_to_pay if line.account.reconcile])

    # Tryton's ways to post lead through the door

    @classmethod
    @ModelView.button
    def post(cls, invoices):
        cls.issue(_ours(invoices, ISSUABLE))
        if incoming := _incoming(invoices):
            super().post(incoming)

    @classmethod
    def post_batch(cls, invoices):
        cls.issue(_ours(invoices, ISSUABLE))
        if incoming := _incoming(invoices):
            super().post_batch(incoming)

    @classmethod
    def _post(cls, invoices):
        """Also called for what was paid and is open again"""
        if workflow.runs():
            super()._post(invoices)
            return
        cls.issue(_ours(invoices, ISSUABLE))
        reopened = [i for i in _ours(invoices, ('paid', 'cancelled')) if i.move]
        if reopened:
            cls.write(reopened, {'state': 'posted', 'paid_date': None})
        if incoming := _incoming(invoices):
            super()._post(incoming)

    @classmethod
    def paid(cls, invoices):
        """Also called for what was paid before"""
        open_ = [invoice for invoice in invoices if invoice.state != 'paid']
        super().paid(invoices)
        for invoice in invoices:
            if invoice.state == 'paid' and not invoice.paid_date:
                invoice.paid_date = invoice.reconciled
        cls.save(invoices)
        if not workflow.runs():
            announce_paid([invoice for invoice in open_ if invoice.state == 'paid'])

    @classmethod
    def print_invoice(cls, invoices):
        """Nothing to do: what is printed was sealed when it was issued"""

    @classmethod
    def check_modification(cls, mode, invoices, values=None, external=False):
        super().check_modification(mode, invoices, values=values, external=external)
        if not external:
            return
        never = INVOICE.names(created=False)
        made = mode == 'create' and any(
            invoice.state != 'draft' or any(getattr(invoice, name) not in _NOTHING for name in never)
            for invoice in invoices)
        written = mode == 'write' and (
            values.keys() & INVOICE.names(written=False)
            # Who else may pay decides what counts as paid
            or 'alternative_payees' in values and any(invoice.issued_at for invoice in invoices))
        if made or written:
            raise AccessError(gettext('account_invoice_issue.msg_only_by_the_door'))

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default else {}
        for name in INVOICE.names(copied=False):
            default.setdefault(name)
        return super().copy(invoices, default=default)


def _ours(invoices, states):
    return [i for i in invoices if is_ours(i) and i.state in states]


def _incoming(invoices):
    return [i for i in invoices if not is_ours(i)]
