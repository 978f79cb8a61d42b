"""Immutable rows: PostgreSQL triggers, generated from declarations on the models.

A model declares by ``__seal__`` the condition under which its rows are sealed and the changes that remain
allowed (``seal``). From that ``triggers`` generates the guards, which apply to the web role, the worker role
and the owner alike. A row becomes sealed at the end of the transaction in which it first meets the condition:
until then that transaction may write its parts in any order. ``suspension`` is the owner's only exception,
for migrations, and leaves a row in an immutable log. ``refusal`` turns the database's refusal into a message
for people.
"""
from .seal import FREELY, SET, Emptied, Seal
from .suspension import triggers_off

__all__ = ['FREELY', 'SET', 'Emptied', 'Seal', 'triggers_off']
