"""Statements that are built once per process and parametrised at each use.

Building a statement with python-sql takes longer than PostgreSQL takes to run most of them, and its text is
the same every time: only the values differ. A :class:`Slot` is the placeholder for a value.
"""
from psycopg import _queries
from trytond.transaction import Transaction

_queries.MAX_CACHED_STATEMENT_LENGTH = 16 * 1024
"""psycopg parses the placeholders of a longer statement anew at each use; the longest one of Kontor has 6 KB
"""


class Slot:
    """A named value that is given at each use.

    As the only member of a list for ``ANY`` it is replaced by the whole list.
    """
    __slots__ = ('name',)

    def __init__(self, name):
        self.name = name


class Prepared:
    """A statement; ``make()`` returns it in python-sql's form, with Slots for the values that differ between
    uses.

    It must depend only on the tables of the pool: it is built once, in the first transaction that needs it.
    """

    def __init__(self, make):
        self._make = make
        self._text = None
        self._params = ()

    def __call__(self, **values):
        """Execute the statement in the running transaction with the values of its Slots; return the cursor"""
        if self._text is None:
            text, self._params = self._make()
            self._text = text
        cursor = Transaction().connection.cursor()
        cursor.execute(self._text, [_filled(param, values) for param in self._params])
        return cursor


def _filled(param, values):
    slot = param[0] if isinstance(param, list) and param else param
    return values[slot.name] if isinstance(slot, Slot) else param
