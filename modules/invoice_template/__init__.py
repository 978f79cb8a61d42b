"""Invoice templates: how a tenant's documents look, which tax they charge, how they ask to be paid.

There is always exactly one default template per tenant. A document keeps a copy of its template, so
a change holds for the next one only.
"""
