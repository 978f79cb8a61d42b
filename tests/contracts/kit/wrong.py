"""Values that a JSON Schema does not take, and those at its edges, for every field of a body.

    for label, body in bodies(schema, {'name': 'x', 'lines': [{'price': 5}]}):
        …       # ('lines[0].price = null', b'{"name": "x", "lines": [{"price": null}]}')
"""
import copy
import json


class Token:
    """Stands in a body for what JSON's writer does not write: NaN, a number of 200 digits"""

    def __init__(self, text):
        self.text = text


def text(value):
    """Return the JSON text of a value with tokens"""
    if isinstance(value, dict):
        return '{' + ', '.join(f'{json.dumps(name)}: {text(part)}' for name, part in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(map(text, value)) + ']'
    return value.text if isinstance(value, Token) else json.dumps(value)


KINDS = {
    'null': ('null', None), 'a text': ('string', 'x'), 'an integer': ('integer', 7),
    'a fraction': ('number', 1.5), 'true': ('boolean', True), 'a list': ('array', []),
    'an object': ('object', {})}
"""Label → JSON type and a value of it"""
TEXTS = {
    'empty': '', 'blanks': '   ', 'two lines': 'a\nb', 'a tab': 'a\tb', 'U+0001': 'a\x01b', 'NUL': 'a\0b',
    'U+FFFE': 'a\ufffeb', 'a lone surrogate': '\ud800'}
MOMENTS = {
    'no date': 'x', 'empty': '', 'a German date': '16.05.2026', 'no day of the calendar': '2026-02-30',
    'the year 0': '0000-01-01', 'the year 9999': '9999-12-31', 'hour 25': '2026-05-16T25:00:00Z',
    'no dashes': '20260516', 'a date': '2026-05-16', 'an offset': '2026-05-16T10:00:00+02:00',
    'no seconds': '2026-05-16T10:00', 'a blank': ' 2026-05-16'}
NUMBERS = {
    'NaN': Token('NaN'), 'Infinity': Token('Infinity'), '-Infinity': Token('-Infinity'),
    '1e30': Token('1e30'), '1e999': Token('1e999'), '1e-50': Token('1e-50'), '200 digits': Token('1' * 200),
    '-0.0': Token('-0.0'), 'five decimals': Token('0.00001')}
INTEGERS = {'NaN': Token('NaN'), '1.0': Token('1.0'), '1e3': Token('1e3'), '2^63': 2 ** 63, '0': 0, '-1': -1}


def types(schema):
    """Return the JSON types that a schema takes"""
    found = schema.get('type', [])
    found = {found} if isinstance(found, str) else set(found)
    for part in schema.get('anyOf', ()):
        found |= types(part)
    if 'number' in found:
        found.add('integer')
    return found


def values(schema):
    """Yield (label, value) of a field: wrong types and edges"""
    taken = types(schema)
    plain = taken == {'string'} or taken == {'string', 'null'}
    named = plain and not ({'enum', 'const', 'format', 'contentEncoding'} & schema.keys())
    for label, (kind, value) in KINDS.items():
        if kind not in taken or kind == 'null' or (kind == 'string' and not named):
            yield label, value
    for part in [schema, *schema.get('anyOf', ())]:
        yield from _edges(part)


def _edges(schema):
    kind = types(schema) - {'null'}
    if 'enum' in schema:
        first = next(value for value in schema['enum'] if value is not None)
        yield from [('empty', ''), ('other case', str(first).swapcase()), ('a blank more', f'{first} ')]
    elif schema.get('format') == 'date-time':
        yield from MOMENTS.items()
    elif schema.get('contentEncoding') == 'base64':
        yield from [('no Base64', '%%%'), ('empty', ''), ('a data URL', 'data:image/png;base64,AAAA'),
            ('NUL', '\0')]
    elif kind == {'string'}:
        yield from TEXTS.items()
        if 'maxLength' in schema:
            yield f"{schema['maxLength'] + 1} characters", 'x' * (schema['maxLength'] + 1)
    elif kind == {'number', 'integer'}:
        yield from NUMBERS.items()
        yield from _bounds(schema)
    elif kind == {'integer'}:
        yield from INTEGERS.items()
        yield from _bounds(schema)
    elif kind == {'array'}:
        yield from [('a list of null', [None]), ('a list of a text', ['x']), ('a list of a list', [[]])]
        if 'maxItems' in schema:
            yield f"{schema['maxItems'] + 1} entries", [1] * (schema['maxItems'] + 1)


def _bounds(schema):
    if 'minimum' in schema:
        yield 'below the minimum', schema['minimum'] - 1
    if 'maximum' in schema:
        yield 'above the maximum', schema['maximum'] + 1


def places(schema, example, path=()):
    """Yield (path, schema) of every field, in objects of lists as well"""
    for name, part in schema.get('properties', {}).items():
        yield (*path, name), part
        inner = part
        for choice in part.get('anyOf', ()):
            inner = choice if 'items' in choice else inner
        if 'properties' in inner.get('items', {}):
            yield from places(inner['items'], example, (*path, name, 0))


def objects(schema, path=()):
    """Yield (path, schema) of the body and of the objects in its lists"""
    yield path, schema
    for place, part in places(schema, None):
        for choice in [part, *part.get('anyOf', ())]:
            if 'properties' in choice.get('items', {}):
                yield (*place, 0), choice['items']


def shown(path):
    """Return ``lines[0].price`` for ('lines', 0, 'price')"""
    found = ''
    for step in path:
        found += f'[{step}]' if isinstance(step, int) else f'.{step}' if found else step
    return found


def bodies(schema, example):
    """Yield (label, bytes) of wrong bodies; example: a right one, with an object in each list of objects"""
    for path, part in places(schema, example):
        for label, value in values(part):
            yield f'{shown(path)} = {label}', text(_with(example, path, value)).encode()
    for path, part in objects(schema):
        for name in part.get('required', ()):
            yield f'{shown((*path, name))} missing', text(_without(example, (*path, name))).encode()
        unknown = (*path, 'unknown')
        yield f'{shown(unknown)} = an unknown field', text(_with(example, unknown, 1)).encode()
    for label, (kind, value) in KINDS.items():
        if kind != 'object':
            yield f'body = {label}', text(value).encode()
    first = next(iter(example.items()), ('x', 1))
    yield f'{first[0]} twice', (text(dict([first]))[:-1] + ', ' + text(example)[1:]).encode()


def _parent(body, path):
    body = copy.deepcopy(body)
    part = body
    for step in path[:-1]:
        part = part[step]
    return body, part


def _with(example, path, value):
    body, part = _parent(example, path)
    part[path[-1]] = value
    return body


def _without(example, path):
    body, part = _parent(example, path)
    del part[path[-1]]
    return body
