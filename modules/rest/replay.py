"""Repeated requests: what to do with a key, decided without a database.

A key counts per tenant, contract, method and path, for some hours from its first use. Only
answers of requests that succeeded are kept; a failed one may be sent again under the same key.
"""
import dataclasses
import datetime as dt
import hashlib
import re

from .refusals import HEADER, Kind, refused_field

RUN, REPLAY, MISMATCH, EXPIRED = 'run', 'replay', 'mismatch', 'expired'
_KEY = re.compile(r'[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?')


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """An answer kept under a key; created: naive UTC, the machine's real time"""
    fingerprint: str
    created: dt.datetime
    status: int
    headers: dict
    body: bytes


def read_key(value, required, header='Idempotency-Key'):
    """Return the key of a request, None without one; raises Refusal naming the header"""
    if value is None:
        if required:
            raise refused_field(Kind.KEY_MISSING, 'missing', header, place=HEADER)
        return None
    if not _KEY.fullmatch(value):
        raise refused_field(Kind.KEY_MALFORMED, 'key_shape', header, place=HEADER)
    return value


def fingerprint(data):
    """Return what two bodies must share to be the same request: SHA-256 of the bytes"""
    return hashlib.sha256(data).hexdigest()


def decide(stored, wanted, now, hours):
    """Return what to do with a request whose body has the fingerprint ``wanted``.

    RUN: the key is new; EXPIRED: its answer is too old to count; MISMATCH: it came with another
    body; REPLAY: give the stored answer again.
    """
    if stored is None:
        return RUN
    if now - stored.created >= dt.timedelta(hours=hours):
        return EXPIRED
    return REPLAY if stored.fingerprint == wanted else MISMATCH
