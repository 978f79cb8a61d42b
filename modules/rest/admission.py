"""What is decided before a body is read: route, caller, rights, rate, kind and size of the body.

Each step fills in what it learns, or raises a Refusal. The server runs these on the head of a request, so a
refused caller need not send the rest.
"""
import time

from .contract import NEVER, REQUIRED
from .exchange import Call
from .refusals import Kind, Refusal, shown
from .replay import read_key
from .routes import UnknownPath, WrongMethod
from .ways import way_of

MOST_METHOD = 20
"""Characters of a method that are shown"""


def route(exchange, table):
    """Find contract, operation and parameters"""
    try:
        match = table.match(exchange.method, exchange.path)
    except UnknownPath:
        exchange.contract = table.contract_of(exchange.path)
        raise unknown_path(exchange) from None
    except WrongMethod as error:
        exchange.contract, exchange.cors = error.contract, error.cors
        raise Refusal(
            Kind.WRONG_METHOD, method=shown(exchange.method, MOST_METHOD), path=shown(exchange.path),
            allow=error.allowed) from None
    operation = match.operation
    exchange.contract, exchange.operation, exchange.params = match.contract, operation, match.params
    exchange.cors = operation.cors
    exchange.body_limit = operation.body.limit if operation.body else operation.body_limit


def unknown_path(exchange):
    return Refusal(Kind.UNKNOWN_PATH, path=shown(exchange.path))


def identify(exchange, gateway):
    """Find out who calls; return the Call"""
    way = way_of(exchange.contract.ways_of(exchange.operation), exchange)
    started = time.perf_counter()
    exchange.database, caller = way.identify(exchange, gateway)
    exchange.auth_seconds = time.perf_counter() - started
    exchange.call = Call(exchange, way, exchange.database, caller, gateway)
    return exchange.call


def permit(call, limiter):
    """Check tenant, plan, ability and rate"""
    call.way.permit(call)
    if rate := call.way.rate(call):
        limiter.check(*rate)


def inspect_head(call):
    """Check the headers that describe the body, and the key of a request that may be repeated"""
    contract, operation, request = call.contract, call.operation, call.exchange.request
    repeats = contract.repeats_of(operation)
    if repeats != NEVER:
        header = contract.repeats.header
        call.key = read_key(request.headers.get(header), repeats == REQUIRED, header)
    if operation.body:
        operation.body.check_head(request)
