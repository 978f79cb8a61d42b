"""The WSGI application of the host: REST contracts, the house's own pages, the way to Tryton's RPC.

admission (route, credential, plan, limits) → body → tenant's transaction with idempotency, shape and
handler → answer → log. Every answer is finished here: request id, timing, the contract's error shape.
"""
import logging
from http.client import responses

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import ClosingIterator

from trytond.modules.backend import statements
from trytond.modules.kernel import timing

from . import admission
from .contract import MIB, Call
from .dialect import Finished, from_error
from .exchange import Exchange, Task, request_id, utcnow
from .handling import NO_BODY, handle, read_call
from .journal import Entry
from .refusals import Kind, Refusal
from .routes import UnknownPath, WrongMethod, raw_path

logger = logging.getLogger(__name__)

MAX_LOGGED_PATH = 500
PATIENCE = 15
RETRY_AFTER = 5
"""Seconds"""
PAGE_METHODS = 'GET, HEAD, OPTIONS'
RPC_LIMIT = 2 * MIB
"""Bytes of an RPC call that are collected before the RPC application sees it"""
PARTS = ('auth', 'compute', 'sql', 'render', 'validate', 'seal')
SECURITY = {'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'private, no-cache'}


class Application:
    """Answers every request to the host.

    table: the contracts' operations; gateway: the way to the database; limiter, journal; pages:
    {path: function(Request) → Finished} of the house; rpc: WSGI application that ``serves(path)``;
    proxies: how many entries of X-Forwarded-… are to be believed; hooks: the Hooks; patience: seconds a
    request waits at most while others of its tenant are worked on.
    """

    def __init__(
            self, table, gateway, limiter, journal, fallback, pages=None, rpc=None, proxies=0, hooks=(),
            patience=PATIENCE):
        self.table = table
        self.gateway = gateway
        self.limiter = limiter
        self.journal = journal
        self.fallback = fallback
        self.pages = pages or {}
        self.rpc = rpc
        self.hooks = tuple(hooks)
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
        if exchange.credential is None:
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
        operation = exchange.operation
        return dialect.answer(
            refusal, exchange.language, lambda: exchange.host,
            dialect.renaming(operation and operation.names, exchange.places))

    def _admit(self, exchange):
        """Return the answer of what needs no body and no tenant, None for what goes on"""
        if exchange.method == 'OPTIONS':
            return self._options(exchange)
        if page := self.pages.get(exchange.path):
            if exchange.method not in {'GET', 'HEAD'}:
                raise admission.wrong_method(exchange.method, exchange.path, PAGE_METHODS)
            return page(exchange.request)
        if hook := self._hook(exchange.path):
            return admission.call_hook(exchange, hook, self.gateway)
        admission.route(exchange, self.table)
        admission.identify(exchange, self.gateway)
        admission.permit(exchange)
        self.limiter.check(exchange.credential)
        admission.inspect_head(exchange)
        return None

    def _hook(self, path):
        return next((hook for hook in self.hooks if path.startswith(hook.prefix)), None)

    def _options(self, exchange):
        """Say which methods a path has"""
        if exchange.path in self.pages:
            return Finished(204, {'Allow': PAGE_METHODS})
        try:
            self.table.match('OPTIONS', exchange.path)
        except WrongMethod as error:
            return Finished(204, {'Allow': error.allowed})
        except UnknownPath:
            pass
        exchange.contract = self.table.contract_of(exchange.path)
        raise admission.unknown_path(exchange.path)

    def _work(self, exchange):
        data = admission.read_body(exchange)
        with timing.measuring() as parts, statements.counting() as sent:
            try:
                finished = self._perform(exchange, data)
            except Exception as error:
                finished = self._refuse(exchange, error)
        parts['sql'] += sent.seconds
        parts['auth'] += exchange.auth_seconds
        if exchange.writes:
            finished.headers['Server-Timing'] = server_timing(parts, exchange.milliseconds)
        return finished

    def _perform(self, exchange, data):
        if hook := exchange.hook:
            return hook.receive(
                self.gateway, exchange.credential, exchange.request.headers, data)
        return self.gateway.perform(self._task(exchange, data))

    def _task(self, exchange, data):
        """Return the Task of a request.

        A body that does not fit is refused inside the transaction, where a key that came with
        another body is known; but for that no lock is waited for, and without a key no transaction.
        """
        operation, contract = exchange.operation, exchange.contract
        call = Call(
            operation=operation, contract=contract, credential=exchange.credential,
            params=exchange.params, headers=exchange.request.headers, language=exchange.language,
            request_id=exchange.id, remote_address=exchange.address, places=exchange.places)
        flaw = None
        try:
            read_call(call, exchange.request.environ.get('QUERY_STRING', ''), data)
        except Refusal as error:
            if not exchange.key:
                raise
            flaw = error
        return Task(
            database=exchange.database, credential=exchange.credential,
            context=exchange.context(), work=_work_of(call, flaw),
            readonly=not operation.writes, locks=() if flaw else tuple(operation.locks),
            key=exchange.key, place=(contract.name, operation.method, exchange.path), data=data,
            hours=contract.idempotency.hours if contract.idempotency else 0,
            header=contract.idempotency.header if contract.idempotency else '')

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
        if finished.status not in NO_BODY:
            headers['Content-Length'] = str(len(finished.body))
        start_response(
            f'{finished.status} {responses.get(finished.status, "Unknown")}', list(headers.items()))
        return [] if exchange.method == 'HEAD' else [finished.body]

    def _note(self, exchange, status):
        """Put a request into the log; the house's own pages are not worth a line"""
        if exchange.path in self.pages:
            return
        credential = exchange.credential
        self.journal.add(Entry(
                moment=exchange.moment, database=exchange.database or self.gateway.databases[0],
                request_id=exchange.id, method=exchange.method[:20],
                path=exchange.path[:MAX_LOGGED_PATH], status=status,
                duration=round(exchange.milliseconds, 3), address=exchange.address,
                contract=exchange.contract.name if exchange.contract else None,
                operation=exchange.operation.id if exchange.operation else None,
                company=credential.company if credential else None,
                credential=credential.id if credential else None,
                key_prefix=exchange.key_prefix))


def _work_of(call, flaw):
    def work():
        if flaw:
            raise flaw
        return handle(call)
    return work


def server_timing(parts, total):
    """Return the value of Server-Timing: named parts in milliseconds.

    compute is what is left of ``total`` (ms) when the named parts (seconds) are taken away.
    """
    spent = {name: parts.get(name, 0.0) * 1000 for name in PARTS}
    spent['compute'] = max(0.0, total - sum(v for n, v in spent.items() if n != 'compute'))
    return ', '.join(f'{name};dur={spent[name]:.1f}' for name in PARTS)
