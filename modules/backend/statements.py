"""Number and duration of the SQL statements of the current context.

A counter is active within :func:`counting`; without one there is no overhead.
"""
import contextlib
from contextvars import ContextVar

_active = ContextVar('kontor_statements', default=None)


class Statements:
    """count: statements sent; seconds: wall time spent in them"""
    __slots__ = ('count', 'seconds')

    def __init__(self):
        self.count = 0
        self.seconds = 0.0


@contextlib.contextmanager
def counting():
    """Yield the Statements of the code within"""
    statements = Statements()
    token = _active.set(statements)
    try:
        yield statements
    finally:
        _active.reset(token)


def active():
    return _active.get()
