"""Where the time of a call goes: named parts in seconds, read by the face that answers.

Domain code writes ``with timing.part('render'):``; outside :func:`measuring` that costs nothing.
"""
import contextlib
import time
from contextvars import ContextVar

PARTS = ('auth', 'compute', 'sql', 'render', 'validate', 'seal')
_parts = ContextVar('kontor_timing', default=None)


@contextlib.contextmanager
def measuring():
    """Yield the dictionary part → seconds that fills up within"""
    parts = dict.fromkeys(PARTS, 0.0)
    token = _parts.set(parts)
    try:
        yield parts
    finally:
        _parts.reset(token)


@contextlib.contextmanager
def part(name):
    """Add the time spent within to a part"""
    parts = _parts.get()
    if parts is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        parts[name] += time.perf_counter() - started
