"""Customers: parties a tenant invoices, with what the contracts know about them.

A customer is a party like any other: its address, contact mechanisms, VAT identifier and bank
account are Tryton's own records. ``customer`` reads them together, a bounded number of statements
whatever the number of customers, and writes them from the flat fields that the contracts send.
"""
