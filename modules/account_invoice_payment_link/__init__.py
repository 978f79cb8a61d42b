"""Online payment: a link of Stripe on the invoice, and what Stripe reports of payments.

The way in: ``account`` keeps a tenant's key, ``provider`` alone talks to Stripe, ``attempt`` makes a link
before the number is taken, ``link`` is the one an invoice bears, ``event`` and ``payment`` take in what
was paid, ``sweeper`` closes links that nobody may pay any more.
"""
