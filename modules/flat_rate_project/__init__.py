"""Flat-rate projects: items under one price, and their offer, delivery note and invoice.

``project`` and ``item`` hold the values that can be changed, ``reading`` derives status and price from them,
``pricing`` says what each strategy charges. ``paper`` issues offers and delivery notes, whose page ``letter``
makes, by the pipeline of ``document_issue``; ``billing`` goes through the door of ``account_invoice_issue``.
"""
