"""Gunicorn's threaded worker, with two differences.

A thread never waits for a client. The poller collects a request's head, a thread decides on it (route, key,
limits), the poller collects the body, a thread answers, the poller sends the bytes that the client did not
read at once. A long answer is requested from the application piece by piece, as the client reads it. Eight or
eight hundred half-open connections delay no other request. Nor does a thread wait for another request of the
same tenant: a request above the limit is parked (``gate``), and refused after some time.

A request refused by gunicorn itself (request line, header fields, lengths, chunks) is answered in the error
format of the application, with a request id, never as HTML.
"""
import errno
import functools
import http.client
import selectors
import time
from datetime import datetime

from gunicorn.http import errors, wsgi
from gunicorn.http.message import Request, _ip_in_allow_list
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.workers.gthread import ThreadWorker

from .connection import Connection, BytesSource
from trytond.modules.rest.refusals import HEADER, Kind, Refusal, refused_field
from trytond.modules.rest.spool import RETRY_AFTER, NoRoom
from .gate import Gate
from .threads import Threads

POLL_SECONDS = 0.25
STOP_SECONDS = 1.0
"""Seconds for which a stopping worker keeps connections without a request"""

MAX_ADDRESSES = 1024
HIGH_WATER = 256 * 1024
"""Buffered bytes of an answer above which no further pieces are requested"""
TURN = 4 * 1024 * 1024
"""Bytes of an answer after which its thread serves other requests"""
MORE, WAIT, STREAM, KEEP, CLOSE, FORGET = 'more', 'wait', 'stream', 'keep', 'close', 'forget'
"""Next step of a connection after a thread has worked on it"""

REFUSALS = [
    (errors.LimitRequestLine, Kind.LINE_TOO_LONG, None),
    (errors.LimitRequestHeaders, Kind.HEADERS_TOO_LARGE, None),
    (errors.ExpectationFailed, Kind.EXPECTATION, None),
    (errors.InvalidRequestMethod, Kind.MALFORMED, 'malformed_method'),
    (errors.InvalidHTTPVersion, Kind.MALFORMED, 'malformed_version'),
    (errors.InvalidRequestLine, Kind.MALFORMED, 'malformed_line'),
    (errors.UnsupportedTransferCoding, Kind.MALFORMED, 'malformed_coding'),
    (errors.ObsoleteFolding, Kind.MALFORMED, 'malformed_folding'),
    ((errors.InvalidHeader, errors.InvalidHeaderName), Kind.MALFORMED, 'malformed_header'),
    (errors.ParseException, Kind.MALFORMED, None),
    ]
"""Error of gunicorn's parser → kind of refusal and name of its sentence"""


def refusal_of(error):
    """Return the Refusal for an error of gunicorn's parser or a full disk, None for any other error"""
    if isinstance(error, errors.InvalidHeader) and error.hdr in {
            'CONTENT-LENGTH', 'TRANSFER-ENCODING'}:
        return refused_field(Kind.MALFORMED, 'malformed_value', error.hdr.title(), place=HEADER)
    if isinstance(error, NoRoom):
        return Refusal(Kind.UNAVAILABLE, retry_after=RETRY_AFTER)
    return next((
            Refusal(kind, says=name) for types, kind, name in REFUSALS if isinstance(error, types)),
        None)


class Head(Request):
    """Gunicorn's parser with a cache of the lookup of an address among the trusted proxies"""

    def _peer_is_trusted_proxy(self):
        return not isinstance(self.peer_addr, tuple) or _is_trusted(self.cfg, self.peer_addr[0])


@functools.lru_cache(MAX_ADDRESSES)
def _is_trusted(cfg, address):
    return _ip_in_allow_list(address, cfg.forwarded_allow_ips, cfg.forwarded_allow_networks())


class Worker(ThreadWorker):

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Header fields cannot set the application's own variables, and answers are sent by way of the outbox
        self.cfg.set('forwarder_headers', '')
        self.cfg.set('sendfile', False)
        self.cfg.set('http_parser', 'python')
        self.gate = Gate(max(1, self.cfg.threads // 2))
        self.connections = set()
        self.looked = self.notified = self.asked = 0.0

    def get_thread_pool(self):
        return Threads(self.cfg.threads)

    def run(self):
        try:
            super().run()
        finally:
            self.wsgi.close()

    # In the poller's thread

    def accept(self, listener):
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self.log.warning("no connection can be accepted: %s", error)
                time.sleep(0.05)
            elif error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED):
                raise
            return
        conn = Connection(sock, client, listener.getsockname(), self.cfg.keepalive)
        self.nr_conns += 1
        self.connections.add(conn)
        self._watch(conn, selectors.EVENT_READ)

    def enqueue_req(self, conn):
        """Submit a connection to the thread pool"""
        self.tpool.submit(self._go_on, conn)

    def _watch(self, conn, events):
        """Register a connection's events with the poller; 0 unregisters it"""
        if conn.events == events:
            return
        if not conn.events:
            self.poller.register(
                conn.socket, events, functools.partial(self.on_event, conn))
        elif events:
            self.poller.modify(conn.socket, events, functools.partial(self.on_event, conn))
        else:
            self.poller.unregister(conn.socket)
        conn.events = events

    def on_event(self, conn, _):
        """Handle a readable or writable connection"""
        if conn.defer_if_busy(lambda: self._watch(conn, 0)):
            return
        if conn.state == 'parked':
            self._on_parked(conn)
        elif conn.state == 'linger':
            if not conn.drop():
                self._forget(conn)
        elif conn.state == 'answer':
            self._send(conn)
        else:
            self._receive(conn)

    def _receive(self, conn):
        try:
            here = conn.receive()
        except NoRoom as error:
            self.log.error("a body cannot be kept: %s", error)
            self._give_up(conn, refusal_of(error))
            return
        if not here:
            self._forget(conn)
        elif conn.ready():
            self._hand_over(conn)

    def _give_up(self, conn, refusal):
        """Refuse an incomplete request and discard its bytes"""
        self._refuse(conn, refusal)
        conn.release()
        conn.next = CLOSE
        self._send(conn)

    def _on_parked(self, conn):
        """Handle an event of a queued connection: its close, or bytes of the next request"""
        if conn.gone() and self.gate.withdraw(conn.tenant, conn):
            self._forget(conn)
        else:
            self._watch(conn, 0)

    def _hand_over(self, conn, state=None):
        """Submit a connection to the thread pool, as busy.

        The poller keeps watching it: usually no bytes arrive meanwhile, and otherwise ``defer_if_busy``
        unregisters it.
        """
        conn.busy = True
        conn.deadline = None
        conn.state = state or conn.state
        self.enqueue_req(conn)

    def finish_request(self, conn, wanted):
        """Continue with a connection after a thread has worked on it"""
        if wanted == WAIT:
            self._park(conn)
            return
        conn.busy = False
        if wanted == FORGET:
            self._forget(conn)
        elif wanted == MORE:
            self._watch(conn, selectors.EVENT_READ)
        else:
            conn.next = wanted
            self._send(conn)

    def _park(self, conn):
        """Park a connection until it is admitted, unless it has been already"""
        if self.gate.is_queued(conn.tenant, conn):
            conn.park(self.wsgi.patience)
            self._watch(conn, selectors.EVENT_READ)

    def _resume(self, conn):
        """Continue with a connection that has been admitted"""
        self._hand_over(conn, 'admitted')

    def _send(self, conn):
        if not conn.send():
            self._forget(conn)
        elif conn.outbox.data:
            conn.expect_reader()
            self._watch(conn, selectors.EVENT_WRITE)
        elif conn.next == STREAM:
            self._hand_over(conn, 'stream')
        elif conn.next == KEEP and self.alive:
            self._next_request(conn)
        elif conn.linger():
            self._watch(conn, selectors.EVENT_READ)
        else:
            self._forget(conn)

    def _next_request(self, conn):
        conn.expect_request()
        if conn.inbox and conn.ready():
            self._hand_over(conn)
        else:
            self._watch(conn, selectors.EVENT_READ)

    def _forget(self, conn):
        if conn in self.connections:
            self._watch(conn, 0)
            self.connections.discard(conn)
            self.nr_conns -= 1
        conn.close()

    def notify(self):
        """Touch the heartbeat file for the arbiter, but not with every request"""
        now = time.monotonic()
        if now - self.notified >= POLL_SECONDS:
            self.notified = now
            super().notify()

    def is_parent_alive(self):
        now = time.monotonic()
        if now - self.asked < POLL_SECONDS:
            return True
        self.asked = now
        return super().is_parent_alive()

    def wait_for_and_dispatch_events(self, timeout):
        super().wait_for_and_dispatch_events(min(timeout, POLL_SECONDS))

    def murder_keepalived(self, force=False):
        """End connections past their deadline; called after each round of the poller"""
        now = time.monotonic()
        if now - self.looked < POLL_SECONDS / 2 and not force:
            return
        self.looked = now
        for conn in list(self.connections):
            if not self.alive and conn.idle and conn.deadline:
                conn.deadline = min(conn.deadline, now + STOP_SECONDS)
            if force:
                self._forget(conn)
            elif conn.deadline and conn.deadline <= now and not conn.busy:
                self._expire(conn)

    def murder_pending(self):
        pass

    def _expire(self, conn):
        if conn.state == 'parked':
            if self.gate.withdraw(conn.tenant, conn):
                self._hand_over(conn, 'crowded out')
        elif conn.state in {'head', 'body'} and not conn.idle:
            self._give_up(conn, Refusal(Kind.TOO_SLOW))
        else:
            self._forget(conn)

    # In a thread of the pool

    def _go_on(self, conn):
        try:
            wanted = self.handle(conn)
        except BaseException:
            self.log.exception("Error in a worker thread")
            wanted = FORGET
        if not (wanted == KEEP and self.alive and conn.keep_alive()):
            self.method_queue.defer(self.finish_request, conn, wanted)

    def handle(self, conn):
        """Continue with a connection as far as its bytes allow; return MORE, WAIT, STREAM, KEEP or CLOSE"""
        try:
            if conn.state == 'stream':
                return self._pump(conn)
            if conn.state == 'head':
                if not self._read_head(conn):
                    return MORE
                if refused := self.wsgi.admit(conn.environ):
                    self._give_body(conn)
                    return self._answer(conn, refused)
                if not self._collected(conn):
                    return MORE
            return self._work(conn)
        except Exception as error:
            return self._failed(conn, error)

    def _work(self, conn):
        """Run the application, unless its tenant's threads are at their limit"""
        if conn.state == 'crowded out':
            self._give_body(conn)
            return self._answer(conn, self.wsgi.crowded_out(conn.environ))
        exchange = conn.environ['kontor.exchange']
        conn.tenant, exclusive = exchange.tenant, exchange.exclusive
        if conn.state != 'admitted' and not self.gate.enter(conn.tenant, exclusive, conn):
            return WAIT
        try:
            self._give_body(conn)
            return self._answer(conn, self.wsgi)
        finally:
            if waiting := self.gate.leave(exchange.tenant, exclusive):
                self.method_queue.defer(self._resume, waiting)

    def _read_head(self, conn):
        """Parse the head; return False if it is incomplete after all"""
        held = BytesSource(bytes(conn.inbox))
        try:
            conn.request = Head(self.cfg, held, conn.client, conn.requests + 1)
        except (errors.NoMoreData, StopIteration):
            if conn.head_too_long:
                raise errors.LimitRequestHeaders('head') from None
            conn.expect_more_head()
            return False
        conn.requests += 1
        conn.inbox[:] = held.take_buffered()
        reader = conn.request.body.reader
        conn.announce(getattr(reader, 'length', 0), isinstance(reader, ChunkedReader))
        self._prepare(conn)
        return True

    def _prepare(self, conn):
        """Make gunicorn's response and environment for the request"""
        conn.continues = conn.request._expected_100_continue
        conn.request._expected_100_continue = False
        conn.response, conn.environ = wsgi.create(
            conn.request, conn.outbox, conn.client, conn.server, self.cfg)
        conn.environ['wsgi.multithread'] = True

    def _collected(self, conn):
        """Tell if the body is complete or unwanted; otherwise start to wait for it"""
        limit = conn.environ['kontor.exchange'].body_limit
        if conn.complete or conn.length > limit:
            return True
        if conn.continues:
            conn.outbox.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
            conn.send()
        conn.expect_body(limit)
        return conn.body_ready()

    def _give_body(self, conn):
        """Make the collected body the application's input"""
        source = conn.take_body()
        if conn.scan is None:
            reader = LengthReader(source, conn.length)
        else:
            reader = ChunkedReader(conn.request, source)
        conn.request.body = conn.environ['wsgi.input'] = Body(reader)

    def _answer(self, conn, app):
        response, conn.answering = conn.response, datetime.now()
        if not (self.alive and self.cfg.keepalive and conn.complete):
            response.force_close()
        conn.answer = app(conn.environ, response.start_response)
        if isinstance(conn.answer, list):
            for piece in conn.answer:
                response.write(piece)
            return self._end(conn)
        conn.pieces = iter(conn.answer)
        return self._pump(conn)

    def _pump(self, conn):
        """Request pieces of an answer until its end, or until the output buffer is full"""
        turn = conn.response.sent + TURN
        for piece in conn.pieces:
            conn.response.write(piece)
            if len(conn.outbox.data) >= HIGH_WATER:
                if not conn.send():
                    return FORGET
                if conn.outbox.data or conn.response.sent >= turn:
                    return STREAM
        return self._end(conn)

    def _end(self, conn):
        """End an answer that is sent or buffered completely"""
        response = conn.response
        response.close()
        self.log.access(response, conn.request, conn.environ, datetime.now() - conn.answering)
        conn.release()
        conn.send()
        return CLOSE if response.should_close() or not conn.complete else KEEP

    def _failed(self, conn, error):
        """Answer a refusal of gunicorn's parser or an unexpected error"""
        refusal = refusal_of(error)
        if refusal is None:
            self.log.exception("Error handling a request")
            refusal = Refusal(Kind.INTERNAL, says='internal_unread')
        else:
            self.log.debug("Refused a request of %s: %s", conn.client, error)
        conn.release()
        if conn.response and conn.response.headers_sent:
            conn.abort()
            return FORGET
        self._refuse(conn, refusal)
        return CLOSE

    def _refuse(self, conn, refusal):
        """Put a complete refusal into the output buffer, for a request in any state"""
        request = conn.request
        finished = self.wsgi.malformed(
            refusal, conn.client[0] if conn.client else '',
            getattr(request, 'method', None), getattr(request, 'uri', None))
        head = [f'HTTP/1.1 {finished.status} {http.client.responses.get(finished.status, "")}']
        headers = {
            **finished.headers, 'Content-Length': len(finished.body), 'Connection': 'close'}
        head += [f'{name}: {value}' for name, value in headers.items()]
        conn.outbox.sendall('\r\n'.join([*head, '', '']).encode('latin-1') + finished.body)
