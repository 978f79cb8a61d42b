"""Recordings of a contract: every answer with its headers, compared with a file.

A chapter sends requests to a WSGI application and notes each answer under a name. What differs from run to
run is replaced by placeholders: ids become ``<customer 1>`` in the order in which they are first seen in the
chapter, moments of now ``<now>``, hashes ``<sha512 1>``, keys and random addresses ``<key>``. All the rest
stands in the file as it was sent, the digits of numbers included.

Nothing here knows the code of the application: it needs its WSGI interface and its OpenAPI document.
"""
import dataclasses
import datetime as dt
import difflib
import hashlib
import json
import re
from decimal import Decimal

from werkzeug.test import EnvironBuilder, run_wsgi_app

UNKNOWN = 2 ** 31 - 1
"""An id that nobody has"""
METHODS = ('get', 'post', 'put', 'patch', 'delete')
SOON = dt.timedelta(minutes=10)
"""A moment so close to a clock of the recording counts as now"""
MOST_SHOWN = 12
"""Changed entries that a failing comparison shows in full"""
_STAMP = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ')
_HASH = re.compile(r'\b(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{32})\b')
_HASHES = {128: 'sha512', 64: 'sha256', 32: 'hash'}
_REQUEST_ID = re.compile(r'req_[0-9a-f]{24}')
_IN_PATH = re.compile(r'/([a-z][a-z-]*)/(\d+)')
_ADDRESS = re.compile(r'\b0x[0-9a-f]{6,16}\b')
_DURATION = re.compile(r';dur=\d+\.\d')


# The table of operations

@dataclasses.dataclass(frozen=True)
class Operation:
    """An operation as the OpenAPI document describes it; body: JSON Schema or None"""
    id: str
    method: str
    path: str
    parameters: tuple
    body: dict | None

    def names(self, place):
        """Return the names of its parameters in 'path', 'query' or 'header'"""
        return [each['name'] for each in self.parameters if each['in'] == place]

    def filled(self, **values):
        """Return the path with values of its parameters; what is not given is nobody's id"""
        return re.sub(r'\{(\w+)\}', lambda found: str(values.get(found[1], UNKNOWN)), self.path)


def operations(document):
    """Return {operationId: Operation} of an OpenAPI document, references of bodies resolved"""
    found = {}
    for path, methods in document['paths'].items():
        for method, described in methods.items():
            if method in METHODS:
                content = described.get('requestBody', {}).get('content', {})
                found[described['operationId']] = Operation(
                    described['operationId'], method.upper(), path, tuple(described.get('parameters', ())),
                    resolved(content['application/json']['schema'], document) if content else None)
    return found


def resolved(schema, document):
    """Return a JSON Schema with what its references point at in their place"""
    if isinstance(schema, list):
        return [resolved(part, document) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if '$ref' in schema:
        target = document
        for name in schema['$ref'].removeprefix('#/').split('/'):
            target = target[name]
        return resolved(target, document)
    return {name: resolved(part, document) for name, part in schema.items()}


# Placeholders

class Names:
    """Placeholders of one chapter.

    noun: function(path template, JSON keys from the outside in, object that has the number) → what the number
    is an id of, None if it is no id; nouns: segment of a path → the same; clocks: functions that return the
    moments (aware) which count as now; phrases: {noun: pattern whose group is an id within a text}.
    """

    def __init__(self, noun, nouns, clocks, phrases=None):
        self._noun, self._nouns, self._clocks = noun, nouns, clocks
        self._phrases = {noun: re.compile(pattern) for noun, pattern in (phrases or {}).items()}
        self._seen = {}
        self._texts = {}

    def learn(self, text, placeholder):
        """Replace a text wherever it comes up"""
        self._texts[text] = placeholder

    def numbered(self, noun, value):
        """Return the placeholder of a value, with a number of its own"""
        known = self._seen.setdefault(noun, {})
        return f'<{noun} {known.setdefault(value, len(known) + 1)}>'

    def known(self, noun, value):
        return value in self._seen.get(noun, ())

    def value(self, value, path, keys=(), parent=None):
        """Return a parsed JSON value with its placeholders"""
        if isinstance(value, dict):
            return {self.text(n): self.value(part, path, (*keys, n), value) for n, part in value.items()}
        if isinstance(value, list):
            return [self.value(part, path, keys, parent) for part in value]
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < UNKNOWN and keys:
            noun = self._noun(path, keys, parent)
            return self.numbered(noun, value) if noun else value
        return value

    def text(self, text):
        """Return a text with its placeholders"""
        for known in sorted(self._texts, key=len, reverse=True):
            text = text.replace(known, self._texts[known])
        for noun, pattern in self._phrases.items():
            text = pattern.sub(lambda found, noun=noun: found[0].replace(
                    found[1], self.numbered(noun, int(found[1]))), text)
        text = _STAMP.sub(lambda found: '<now>' if self._is_now(found[0]) else found[0], text)
        text = _ADDRESS.sub('<address>', _REQUEST_ID.sub('<request id>', text))
        text = _HASH.sub(lambda found: self.numbered(_HASHES[len(found[0])], found[0]), text)
        return _IN_PATH.sub(self._in_path, text)

    def _in_path(self, found):
        noun, number = self._nouns.get(found[1]), int(found[2])
        if noun is None or not 0 < number < UNKNOWN:
            return found[0]
        return f'/{found[1]}/{self.numbered(noun, number)}'

    def _is_now(self, text):
        moment = dt.datetime.fromisoformat(text)
        return any(abs(moment - clock()) < SOON for clock in self._clocks)


# Recording

class Answer:
    """What an application answered; data: bytes of the body"""

    def __init__(self, status_code, headers, data):
        self.status_code = status_code
        self.headers = headers
        self.data = data

    @property
    def text(self):
        return self.data.decode(errors='replace')

    @property
    def json(self):
        return json.loads(self.data)


def ask(application, method, path, data=None, headers=None, **environment):
    """Return the Answer of a WSGI application.

    path: as it stands in the request line, with its query; data: bytes; environment: WSGI variables to set.
    """
    environ = EnvironBuilder(method=method, headers=headers, data=data).get_environ()
    environ['PATH_INFO'], _, environ['QUERY_STRING'] = path.partition('?')
    environ['REQUEST_URI'] = environ['RAW_URI'] = path
    environ.update(environment)
    body, status, headers = run_wsgi_app(application, environ, buffered=True)
    return Answer(int(status.split()[0]), headers, b''.join(body))


class Recorder:
    """Sends requests to an application and notes the answers of one chapter"""

    def __init__(self, application, names):
        self.application = application
        self.names = names
        self.entries = {}

    def send(self, method, path, json_=None, data=None, headers=None, **environment):
        """Send a request and return the Answer; nothing is noted.

        json_: value of the body, or bytes that are said to be JSON; data: bytes as they are.
        """
        headers = dict(headers or {})
        if json_ is not None:
            data = json_ if isinstance(json_, bytes) else json.dumps(json_).encode()
            headers.setdefault('Content-Type', 'application/json')
        return ask(self.application, method, path, data, headers, **environment)

    def note(self, name, method, path, answer):
        """Note an answer; path: as the entry shows it"""
        head = method == 'HEAD'
        self.add(name, {
                'method': method, 'path': path, 'status': answer.status_code,
                'headers': self.headers(answer, head), 'body': self.body(answer, path.partition('?')[0])})
        return answer

    def add(self, name, entry):
        """Note anything"""
        if name in self.entries:
            raise ValueError(f'{name!r} is noted twice')
        self.entries[name] = entry

    def record(self, name, method, path, shown=None, **options):
        """Send and note; shown: the path as the entry shows it, without ids that differ from run to run"""
        answer = self.send(method, path, **options)
        return self.note(name, method, shown or path, answer)

    # What an entry shows

    def headers(self, answer, head=False):
        found = {}
        for name, value in sorted(answer.headers.items(), key=lambda pair: pair[0].lower()):
            known = found.get(name)
            value = self._header(name, value, answer.data, head)
            found[name] = value if known is None else f'{known} | {value}'
        return found

    def _header(self, name, value, data, head):
        match name.lower():
            case 'content-length':
                return '<of the body>' if value == str(len(data)) or head else value
            case 'server-timing':
                return _DURATION.sub('', value)
            case 'etag':
                return self._tag(value, data)
            case 'date':
                return '<now>'
        return self.names.text(value)

    def _tag(self, value, data):
        tag = value.strip('"')
        for kind in ('sha512', 'sha256'):
            if self.names.known(kind, tag):
                return f'"{self.names.numbered(kind, tag)}"'
            digest = getattr(hashlib, kind)(data).hexdigest()
            if data and digest.startswith(tag):
                return f'"<{kind} of the body, {len(tag)} digits>"'
        return self.names.text(value)

    def body(self, answer, path):
        """Return JSON with placeholders, text as it is, and of other bytes their kind"""
        media_type, data = answer.headers.get('Content-Type', ''), answer.data
        if not data:
            return None
        if media_type == 'application/json':
            value = parsed(data)
            shown = self.names.value(value, path)
            return shown if written(value).encode() == data else {'<spaced>': shown}
        if media_type == 'application/pdf':
            return f'<pdf of {_magnitude(len(data))}>' if data.startswith(b'%PDF-') else '<no pdf>'
        if media_type.startswith('text/'):
            return self.names.text(_SCRIPTS.sub('\n', data.decode())).splitlines()
        return f'<{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]}>'


_SCRIPTS = re.compile(r'(<script src="/docs/static/[^\n]*\n)+')
"""The reference page has them where they were built"""


def _magnitude(length):
    return next(text for limit, text in [
            (10_000, 'less than 10 kB'), (100_000, '10 to 100 kB'), (1_000_000, '100 kB to 1 MB'),
            (10 ** 12, 'more than 1 MB')] if length < limit)


# JSON with the digits of its numbers

def parsed(data):
    return json.loads(data, parse_float=Decimal)


def written(value):
    """Return the compact JSON text of a value; decimals keep their digits"""
    if isinstance(value, dict):
        return '{' + ','.join(f'{written(str(n))}:{written(part)}' for n, part in value.items()) + '}'
    if isinstance(value, list | tuple):
        return '[' + ','.join(written(part) for part in value) + ']'
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


# The file

def write(path, entries):
    """Write the entries of a chapter: one to a line, sets of headers that are alike once"""
    sets, lines = {}, []
    for name, entry in entries.items():
        entry = {'name': name, **entry}
        if 'headers' in entry:
            text = written(entry['headers'])
            entry['headers'] = sets.setdefault(text, len(sets) + 1)
        lines.append(written(entry))
    head = ',\n'.join(f'"{number}": {text}' for text, number in sets.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '{"headers": {\n' + head + '\n},\n"entries": [\n' + ',\n'.join(lines) + '\n]}\n', encoding='utf-8')


def read(path):
    """Return {name: entry} of a file"""
    content = parsed(path.read_bytes())
    found = {}
    for entry in content['entries']:
        if 'headers' in entry:
            entry['headers'] = content['headers'][str(entry['headers'])]
        found[entry.pop('name')] = entry
    return found


def differences(recorded, now):
    """Return what has changed between two chapters as text, empty if nothing has"""
    gone = [name for name in recorded if name not in now]
    new = [name for name in now if name not in recorded]
    changed = [n for n in recorded if n in now and written(recorded[n]) != written(now[n])]
    parts = [f'{len(gone)} gone, {len(new)} new, {len(changed)} changed'] if gone or new or changed else []
    parts += [f'gone: {name}' for name in gone[:MOST_SHOWN]] + [f'new: {name}' for name in new[:MOST_SHOWN]]
    for name in changed[:MOST_SHOWN]:
        parts += ['', f'changed: {name}', *difflib.unified_diff(
                _lines(recorded[name]), _lines(now[name]), 'recorded', 'now', lineterm='', n=2)]
    if len(changed) > MOST_SHOWN:
        parts += ['', 'changed as well:', *changed[MOST_SHOWN:]]
    return '\n'.join(parts)


def _lines(entry):
    return json.dumps(entry, ensure_ascii=False, indent=1, default=str).splitlines()
