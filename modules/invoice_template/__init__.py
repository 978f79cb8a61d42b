"""Invoice templates: the layout of a tenant's documents, their tax, their form of payment.

There is always exactly one default template per tenant. A document keeps a copy of its template, so
a change affects later documents only.
"""
