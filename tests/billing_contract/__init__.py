"""The billing contract, row by row: one file per resource, each with its ``CASES``.

The examples are those of the contract's document. Where they contradict its text the text counts, and the
row says so.
"""
from . import customers, invoices, items, templates, units

CASES = [
    *customers.CASES,
    *templates.CASES,
    *items.CASES,
    *units.CASES,
    *invoices.CASES,
    ]
UNREACHABLE = {
    ('createInvoice', 422, 'stripe_unavailable'): "no payment link is asked for without a key",
    }
"(operation, status, code) → why no row can show it"
