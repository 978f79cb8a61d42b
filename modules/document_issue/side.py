"""The side of the books that a document belongs to: what the tenant sells, or what it is billed for."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """All that differs between the sides.

    type: of account.invoice; kind: of the document; taxes: kind of account.tax; journal: type of
    account.journal; account: of a party, and of the defaults behind it; series: of the fiscal year; sign:
    of a claim in debit less credit; event: subject of its events.
    """
    type: str
    kind: str
    taxes: str
    journal: str
    account: str
    series: str
    sign: int
    event: str


SALE = Side('out', 'invoice', 'sale', 'revenue', 'account_receivable', 'out_invoice_sequence', 1, 'invoice')
