"""What a contract is: data plus functions. All that a contract module needs to know.

A contract module (``rest_billing``) holds one :class:`Contract` named ``CONTRACT``: how a
credential is sent, how an error looks, how pages and repeated requests work, and a table of
:class:`Operation`. An operation names a path, the shapes that come in and go out (pydantic
models, see ``fields``) and a handler: a plain function from a :class:`Call` to an answer.
Business rules live in domain modules.
"""
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .dialect import Dialect

KIB = 1024
MIB = 1024 * KIB
WRITES = frozenset({'POST', 'PUT', 'PATCH', 'DELETE'})


@dataclasses.dataclass(slots=True)
class Answer:
    """What a handler may return when a model, dict or list alone does not say enough.

    body: model, dict, list, bytes or None; status: None means the operation's own; etag: an
    entity tag without quotes (made from the body when the operation says ``etag``); media_type:
    for bytes.
    """
    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    etag: str | None = None
    media_type: str | None = None


@dataclasses.dataclass(slots=True)
class Call:
    """One request as a handler sees it, already checked.

    params: values from the path; query and body: instances of the operation's models (None if it
    has none, or if an optional body was not sent); sent: JSON names of the members the caller
    sent, so that "not sent" and "null" differ; credential: who calls; language: of the messages,
    from Accept-Language; places: {domain list: [place in the request of its n-th member]} for refusals that
    name a member, where the domain has another order.
    """
    operation: 'Operation'
    contract: 'Contract'
    credential: Any = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    query: Any = None
    body: Any = None
    sent: frozenset = frozenset()
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    language: str = 'en'
    request_id: str = ''
    remote_address: str = ''
    places: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Operation:
    """One line of a contract: method, path, shapes and the function that does it"""
    id: str
    """operationId of the contract document"""
    method: str
    path: str
    """``/api/items/{id:int}``; converters: int, uuid, str (see ``routes``)"""
    handler: Callable[[Call], Any]
    """Function(Call) → model | dict | list | bytes | None | Answer. It runs inside the tenant's
    transaction, as the credential's user, and raises Refusals and the domain's errors."""
    summary: str
    tag: str
    description: str = ''
    request: type | None = None
    """pydantic model of the body"""
    query: type | None = None
    """pydantic model of the query string"""
    response: Any = None
    """pydantic model, ``list[Model]``, union, ``bytes`` (with media_type) or None (204)"""
    status: int = 200
    media_type: str = 'application/json'
    other_media_types: Sequence[str] = ()
    """what else the bytes may be; the Answer says which"""
    ability: str | None = None
    """what a restricted key must be allowed to do, e.g. ``invoices:write``"""
    feature: str | None = None
    """plan feature without which the operation answers 403"""
    locks: Sequence[str] = ()
    """tables whose tenant lock is taken before the snapshot (numbers, postings)"""
    body_limit: int = MIB
    """bytes; more is 413"""
    body_required: bool = True
    """False: an empty body is fine, ``Call.body`` is then None"""
    etag: bool = False
    """the answer carries a strong ETag of its body"""
    current: Callable[[Call], Any] | None = None
    """Function(Call) → what a GET of the same record answers now; ``If-Match`` is compared with
    its ETag before the handler runs."""
    problems: Mapping[int, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    """Documented refusals: {status: {code: reason}}; what every operation may answer (401, 405,
    413 …) is added by itself."""
    problem_models: Mapping[int, Any] = dataclasses.field(default_factory=dict)
    """{status: model} where an error body has more members than the contract's own"""
    names: Mapping[Any, str] = dataclasses.field(default_factory=dict)
    """{domain name, or whole path as a tuple: the contract's} for refusals, beyond the dialect's own"""

    @property
    def writes(self):
        return self.method in WRITES

    @property
    def exclusive(self):
        """Of these one per tenant and worker goes on, the others wait for their turn"""
        return bool(self.locks)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Authentication:
    """How a credential travels.

    scheme: the kind in the credential store; header and prefix: ``X-Api-Key`` and '' or
    ``Authorization`` and ``Bearer ``.
    """
    scheme: str
    header: str = 'Authorization'
    prefix: str = ''
    feature: str = 'api_access'

    def secret(self, headers):
        """Return the secret a request carries, None when it carries none"""
        value = headers.get(self.header)
        if not value or not value.startswith(self.prefix):
            return None
        return value[len(self.prefix):].strip() or None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Idempotency:
    """How a repeated request is known.

    methods: which methods take the key; required: is a request without key refused; hours: how
    long an answer is kept.
    """
    methods: frozenset = frozenset({'POST'})
    header: str = 'Idempotency-Key'
    required: bool = False
    hours: int = 24


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Hook:
    """An address at which another service reports. Whoever calls is known by a random id in the path and
    proves itself by a signature over the body.

    prefix: path before the id; find: function(gateway, id) → caller with ``company``, ``id`` None and
    ``database``, or None for an unknown id; receive: function(gateway, caller, headers, data) → Finished,
    which commits before it returns, or a Refusal.
    """
    prefix: str
    find: Callable
    receive: Callable
    body_limit: int = MIB


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Contract:
    """One documented API"""
    name: str
    """also the address of its pages: ``/openapi/<name>.json``, ``/docs/<name>``"""
    title: str
    dialect: Dialect
    """how it refuses"""
    authentication: Authentication
    operations: Sequence[Operation]
    roots: Sequence[str] = ()
    """Beginnings of the paths that are refused in its dialect where the operations do not decide; one that
    ends with a slash means the paths below that end with one"""
    description: str = ''
    version: str = '1.0.0'
    idempotency: Idempotency | None = None
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """{tag: title} in the order of the reference page"""

    @property
    def abilities(self):
        """What a restricted key may be allowed to do: what the operations ask for"""
        return frozenset(operation.ability for operation in self.operations if operation.ability)

    def takes_key(self, operation):
        """Tell if an operation may be repeated under an idempotency key"""
        return self.idempotency is not None and operation.method in self.idempotency.methods
