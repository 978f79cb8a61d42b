"""What is decided before a body is read: route, credential, plan, rate, size and kind of the body.

Each step is a function of the Exchange that fills in what it learns, or raises a Refusal. The server
runs these on the head of a request, so a refused caller need not send the rest.
"""
import time

from .exchange import key_prefix
from .refusals import HEADER, Kind, Reason, Refusal, refused_field, shown
from .replay import read_key
from .routes import UnknownPath, WrongMethod

JSON_TYPES = frozenset({'application/json'})
MOST_METHOD = 20
"""Characters of a method that are shown"""
UTF_8 = frozenset({'', 'utf-8', 'utf8'})


def route(exchange, table):
    """Find contract, operation and parameters"""
    exchange.contract = table.contract_of(exchange.path)
    try:
        match = table.match(exchange.method, exchange.path)
    except UnknownPath:
        raise unknown_path(exchange.path) from None
    except WrongMethod as error:
        raise wrong_method(exchange.method, exchange.path, error.allowed) from None
    exchange.contract, exchange.operation = match.contract, match.operation
    exchange.params = match.params
    exchange.body_limit = match.operation.body_limit


def call_hook(exchange, hook, gateway):
    """Find the tenant that an incoming report is for; 404 for an unknown id, whatever else is sent"""
    if exchange.method != 'POST':
        raise wrong_method(exchange.method, exchange.path, 'POST, OPTIONS')
    caller = hook.find(gateway, exchange.path.removeprefix(hook.prefix))
    if caller is None:
        raise unknown_path(exchange.path)
    if (exchange.request.content_length or 0) > hook.body_limit:
        raise _too_large(hook.body_limit)
    exchange.hook, exchange.credential, exchange.database = hook, caller, caller.database
    exchange.body_limit = hook.body_limit


def unknown_path(path):
    return Refusal(Kind.UNKNOWN_PATH, path=shown(path))


def wrong_method(method, path, allowed):
    return Refusal(
        Kind.WRONG_METHOD, method=shown(method, MOST_METHOD), path=shown(path), allow=allowed)


def identify(exchange, gateway):
    """Find out who calls; refuses nobody"""
    authentication = exchange.contract.authentication
    secret = authentication.secret(exchange.request.headers)
    if secret is None:
        raise Refusal(Kind.NO_CREDENTIAL, header=authentication.header)
    exchange.key_prefix = key_prefix(secret)
    started = time.perf_counter()
    exchange.database, exchange.credential = gateway.authenticate(secret, authentication.scheme)
    exchange.auth_seconds = time.perf_counter() - started
    if exchange.credential is None:
        raise Refusal(Kind.BAD_CREDENTIAL)


def permit(exchange):
    """Check tenant, plan and ability"""
    credential, operation = exchange.credential, exchange.operation
    authentication = exchange.contract.authentication
    if not credential.active:
        raise Refusal(Kind.SUSPENDED)
    if not credential.features.get(authentication.feature):
        raise Refusal(Kind.PLAN, says='plan_access')
    if operation.feature and not credential.features.get(operation.feature):
        raise Refusal(Kind.PLAN, feature=operation.feature)
    if operation.ability and not credential.may(operation.ability):
        raise Refusal(Kind.NOT_ALLOWED, ability=operation.ability)


def inspect_head(exchange):
    """Check the headers that describe the body, and the idempotency key"""
    contract, operation, request = exchange.contract, exchange.operation, exchange.request
    if contract.takes_key(operation):
        policy = contract.idempotency
        exchange.key = read_key(
            request.headers.get(policy.header), policy.required, policy.header)
    if not operation.request:
        return
    if request.headers.get('Content-Encoding', 'identity').strip().lower() != 'identity':
        raise refused_field(
            Kind.WRONG_MEDIA_TYPE, 'compressed', 'Content-Encoding', place=HEADER)
    if has_body(request):
        _check_media_type(request)
    if (request.content_length or 0) > operation.body_limit:
        raise _too_large(operation.body_limit)


def has_body(request):
    """Tell if a request announces a body, by length or in chunks"""
    return bool(request.content_length) or 'Transfer-Encoding' in request.headers


def _check_media_type(request):
    charset = request.mimetype_params.get('charset', '').lower()
    if request.mimetype not in JSON_TYPES or charset not in UTF_8:
        raise refused_field(Kind.WRONG_MEDIA_TYPE, 'not_json_type', 'Content-Type', place=HEADER)


def read_body(exchange):
    """Return the bytes of a body, at most as many as the operation takes"""
    operation, stream = exchange.operation, exchange.request.environ['wsgi.input']
    wanted = exchange.hook or operation.request
    if not wanted or not has_body(exchange.request):
        return b''
    limit = exchange.body_limit
    length = exchange.request.content_length
    try:
        data = stream.read(limit + 1 if length is None else length)
    except Exception as error:
        raise _unreadable('broken_chunks') from error
    if len(data) > limit:
        raise _too_large(limit)
    if length is not None and len(data) < length:
        raise _unreadable('cut_off', received=len(data), length=length)
    return data


def _too_large(limit):
    return Refusal(Kind.TOO_LARGE, limit=limit)


def _unreadable(name, **values):
    return Refusal(Kind.UNREADABLE, [Reason((), name, values)])
