"""The columns of an issued record as one table: column → who decides it.

A model states its table once. From it follow what a client may write, the row that issuing writes, what
Tryton works out by itself, and what lives on after issue.
"""
from collections.abc import Callable
from dataclasses import dataclass

DOOR, TRYTON, CLIENT = 'door', 'tryton', 'client'
"""Decided by issuing · worked out by Tryton's own methods · given with the draft, or a default of issuing"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    value: function(*paper) → its value at issue, None where issuing leaves the column as it is; given: the
    value is that of the draft, so that a stored draft has it already; own: Tryton does not have the column;
    written, created: a client may write it, or say it of a new draft; copied: a copy of the record has it;
    living: what may happen to it after issue, as in `immutable.Seal`.
    """
    decided: str
    value: Callable | None = None
    given: bool = False
    own: bool = False
    written: bool = False
    created: bool = False
    copied: bool = False
    living: object = None


def door(value=None, **others):
    """Return a Column that issuing decides"""
    return Column(DOOR, value, **others)


def tryton(value=None, **others):
    """Return a Column that Tryton works out; the set-based engine fills in the same"""
    return Column(TRYTON, value, **others)


def client(value=None, **others):
    """Return a Column of the draft; issuing fills in the value of a paper"""
    return Column(CLIENT, value, **{'written': True, 'created': True, 'copied': True} | others)


class Columns:
    """The table of a model: {name: Column}. A paper may be several objects: a document and its line"""

    def __init__(self, table):
        self.table = table
        self._issued = [(name, c.value) for name, c in table.items() if c.value and not c.given]
        self._given = [(name, c.value) for name, c in table.items() if c.given]

    def issued(self, *paper):
        """Return {column: value} that issuing decides"""
        return {name: value(*paper) for name, value in self._issued}

    def given(self, *paper):
        """Return {column: value} that a draft which was never stored decides"""
        return {name: value(*paper) for name, value in self._given}

    def names(self, **wanted):
        """Return the names of the columns that have these attributes: ``names(written=False)``"""
        return frozenset(
            name for name, column in self.table.items()
            if all(getattr(column, attribute) == value for attribute, value in wanted.items()))

    @property
    def living(self):
        """{column: rule} of what changes after issue"""
        return {name: column.living for name, column in self.table.items() if column.living is not None}
