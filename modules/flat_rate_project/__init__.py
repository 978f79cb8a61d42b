"""Flat-rate projects: items under one price, and their offer, delivery note and invoice.

``project`` holds what can be changed, ``reading`` what is derived from it (status, price), ``pricing``
says what each strategy charges, ``paper`` numbers, prints and seals offers and delivery notes,
``billing`` goes through the door of ``account_invoice_issue``.
"""
