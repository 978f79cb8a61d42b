"""Rows that never change: triggers of PostgreSQL, made from declarations that stand beside the models.

A model says by ``__seal__`` when its rows are sealed and what may still happen to them (``seal``). From
that ``triggers`` makes the guards, which hold for the web role, the worker role and the owner alike. A
row is sealed when the transaction ends in which it became what the declaration names: until then the
transaction may write its parts in any order. ``suspension`` is the owner's one way around, for
migrations, and leaves a line in a log that never changes either. ``refusal`` turns the database's
refusal into words for people.
"""
from .seal import FREELY, SET, Emptied, Seal
from .suspension import triggers_off

__all__ = ['FREELY', 'SET', 'Emptied', 'Seal', 'triggers_off']
