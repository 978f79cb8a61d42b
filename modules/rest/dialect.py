"""How a contract says that it refuses: from kinds and reasons to status, word, headers and body.

A dialect is data: a table kind → Entry, the spelling of paths, names that differ from the domain's, sentences
beyond the core's, and a renderer. The core's own code raises kinds (``refusals``); the worker, the OpenAPI
document and the answers all read this table.
"""
import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError

from .refusals import BODY, DOMAIN, Kind, Reason, Refusal, quoted
from .sentences import MEANINGS, sentence
from .writing import write_json

PLAIN, PROBLEM_JSON = 'application/json', 'application/problem+json'
MOST_REASONS = 5
_PLAIN_NAME = re.compile(r'[\w$-]{1,60}', re.ASCII)

DOMAIN_WORDS = {
    'invalid_argument': Kind.UNFIT, 'not_found': Kind.UNKNOWN_RECORD, 'plan_forbidden': Kind.PLAN,
    'invalid_state': Kind.STATE, 'unavailable': Kind.UNAVAILABLE}
"""``code`` of a domain error → the kind it means; other words are kinds of their own"""


@dataclasses.dataclass(slots=True)
class Finished:
    """What goes out: status, headers (without those every answer has), body (bytes or a Stream) and cookies.

    cookies: values of Set-Cookie; record: text under which the secrets of a stored answer can be wiped.
    """
    status: int
    headers: dict
    body: Any = b''
    cookies: Sequence[str] = ()
    record: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One line of a dialect's table.

    code: the contract's word; headers: further ones; most: reasons mentioned in one sentence; says: name of a
    sentence in place of the one the error brings; members: function(facts, rename) → further members of the
    body, where facts are those of the error and rename turns a domain path into the contract's text; meaning:
    what an OpenAPI document says about it.
    """
    status: int
    code: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    most: int = MOST_REASONS
    says: str | None = None
    members: Callable | None = None
    meaning: str = ''


class Problem(NamedTuple):
    """A refusal in a contract's words. faults: [(path as the contract spells it, sentence)], all of them."""
    status: int
    code: str
    message: str
    faults: Sequence
    members: Mapping
    headers: Mapping


# Spelling of paths

def bracketed(path):
    """Return ``customItems[0].quantity`` for ('customItems', 0, 'quantity')"""
    text = ''
    for step in path:
        if isinstance(step, int):
            text += f'[{step}]'
        else:
            text += ('.' if text else '') + _printable(str(step))
    return text


def dotted(path):
    """Return ``positions.0.quantity`` for ('positions', 0, 'quantity')"""
    return '.'.join(_printable(str(step)) for step in path)


def _printable(name):
    """Return a member's name so that no name can garble or flood a message"""
    return name if _PLAIN_NAME.fullmatch(name) else json.dumps(name[:60])


class Renaming(NamedTuple):
    """From a domain's path to a contract's.

    names: {domain step, or whole path as a tuple: the contract's}; places: {domain list: [place in the
    request of its n-th member]}; case: function(name) → name as the contract writes names.
    """
    names: Mapping = {}
    places: Mapping = {}
    case: Callable = str

    def __call__(self, path):
        whole = self.names.get(path)
        return (whole,) if whole else tuple(self._steps(path))

    def _steps(self, path):
        order = None
        for step in path:
            if isinstance(step, int):
                yield order[step] if order else step
            else:
                yield self.case(self.names.get(step, step))
                order = self.places.get(step)


# What is raised below

def from_error(error):
    """Return the Refusal of an exception that a caller can do something about, else None"""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, AccessError):
        return quoted(Kind.NOT_ALLOWED, error.message)
    if isinstance(error, UserError | UserWarning):
        return _from_domain(error)
    return None


def _from_domain(error):
    """Return the Refusal of a domain module's error.

    Tryton sets a number as ``code`` on each instance, so a word may stand on the class as well.
    """
    word = next(
        (c for c in (error.code, getattr(type(error), 'code', None)) if isinstance(c, str)),
        'invalid_argument')
    kind = DOMAIN_WORDS.get(word, word)
    facts = {**vars(error), **(getattr(error, 'extra', None) or {})}
    if path := getattr(error, 'path', ()):
        return Refusal(kind, [Reason(path, 'text', {'text': error.message}, DOMAIN)], facts=facts)
    return Refusal(kind, says='text', facts=facts, text=error.message)


# Renderers

class Error(BaseModel):
    """What went wrong: a code for programs and a sentence for people"""
    error: str
    message: str


class ProblemDocument(BaseModel):
    """What went wrong (RFC 9457); errors: every wrong field with its sentences"""
    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, list[str]] | None = None


def plain(problem, dialect, address):
    """Return a problem as {error, message} and its further members"""
    return {'error': problem.code, 'message': problem.message, **problem.members}


def problem_document(problem, dialect, address):
    """Return a problem as RFC 9457 has it; its type is a page of the host"""
    body = {
        'type': f'{address()}/problems/{problem.code}', 'title': dialect.titles[problem.status],
        'status': problem.status, 'detail': problem.message}
    if problem.faults:
        errors = body['errors'] = {}
        for path, text in problem.faults:
            errors.setdefault(path, []).append(text)
    return {**body, **problem.members}


TITLES = {
    400: "Bad request", 401: "Key missing or invalid", 403: "Plan or key does not allow it",
    404: "Not found", 405: "Method not allowed", 408: "Request too slow", 409: "Conflict",
    412: "The record has changed since", 413: "Body too large", 414: "Request line too long",
    415: "Unsupported media type", 417: "Expectation failed", 422: "Cannot be processed",
    429: "Too many requests", 431: "Headers too large", 500: "Internal error", 503: "Not available"}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Dialect:
    """A contract's manner of refusing"""
    table: Mapping[str, Entry]
    """{kind or word of the domain: Entry}"""
    other: int = 400
    """status of words that the table lacks; their code is the word itself"""
    render: Callable = plain
    """Function(Problem, Dialect, function() → address of the host) → JSON body"""
    media_type: str = PLAIN
    model: type = Error
    """pydantic model of that body"""
    spell: Callable = bracketed
    case: Callable = str
    """Function(domain name) → the contract's spelling of it: ``vat_id`` → ``vatId``"""
    names: Mapping = dataclasses.field(default_factory=dict)
    """{domain name: the contract's, before ``case``} where they differ in more than spelling"""
    roots: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """{place: name of the whole}: ``body`` where nothing else is said"""
    languages: Sequence[str] = ('en', 'de')
    """Of the sentences; the first one is spoken to callers who ask for none"""
    sentences: Mapping[str, Mapping] = dataclasses.field(default_factory=dict)
    """{language: {name: sentence}} beyond the core's, or in their place"""
    titles: Mapping[int, str] = dataclasses.field(default_factory=lambda: TITLES)

    def entry(self, kind):
        """Return the Entry of a kind or of a domain's word"""
        return self.table.get(kind) or Entry(self.other, str(kind))

    def answer(self, refusal, language='en', address=str, renaming=None):
        """Return the Finished of a Refusal; address: function() → address of the host"""
        problem = self.problem(refusal, language, renaming)
        body = self.render(problem, self, address)
        return Finished(
            problem.status, {'Content-Type': self.media_type, **problem.headers}, write_json(body))

    def problem(self, refusal, language='en', renaming=None):
        """Return a Refusal in this contract's words"""
        entry = self.entry(refusal.kind)
        rename = renaming or self.renaming()
        faults = [self._fault(reason, language, rename) for reason in refusal.reasons]
        return Problem(
            entry.status, entry.code, self._message(refusal, entry, faults, language), faults,
            entry.members(refusal.facts, lambda path: self.spell(rename(path))) if entry.members else {},
            _headers(refusal.values, entry.headers))

    def renaming(self, names=None, places=None):
        """Return the Renaming of an operation"""
        names = {**self.names, **names} if names else self.names
        return Renaming(names, places or {}, self.case)

    def say(self, name, values, language):
        return sentence(name, values, language, self.sentences)

    def _fault(self, reason, language, rename):
        path = rename(reason.path) if reason.place == DOMAIN else reason.path
        place = BODY if reason.place == DOMAIN else reason.place
        return (
            self.spell(path) or self.roots.get(place, place),
            self.say(reason.name, reason.values, language))

    def _message(self, refusal, entry, faults, language):
        if entry.says:
            return self.say(entry.says, refusal.facts, language)
        if not faults:
            return self.say(refusal.says, refusal.values, language)
        told = [f'{path}: {text}' for path, text in faults[:entry.most]]
        if more := len(faults) - entry.most:
            told += [self.say('and_more', {'count': more}, language)] if more > 0 else []
        return '; '.join(told)

    def meaning(self, kind):
        """Return the meaning of a kind for an OpenAPI document"""
        return self.entry(kind).meaning or MEANINGS[kind]


def _headers(values, headers):
    found = dict(headers)
    if 'allow' in values:
        found['Allow'] = values['allow']
    if 'retry_after' in values:
        found['Retry-After'] = str(values['retry_after'])
    return found
