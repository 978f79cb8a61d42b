"""Transactional outbox: events for external receivers, written in the transaction they report.

An announced event exists if and only if its transaction was committed. Announcing costs one INSERT for any
number of events; the worker delivers them later from this table.
"""
