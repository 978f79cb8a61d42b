"""One request: what the wire says of it, and what follows once route and caller are known.

An Exchange is made from the head of a request; whatever it says is read here and nowhere else. A Call is made
from it once, goes to the handler and, as ``kernel.request.current_request``, to the domain.
"""
import dataclasses
import datetime as dt
import hashlib
import re
import secrets
import time
from typing import Any

from werkzeug.wrappers import Request

from .contract import WRITES, Contract, Operation
from .routes import raw_path

_REQUEST_ID = re.compile(r'[\w.:@+/=-]{8,128}', re.ASCII)
_KEY_PREFIX = re.compile(r'(k[a-z]{2}_\w{1,63}_[0-9a-f]{8})_', re.ASCII)
LANGUAGES = ('en', 'de')
_EMPTY = hashlib.sha256(b'').hexdigest()


def utcnow():
    """Return the machine's real time, naive UTC: logs and keys do not follow the tests' clock"""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def request_id(wanted):
    """Return the caller's own request id if it is a sane one, else a new one"""
    if wanted and _REQUEST_ID.fullmatch(wanted):
        return wanted
    return f'req_{secrets.token_hex(12)}'


def key_prefix(secret):
    """Return the part of a key that may be written down, None if the text is no key of ours"""
    found = _KEY_PREFIX.match(secret or '')
    return found[1] if found else None


@dataclasses.dataclass(slots=True)
class Exchange:
    """A request and what is known about it so far; database, key_prefix: those it claims, rightly or not"""
    request: Request
    id: str
    path: str
    started: float = dataclasses.field(default_factory=time.perf_counter)
    moment: dt.datetime = dataclasses.field(default_factory=utcnow)
    contract: Contract | None = None
    operation: Operation | None = None
    params: dict = dataclasses.field(default_factory=dict)
    cors: Any = None
    database: str | None = None
    key_prefix: str | None = None
    call: 'Call | None' = None
    body_limit: int = 0
    auth_seconds: float = 0.0

    @classmethod
    def of(cls, environ):
        """Return the Exchange of a WSGI environment: kept there between two steps of one request"""
        exchange = environ.get('kontor.exchange')
        if exchange is None:
            request = Request(environ)
            target = environ.get('RAW_URI') or environ.get('REQUEST_URI') or request.path
            exchange = environ['kontor.exchange'] = cls(
                request, request_id(request.headers.get('X-Request-Id')), raw_path(target))
        return exchange

    @property
    def method(self):
        return self.request.method

    @property
    def writes(self):
        return self.method in WRITES

    @property
    def tenant(self):
        """Return the id of the company that calls, None while it is nobody's"""
        return self.call.caller.company if self.call else None

    @property
    def exclusive(self):
        """Goes on while no other of its tenant's does that takes the tenant's lock"""
        return self.operation is not None and self.operation.exclusive

    @property
    def language(self):
        languages = self.contract.dialect.languages if self.contract else LANGUAGES
        if 'HTTP_ACCEPT_LANGUAGE' not in self.request.environ:
            return languages[0]
        return self.request.accept_languages.best_match(languages, default=languages[0])

    @property
    def host(self):
        """Return the address of this host as the caller knows it, without a slash at its end"""
        return f'{self.request.scheme}://{self.request.host}'

    @property
    def address(self):
        return self.request.remote_addr or ''

    @property
    def milliseconds(self):
        return (time.perf_counter() - self.started) * 1000


@dataclasses.dataclass(slots=True, eq=False)
class Call:
    """One request as a handler sees it, already checked.

    way: by which the caller came in; received: the body as it came; query and body: instances of the
    operation's models (None if it has none, or if an optional body was not sent); sent: JSON names of the
    members the caller sent, so that "not sent" and "null" differ; key: under which the request may be
    repeated; places: {domain list: [place in the request of its n-th member]} for refusals that name a
    member, where the domain has another order.
    """
    exchange: Exchange
    way: Any = None
    database: str | None = None
    caller: Any = None
    gateway: Any = None
    received: Any = None
    query: Any = None
    body: Any = None
    sent: frozenset = frozenset()
    key: str | None = None
    places: dict = dataclasses.field(default_factory=dict)
    _token: str | None = None
    _fingerprint: str | None = None

    @property
    def operation(self):
        return self.exchange.operation

    @property
    def contract(self):
        return self.exchange.contract

    @property
    def params(self):
        """Values from the path"""
        return self.exchange.params

    @property
    def headers(self):
        return self.exchange.request.headers

    @property
    def language(self):
        """Of the messages, from Accept-Language"""
        return self.exchange.language

    @property
    def place(self):
        """Where a key counts: contract, method, path"""
        return self.contract.name, self.operation.method, self.exchange.path

    @property
    def token(self):
        """What tells this request from all others of the tenant, at most 64 characters.

        Equal for a repeated request with its key.
        """
        if self._token is None:
            self._token = secrets.token_hex(32)
            if self.key:
                place = '\n'.join([str(self.caller.company), *self.place, self.key])
                self._token = hashlib.sha256(place.encode()).hexdigest()
        return self._token

    @property
    def fingerprint(self):
        """What two requests with the same key must share to be the same; empty without a key"""
        if self._fingerprint is None:
            own = self.contract.repeats and self.contract.repeats.fingerprint
            if not self.key:
                self._fingerprint = ''
            elif own:
                self._fingerprint = own(self)
            else:
                self._fingerprint = self.received.fingerprint if self.received else _EMPTY
        return self._fingerprint

    @property
    def takes_form(self):
        """Tell if a field of the body may say what else a header says"""
        return bool(self.operation.body) and hasattr(self.operation.body, 'members')

    def form_field(self, name):
        """Return the text of a form's field, None without one"""
        parts = getattr(self.received, 'parts', ())
        return next((p.data.decode('utf-8', 'replace') for p in parts if p.name == name), None)

    def context(self):
        """Return the context of the tenant's transaction"""
        request = self.exchange.request
        return {
            'company': self.caller.company,
            'language': self.exchange.language,
            '_check_access': True,
            '_skip_warnings': True,
            '_request': {
                'remote_addr': request.remote_addr,
                'http_host': request.environ.get('HTTP_HOST'),
                'scheme': request.scheme,
                'is_secure': request.is_secure,
                'root_path': request.root_path,
                },
            }
