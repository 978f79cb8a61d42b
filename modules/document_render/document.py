"""A document as plain data: the complete printed content, without anything to look up.

Amounts are in the document's currency and already rounded in the ledger: this module neither computes nor
rounds, values are printed as given. Texts are printed literally, with their line breaks. The fields of an
invoice follow § 14 (4) UStG, § 14a UStG and § 11 (1) UStG-AT.
"""
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Kind = Literal['invoice', 'gutschrift', 'credit_note', 'offer', 'delivery_note']


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party of the document as printed.

    ``address`` holds the lines below the name, verbatim. ``register`` holds the mandatory particulars of
    commercial letters (§ 35a GmbHG, § 14 UGB): seat, court and number, managing directors.
    """
    name: str
    address: tuple[str, ...] = ()
    country: str = ''           # ISO 3166-1 alpha-2
    vat_id: str = ''
    tax_number: str = ''
    contact: str = ''
    phone: str = ''
    email: str = ''
    website: str = ''
    iban: str = ''
    bic: str = ''
    bank: str = ''
    iban_unchecked: bool = False    # the check digits are wrong: printed with a mark
    register: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One position; ``unit`` is the label as printed, ``tax_rate`` in percent"""
    position: str
    description: str
    key: str = ''
    quantity: Decimal | None = None
    unit: str = ''
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """Base and tax of one tax rate; ``reason`` is the sentence the law requires when no tax is charged"""
    rate: Decimal               # percent
    base: Decimal
    tax: Decimal
    reason: str = ''


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another document that this one refers to, such as the invoice that a credit note corrects"""
    number: str
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """Content of the code, see `qr.payload`, and its kind, which selects the caption beside it"""
    kind: Literal['epc', 'link']
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The style. Colours are #RGB, #RRGGBB or #RRGGBBAA and are darkened where the text would be unreadable;
    an unknown font is replaced by a fallback; the logo is PNG or JPEG.
    """
    primary_color: str = '#1E88E5'
    secondary_color: str = '#757575'
    font: str = 'Arial'
    logo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The complete data of one document.

    ``seller`` supplies and ``buyer`` receives, also on a Gutschrift, where the buyer writes the document (§
    14 (2) UStG) and letterhead and footer are therefore the buyer's. ``due_date`` is the last day of validity
    of an offer. A document without ``totals`` shows no prices at all; with ``totals``, a line shows its price
    if it has one. ``subject`` and ``summary`` describe the whole document. ``finalised_at`` is timezone-aware
    and becomes the time stamp of the file, so that the same document always gives the same bytes.
    """
    kind: Kind
    number: str
    issue_date: dt.date
    finalised_at: dt.datetime
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    language: str = 'de'        # de or en, a region may follow; any other means en
    currency: str = 'EUR'       # ISO 4217
    due_date: dt.date | None = None
    supply_date: dt.date | None = None
    supply_end: dt.date | None = None
    customer_number: str = ''
    buyer_reference: str = ''
    preceding: Reference | None = None
    delivery_days: int | None = None
    subject: str = ''
    summary: str = ''
    intro: str = ''
    notes: str = ''
    payment_instructions: str = ''
    prices_include_tax: bool = False
    tax_label: str = ''         # USt, MwSt, VAT …; '' for the default of the language
    taxes: tuple[TaxRow, ...] = ()
    totals: Totals | None = None
    style: Style = field(default_factory=Style)
    qr: QrCode | None = None

    @property
    def name(self):
        """Key of the printed title: the kind, or the correction of a Gutschrift"""
        return 'gutschrift_correction' if self.kind == 'gutschrift' and self.preceding else self.kind

    @property
    def writer(self):
        """The party whose letterhead is printed"""
        return self.buyer if self.kind == 'gutschrift' else self.seller

    @property
    def priced(self):
        return self.totals is not None

    @property
    def shows_prices(self):
        """Whether lines show their prices; without them only the sum may be printed"""
        return self.priced and any(line.amount is not None for line in self.lines)

    @property
    def reader(self):
        """The party in the address window"""
        return self.seller if self.kind == 'gutschrift' else self.buyer
