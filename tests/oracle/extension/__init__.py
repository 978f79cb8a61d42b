"""A Tryton module that only the oracle activates: it adds a column to each model that the engine writes.

Each column is filled twice: by overriding a method of Tryton, which is what Tryton's workflow calls, and by
extending a row method, which is what the engine calls. `tests.oracle.extended` activates it.
"""
