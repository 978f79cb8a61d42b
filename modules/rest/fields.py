"""Field types that contracts share, and the bases of their models.

Incoming types are strict: a text is no number, 1 is not true. What they refuse is said in a few
words that follow the field's JSON name (``sentences``). Outgoing values are written by ``writing``.

    class InvoiceLine(Body, alias_generator=camel):
        description: text(200, minimum=1)
        quantity: decimal(digits=4)
        custom_unit_id: Id | None = None
"""
import base64
import datetime as dt
import re
from decimal import Context, Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from .routes import MAX_ID, record_id
from .verbatim import Verbatim

LARGEST = 10 ** 12
"""Amounts above are no business's: more is refused"""
SHORT, LONG = 500, 10_000
"""Characters of texts without a documented length: names and addresses, notes and introductions"""
FIRST_YEAR, LAST_YEAR = 1900, 2199

camel = to_camel


class Body(BaseModel):
    """A JSON object that comes in: no other members than those declared, no conversions"""
    model_config = ConfigDict(strict=True, extra='forbid', frozen=True, regex_engine='python-re')


class Query(BaseModel):
    """A query string: texts come in, unknown parameters are ignored, empty ones were not sent"""
    model_config = ConfigDict(extra='ignore', frozen=True)


class Output(BaseModel):
    """A JSON object that goes out; built with Python's names, written with JSON's"""
    model_config = ConfigDict(populate_by_name=True, extra='forbid')


def refuse(name, **values):
    """Return the error that a validator raises: the name of a reason, see ``sentences``, and its values"""
    return PydanticCustomError(name, name, values)


# Texts

UNPRINTABLE = r'\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff'
_UNPRINTABLE = re.compile(f'[{UNPRINTABLE}]')


def _printable(value):
    """What XML and PDF cannot carry cannot be printed on an invoice"""
    if isinstance(value, str) and (found := _UNPRINTABLE.search(value)):
        raise refuse('unprintable', character=f'U+{ord(found[0]):04X}')
    return value


def text(maximum=SHORT, minimum=0):
    """Return the type of a text; of the control characters only tab and newline may be in it"""
    def check(value):
        value = _printable(value)
        if minimum and isinstance(value, str) and not value.strip():
            raise refuse('empty')
        return value
    return Annotated[
        str, Field(min_length=minimum or None, max_length=maximum), BeforeValidator(check)]


Text = text(SHORT)
LongText = text(LONG)


def _decoded(value):
    """Return the bytes of a Base64 text (RFC 4648, 4); line breaks do not count, nothing else may be in it"""
    if not isinstance(value, str):
        raise refuse('string_type')
    try:
        return base64.b64decode(''.join(value.split()), validate=True)
    except ValueError:
        raise refuse('not_base64') from None


Base64 = Annotated[
    bytes, BeforeValidator(_decoded),
    WithJsonSchema({'type': 'string', 'contentEncoding': 'base64'})]


# Numbers

_EXACT = Context(prec=1000)
"""Rounds nothing that a request can hold"""


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise refuse('not_a_number')
    return Decimal(value)


def decimal(digits, minimum=-LARGEST, maximum=LARGEST):
    """Return the type of a number within bounds and with at most so many decimals"""
    def check(value):
        value = _number(value)
        if value > maximum:
            raise refuse('number_too_large', maximum=maximum)
        if value < minimum:
            raise refuse('number_too_small', minimum=minimum)
        if -value.normalize(_EXACT).as_tuple().exponent > digits:
            raise refuse('decimals', digits=digits)
        return value
    return Annotated[Decimal, BeforeValidator(check), WithJsonSchema({
                'type': 'number', 'minimum': minimum, 'maximum': maximum,
                'description': f'At most {digits} decimals'})]


Money = decimal(2)
Price = decimal(4)
Percent = decimal(2, minimum=0, maximum=100)


def _whole(value):
    """Return an integer; 42.0 is one in JSON Schema"""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse('int_type')
    return value


def integer(minimum=0, maximum=MAX_ID):
    """Return the type of an integer within bounds"""
    def check(value):
        value = _whole(value)
        if not minimum <= value <= maximum:
            raise refuse('integer_range', minimum=minimum, maximum=maximum)
        return value
    return Annotated[int, BeforeValidator(check), WithJsonSchema({
                'type': 'integer', 'minimum': minimum, 'maximum': maximum})]


Id = Annotated[
    int, BeforeValidator(lambda value: record_id(_whole(value))),
    WithJsonSchema({'type': 'integer'})]
"""The id of a record; what no record can have (0, -1, 2^63) reads as 0, which is unknown"""


# Dates

_MOMENT = re.compile(
    r'(\d{4}-\d\d-\d\d)'
    r'(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)([Zz]|[+-]\d\d:\d\d)?)?', re.ASCII)


def parse_moment(value):
    """Return the aware UTC datetime of an ISO 8601 date or date-time.

    A bare date is midnight UTC, a time without offset is UTC. Years FIRST_YEAR to LAST_YEAR.
    """
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise refuse('not_a_date')
    date, time, offset = found.groups()
    offset = '+00:00' if offset in {None, 'Z', 'z'} else offset
    try:
        moment = dt.datetime.fromisoformat(f"{date}T{_to_micros(time)}{offset}")
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise refuse('no_calendar_date') from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise refuse('date_range', first=FIRST_YEAR, last=LAST_YEAR)
    return moment


def _to_micros(time):
    """Return a time with at most microseconds, which is what datetime reads"""
    if not time:
        return '00:00:00'
    whole, dot, fraction = time.partition('.')
    return whole + (dot and dot + fraction[:6].ljust(6, '0'))


DateTimeOrDate = Annotated[
    dt.datetime, BeforeValidator(parse_moment),
    WithJsonSchema({'type': 'string', 'format': 'date-time', 'x-also-accepts': 'date'})]


# What is given back as it came

def verbatim(kind=dict, maximum=10_000):
    """Return the type of a member that keeps its spelling, a Verbatim; only a JsonBody brings one.

    kind: dict or list; maximum: characters of its text.
    """
    def check(value):
        if not isinstance(value, Verbatim) or not isinstance(value.value, kind):
            raise refuse(f'{kind.__name__}_type')
        if len(value.text) > maximum:
            raise refuse('text_too_long', maximum=maximum)
        return value
    return Annotated[Verbatim, BeforeValidator(check), WithJsonSchema({
                'type': {dict: 'object', list: 'array'}[kind]})]


# What goes out

Number = Annotated[Decimal, WithJsonSchema({'type': 'number'})]
"""An amount, written with its own digits"""
Stamp = Annotated[dt.datetime, WithJsonSchema({'type': 'string', 'format': 'date-time'})]
"""A moment (naive is UTC), written to the second with Z"""
Midnight = Annotated[dt.datetime, BeforeValidator(
        lambda value: dt.datetime(value.year, value.month, value.day)
        if type(value) is dt.date else value),
    WithJsonSchema({'type': 'string', 'format': 'date-time'})]
"""A date, written as its midnight UTC: ``2026-05-16T00:00:00Z``"""


# Query strings

def _query_whole(value):
    if not re.fullmatch(r'[+-]?[0-9]{1,40}', value):
        raise refuse('int_type')
    return int(value)


def query_integer(minimum, maximum=MAX_ID):
    """Return the type of a query parameter that is an integer within bounds"""
    def check(value):
        value = _query_whole(value) if isinstance(value, str) else value
        if not minimum <= value <= maximum:
            raise refuse('integer_range', minimum=minimum, maximum=maximum)
        return value
    return Annotated[int, BeforeValidator(check), WithJsonSchema({
                'type': 'integer', 'minimum': minimum, 'maximum': maximum})]


def _query_boolean(value):
    if value.lower() not in {'true', 'false'}:
        raise refuse('bool_type')
    return value.lower() == 'true'


QueryId = Annotated[
    int, BeforeValidator(lambda value: record_id(_query_whole(value))),
    WithJsonSchema({'type': 'integer'})]
QueryBoolean = Annotated[
    bool, BeforeValidator(_query_boolean), WithJsonSchema({'type': 'boolean'})]
QueryText = text(SHORT)
