"""Lists that are read on from the last row: ``?limit=25&cursor=…``.

A cursor is the key of the last row, signed for one list: contract, tenant, name and filters. It hides
nothing, but nobody can make one, change it, or use it elsewhere.
"""
import base64
import binascii
import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field

from trytond.modules.kernel import vault

from .fields import Query, query_integer, text
from .refusals import QUERY, Kind, refused_field

LIMIT, MAX_LIMIT = 25, 100
MOST = 500
"""Characters of a cursor"""
PURPOSE = 'list cursor'
_KINDS = (
    ('t', dt.datetime, dt.datetime.isoformat, dt.datetime.fromisoformat),
    ('d', dt.date, dt.date.isoformat, dt.date.fromisoformat),
    ('n', Decimal, str, Decimal),
    ('u', uuid.UUID, str, uuid.UUID),
    )
"""Letter, type, function(value) → text and back, of what JSON has no form for"""


class CursorQuery(Query):
    """limit: rows at most; cursor: of the answer before"""
    limit: query_integer(1, MAX_LIMIT) = Field(LIMIT, description="Page size")
    cursor: text(MOST) | None = Field(None, description="Opaque, from the page before")


@dataclasses.dataclass(frozen=True, kw_only=True)
class CursorList:
    """One list of one tenant: its cursors count for no other.

    contract, name: names; company: id; filters: what else the query says, without limit and cursor; key: that
    signs, the instance's own if none is given.
    """
    contract: str
    name: str
    company: int
    filters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    key: bytes | None = None

    def write(self, row_key):
        """Return the cursor behind a row: values (int, str, date, datetime, Decimal, UUID) of its key"""
        payload = _json([_written(value) for value in row_key])
        return base64.urlsafe_b64encode(self._sign(payload) + payload).rstrip(b'=').decode()

    def read(self, cursor):
        """Return the key of the row behind which a cursor points; raises Refusal"""
        data = _decoded(cursor)
        signature, payload = data[:hashlib.sha256().digest_size], data[hashlib.sha256().digest_size:]
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise _refusal()
        return tuple(_read(value) for value in json.loads(payload))

    def _sign(self, payload):
        place = _json([self.contract, self.name, self.company, dict(self.filters)])
        message = len(place).to_bytes(8, 'big') + place + payload
        return hmac.digest(self.key or vault.derive(PURPOSE), message, 'sha256')


def page_behind(list_, query, read, row_key, show):
    """Return (items, cursor of the next page or None).

    read: function(key of the last row or None, number) → rows; row_key: function(row) → values of its key;
    show: function(row) → item.
    """
    after = None if query.cursor is None else list_.read(query.cursor)
    rows = read(after, query.limit + 1)
    more = len(rows) > query.limit
    rows = rows[:query.limit]
    return [show(row) for row in rows], list_.write(row_key(rows[-1])) if more else None


def _json(value):
    return json.dumps(
        value, default=_written, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()


def _written(value):
    """Return a value as JSON has it: what it has no form for as {letter: text}"""
    for letter, type_, write, _ in _KINDS:
        if isinstance(value, type_):
            return {letter: write(value)}
    if value is None or not isinstance(value, int | str):
        raise TypeError(f'{value!r} cannot be part of a key')
    return value


def _read(value):
    if not isinstance(value, dict):
        return value
    (letter, written), = value.items()
    return next(read for known, _, _, read in _KINDS if known == letter)(written)


def _decoded(cursor):
    """Return the bytes of a cursor that is spelled as ``write`` spells it"""
    try:
        data = base64.urlsafe_b64decode(cursor + '=' * (-len(cursor) % 4))
    except (ValueError, binascii.Error):
        raise _refusal() from None
    if base64.urlsafe_b64encode(data).rstrip(b'=').decode() != cursor:
        raise _refusal()
    return data


def _refusal():
    return refused_field(Kind.UNFIT, 'cursor', 'cursor', place=QUERY)
