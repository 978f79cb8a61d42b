"""What is decided before a body is read: route, credential, plan, rate, size and kind of the body.

Each step is a function of the Exchange that fills in what it learns, or raises a Problem. The server
runs these on the head of a request, so a refused caller need not send the rest.
"""
import time

from .contract import Problem
from .exchange import key_prefix
from .problems import forbidden, too_large, unknown_path, unsupported, wrong_method
from .replay import read_key
from .routes import UnknownPath, WrongMethod

JSON_TYPES = frozenset({'application/json'})
UTF_8 = frozenset({'', 'utf-8', 'utf8'})
INVALID = 'invalid_argument'


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
        raise too_large(hook.body_limit)
    exchange.hook, exchange.credential, exchange.database = hook, caller, caller.database
    exchange.body_limit = hook.body_limit


def identify(exchange, gateway):
    """Find out who calls; 401 for nobody"""
    authentication = exchange.contract.authentication
    secret = authentication.secret(exchange.request.headers)
    if secret is None:
        raise Problem(
            401, authentication.missing, f"The header {authentication.header} is missing")
    exchange.key_prefix = key_prefix(secret)
    started = time.perf_counter()
    exchange.database, exchange.credential = gateway.authenticate(secret, authentication.scheme)
    exchange.auth_seconds = time.perf_counter() - started
    if exchange.credential is None:
        raise Problem(401, authentication.invalid, "The key is invalid or revoked")


def permit(exchange):
    """Check tenant, plan and ability; 403 with the reason"""
    credential, operation = exchange.credential, exchange.operation
    authentication = exchange.contract.authentication
    reason = None
    if not credential.active:
        reason = "The account is suspended"
    elif not credential.features.get(authentication.feature):
        reason = "The plan does not include API access"
    elif operation.feature and not credential.features.get(operation.feature):
        reason = f"The plan does not include {operation.feature}"
    elif operation.ability and not credential.may(operation.ability):
        reason = f"The key lacks the ability {operation.ability}"
    if reason:
        raise forbidden(reason, authentication.forbidden)


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
        raise unsupported("Content-Encoding: a compressed body is not accepted")
    if has_body(request):
        _check_media_type(request)
    if (request.content_length or 0) > operation.body_limit:
        raise too_large(operation.body_limit)


def has_body(request):
    """Tell if a request announces a body, by length or in chunks"""
    return bool(request.content_length) or 'Transfer-Encoding' in request.headers


def _check_media_type(request):
    charset = request.mimetype_params.get('charset', '').lower()
    if request.mimetype not in JSON_TYPES or charset not in UTF_8:
        raise unsupported("Content-Type: must be application/json, encoded as UTF-8")


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
        raise Problem(400, _invalid(exchange), "body: its chunks are malformed") from error
    if len(data) > limit:
        raise too_large(limit)
    if length is not None and len(data) < length:
        raise Problem(
            400, _invalid(exchange), f"body: ended after {len(data)} of {length} bytes")
    return data


def _invalid(exchange):
    return exchange.contract.invalid if exchange.contract else INVALID
