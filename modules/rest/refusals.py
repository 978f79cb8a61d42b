"""Why a request is refused, as data: a kind, and reasons with a place and values.

Nothing here is a sentence, a status or a contract's word. A contract's ``Dialect`` turns a Refusal, and what
domain modules raise, into the answer that the contract documents, in the caller's language.
"""
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

BODY, QUERY, HEADER, DOMAIN = 'body', 'query', 'header', 'domain'
"""Where a path leads: into what was sent, or into the domain's own fields, which a dialect renames"""


class Kind(StrEnum):
    """What the core refuses. Domain modules add words of their own: their errors' ``code``."""
    NO_CREDENTIAL = 'no_credential'
    BAD_CREDENTIAL = 'bad_credential'
    BAD_SIGNATURE = 'bad_signature'
    FORGERY = 'forgery'
    SUSPENDED = 'suspended'
    PLAN = 'plan'
    NOT_ALLOWED = 'not_allowed'
    UNKNOWN_PATH = 'unknown_path'
    WRONG_METHOD = 'wrong_method'
    UNREADABLE = 'unreadable'
    FLAWED = 'flawed'
    UNFIT = 'unfit'
    UNKNOWN_RECORD = 'unknown_record'
    KEY_MISSING = 'key_missing'
    KEY_MALFORMED = 'key_malformed'
    KEY_REUSED = 'key_reused'
    TOO_LARGE = 'too_large'
    WRONG_MEDIA_TYPE = 'wrong_media_type'
    TOO_MANY = 'too_many'
    CROWDED = 'crowded'
    CHANGED_SINCE = 'changed_since'
    CONFLICT = 'conflict'
    STATE = 'state'
    UNAVAILABLE = 'unavailable'
    TIMED_OUT = 'timed_out'
    INTERNAL = 'internal'
    LINE_TOO_LONG = 'line_too_long'
    HEADERS_TOO_LARGE = 'headers_too_large'
    TOO_SLOW = 'too_slow'
    EXPECTATION = 'expectation'
    MALFORMED = 'malformed'


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong with one value.

    path: names and 0-based indexes, () for the whole; name: of a sentence (see ``sentences``); values: what
    the sentence mentions; place: BODY, QUERY, HEADER or DOMAIN.
    """
    path: tuple = ()
    name: str = ''
    values: Mapping = field(default_factory=dict)
    place: str = BODY


class Refusal(Exception):
    """A request that is not carried out.

    kind: a Kind or a word of the domain; reasons: Reasons, where single values are wrong; says: name of the
    sentence where there are none, else the kind's own; facts: what a dialect may show as further members;
    values: what the sentence and the headers mention (``allow``, ``retry_after``: seconds).
    """

    def __init__(self, kind, reasons=(), says=None, facts=None, **values):
        super().__init__(kind, *(reason.name for reason in reasons))
        self.kind = kind
        self.reasons = tuple(reasons)
        self.says = says or kind
        self.facts = facts or {}
        self.values = values


def refused_field(kind, name, /, *path, place=BODY, **values):
    """Return the Refusal of one value: the name of the reason, and the path to it"""
    return Refusal(kind, [Reason(path, name, values, place)])


def invalid(name, /, *path, **values):
    """Return the Refusal of a member of the body that does not fit"""
    return refused_field(Kind.UNFIT, name, *path, **values)


def not_found(says=None, **values):
    return Refusal(Kind.UNKNOWN_RECORD, says=says, **values)


def quoted(kind, text):
    """Return a Refusal in words that are there already, in the caller's language"""
    return Refusal(kind, says='text', text=text)


def shown(text, length=100):
    """Return a piece of a request for a message: printable, short"""
    clean = text if text.isprintable() else ''.join(c if c.isprintable() else '?' for c in text)
    return clean if len(clean) <= length else clean[:length] + '…'
