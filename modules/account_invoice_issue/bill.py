"""An invoice on its way through the door, and its lines"""
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from trytond.modules.document_issue import rounding
from trytond.modules.document_issue.ledger import Period
from trytond.modules.document_issue.paper import Paper
from trytond.modules.document_issue.taxation import Taxed

from .credit import Credited
from .side import SELF_BILLED


@dataclass(slots=True)
class Item:
    """A line of a Bill.

    record: the draft's own; number: its place in the bill, from 1; tax: None for a title or a comment.
    """
    record: object
    description: str
    key: str = ''
    quantity: float | None = None
    unit_label: str = ''
    unit_code: str = ''
    unit_price: Decimal | None = None
    tax: Taxed | None = None
    account: int | None = None
    net: Decimal | None = None
    shown: Decimal | None = None
    number: int | None = None
    id: int | None = None

    @property
    def exact_quantity(self):
        """The quantity as it was typed, not as a float stores it"""
        return Decimal(str(self.quantity))


@dataclass(slots=True, kw_only=True)
class Bill(Paper):
    """One invoice on its way through the door.

    buyer: the other party also where it is the one who supplies (a Gutschrift); its tax number only there;
    address, identifier, account: ids; credited: the invoice that a credit note takes back; gross: whether
    prices include tax; figures: all amounts; shares: [(Taxed, TaxShare)]; maturities: [(date, amount)];
    warnings: codes for the accountant. The rest is filled in on the way: payment_link has the ``url`` to pay
    at; taxes: BookedTaxes; postings: Postings.
    """
    address: int
    identifier: int | None
    account: int
    tax_number: str
    supply_date: dt.date
    due_date: dt.date
    credited: Credited | None
    gross: bool
    warnings: list
    items: list
    figures: rounding.Totals
    shares: list
    maturities: list
    period: Period
    payment_link: object = None
    position: int | None = None
    taxes: list = field(default_factory=list)
    move: int | None = None
    postings: list = field(default_factory=list)
    move_number: str = ''

    @property
    def record(self):
        """The invoice as other records name it"""
        return f'account.invoice,{self.id}'

    @property
    def kind(self):
        """The kind of document: invoice, credit_note or gutschrift"""
        return 'credit_note' if self.credited and not self.is_self_billed else self.books.side.kind

    @property
    def is_self_billed(self):
        return self.books.side == SELF_BILLED

    @property
    def cancels(self):
        """Whether it takes back what nobody has paid yet"""
        return bool(self.credited) and self.credited.state == 'posted'

    @property
    def charged(self):
        return [item for item in self.items if item.tax]

    @property
    def wants_payment_link(self):
        """There is something to pay, and the template asks for a link to pay it with"""
        return (
            self.kind == 'invoice' and self.figures.total > 0
            and self.template.payment_qr_mode == 'StripePaymentLink')

    @property
    def tax_rate(self):
        """The one rate of the document, in percent with two decimals: the template's where lines differ"""
        rates = {item.tax.rate for item in self.charged}
        return (rates.pop() if len(rates) == 1 else self.template.tax_rate).quantize(rounding.CENT)
