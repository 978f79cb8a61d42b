"""Semantic model of an electronic invoice (EN 16931-1), independent of syntax: the input of ``cii`` and
``ubl``.

Comments give the business terms (BT) and groups (BG) of the norm. An unknown text is ''. Amounts are in the
document's currency and rounded in the ledger: nothing is computed here. In a credit note they are positive:
its type gives the direction of the payment.
"""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """BG-5, BG-8, BG-15"""
    street: str = ''            # BT-35, BT-50, BT-75
    additional: str = ''        # BT-36, BT-51, BT-76
    further: str = ''           # BT-162, BT-163, BT-165
    city: str = ''              # BT-37, BT-52, BT-77
    postal_code: str = ''       # BT-38, BT-53, BT-78
    country: str                # BT-40, BT-55, BT-80; ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4) or buyer (BG-7) with the contact (BG-6, BG-9)"""
    name: str                   # BT-27, BT-44
    address: Address
    identifier: str = ''        # BT-29, BT-46
    vat_id: str = ''            # BT-31, BT-48
    tax_number: str = ''        # BT-32, of the seller only
    email: str = ''             # BT-34, BT-49, scheme EM of the code list EAS; BT-43, BT-58
    contact: str = ''           # BT-41, BT-56
    phone: str = ''             # BT-42, BT-57


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13; with a period (BG-14) for a supply over several days"""
    date: dt.date                       # BT-72: the day, or the last day of the period
    start: dt.date | None = None        # BT-73
    end: dt.date | None = None          # BT-74
    name: str = ''                      # BT-70
    address: Address | None = None      # BG-15


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTransfer:
    """BG-16 and BG-17: SEPA credit transfer"""
    iban: str                   # BT-84
    account_name: str = ''      # BT-85
    bic: str = ''               # BT-86
    reference: str = ''         # BT-83


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """BG-1; ``code`` of UNTDID 4451"""
    code: str                   # BT-21
    text: str                   # BT-22


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """BG-3: the invoice that is credited"""
    number: str                 # BT-25
    date: dt.date | None        # BT-26


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """BG-23: base and tax of one category and rate"""
    category: str               # BT-118, UNTDID 5305
    rate: Decimal               # BT-119, percent
    base: Decimal               # BT-116
    tax: Decimal                # BT-117
    reason: str = ''            # BT-120
    reason_code: str = ''       # BT-121, code list VATEX


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25. Only ``quantity`` and ``net`` may be negative.

    ``price`` is the price of ``price_quantity`` units.
    """
    number: str                 # BT-126
    name: str                   # BT-153
    description: str = ''       # BT-154
    item: str = ''              # BT-155
    note: str = ''              # BT-127
    quantity: Decimal           # BT-129
    unit: str                   # BT-130, UN/ECE Recommendation 20
    price: Decimal              # BT-146
    price_quantity: Decimal     # BT-149
    net: Decimal                # BT-131
    category: str               # BT-151
    rate: Decimal               # BT-152, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """One electronic invoice"""
    profile: str                # Basic, EN16931 or XRechnung
    specification: str          # BT-24
    process: str = ''           # BT-23
    type_code: str              # BT-3, UNTDID 1001
    number: str                 # BT-1
    issue_date: dt.date         # BT-2
    due_date: dt.date | None    # BT-9
    currency: str               # BT-5, ISO 4217
    buyer_reference: str = ''   # BT-10
    terms: str = ''             # BT-20
    notes: tuple[Note, ...] = ()
    preceding: Preceding | None = None
    seller: Party
    buyer: Party
    delivery: Delivery
    transfer: CreditTransfer | None
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    net: Decimal                # BT-106, BT-109
    tax: Decimal                # BT-110
    gross: Decimal              # BT-112, BT-115

    @property
    def is_credit(self):
        return self.type_code in CREDITS


CREDITS = frozenset({'381', '261'})
"""Types of BT-3 that the syntax UBL writes as CreditNote (EN 16931-3-2)"""
