"""Values to bytes: JSON as the contracts show it, and the entity tag made from it.

Decimals are numbers with their own digits (``980.00``), dates ``2026-05-16``, moments UTC with
``Z``; what came verbatim goes out as it came.
"""
import datetime as dt
import enum
import hashlib
import uuid
from decimal import Decimal
from json.encoder import encode_basestring

from pydantic import BaseModel

from .verbatim import Verbatim


def write_json(value):
    """Return the JSON text of a value as UTF-8 bytes"""
    return _text(value).encode('utf-8')


def entity_tag(body):
    """Return the strong entity tag of a body, without quotes"""
    return hashlib.sha256(body).hexdigest()[:32]


def moment(value):
    """Return a datetime (naive is UTC) as ``2026-05-16T08:12:43Z``"""
    if value.tzinfo:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    return value.isoformat(timespec='seconds') + 'Z'


def number(value):
    """Return a Decimal as a JSON number in plain notation"""
    if not value.is_finite():
        raise ValueError(f'{value} is no JSON number')
    text = str(value)
    return format(value, 'f') if 'E' in text else text


def _text(value):
    write = _WRITERS.get(type(value)) or _writer_of_kind(value)
    return write(value)


def _object(value):
    return '{' + ','.join([f'{encode_basestring(name)}:{_text(v)}' for name, v in value.items()]) + '}'


def _array(value):
    return '[' + ','.join([_text(v) for v in value]) + ']'


def _writer_of_kind(value):
    """Return the writer of a value whose type only inherits from a known one, and remember it"""
    for type_, write in _KINDS:
        if isinstance(value, type_):
            _WRITERS[type(value)] = write
            return write
    raise TypeError(f'{type(value).__name__} has no JSON form')


_KINDS = (
    (BaseModel, lambda value: _object(value.model_dump(by_alias=True))),
    (Verbatim, lambda value: value.text),
    (dict, _object),
    (list | tuple, _array),
    (type(None), lambda _: 'null'),
    (bool, lambda value: 'true' if value else 'false'),
    (enum.Enum, lambda value: _text(value.value)),
    (str, encode_basestring),
    (int, str),
    (Decimal, number),
    (dt.datetime, lambda value: f'"{moment(value)}"'),
    (dt.date, lambda value: f'"{value.isoformat()}"'),
    (uuid.UUID, lambda value: f'"{value}"'),
    (float, lambda value: number(Decimal(repr(value)))),
    )
_WRITERS = {}
"""Type → function(value) → JSON text; filled as types come"""
