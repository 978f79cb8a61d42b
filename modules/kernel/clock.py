"""The one clock of the business: what "now" and "today" mean. Tests move it, nothing else does.

Idempotency, request logs, sessions and locks use the machine's real time instead.
"""
import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

_offset = dt.timedelta()


def now():
    """Return the current moment, aware, UTC, to the second"""
    return (dt.datetime.now(dt.UTC) + _offset).replace(microsecond=0)


def today(timezone='Europe/Berlin'):
    """Return the date in a time zone (IANA name)"""
    return now().astimezone(ZoneInfo(timezone)).date()


@contextlib.contextmanager
def at(moment):
    """Run as if it were ``moment`` (aware datetime) now; time goes on from there"""
    global _offset
    before = _offset
    _offset = moment - dt.datetime.now(dt.UTC)
    try:
        yield
    finally:
        _offset = before
