"""What is sent beside a right body: unreadable JSON of all kinds, media types, encodings, lengths.

In full for one operation; what differs by operation (limits, bodies that may be missing) for all of them.
"""
import gzip
import json

MIB = 1024 * 1024
PATH = '/api/customers'
GOOD = b'{"name": "Head"}'
UNREADABLE = {
    'nothing': b'', 'blanks': b'  \n ', 'null': b'null', 'a list': b'[]', 'a text': b'"x"', 'a number': b'5',
    'true': b'true', 'cut off': b'{"name": "x"', 'cut off in a text': b'{"name": "x', 'a brace': b'{',
    'two documents': b'{"name": "x"} {"name": "y"}', 'text behind': b'{"name": "x"}x',
    'single quotes': b"{'name': 'x'}", 'no quotes': b'{name: "x"}', 'a comma too many': b'{"name": "x",}',
    'a comma too few': b'{"name": "x" "email": "y"}', 'a comment': b'{"name": "x" /* y */}',
    'a colon too few': b'{"name" "x"}', 'a word': b'{"name": undefined}', 'NaN': b'{"name": NaN}',
    'Infinity': b'{"name": Infinity}', '-Infinity': b'{"name": -Infinity}', 'NaN alone': b'NaN',
    'a member twice': b'{"name": "x", "name": "x"}', 'a member twice, deeper': b'{"name": {"a": 1, "a": 2}}',
    'an unknown member twice': b'{"x": 1, "x": 2}', 'invalid UTF-8': b'{"name": "\xff"}',
    'half a character': b'{"name": "\xc3"}', 'an overlong character': b'{"name": "\xc0\xaf"}',
    'a surrogate in UTF-8': b'{"name": "\xed\xa0\x80"}', 'Latin-1': '{"name": "Müller"}'.encode('latin-1'),
    'UTF-16': '{"name": "x"}'.encode('utf-16'), 'UTF-16 without a mark': '{"name": "x"}'.encode('utf-16-be'),
    'UTF-32': '{"name": "x"}'.encode('utf-32-le'), 'a byte order mark': b'\xef\xbb\xbf{"name": "x"}',
    'a lone surrogate': b'{"name": "\\ud800"}', 'a lone low surrogate': b'{"name": "\\udc00"}',
    'surrogates the wrong way round': b'{"name": "\\udc00\\ud800"}',
    'a pair of surrogates': b'{"name": "\\ud83d\\ude00", "country": "x"}',
    'a lone surrogate in a name': b'{"\\ud800": 1}', 'NUL': b'{"name": "a\\u0000b"}',
    'NUL in a name': b'{"na\\u0000me": "x"}', 'NUL as a byte': b'{"name": "a\0b"}',
    'a raw newline': b'{"name": "a\nb"}', 'a raw control character': b'{"name": "a\x01b"}',
    'an unknown escape': b'{"name": "\\x41"}', 'half an escape': b'{"name": "\\u12"}',
    '60 digits': b'{"x": ' + b'1' * 60 + b'}', '61 digits': b'{"x": ' + b'1' * 61 + b'}',
    '5000 digits': b'{"x": ' + b'1' * 5000 + b'}', '61 decimals': b'{"x": 0.' + b'1' * 61 + b'}',
    '1e41': b'{"x": 1e41}', '1e-41': b'{"x": 1e-41}', '1e999999999': b'{"x": 1e999999999}',
    '0e999999999': b'{"x": 0e999999999}', 'a leading zero': b'{"x": 01}', 'a leading plus': b'{"x": +1}',
    'no digit before the point': b'{"x": .5}', 'no digit behind the point': b'{"x": 1.}',
    'a hexadecimal number': b'{"x": 0x10}', 'a lone minus': b'{"x": -}',
    '63 levels': b'{"x": ' + b'[' * 63 + b']' * 63 + b'}',
    '64 levels': b'{"x": ' + b'[' * 64 + b']' * 64 + b'}',
    '10000 levels': b'{"x": ' + b'[' * 10_000 + b']' * 10_000 + b'}',
    '10000 objects': b'{"x": ' * 10_000 + b'1' + b'}' * 10_000,
    'levels that do not end': b'[' * 100_000, 'an empty name': b'{"": 1}',
    'a name with a blank': b'{"a b": 1}', 'a name with markup': b'{"<b>x</b>": 1}',
    'a name with a quote': b'{"a\\"b": 1}', 'a name with a newline': b'{"a\\nb": 1}',
    'a long name': b'{"' + b'x' * 500 + b'": 1}', 'a name of other letters': '{"Größe": 1}'.encode(),
    '5 wrong fields': b'{"name": 1, "a": 1, "b": 1, "c": 1, "d": 1}',
    '8 wrong fields': b'{"name": 1, "a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1}',
    'wrong fields of each kind': b'{"email": 5, "phone": {}, "country": "' + b'x' * 501 + b'", "y": 1}',
    'a text with quotes': b'"{\\"name\\": \\"x\\"}"'}
MEDIA_TYPES = [
    '', 'application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF8',
    'application/json; charset="utf-8"', 'application/json; charset=latin-1', 'application/json; charset=',
    'application/json; x=y', 'application/json;', 'APPLICATION/JSON', ' application/json ',
    'application/json, text/plain', 'application/problem+json', 'application/vnd.api+json', 'text/json',
    'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml',
    'nonsense', '*/*']
ENCODINGS = ['identity', 'Identity', ' identity ', '', 'gzip', 'br', 'deflate', 'gzip, identity', 'nonsense']
IDEMPOTENCY_KEYS = {
    'empty': '', 'blanks': '   ', 'blanks around': ' x ', 'a blank in it': 'a b', 'of 255': 'x' * 255,
    'of 256': 'x' * 256, 'of 4000': 'x' * 4000, 'not ASCII': 'schl\xfcssel', 'a tab': 'a\tb',
    'punctuation': '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 'a UUID': '8f14e45f-ceea-467f-a8a2-0a1b2c3d4e5f'}


def play(stage):
    account = stage.caller()
    record, key = stage.recorder.record, account.headers
    for label, data in UNREADABLE.items():
        record(f'body: {label}', 'POST', PATH, json_=data, headers=key)
    for media_type in MEDIA_TYPES:
        record(f'Content-Type: {media_type or "(empty)"}', 'POST', PATH, data=GOOD,
            headers={**key, 'Content-Type': media_type})
    record('no Content-Type', 'POST', PATH, data=GOOD, headers=key)
    record('no Content-Type and no body', 'POST', PATH, headers=key)
    record('a type without a body', 'POST', PATH, headers={**key, 'Content-Type': 'text/plain'})
    for encoding in ENCODINGS:
        record(f'Content-Encoding: {encoding or "(empty)"}', 'POST', PATH, json_=GOOD,
            headers={**key, 'Content-Encoding': encoding})
    record('a body in gzip', 'POST', PATH, json_=gzip.compress(GOOD, mtime=0),
        headers={**key, 'Content-Encoding': 'gzip'})
    record('a body in gzip that does not say so', 'POST', PATH, json_=gzip.compress(GOOD, mtime=0),
        headers=key)
    record('less than announced', 'POST', PATH, json_=GOOD, headers=key, CONTENT_LENGTH='100')
    record('more than announced', 'POST', PATH, json_=GOOD, headers=key, CONTENT_LENGTH='5')
    for label, value in IDEMPOTENCY_KEYS.items():
        record(f'Idempotency-Key: {label}', 'POST', PATH, json_=GOOD,
            headers={**key, 'Idempotency-Key': value})
        record(f'Idempotency-Key of a GET: {label}', 'GET', '/api/units',
            headers={**key, 'Idempotency-Key': value})
    record('Idempotency-Key with an unreadable body', 'POST', PATH, json_=b'{',
        headers={**key, 'Idempotency-Key': 'flaw'})
    record('Accept: text/html', 'GET', '/api/units', headers={**key, 'Accept': 'text/html'})
    record('Accept-Encoding: gzip', 'GET', '/api/units/codes', headers={**key, 'Accept-Encoding': 'gzip'})
    record('Origin', 'GET', '/api/units', headers={**key, 'Origin': 'https://elsewhere.example'})
    record('Range', 'GET', '/api/units/codes', headers={**key, 'Range': 'bytes=0-9'})
    record('a body of a GET', 'GET', '/api/units/codes', data=b'x', headers=key)
    _every_operation(stage, key)


def _every_operation(stage, key):
    for operation in stage.operations.values():
        def record(label, operation=operation, **options):
            options['headers'] = {**key, **options.get('headers', {})}
            stage.recorder.record(
                f'{operation.id}: {label}', operation.method, operation.filled(), operation.path, **options)
        if not operation.body:
            if operation.method != 'GET':
                record('a body that nobody reads', data=b'x')
            continue
        record('no body')
        record('no body, but a type', headers={'Content-Type': 'application/json'})
        record('a body that is cut off', json_=b'{')
        record('a list', json_=b'[]')
        record('an empty object', json_=b'{}')
        record('text/plain', data=b'{}', headers={'Content-Type': 'text/plain'})
        record('gzip', json_=b'{}', headers={'Content-Encoding': 'gzip'})
        record('a gigabyte announced', json_=b'{}', CONTENT_LENGTH=str(10 ** 9))
        for size in (1, 4, 6):
            wanted = size * MIB
            filled = json.dumps({'x': 'y' * (wanted - 9)}).encode()
            assert len(filled) == wanted
            record(f'{size} MiB', json_=filled)
            record(f'{size} MiB and a byte', json_=filled + b' ')
