"""From method and path to an operation.

Paths are compared as they were sent: no slash is added or dropped, nothing is decoded, case
counts. What is percent-encoded although it need not be is therefore another, unknown path. A
literal segment wins over a parameter; a parameter that does not fit its converter does not match.

An unknown path is refused by the contract whose operations it came nearest to: the owner of the deepest node
that it reaches, and where several contracts meet there, the one with the longest root.
"""
import dataclasses
import re
import uuid
from collections.abc import Callable
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from .contract import Contract, Operation

MAX_ID = 2 ** 31 - 1
MAX_SEGMENT = 500
MAX_DEPTH = 32
"""Segments of a parameter that takes several"""
_PARAMETER = re.compile(r'\{(\w+)(?::(\w+))?\}')


class UnknownPath(LookupError):
    """No operation has this path"""


class WrongMethod(LookupError):
    """The path exists, with other methods: ``allowed``; cors: of the first operation there that has one"""

    def __init__(self, allowed, contract=None, cors=None):
        super().__init__(allowed)
        self.allowed = allowed
        self.contract = contract
        self.cors = cors


def record_id(number):
    """Return a number that can be an id, 0 (nobody's) for any other"""
    return number if 0 < number <= MAX_ID else 0


def _decoded(segment):
    """Return the text of a percent-encoded segment"""
    text = unquote_to_bytes(segment).decode('utf-8')
    if '/' in text or '\0' in text or len(text) > MAX_SEGMENT:
        raise ValueError(segment)
    return text


def _decoded_path(segments):
    """Return the text of several segments, each decoded by itself; none may lead up or nowhere"""
    parts = [_decoded(segment) for segment in segments.split('/')]
    if len(parts) > MAX_DEPTH or any(part in {'.', '..'} for part in parts):
        raise ValueError(segments)
    return '/'.join(parts)


@dataclasses.dataclass(frozen=True, slots=True)
class Converter:
    """A kind of parameter; parse: function(text) → value or ValueError; schema: JSON Schema"""
    pattern: re.Pattern
    parse: Callable
    schema: dict


CONVERTERS = {
    'int': Converter(
        re.compile(r'0|-?[1-9][0-9]{0,39}'), lambda s: record_id(int(s)), {'type': 'integer'}),
    'uuid': Converter(
        re.compile(r'(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'), uuid.UUID,
        {'type': 'string', 'format': 'uuid'}),
    'str': Converter(re.compile(r'[^/]+'), _decoded, {'type': 'string'}),
    'path': Converter(re.compile(r'[^/]+(/[^/]+)*'), _decoded_path, {'type': 'string'}),
    }
REST = 'path'
"""The kind of parameter that takes several segments"""


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str


def segments(path):
    """Return the segments of an operation's path: literal strings and Parameters"""
    return [
        Parameter(match[1], match[2] or 'str') if (match := _PARAMETER.fullmatch(segment))
        else segment
        for segment in path.split('/')[1:]]


def parameters(path):
    """Return the Parameters of an operation's path"""
    return [segment for segment in segments(path) if isinstance(segment, Parameter)]


def public_path(path):
    """Return a path as a contract document writes it: ``/api/items/{id}``"""
    return _PARAMETER.sub(r'{\1}', path)


class Node:
    """One segment of the table: what may follow, which operations end here, whose operations follow"""
    __slots__ = ('literals', 'parameters', 'operations', 'owners')

    def __init__(self):
        self.literals = {}
        self.parameters = {}
        self.operations = {}
        self.owners = []

    def child(self, segment):
        children = self.parameters if isinstance(segment, Parameter) else self.literals
        return children.setdefault(segment, Node())

    def find(self, parts):
        """Return (node, params) of a path below this node, None if there is none"""
        if not parts:
            return (self, {}) if self.operations else None
        head, *rest = parts
        if (node := self.literals.get(head)) and (found := node.find(rest)):
            return found
        for parameter, node in self.parameters.items():
            found = (
                self._follow_many(parameter, node, parts) if parameter.kind == REST
                else self._follow(parameter, node, head, rest))
            if found:
                return found
        return None

    def reach(self, parts):
        """Return the deepest node on the way of a path, whether or not it goes on"""
        node = self
        for part in parts:
            following = node.literals.get(part) or next((
                    child for parameter, child in node.parameters.items()
                    if CONVERTERS[parameter.kind].pattern.fullmatch(part)), None)
            if following is None:
                break
            node = following
        return node

    def _follow_many(self, parameter, node, parts):
        """Let a parameter take as many segments as leave a path that is known"""
        for number in range(len(parts), 0, -1):
            found = self._follow(parameter, node, '/'.join(parts[:number]), parts[number:])
            if found:
                return found
        return None

    @staticmethod
    def _follow(parameter, node, head, rest):
        converter = CONVERTERS[parameter.kind]
        if not converter.pattern.fullmatch(head):
            return None
        try:
            value = converter.parse(head)
        except ValueError:
            return None
        found = node.find(rest)
        if not found:
            return None
        end, params = found
        return end, {parameter.name: value, **params}


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    contract: Contract
    operation: Operation
    params: dict


class Table:
    """All operations of some contracts"""

    def __init__(self, contracts):
        self.contracts = tuple(contracts)
        self.root = Node()
        for contract in self.contracts:
            for operation in contract.operations:
                self._add(contract, operation)

    def _add(self, contract, operation):
        node = self.root
        for segment in segments(operation.path):
            node = node.child(segment)
            if contract not in node.owners:
                node.owners.append(contract)
        if operation.method in node.operations:
            raise ValueError(f'{operation.method} {operation.path} is defined twice')
        node.operations[operation.method] = (contract, operation)

    def match(self, method, path):
        """Return the Match of a request; HEAD is answered as GET is.

        Raises UnknownPath or WrongMethod.
        """
        found = self.root.find(path.split('/')[1:]) if path.startswith('/') else None
        if not found:
            raise UnknownPath(path)
        node, params = found
        entry = node.operations.get('GET' if method == 'HEAD' else method)
        if not entry:
            raise _wrong_method(node, method)
        return Match(*entry, params)

    def contract_of(self, path):
        """Return the contract in whose dialect a path is refused, None if it is nobody's.

        Here other spellings count as well: ``//API%2fitems`` is still meant for ``/api``.
        """
        meant = _meant(path)
        node = self.root.reach(meant.strip('/').split('/'))
        if len(node.owners) == 1:
            return node.owners[0]
        claims = [
            (len(root), contract) for contract in self.contracts for root in contract.roots
            if _claims(root.lower(), meant)]
        return max(claims, key=lambda claim: claim[0], default=(0, None))[1]


def _meant(path):
    """Return a path as its sender may have meant it; its last slash counts"""
    return '/' + re.sub('/+', '/', unquote(path, errors='replace').lower()).lstrip('/')


def _claims(root, path):
    """Tell if a path lies below a root; below one that ends with a slash those that do"""
    below = path.startswith(root.rstrip('/') + '/') or path == root.rstrip('/')
    return below and (not root.endswith('/') or path.endswith('/'))


def _wrong_method(node, method):
    entries = list(node.operations.values())
    hidden = all(operation.hidden for _, operation in entries)
    if hidden and method == 'OPTIONS':
        return UnknownPath(method)
    return WrongMethod(
        ', '.join([*node.operations, 'OPTIONS']) if hidden else allowed(node.operations), entries[0][0],
        next((operation.cors for _, operation in entries if operation.cors), None))


def allowed(methods):
    """Return the value of Allow for the methods of a path"""
    names = {*methods, 'OPTIONS'}
    if 'GET' in names:
        names.add('HEAD')
    return ', '.join(sorted(names))


def raw_path(target):
    """Return the path of a request target (origin or absolute form) as sent, without its query"""
    if not target.startswith('/'):
        try:
            return urlsplit(target).path or '/'
        except ValueError:
            return ''
    return target.partition('?')[0].partition('#')[0]
