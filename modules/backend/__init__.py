"""Tryton's PostgreSQL backend with two additions: the tenant on the connection, and blocking locks.

Selected by the scheme ``kontor://`` of the database URI (entry point group ``trytond.backend``).
"""
