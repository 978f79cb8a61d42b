"""Issuing invoices: one door for REST, the client, recurring runs and scripts.

``invoice`` is the door, by the pipeline of `document_issue.issued`. ``deciding`` makes a ``bill`` of a
``draft``, ``columns`` says who decides each column, ``booking`` and ``settle`` write, ``printed`` lays the
page out, ``payment`` marks as paid. ``posting`` chooses between this engine and Tryton's own ``workflow``,
which runs where an operator's module extends the booking.
"""
