"""Online payment: a payment link of Stripe on the invoice, and Stripe's reports of payments.

Order of reading: ``account`` has a tenant's key, ``provider`` is the only client of Stripe, ``attempt`` makes
a link before the number is assigned, ``link`` is the link of an issued invoice, ``event`` and ``payment``
process the reports, ``sweeper`` closes links that must not be paid any more.
"""
