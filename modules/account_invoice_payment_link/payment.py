"""Online payments: one record per payment, independent of the number and order of Stripe's reports.

A payment that matches its invoice is booked at once. One that does not match (another amount or currency,
invoice already paid, no such invoice, refunded, period closed) stays visible to the accountant until somebody
settles it; nothing is dropped and nothing guessed.
"""
from decimal import Decimal

from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.modules.document_issue.locks import require_locks
from trytond.modules.immutable import FREELY, Seal, triggers_off
from trytond.modules.kernel.exceptions import FieldError
from trytond.modules.kernel import clock
from trytond.modules.tenant.ownership import READ, TenantOwned
from trytond.pool import Pool
from trytond.pyson import Eval
from trytond.transaction import Transaction, without_check_access


STATES = [
    ('booked', "Booked"),
    ('open', "To Be Checked"),
    ('settled', "Settled"),
    ]
PROBLEMS = [
    (None, ""),
    ('partial', "Less Than Owed"),
    ('overpaid', "More Than Owed"),
    ('currency', "Other Currency"),
    ('double', "Paid Already"),
    ('not_open', "Invoice Not Open"),
    ('unknown', "No Such Invoice"),
    ('refused', "Not Bookable"),
    ('refunded', "Refunded"),
    ('disputed', "Disputed"),
    ]
LIVING = ('state', 'problem', 'note', 'refunded', 'disputed', 'move', 'settled_by', 'settled_at')
"""Columns for the processing of a payment; the reported facts never change"""
NO_DECIMALS = frozenset(
    'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF'.split())
"""Currencies without a minor unit at Stripe; all others here are counted in hundredths"""


def amount_of(number, currency):
    """Return the Decimal of an amount as Stripe sends it: an integer of the smallest unit"""
    if currency.upper() in NO_DECIMALS:
        return Decimal(number)
    return Decimal(number) / 100


class Payment(TenantOwned, ModelSQL, ModelView):
    """Online Payment"""
    __name__ = 'account.invoice.payment_link.payment'
    _rec_name = 'provider_id'
    __member_rights__ = READ
    __never_copied__ = True

    provider_id = fields.Char("Payment ID", required=True, readonly=True)
    invoice = fields.Many2One('account.invoice', "Invoice", readonly=True, ondelete='RESTRICT')
    claimed = fields.Char(
        "Reported Invoice", readonly=True, help="The id of the invoice, as the payment names it.")
    amount = fields.Numeric("Amount", digits=(16, 2), required=True, readonly=True)
    currency = fields.Char("Currency", required=True, readonly=True)
    date = fields.Date("Date", required=True, readonly=True)
    refunded = fields.Numeric("Refunded", digits=(16, 2), readonly=True)
    disputed = fields.Boolean(
        "Disputed", readonly=True, states={'invisible': ~Eval('disputed')},
        help="The payer's bank was asked to take the payment back.")
    state = fields.Selection(STATES, "State", required=True, readonly=True, sort=False)
    problem = fields.Selection(PROBLEMS, "Problem", readonly=True, sort=False, states={
            'invisible': ~Eval('problem')})
    problem_string = problem.translated('problem')
    note = fields.Text("Note", readonly=True, states={'invisible': ~Eval('note')})
    move = fields.Many2One(
        'account.move', "Move", readonly=True, ondelete='RESTRICT',
        states={'invisible': ~Eval('move')})
    settled_by = fields.Many2One(
        'res.user', "Settled By", readonly=True, ondelete='RESTRICT',
        states={'invisible': ~Eval('settled_by')})
    settled_at = fields.Timestamp(
        "Settled At", readonly=True, states={'invisible': ~Eval('settled_at')})
    events = fields.One2Many(
        'account.invoice.payment_link.event', 'payment', "Reports", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('id', 'DESC')]
        table = cls.__table__()
        cls._sql_constraints.append((
                'provider_unique', Unique(table, table.provider_id),
                'account_invoice_payment_link.msg_payment_unique'))
        cls._sql_indexes.add(Index(table, (table.invoice, Index.Equality())))
        cls._buttons.update({
                'book': {
                    'invisible': (Eval('state') != 'open') | Eval('move'),
                    'depends': ['state', 'move']},
                'settle': {'invisible': Eval('state') != 'open', 'depends': ['state']},
                })

    @classmethod
    def __register__(cls, module):
        table = cls.__table_handler__(module)
        is_older = table.column_exist('problem') and not table.column_exist('disputed')
        super().__register__(module)
        if is_older:
            mark_disputed()

    @classmethod
    def __seal__(cls):
        return Seal(when=[{}], label='provider_id', living=dict.fromkeys(LIVING, FREELY))

    # Reports

    @classmethod
    def report(cls, finding):
        """Process the Finding of an event, under the LOCKS; return the payment"""
        require_locks()
        found = cls.search([('provider_id', '=', finding.payment)])
        payment = found[0] if found else cls._new(finding)
        if finding.paid and not payment.move and payment.state != 'settled':
            payment._book()
        payment._take_back(finding.refunded, finding.disputed)
        return payment

    @classmethod
    def _new(cls, finding):
        payment, = cls.create([{
                    'provider_id': finding.payment, 'claimed': finding.invoice, 'amount': finding.amount,
                    'currency': finding.currency, 'date': finding.date, 'state': 'open',
                    'invoice': cls._invoice_of(finding)}])
        return payment

    @classmethod
    def _invoice_of(cls, finding):
        """Return the id of the invoice that the payment names, else of the invoice of its link, else None"""
        pool = Pool()
        claimed = finding.invoice or ''
        if claimed.isascii() and claimed.isdigit() and len(claimed) < 10:
            found = pool.get('account.invoice').search(
                [('id', '=', int(claimed)), ('type', '=', 'out')])
            if found:
                return found[0].id
        if finding.link:
            found = pool.get('account.invoice.payment_link').search(
                [('provider_id', '=', finding.link)])
            if found:
                return found[0].invoice.id
        return None

    def _book(self):
        """Post the payment if it matches the invoice, else record the problem"""
        problem = self._obstacle()
        if problem:
            self._mark('open', problem)
            return
        Invoice = Pool().get('account.invoice')
        owed = self.invoice.amount_to_pay
        try:
            move = Invoice.receive_payment(self.invoice, self.amount, self.date)
        except FieldError as error:
            self._mark('open', 'refused', error.message)
            return
        problem = 'partial' if self.amount < owed else 'overpaid' if self.amount > owed else None
        self._mark('open' if problem else 'booked', problem, move=move)

    def _obstacle(self):
        invoice = self.invoice
        if invoice is None:
            return 'unknown'
        if invoice.currency.code != self.currency:
            return 'currency'
        if invoice.state == 'paid':
            return 'double'
        if invoice.state != 'posted':
            return 'not_open'
        return None if invoice.amount_to_pay > 0 else 'double'

    def _take_back(self, refunded=None, disputed=False):
        """Record a refund or dispute; reports may come in any order"""
        if disputed:
            self._mark('open', 'disputed', disputed=True)
        if refunded and refunded > (self.refunded or 0):
            self._mark('open', 'refunded', refunded=refunded)
        elif self.state == 'booked' and (self.disputed or self.refunded):
            self._mark('open', 'disputed' if self.disputed else 'refunded')

    def _mark(self, state, problem, note=None, **values):
        values.update(state=state, problem=problem, settled_by=None, settled_at=None)
        if note:
            values['note'] = '\n'.join(filter(None, [self.note, note]))
        self.write([self], values)

    @classmethod
    def refuse(cls, finding, reason):
        """Store a payment whose booking failed, with the reason"""
        found = cls.search([('provider_id', '=', finding.payment)])
        payment = found[0] if found else cls._new(finding)
        if not payment.move and payment.state != 'settled':
            payment._mark('open', 'refused', reason)
        return payment

    # Actions of the accountant

    @classmethod
    @ModelView.button
    def book(cls, payments):
        """Retry the booking after the problem was removed"""
        require_locks()
        with without_check_access():
            for payment in cls.browse(payments):
                if payment.state == 'open' and not payment.move:
                    payment._book()
                    payment._take_back()
                    if payment.problem and not payment.move:
                        raise UserError(gettext(
                                'account_invoice_payment_link.msg_not_booked',
                                payment=payment.rec_name, reason=payment.problem_string))

    @classmethod
    @ModelView.button
    def settle(cls, payments):
        """Mark as settled by the accountant"""
        with without_check_access():
            payments = [payment for payment in cls.browse(payments) if payment.state == 'open']
            cls.write(payments, {
                    'state': 'settled', 'settled_by': Transaction().user,
                    'settled_at': clock.now().replace(tzinfo=None)})


_DISPUTED = """
UPDATE account_invoice_payment_link_payment p SET disputed = true
WHERE p.problem = 'disputed' OR EXISTS (
    SELECT FROM account_invoice_payment_link_event e
    WHERE e.payment = p.id AND e.type = 'charge.dispute.created')
"""


def mark_disputed():
    """Set the field ``disputed`` of payments older than it; called as the owner of the tables.

    A later problem may have overwritten a dispute, but the report of the dispute is stored.
    """
    cursor = Transaction().connection.cursor()
    with triggers_off(cursor, "online payments: disputes get a field of their own"):
        cursor.execute(_DISPUTED)
