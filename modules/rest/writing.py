"""Values to bytes: JSON as the contracts show it, and the entity tag made from it.

Decimals are numbers with their own digits (``980.00``), dates ``2026-05-16``, moments UTC with
``Z``.
"""
import datetime as dt
import enum
import hashlib
import uuid
from decimal import Decimal
from json.encoder import encode_basestring

from pydantic import BaseModel


def write_json(value):
    "Return the JSON text of a value as UTF-8 bytes"
    return ''.join(_parts(value)).encode('utf-8')


def entity_tag(body):
    "Return the strong entity tag of a body, without quotes"
    return hashlib.sha256(body).hexdigest()[:32]


def moment(value):
    "Return a datetime (naive is UTC) as ``2026-05-16T08:12:43Z``"
    if value.tzinfo:
        value = value.astimezone(dt.UTC)
    return value.strftime('%Y-%m-%dT%H:%M:%SZ')


def number(value):
    "Return a Decimal as a JSON number in plain notation"
    if not value.is_finite():
        raise ValueError(f'{value} is no JSON number')
    return format(value, 'f')


def _parts(value):
    if isinstance(value, BaseModel):
        value = value.model_dump(by_alias=True)
    if isinstance(value, dict):
        yield from _enclose('{', value.items(), '}', _member)
    elif isinstance(value, list | tuple):
        yield from _enclose('[', value, ']', _parts)
    else:
        yield _scalar(value)


def _enclose(opening, values, closing, write):
    yield opening
    for index, value in enumerate(values):
        if index:
            yield ','
        yield from write(value)
    yield closing


def _member(pair):
    name, value = pair
    yield encode_basestring(name) + ':'
    yield from _parts(value)


def _scalar(value):
    for type_, write in _WRITERS:
        if isinstance(value, type_):
            return write(value)
    raise TypeError(f'{type(value).__name__} has no JSON form')


_WRITERS = (
    (type(None), lambda _: 'null'),
    (bool, lambda value: 'true' if value else 'false'),
    (enum.Enum, lambda value: _scalar(value.value)),
    (str, encode_basestring),
    (int, str),
    (Decimal, number),
    (dt.datetime, lambda value: f'"{moment(value)}"'),
    (dt.date, lambda value: f'"{value.isoformat()}"'),
    (uuid.UUID, lambda value: f'"{value}"'),
    (float, lambda value: number(Decimal(repr(value)))),
    )
