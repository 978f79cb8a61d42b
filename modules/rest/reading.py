"""Bytes to values, strictly: JSON bodies and query strings.

RFC 8259 leaves open what differs between parsers; here each of it is refused by name: a member
given twice, NaN and Infinity, a lone surrogate, NUL, a byte order mark, endless numbers, endless
nesting. Numbers with a fraction or an exponent are Decimals, so no cent is lost on the way.
"""
import json
from decimal import Decimal
from urllib.parse import parse_qsl

from .refusals import BODY, QUERY, Kind, Reason, Refusal

MAX_DEPTH = 64
MAX_DIGITS = 60
MAX_EXPONENT = 40
MAX_QUERY_FIELDS = 100
MAX_FLAWS = 100
"""Flaws of one document that are reported; more are counted by nobody"""


class Flaw:
    """Stands in a parsed document where a value should be: name and values of the reason"""
    __slots__ = ('name', 'values')

    def __init__(self, name, **values):
        self.name = name
        self.values = values


def read_json(data):
    """Return the value of a JSON text (bytes, UTF-8).

    Raises Refusal: UNREADABLE if it is none, FLAWED with the path of each value that no document may hold.
    """
    text = _decode(data)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _unreadable(
            'not_json', flaw=error.msg, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise _unreadable('too_deep', limit=MAX_DEPTH) from None
    _check(value)
    return value


def _unreadable(name, place=BODY, **values):
    return Refusal(Kind.UNREADABLE, [Reason((), name, values, place)])


def _decode(data):
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError as error:
        raise _unreadable('not_utf8', position=error.start) from None
    if text.startswith('\ufeff'):
        raise _unreadable('byte_order_mark')
    return text


def _object(pairs):
    found = {}
    for name, value in pairs:
        found[name] = Flaw('twice') if name in found else value
    return found


def _integer(digits):
    if len(digits) > MAX_DIGITS:
        return Flaw('out_of_range')
    return int(digits)


def _decimal(digits):
    if len(digits) > MAX_DIGITS:
        return Flaw('too_many_digits')
    value = Decimal(digits)
    if not value:
        return Decimal(0)
    if not -MAX_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        return Flaw('out_of_range')
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal,
    parse_constant=lambda name: Flaw('not_finite', value=name))


def _check(value):
    """Raise Refusal for the flaws of a parsed document"""
    reasons = []
    pending = [(value, None, 1)]
    while pending and len(reasons) < MAX_FLAWS:
        value, place, depth = pending.pop()
        if isinstance(value, Flaw):
            reasons.append(Reason(_steps(place), value.name, value.values))
        elif isinstance(value, str):
            if name := text_flaw(value):
                reasons.append(Reason(_steps(place), name))
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH and not reasons:
                raise _unreadable('too_deep', limit=MAX_DEPTH)
            pending.extend(_members(value, place, depth + 1))
    if reasons:
        raise Refusal(Kind.FLAWED, reasons)


def _members(value, place, depth):
    if isinstance(value, list):
        for index in reversed(range(len(value))):
            yield value[index], (place, index), depth
        return
    for name in reversed(value):
        if flaw := text_flaw(name):
            yield Flaw(f'name_{flaw}'), (place, name), depth
        else:
            yield value[name], (place, name), depth


def _steps(place):
    steps = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(steps[::-1])


def text_flaw(text):
    """Return the name of what makes a text unstorable, None if nothing does"""
    if '\0' in text:
        return 'nul'
    if text.isascii():
        return None
    try:
        text.encode('utf-8')
    except UnicodeEncodeError:
        return 'surrogate'
    return None


def read_query(query):
    """Return {name: text} of a query string; an empty value is the same as none.

    Raises Refusal for bytes that are no UTF-8, NUL and names given twice.
    """
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors='strict', max_num_fields=MAX_QUERY_FIELDS)
    except UnicodeDecodeError:
        raise _unreadable('query_not_utf8', QUERY) from None
    except ValueError:
        raise _unreadable('too_many_parameters', QUERY, limit=MAX_QUERY_FIELDS) from None
    found = {}
    for name, value in pairs:
        if name in found:
            raise Refusal(Kind.FLAWED, [Reason((name,), 'twice', {}, QUERY)])
        if flaw := text_flaw(value):
            raise Refusal(Kind.FLAWED, [Reason((name,), flaw, {}, QUERY)])
        found[name] = value
    return {name: value for name, value in found.items() if value != ''}
