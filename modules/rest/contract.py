"""What a contract is: data plus functions. All that a contract module needs to know.

A contract module (``rest_billing``) holds one :class:`Contract` named ``CONTRACT``: the ways in, the dialect
in which it refuses, how repeated requests work, and a table of :class:`Operation`. An operation names a path,
the shapes that come in and go out (pydantic models, see ``fields``) and a handler: a plain function from a
:class:`~.exchange.Call` to an answer. Business rules live in domain modules.
"""
import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .bodies import MIB, BodyKind, JsonBody
from .cors import Cors
from .dialect import Dialect

WRITES = frozenset({'POST', 'PUT', 'PATCH', 'DELETE'})
REQUIRED, OPTIONAL, NEVER = 'required', 'optional', 'never'
"""Whether an operation takes a key under which it may be repeated"""


@dataclasses.dataclass(slots=True)
class Answer:
    """What a handler may return when a model, dict or list alone does not say enough.

    body: model, dict, list, bytes, Stream, Page or None; status: None means the operation's own; etag: an
    entity tag without quotes (made from the body when the operation says ``etag``); media_type: for bytes;
    cookies: values of Set-Cookie; record: text under which a stored answer's secrets can be wiped.
    """
    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    etag: str | None = None
    media_type: str | None = None
    cookies: Sequence[str] = ()
    record: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """One line of a contract: method, path, shapes and the function that does it"""
    id: str
    """operationId of the contract document"""
    method: str
    path: str
    """``/api/items/{id:int}``; converters: int, uuid, str, path (see ``routes``)"""
    handler: Callable
    """Function(Call) → model | dict | list | bytes | Stream | Page | None | Answer. It runs inside the
    tenant's transaction, as the caller's user, and raises Refusals and the domain's errors."""
    summary: str
    tag: str
    description: str = ''
    request: type | None = None
    """pydantic model of a JSON body"""
    body: BodyKind | None = None
    """another kind of body: a form, bytes; else made from ``request``, ``body_limit``, ``body_required``"""
    query: type | None = None
    """pydantic model of the query string"""
    response: Any = None
    """pydantic model, ``list[Model]``, union, ``bytes``, ``Stream``, ``Page`` (see media_type) or None"""
    status: int = 200
    media_type: str = 'application/json'
    other_media_types: Sequence[str] = ()
    """what else the bytes may be; the Answer says which"""
    ways: Sequence = ()
    """other ways in than the contract's"""
    ability: str | None = None
    """what a restricted key must be allowed to do, e.g. ``invoices:write``"""
    feature: str | None = None
    """plan feature without which the operation is refused"""
    repeats: str | None = None
    """REQUIRED, OPTIONAL or NEVER; None: as the contract says for the method"""
    secrets: Sequence[str] = ()
    """members of the answer that are kept encrypted while it is stored for repeats, and can be wiped"""
    cors: Cors | None = None
    """which pages of other hosts may call it"""
    locks: Sequence[str] = ()
    """tables whose tenant lock is taken before the snapshot (numbers, postings)"""
    detached: bool = False
    """the handler opens its transactions itself; nothing is repeated"""
    logged: bool = True
    hidden: bool = False
    """OPTIONS does not tell its path"""
    body_limit: int = MIB
    """bytes; more is refused"""
    body_required: bool = True
    """False: an empty body is fine, ``Call.body`` is then None"""
    etag: bool = False
    """the answer carries a strong ETag of its body"""
    current: Callable | None = None
    """Function(Call) → what a GET of the same record answers now; ``If-Match`` is compared with
    its ETag before the handler runs."""
    problems: Mapping[int, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    """Documented refusals: {status: {code: reason}}; what every operation may answer (401, 405,
    413 …) is added by itself."""
    problem_models: Mapping[int, Any] = dataclasses.field(default_factory=dict)
    """{status: model} where an error body has more members than the contract's own"""
    names: Mapping[Any, str] = dataclasses.field(default_factory=dict)
    """{domain name, or whole path as a tuple: the contract's} for refusals, beyond the dialect's own"""

    def __post_init__(self):
        if self.request and not self.body:
            body = JsonBody(self.request, limit=self.body_limit, required=self.body_required)
            object.__setattr__(self, 'body', body)

    @functools.cached_property
    def writes(self):
        return self.method in WRITES

    @property
    def exclusive(self):
        """Of these one per tenant and worker goes on, the others wait for their turn"""
        return bool(self.locks)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Repeats:
    """How a repeated request is known.

    methods: those whose operations take a key if they do not say otherwise; required: is a request without
    key refused; header: of the key; replayed: header of an answer that is given again; hours: how long an
    answer is kept; fingerprint: function(Call) → text that two equal requests share, else the body's own.
    What another body under the same key is refused with stands in the dialect (KEY_REUSED).
    """
    methods: frozenset = frozenset({'POST'})
    header: str = 'Idempotency-Key'
    replayed: str = 'Idempotency-Replayed'
    required: bool = False
    hours: int = 24
    fingerprint: Callable | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Contract:
    """One documented API"""
    name: str
    """also the address of its pages: ``/openapi/<name>.json``, ``/docs/<name>``"""
    title: str
    dialect: Dialect
    """how it refuses"""
    ways: Sequence
    """how a caller may come in, see ``ways``"""
    operations: Sequence[Operation]
    roots: Sequence[str] = ()
    """Beginnings of the paths that are refused in its dialect where the operations do not decide; one that
    ends with a slash means the paths below that end with one"""
    description: str = ''
    version: str = '1.0.0'
    repeats: Repeats | None = None
    templates: Any = None
    """``pages.Templates`` of its pages"""
    documented: bool = True
    """has an OpenAPI document and a reference page; without one, a query that nobody reads may be anything"""
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """{tag: title} in the order of the reference page"""

    @property
    def abilities(self):
        """What a restricted key may be allowed to do: what the operations ask for"""
        return frozenset(operation.ability for operation in self.operations if operation.ability)

    def ways_of(self, operation):
        return operation.ways or self.ways

    def repeats_of(self, operation):
        """Return REQUIRED, OPTIONAL or NEVER"""
        if operation.repeats:
            return operation.repeats
        if self.repeats is None or operation.method not in self.repeats.methods:
            return NEVER
        return REQUIRED if self.repeats.required else OPTIONAL
