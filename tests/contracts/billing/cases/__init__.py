"""The billing contract, row by row: one file per resource, each with its ``CASES``.

The examples are those of the contract's document. Where they contradict its text the text counts, and the
row says so.
"""
from . import customers, gutschriften, invoices, items, projects, templates, units

CASES = [
    *customers.CASES,
    *templates.CASES,
    *items.CASES,
    *units.CASES,
    *invoices.CASES,
    *projects.CASES,
    *gutschriften.CASES,
    ]
ASKED = "shown by the tests of payment links, which have a provider to ask"
FINAL = "the document is final from the moment it exists"
UNREACHABLE = {
    ('createInvoice', 422, 'stripe_unavailable'): ASKED,
    ('createProjectInvoice', 422, 'stripe_unavailable'): ASKED,
    ('getOfferPdf', 400, 'not_finalized'): FINAL,
    ('getDeliveryNotePdf', 400, 'not_finalized'): FINAL,
    }
"""(operation, status, code) → why no row can show it"""
