"""Statements that are put together once per process and filled in at each use.

Putting a statement of python-sql together takes longer than PostgreSQL takes for most of them, and its text
is the same every time: only the values differ. They stand as :class:`Slot` where a value would stand.
"""
from psycopg import _queries
from trytond.transaction import Transaction

_queries.MAX_CACHED_STATEMENT_LENGTH = 16 * 1024
"""psycopg looks for the placeholders of a longer statement anew at each use; the longest of ours has 6 KB"""


class Slot:
    """A value that is given at each use, by its name.

    As the only member of a list for ``ANY`` it is the place of the whole list.
    """
    __slots__ = ('name',)

    def __init__(self, name):
        self.name = name


class Prepared:
    """A statement; ``make()`` returns it as python-sql has it, with Slots for what differs between uses.

    It must depend on nothing else than the tables of the pool: it is made once, in the first transaction that
    needs it.
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
