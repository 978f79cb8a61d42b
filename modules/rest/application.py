"""The WSGI application of the host: the REST contracts, the house's own pages, the way to Tryton's RPC.

admission (route, caller, plan, limits) → body → tenant's transaction with idempotency, shape and handler →
answer → log. Every answer is finished here: request id, timing, CORS; a refusal in its contract's dialect.
"""
import logging
from http.client import responses

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import ClosingIterator

from trytond.modules.backend import statements
from trytond.modules.kernel import timing

from . import admission
from .answers import wire
from .bodies import MIB
from .dialect import Finished, from_error
from .exchange import Exchange, request_id, utcnow
from .handling import NO_BODY, handle, read_call
from .house import house
from .journal import Entry, Journal
from .limiter import Limiter
from .refusals import Kind, Refusal
from .routes import Table, UnknownPath, WrongMethod, raw_path

logger = logging.getLogger(__name__)

MAX_LOGGED_PATH = 500
PATIENCE = 15
"""Seconds"""
RETRY_AFTER = 5
"""Seconds"""
RPC_LIMIT = 2 * MIB
"""Bytes of an RPC call that are collected before the RPC application sees it"""
PARTS = ('auth', 'compute', 'sql', 'render', 'validate', 'seal')
SECURITY = {'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'private, no-cache'}


def assemble(contracts, gateway, journal=None, limiter=None, **options):
    """Return the Application of some contracts and of the house's own pages"""
    own = house(contracts, gateway.complaints)
    return Application(
        Table([*contracts, own]), gateway, limiter or Limiter(),
        journal or Journal(gateway.write_log), own, **options)


class Application:
    """Answers every request to the host.

    table: the contracts' operations; gateway: the way to the database; limiter, journal; fallback: the
    contract that refuses what belongs to no other; rpc: WSGI application that ``serves(path)``; proxies: how
    many entries of X-Forwarded-… are to be believed; patience: seconds a request waits at most while others
    of its tenant are worked on.
    """

    def __init__(
            self, table, gateway, limiter, journal, fallback, rpc=None, proxies=0, patience=PATIENCE):
        self.table = table
        self.gateway = gateway
        self.limiter = limiter
        self.journal = journal
        self.fallback = fallback
        self.rpc = rpc
        self.patience = patience
        self.proxy = ProxyFix(
            lambda environ, start_response: (), x_for=proxies, x_proto=proxies, x_host=proxies,
            x_port=proxies)

    def __call__(self, environ, start_response):
        exchange = self._exchange(environ)
        if self._is_rpc(exchange):
            return self._forward(exchange, environ, start_response)
        finished = self._answer(exchange)
        self._note(exchange, finished.status)
        return self._send(exchange, finished, start_response)

    def admit(self, environ):
        """Decide on the head of a request alone; return None if its body is wanted.

        Otherwise the WSGI application to run instead, which reads no body. The server calls this
        before it collects a body that has not come yet; ``body_limit`` of the exchange says how
        much to collect.
        """
        exchange = self._exchange(environ)
        if self._is_rpc(exchange):
            exchange.body_limit = getattr(self.rpc, 'body_limit', RPC_LIMIT)
            return None
        finished = self._guarded(exchange, self._admit)
        return finished and self._answering(exchange, finished)

    def crowded_out(self, environ):
        """Return the WSGI application that refuses a request whose turn did not come within ``patience``.

        Nothing of it has been done: neither has a transaction begun, nor is its idempotency key reserved.
        """
        exchange = self._exchange(environ)
        return self._answering(
            exchange, self._refuse(exchange, Refusal(Kind.CROWDED, retry_after=RETRY_AFTER)))

    def _answering(self, exchange, finished):
        """Return the WSGI application that gives an answer, whatever it is asked"""
        def answer(environ, start_response):
            self._note(exchange, finished.status)
            return self._send(exchange, finished, start_response)
        return answer

    def malformed(self, refusal, address, method=None, target=None):
        """Return the answer to what is no proper request, and note it"""
        path = raw_path(target or '')
        contract = self.table.contract_of(path) or self.fallback
        finished = contract.dialect.answer(refusal, contract.dialect.languages[0])
        id_ = request_id(None)
        finished.headers.update({**SECURITY, 'X-Request-Id': id_})
        self.journal.add(Entry(
                moment=utcnow(), database=self.gateway.databases[0], request_id=id_,
                method=(method or '-')[:20], path=path[:MAX_LOGGED_PATH] or '-',
                status=finished.status, duration=0.0, address=address, contract=contract.name))
        return finished

    def close(self):
        """Finish what is written behind the requests' backs: at the end of a worker"""
        self.journal.close()

    def _exchange(self, environ):
        if 'kontor.exchange' not in environ:
            self.proxy(environ, None)
        return Exchange.of(environ)

    # The way of a request

    def _answer(self, exchange):
        if exchange.call is None:
            finished = self._guarded(exchange, self._admit)
            if finished is not None:
                return finished
        return self._guarded(exchange, self._work)

    def _guarded(self, exchange, step):
        """Run a step; whatever it raises becomes an answer"""
        try:
            return step(exchange)
        except Exception as error:
            return self._refuse(exchange, error)

    def _refuse(self, exchange, error):
        refusal = from_error(error)
        if refusal is None:
            logger.exception("request %s failed", exchange.id)
            refusal = Refusal(Kind.INTERNAL, request_id=exchange.id)
        dialect = (exchange.contract or self.fallback).dialect
        return dialect.answer(
            refusal, exchange.language, lambda: exchange.host, dialect.renaming(
                exchange.operation and exchange.operation.names,
                exchange.call and exchange.call.places))

    def _admit(self, exchange):
        """Return the answer of what needs neither body nor handler, None for what goes on"""
        if exchange.method == 'OPTIONS':
            return self._options(exchange)
        admission.route(exchange, self.table)
        call = admission.identify(exchange, self.gateway)
        admission.permit(call, self.limiter)
        admission.inspect_head(call)
        return None

    def _options(self, exchange):
        """Say which methods a path has, and to a browser what a page of another host may do there"""
        try:
            self.table.match('OPTIONS', exchange.path)
        except WrongMethod as error:
            exchange.cors = error.cors
            origin = exchange.request.headers.get('Origin')
            headers = {'Allow': error.allowed}
            if error.cors and 'Access-Control-Request-Method' in exchange.request.headers:
                headers.update(error.cors.preflight(origin, error.allowed.split(', ')))
            return Finished(204, headers)
        except UnknownPath:
            pass
        exchange.contract = self.table.contract_of(exchange.path)
        raise admission.unknown_path(exchange)

    def _work(self, exchange):
        call = exchange.call
        if call.operation.body:
            call.received = call.operation.body.receive(exchange.request)
        try:
            with timing.measuring() as parts, statements.counting() as sent:
                try:
                    finished = self._perform(call)
                except Exception as error:
                    finished = self._refuse(exchange, error)
        finally:
            if call.received:
                call.received.close()
        parts['sql'] += sent.seconds
        parts['auth'] += exchange.auth_seconds
        if exchange.writes:
            finished.headers['Server-Timing'] = server_timing(parts, exchange.milliseconds)
        return finished

    def _perform(self, call):
        """Answer a call: in its tenant's transaction, or in none if it has no tenant.

        A body that does not fit is refused inside the transaction, where a key that came with
        another body is known; but for that no lock is waited for, and without a key no transaction.
        """
        call.way.verify(call)
        flaw = None
        try:
            read_call(call)
        except Refusal as error:
            if not call.key:
                raise
            flaw = error

        def work():
            if flaw:
                raise flaw
            return handle(call)
        if call.caller.company is None or call.operation.detached:
            return work()
        return self.gateway.perform(call, work, () if flaw else tuple(call.operation.locks))

    # Tryton's own protocol

    def _is_rpc(self, exchange):
        return self.rpc is not None and self.rpc.serves(exchange.path)

    def _forward(self, exchange, environ, start_response):
        """Hand a request to the RPC application; it gets a request id and a line in the log as well"""
        status = 500

        def start(line, headers, exc_info=None):
            nonlocal status
            status = int(line.split()[0])
            headers = [h for h in headers if h[0].lower() != 'x-request-id']
            return start_response(line, [*headers, ('X-Request-Id', exchange.id)], exc_info)
        try:
            body = self.rpc(environ, start)
        except Exception as error:
            finished = self._refuse(exchange, error)
            self._note(exchange, finished.status)
            return self._send(exchange, finished, start_response)
        return ClosingIterator(body, lambda: self._note(exchange, status))

    # The end of a request

    @staticmethod
    def _send(exchange, finished, start_response):
        """Give an answer to the server; return its body"""
        headers = {**SECURITY, **finished.headers, 'X-Request-Id': exchange.id}
        if exchange.cors:
            headers.update(exchange.cors.answer(exchange.request.headers.get('Origin')))
        bare = exchange.method == 'HEAD' or finished.status in NO_BODY
        length, body = wire(finished.body, bare)
        if finished.status not in NO_BODY and length is not None:
            headers['Content-Length'] = str(length)
        fields = list(headers.items())
        fields += [('Set-Cookie', cookie) for cookie in finished.cookies]
        start_response(
            f'{finished.status} {responses.get(finished.status, "Unknown")}', fields)
        return body

    def _note(self, exchange, status):
        """Put a request into the log"""
        operation, call = exchange.operation, exchange.call
        if operation and not operation.logged:
            return
        self.journal.add(Entry(
                moment=exchange.moment, database=exchange.database or self.gateway.databases[0],
                request_id=exchange.id, method=exchange.method[:20],
                path=exchange.path[:MAX_LOGGED_PATH], status=status,
                duration=round(exchange.milliseconds, 3), address=exchange.address,
                contract=exchange.contract.name if exchange.contract else None,
                operation=operation.id if operation else None,
                company=call.caller.company if call else None,
                credential=call.caller.id if call else None,
                key_prefix=exchange.key_prefix))


def server_timing(parts, total):
    """Return the value of Server-Timing: named parts in milliseconds.

    compute is what is left of ``total`` (ms) when the named parts (seconds) are taken away.
    """
    spent = {name: parts.get(name, 0.0) * 1000 for name in PARTS}
    spent['compute'] = max(0.0, total - sum(v for n, v in spent.items() if n != 'compute'))
    return ', '.join(f'{name};dur={spent[name]:.1f}' for name in PARTS)
