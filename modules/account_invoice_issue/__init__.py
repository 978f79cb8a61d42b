"""Issuing invoices: one door for REST, the client, recurring runs and scripts.

The way in: ``invoice`` is the door, ``draft`` decides and checks, ``rounding`` computes,
``numbering`` and ``booking`` write, ``printed`` says what the document shows, ``payment`` marks as
paid. ``way`` chooses between this engine and Tryton's own ``workflow``, which runs where an operator's module
extends what is booked.
"""
