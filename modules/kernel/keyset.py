"""Lists that are read on from a row instead of from a number: what follows a key, in any order of columns.

However far back the row is, one index access finds it, and what is inserted meanwhile shifts nothing.
"""
from functools import reduce
from operator import or_


def behind(order, key):
    """Return the python-sql condition for the rows that follow a key.

    order: the terms of ORDER BY, ``column.asc`` or ``column.desc``, none of them null, the last one unique or
    together unique; key: a value for each.
    """
    terms = []
    for position, term in enumerate(order):
        condition = _further(term, key[position])
        for before, value in zip(order[:position], key, strict=False):
            condition = (before.expression == value) & condition
        terms.append(condition)
    return reduce(or_, terms)


def _further(term, value):
    column = term.expression
    return column < value if term.kind == 'DESC' else column > value
