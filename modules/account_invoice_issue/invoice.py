"""The one door through which an outgoing invoice gets its number.

``Invoice.issue`` numbers, posts, typesets and seals in one transaction, by the pipeline of
`document_issue.issued`; a failure at any step leaves nothing. The client's Post button, batch posting and
credit notes go through it as well. Supplier invoices keep Tryton's workflow.
"""
from sql import Null
from trytond.i18n import gettext
from trytond.model import Check, Index, ModelView, Unique, dualmethod, fields
from trytond.model.exceptions import AccessError
from trytond.modules.account.tax import _TaxLine
from trytond.modules.document_issue import rounding
from trytond.modules.document_issue.issued import Issued
from trytond.modules.document_issue.ledger import books_to_issue
from trytond.modules.document_issue.side import SALE
from trytond.modules.document_issue.taxation import UNEXPLAINED
from trytond.modules.immutable import FREELY
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval, If

from . import booking, positions, printed, workflow
from .credit import was_gross
from .draft import ISSUABLE, OPEN, complete
from .events import announce_created, announce_paid
from .exceptions import PaymentLinkError
from .posting import posting_backend
from .side import is_ours, listed, side_of

_OURS = (Eval('type') == 'out') | Eval('self_billed', False)
_READONLY = {'readonly': Eval('state') != 'draft', 'invisible': ~_OURS}
_ISSUED = {'invisible': ~Eval('issued_at')}
FROM_THE_DOOR = frozenset([
        'additional_moves', 'cancel_move', 'credit_of', 'issued_at', 'move', 'number', 'number_alnum',
        'number_digit', 'paid_date', 'position', 'posted_by', 'printed', 'sequence', 'sequence_type_cache',
        'state', 'tax_amount_cache', 'tax_rate', 'total_amount_cache', 'untaxed_amount_cache', 'warnings'])
"""What a client may not write: it follows from issuing and paying"""
_NEVER_GIVEN = FROM_THE_DOOR - {'credit_of', 'state'}
"""What a draft made by a client cannot have yet; what it credits it may say, which is checked at the door"""
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
        cls._check_modify_exclude |= {'paid_date'}
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
        return super().__seal__().allow(paid_date=FREELY)

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
        made = mode == 'create' and any(
            invoice.state != 'draft'
            or any(getattr(invoice, name) not in _NOTHING for name in _NEVER_GIVEN)
            for invoice in invoices)
        written = mode == 'write' and (
            values.keys() & FROM_THE_DOOR
            # Who else may pay decides what counts as paid
            or 'alternative_payees' in values and any(invoice.issued_at for invoice in invoices))
        if made or written:
            raise AccessError(gettext('account_invoice_issue.msg_only_by_the_door'))

    # Amounts of drafts: the same rounding as of issued ones

    @fields.depends('type', 'self_billed')
    def _get_taxes(self):
        if not is_ours(self):
            return super()._get_taxes()
        found = {}
        for whole, share in _draft_totals(self).taxes.items():
            for tax, amount in _booked(whole, share):
                account = tax.invoice_account if share.base >= 0 else tax.credit_note_account
                line = _TaxLine(base=share.base, amount=amount, tax=tax, account=account)
                found[line._key] = line
        return found

    @dualmethod
    def update_taxes(cls, invoices, exception=False):
        """Where prices include tax, the net amounts of a draft's lines follow from the whole"""
        for invoice in invoices:
            if is_ours(invoice) and invoice.state == 'draft' and not workflow.runs():
                _store_net_amounts(invoice)
        super().update_taxes(invoices, exception=exception)

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default else {}
        for name in (*FROM_THE_DOOR - {'state'}, 'due_date', 'supply_date'):
            default.setdefault(name)
        return super().copy(invoices, default=default)


def _ours(invoices, states):
    return [i for i in invoices if is_ours(i) and i.state in states]


def _incoming(invoices):
    return [i for i in invoices if not is_ours(i)]


def _charged(invoice):
    return [line for line in invoice.lines or [] if getattr(line, 'type', 'line') == 'line']


def _has_gross_prices(invoice):
    if credited := getattr(invoice, 'credit_of', None):
        return was_gross(credited.printed)
    template = getattr(invoice, 'template', None)
    return bool(template and template.is_tax_included)


def _draft_totals(invoice):
    """Return the Totals of a draft whose lines have at most one tax each"""
    rows = []
    for line in _charged(invoice):
        tax = line.taxes[0] if getattr(line, 'taxes', None) else None
        rows.append((
                getattr(line, 'quantity', None) or 0, getattr(line, 'unit_price', None) or rounding.CENT * 0,
                tax, tax.dach_rate if tax and tax.type == 'percentage' else rounding.CENT * 0))
    return rounding.totals(rows, _has_gross_prices(invoice))


def _booked(tax, share):
    """Return [(tax, amount)] of what a draft's tax will book: what the recipient works out has two parts"""
    if tax is None or tax.type == 'percentage':
        return [(tax, share.tax)] if tax else []
    return [(child, rounding.cents(share.base * child.rate)) for child in tax.childs]


def _store_net_amounts(invoice):
    lines = _charged(invoice)
    amounts = _draft_totals(invoice).net if _has_gross_prices(invoice) else [None] * len(lines)
    changed = []
    for line, amount in zip(lines, amounts, strict=True):
        if line.net_amount != amount:
            changed += [[line], {'net_amount': amount}]
    if changed:
        Pool().get('account.invoice.line').write(*changed)
