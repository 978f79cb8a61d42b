"""Bytes to values, strictly: JSON bodies and query strings.

RFC 8259 leaves open what differs between parsers; here each of it is refused by name: a member
given twice, NaN and Infinity, a lone surrogate, NUL, a byte order mark, endless numbers, endless
nesting. Numbers with a fraction or an exponent are Decimals, so no cent is lost on the way.
"""
import json
import re
from decimal import Decimal
from urllib.parse import parse_qsl

from .contract import Invalid

MAX_DEPTH = 64
MAX_DIGITS = 60
MAX_EXPONENT = 40
MAX_QUERY_FIELDS = 100
_PLAIN = re.compile(r'[\w$-]{1,60}', re.ASCII)


class Flaw:
    """Stands in a parsed document where a value should be; ``reason`` says what is wrong with it"""
    __slots__ = ('reason',)

    def __init__(self, reason):
        self.reason = reason


def read_json(data):
    """Return the value of a JSON text (bytes, UTF-8).

    Raises Invalid with the path of the first flaw (``customItems[0].quantity``) and its reason.
    """
    text = _decode(data)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Invalid('body', (
                f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
                )) from None
    except RecursionError:
        raise Invalid('body', f"is nested more than {MAX_DEPTH} levels deep") from None
    _check(value)
    return value


def _decode(data):
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError as error:
        raise Invalid('body', f"is not UTF-8: invalid byte at position {error.start}") from None
    if text.startswith('\ufeff'):
        raise Invalid('body', "must not begin with a byte order mark")
    return text


def _object(pairs):
    found = {}
    for name, value in pairs:
        found[name] = Flaw("is given twice") if name in found else value
    return found


def _integer(digits):
    if len(digits) > MAX_DIGITS:
        return Flaw("is out of range")
    return int(digits)


def _decimal(digits):
    if len(digits) > MAX_DIGITS:
        return Flaw("has too many digits")
    value = Decimal(digits)
    if not value:
        return Decimal(0)
    if not -MAX_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        return Flaw("is out of range")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal,
    parse_constant=lambda name: Flaw(f"must be a number, {name} is none"))


def _check(value):
    """Raise Invalid for the first flaw of a parsed document"""
    pending = [(value, None, 1)]
    while pending:
        value, place, depth = pending.pop()
        if isinstance(value, Flaw):
            raise Invalid(path_text(_steps(place)) or 'body', value.reason)
        if isinstance(value, str):
            if reason := text_flaw(value):
                raise Invalid(path_text(_steps(place)) or 'body', reason)
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                raise Invalid('body', f"is nested more than {MAX_DEPTH} levels deep")
            pending.extend(_members(value, place, depth + 1))


def _members(value, place, depth):
    if isinstance(value, list):
        for index in reversed(range(len(value))):
            yield value[index], (place, index), depth
        return
    for name in reversed(value):
        if reason := text_flaw(name):
            raise Invalid(path_text([*_steps(place), name]), f"the name {reason}")
        yield value[name], (place, name), depth


def _steps(place):
    steps = []
    while place is not None:
        place, step = place
        steps.append(step)
    return steps[::-1]


def text_flaw(text):
    """Return what makes a text unstorable, None if nothing does"""
    if '\0' in text:
        return "must not contain NUL"
    if text.isascii():
        return None
    try:
        text.encode('utf-8')
    except UnicodeEncodeError:
        return "must not contain a lone surrogate"
    return None


def path_text(steps):
    """Return ``customItems[0].quantity`` for ('customItems', 0, 'quantity')"""
    path = ''
    for step in steps:
        if isinstance(step, int):
            path += f'[{step}]'
        else:
            path += ('.' if path else '') + _name(str(step))
    return path


def _name(name):
    """Return a member's name so that no name can garble or flood a message"""
    return name if _PLAIN.fullmatch(name) else json.dumps(name[:60])


def read_query(query):
    """Return {name: text} of a query string; an empty value is the same as none.

    Raises Invalid for bytes that are no UTF-8, NUL and names given twice.
    """
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, errors='strict', max_num_fields=MAX_QUERY_FIELDS)
    except UnicodeDecodeError:
        raise Invalid('query', "is not UTF-8") from None
    except ValueError:
        raise Invalid('query', f"has more than {MAX_QUERY_FIELDS} parameters") from None
    found = {}
    for name, value in pairs:
        if name in found:
            raise Invalid(_name(name), "is given twice")
        if reason := text_flaw(value):
            raise Invalid(_name(name), reason)
        found[name] = value
    return {name: value for name, value in found.items() if value != ''}
