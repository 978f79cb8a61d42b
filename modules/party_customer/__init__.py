"""Customers: the parties that a tenant invoices.

A customer is an ordinary party: its address, contact mechanisms, VAT identifier and bank account are
Tryton's own records. ``customer`` reads them set-based, with a constant number of statements for any number
of customers; ``customer_write`` creates and updates them from the flat fields of the contracts.
"""
