"""Ways in: how a request says who sends it, and what that caller may.

A contract lists its ways, an operation may have others. The first one that the request makes use of decides;
a request that uses none is refused. A way is a small object with these methods:

    used(exchange)                  is there something of this way in the request
    identify(exchange, gateway)     → (database, caller); raises Refusal for nobody
    permit(call)                    raises Refusal where tenant, plan or caller do not allow it
    verify(call)                    the same, of what can only be seen with the body (``call.data``)
    rate(call)                      → (key, requests per second, sentence) to count, None to count nothing
    security()                      → (name, Security Scheme Object of OpenAPI), None for open ways

A caller has ``id``, ``company`` (None: no tenant), ``user``, ``prefix``, ``features``, ``active``,
``timezone`` and ``may(ability)``; ``tenant.credential.Identity`` is one.
"""
import dataclasses
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from .exchange import key_prefix
from .refusals import Kind, Refusal, shown

DEFAULT_RATE = 100
RATE = 'requests_per_second'
SAFE = frozenset({'GET', 'HEAD', 'OPTIONS'})


@dataclasses.dataclass(frozen=True, slots=True)
class Visitor:
    """A caller without a name; company: the tenant that the path belongs to, None for none"""
    company: int | None = None
    user: int = 0
    timezone: str = 'Europe/Berlin'
    facts: Any = None
    id: None = None
    prefix: None = None


class Way:
    """What all ways share: nobody is refused"""

    def permit(self, call):
        pass

    def verify(self, call):
        pass

    def rate(self, call):
        return None

    def security(self):
        return None

    def kinds(self, operation):
        """Return the kinds of refusals that a caller may meet, for the OpenAPI document"""
        return []


class OfTenant(Way):
    """A way whose caller has a plan, a rate and abilities"""
    feature = None

    def kinds(self, operation):
        return [
            Kind.NO_CREDENTIAL, Kind.BAD_CREDENTIAL, Kind.PLAN, Kind.SUSPENDED, Kind.NOT_ALLOWED]

    def permit(self, call):
        caller, operation = call.caller, call.operation
        if not caller.active:
            raise Refusal(Kind.SUSPENDED)
        if self.feature and not caller.features.get(self.feature):
            raise Refusal(Kind.PLAN, says='plan_access')
        if operation.feature and not caller.features.get(operation.feature):
            raise Refusal(Kind.PLAN, feature=operation.feature)
        if operation.ability and not caller.may(operation.ability):
            raise Refusal(Kind.NOT_ALLOWED, ability=operation.ability)

    def rate(self, call):
        return call.caller.prefix, int(call.caller.features.get(RATE, DEFAULT_RATE)), 'too_many'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Key(OfTenant):
    """A key of the credential store in a header.

    scheme: its kind there; header and prefix: ``X-Api-Key`` and '', or ``Authorization`` and ``Bearer ``;
    feature: of the plan, without which no key is good; name: in OpenAPI.
    """
    scheme: str
    header: str = 'Authorization'
    prefix: str = ''
    feature: str | None = 'api_access'
    name: str = 'key'

    def used(self, exchange):
        return self.secret(exchange) is not None

    def secret(self, exchange):
        """Return the secret a request carries, None when it carries none"""
        return _after_prefix(exchange.request.headers.get(self.header), self.prefix)

    def identify(self, exchange, gateway):
        secret = self.secret(exchange)
        if secret is None:
            raise Refusal(Kind.NO_CREDENTIAL, header=self.header)
        exchange.key_prefix = key_prefix(secret)
        database, caller = gateway.authenticate(secret, self.scheme)
        exchange.database = database
        if caller is None:
            raise Refusal(Kind.BAD_CREDENTIAL)
        return database, caller

    def security(self):
        return self.name, _in_header(self.header, self.prefix)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SessionToken(OfTenant):
    """A session's token in a header, as programs send it.

    find: function(gateway, token) → (database, caller), or None for no session.
    """
    find: Callable
    header: str = 'Authorization'
    prefix: str = 'Bearer '
    feature: str | None = None
    name: str = 'session'

    def used(self, exchange):
        return self._token(exchange) is not None

    def _token(self, exchange):
        return _after_prefix(exchange.request.headers.get(self.header), self.prefix)

    def identify(self, exchange, gateway):
        token = self._token(exchange)
        if token is None:
            raise Refusal(Kind.NO_CREDENTIAL, header=self.header)
        found = self.find(gateway, token)
        if found is None:
            raise Refusal(Kind.BAD_CREDENTIAL)
        return found

    def security(self):
        return self.name, _in_header(self.header, self.prefix)


class FromPage(Way):
    """A way of browsers, which send a cookie along whoever asks them to.

    What changes something must come from a page of ours: its Origin is this host, and it brings the CSRF
    token in a header or as a field of the form.
    """

    def permit(self, call):
        super().permit(call)
        if call.exchange.method in SAFE:
            return
        origin = call.headers.get('Origin')
        if origin is not None and origin != call.exchange.host:
            raise Refusal(Kind.FORGERY)
        sent = call.headers.get(self.csrf_header)
        if sent is not None:
            self._check(call.exchange, sent)
        elif not call.takes_form:
            raise Refusal(Kind.FORGERY)

    def verify(self, call):
        """Check the field of a form that came without the header; it is no field of the operation's own"""
        if call.exchange.method in SAFE:
            return
        if self.csrf_header not in call.headers:
            self._check(call.exchange, call.form_field(self.csrf_field))
        if call.takes_form:
            call.received.parts = [
                part for part in call.received.parts if part.name != self.csrf_field]

    def _check(self, exchange, sent):
        token = self.csrf_token(exchange)
        if not sent or not hmac.compare_digest(sent.encode('utf-8', 'replace'), token.encode()):
            raise Refusal(Kind.FORGERY)

    def kinds(self, operation):
        return [*super().kinds(operation), *([Kind.FORGERY] if operation.writes else [])]

    def page_cookies(self, exchange):
        """Return the Set-Cookie values that a page of this way comes with"""
        return ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Session(FromPage, OfTenant):
    """A session in a cookie.

    The CSRF token is bound to the session (HMAC of the cookie), so nothing is stored, and another site's
    cookie is worth nothing. find: function(gateway, token) → (database, caller), or None for no session.
    """
    find: Callable
    cookie: str = 'sessionid'
    csrf_cookie: str = 'csrftoken'
    csrf_header: str = 'X-CSRFToken'
    csrf_field: str = 'csrf_token'
    feature: str | None = None
    name: str = 'session'

    def used(self, exchange):
        return self.cookie in exchange.request.cookies

    def identify(self, exchange, gateway):
        token = exchange.request.cookies.get(self.cookie)
        if not token:
            raise Refusal(Kind.NO_CREDENTIAL, header=f'Cookie ({self.cookie})')
        found = self.find(gateway, token)
        if found is None:
            raise Refusal(Kind.BAD_CREDENTIAL)
        return found

    def csrf_token(self, exchange):
        """Return the token that a page of this request's session puts into its forms"""
        return csrf_token(exchange.request.cookies.get(self.cookie, ''))

    def cookies(self, token, secure, seconds=None):
        """Return the Set-Cookie values that begin a session, or end it with an empty token"""
        age = f'; Max-Age={0 if not token else seconds}' if seconds or not token else ''
        flags = _flags(secure) + age
        return (
            f'{self.cookie}={token}{flags}; HttpOnly',
            f'{self.csrf_cookie}={csrf_token(token) if token else ""}{flags}')

    def security(self):
        return self.name, {'type': 'apiKey', 'in': 'cookie', 'name': self.cookie}


def csrf_token(session):
    """Return the CSRF token of a session's token"""
    return hmac.new(session.encode(), b'csrf', hashlib.sha256).hexdigest()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signed(Way):
    """Another service reports: the path names the tenant, a signature over the body proves the sender.

    find: function(gateway, params) → (database, caller), or None for an unknown address; check:
    function(call) → raises Refusal unless the signature fits ``call.data``; header: of the signature.
    """
    find: Callable
    check: Callable
    header: str
    name: str = 'signature'

    def used(self, exchange):
        return True

    def identify(self, exchange, gateway):
        found = self.find(gateway, exchange.params)
        if found is None:
            raise Refusal(Kind.UNKNOWN_PATH, path=shown(exchange.path))
        return found

    def verify(self, call):
        self.check(call)

    def kinds(self, operation):
        return [Kind.BAD_SIGNATURE]

    def security(self):
        return self.name, {'type': 'apiKey', 'in': 'header', 'name': self.header}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Open(Way):
    """Everybody may.

    find: function(gateway, exchange) → (database, caller) of the tenant that the path belongs to, or None for
    an unknown one; without it the handler runs in no tenant and no transaction. rate_limit: requests per
    second from one address.
    """
    find: Callable | None = None
    rate_limit: int | None = None

    def used(self, exchange):
        return True

    def identify(self, exchange, gateway):
        found = self.find(gateway, exchange) if self.find else (None, Visitor())
        if found is None:
            raise Refusal(Kind.UNKNOWN_PATH, path=shown(exchange.path))
        return found

    def rate(self, call):
        return self.rate_limit and (
            f'address {call.exchange.address}', self.rate_limit, 'too_many_here')


@dataclasses.dataclass(frozen=True, kw_only=True)
class OpenForm(FromPage, Open):
    """A form for everybody, such as the login: its page sets a cookie that it repeats (double submit)"""
    csrf_cookie: str = 'csrftoken'
    csrf_header: str = 'X-CSRFToken'
    csrf_field: str = 'csrf_token'

    def csrf_token(self, exchange):
        """Return the token of the caller's cookie; a page for a caller without one makes it"""
        known = exchange.request.cookies.get(self.csrf_cookie)
        return known or exchange.request.environ.setdefault('kontor.csrf', secrets.token_hex(16))

    def page_cookies(self, exchange):
        if self.csrf_cookie in exchange.request.cookies:
            return ()
        flags = _flags(exchange.request.is_secure)
        return (f'{self.csrf_cookie}={self.csrf_token(exchange)}{flags}; HttpOnly',)


def _flags(secure):
    return '; Path=/; SameSite=Lax' + ('; Secure' if secure else '')


def way_of(ways: Sequence, exchange):
    """Return the first way a request makes use of, else the first of all, which then refuses"""
    return next((way for way in ways if way.used(exchange)), ways[0])


def _after_prefix(value, prefix):
    if not value or not value.startswith(prefix):
        return None
    return value[len(prefix):].strip() or None


def _in_header(header, prefix):
    if (header, prefix) == ('Authorization', 'Bearer '):
        return {'type': 'http', 'scheme': 'bearer'}
    scheme = {'type': 'apiKey', 'in': 'header', 'name': header}
    return {**scheme, 'description': f'`{prefix}` and the key'} if prefix else scheme
