"""One request on its way through the application, and the task it becomes"""
import dataclasses
import datetime as dt
import re
import secrets
import time

from werkzeug.wrappers import Request

from .contract import WRITES, Contract, Hook, Operation
from .routes import raw_path

_REQUEST_ID = re.compile(r'[\w.:@+/=-]{8,128}', re.ASCII)
_KEY_PREFIX = re.compile(r'(k[a-z]{2}_\w{1,63}_[0-9a-f]{8})_', re.ASCII)
LANGUAGES = ('en', 'de')


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
    """A request and what is known about it so far"""
    request: Request
    id: str
    path: str
    started: float = dataclasses.field(default_factory=time.perf_counter)
    moment: dt.datetime = dataclasses.field(default_factory=utcnow)
    contract: Contract | None = None
    operation: Operation | None = None
    hook: Hook | None = None
    params: dict = dataclasses.field(default_factory=dict)
    database: str | None = None
    credential: object = None
    key_prefix: str | None = None
    key: str | None = None
    body_limit: int = 0
    places: dict = dataclasses.field(default_factory=dict)
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
        return self.credential.company if self.credential else None

    @property
    def exclusive(self):
        """Goes on while no other of its tenant's does that takes the tenant's lock"""
        return self.operation is not None and self.operation.exclusive

    @property
    def language(self):
        languages = self.contract.dialect.languages if self.contract else LANGUAGES
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

    def context(self):
        """Return the context of the tenant's transaction"""
        return {
            'company': self.credential.company,
            'language': self.language,
            '_check_access': True,
            '_skip_warnings': True,
            '_request': {
                'remote_addr': self.request.remote_addr,
                'http_host': self.request.environ.get('HTTP_HOST'),
                'scheme': self.request.scheme,
                'is_secure': self.request.is_secure,
                'root_path': self.request.root_path,
                },
            }


@dataclasses.dataclass(frozen=True, slots=True)
class Task:
    """A request ready to be worked on in its tenant's transaction.

    work: function() → Finished; place: (contract, method, path) in which an idempotency key counts;
    hours: how long its answer is kept; header: in which the key came.
    """
    database: str
    credential: object
    context: dict
    work: object
    readonly: bool = False
    locks: tuple = ()
    key: str | None = None
    place: tuple = ()
    data: bytes = b''
    hours: int = 24
    header: str = ''
