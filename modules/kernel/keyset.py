"""Lists that are read on from a row instead of from a number: what follows a key, in any order of columns.

However far back the row is, an index that begins with the first column finds it, and rows that are inserted
meanwhile shift nothing.
"""
from sql import Desc
from sql.operators import And, Or


def behind(order, key):
    """Return the python-sql condition for the rows that follow a key.

    order: the terms of ORDER BY, ``column.asc`` or ``column.desc``, none of them null, the last one unique or
    together unique; key: a value for each.
    """
    first, *_ = order
    if len(order) == 1:
        return _further(first, key[0])
    # The first condition says nothing new, but an index can use it
    return And([_as_far(first, key[0]), Or([_after(order, key, at) for at in range(len(order))])])


def _after(order, key, at):
    """The terms before ``at`` are those of the key, and that one is further"""
    same = [term.expression == value for term, value in zip(order[:at], key, strict=False)]
    return And([*same, _further(order[at], key[at])])


def _further(term, value):
    return term.expression < value if isinstance(term, Desc) else term.expression > value


def _as_far(term, value):
    return term.expression <= value if isinstance(term, Desc) else term.expression >= value
