"""Dates as they come in: which day a moment means"""
import datetime as dt
from zoneinfo import ZoneInfo


def day_of(call, moment):
    """Return the date that a moment means to the account, None for none.

    Midnight UTC, which a bare date is as well, means that date; any other moment is one of the
    account's own days.
    """
    if moment is None:
        return None
    if moment.timetz() == dt.time(tzinfo=dt.UTC):
        return moment.date()
    return moment.astimezone(ZoneInfo(call.caller.timezone)).date()
