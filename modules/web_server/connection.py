"""One client's connection: bytes in, bytes out, and how long it may take for either.

Nothing here waits. The poller reads what has come and writes what fits, so that a slow client costs a
few kilobytes and no thread. A body that is larger than that goes to an unnamed file as it comes.
"""
import io
import logging
import math
import selectors
import socket
import struct
import threading
import time

from gunicorn.http.unreader import Unreader

from trytond.modules.rest.spool import IN_MEMORY, unnamed, writing

from .framing import ChunkScan, head_end

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
MAX_HEAD = 64 * 1024
"""Bytes of request line and header fields together"""
MAX_REQUEST_LINE = 8190
MAX_FRAMING = 64 * 1024
"""Bytes that a chunked body may have around its chunks, beside as many as it may hold itself"""
HEAD_SECONDS = 4.5
"""From the first byte of a request to the end of its head"""
STALL_SECONDS = 4.5
"""Without a single byte of an announced body"""
GRACE_SECONDS, BODY_RATE = 10, 1024
"""A body must have come after GRACE_SECONDS and one second per BODY_RATE bytes"""
WRITE_SECONDS, WRITE_RATE = 10, 4096
"""The same for a client that takes its answer"""
LINGER_SECONDS, LINGER_BYTES = 5, 64 * 1024 * 1024
"""How long, and how much of, an unwanted body is read and thrown away after the answer"""


class Held(Unreader):
    """Gunicorn's source of bytes, over bytes that are here already"""

    def __init__(self, data):
        super().__init__()
        self.buf = io.BytesIO(data)
        self.buf.seek(0, io.SEEK_END)

    def chunk(self, size_hint=None):
        return b''


class Spooled(Unreader):
    """Gunicorn's source of bytes, over a file"""

    def __init__(self, file):
        super().__init__()
        self.file = file

    def chunk(self, size_hint=None):
        return self.file.read(min(size_hint or CHUNK, CHUNK))


class Outbox:
    """What gunicorn's Response takes for a socket; keeps the bytes until the poller sends them"""

    def __init__(self):
        self.data = bytearray()

    def sendall(self, data):
        self.data += data

    send = sendall


class Connection:
    """A client's socket with its buffers.

    ``deadline`` (monotonic seconds, None while a thread works) is when its present state ends; ``busy`` tells
    that a thread works on it, and nobody else may touch its buffers. ``spool`` holds the first ``spooled``
    bytes of a body that is too large for memory, ``inbox`` the rest. ``pieces`` are those of ``answer`` that
    were not asked for yet.
    """
    spool = answer = pieces = None

    def __init__(self, sock, client, server, idle_seconds):
        self.socket = sock
        self.client = client
        self.server = server
        self.idle_seconds = idle_seconds
        self.inbox = bytearray()
        self.outbox = Outbox()
        self.requests = 0
        self.events = 0
        self.busy = False
        self.tenant = None
        self._change = threading.Lock()
        sock.setblocking(False)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expect_request()

    def expect_request(self):
        """Wait for the next request"""
        self.state = 'head'
        self.release()
        self.request = self.environ = self.response = self.scan = None
        self.length = self.spooled = 0
        self.limit = math.inf
        self.complete = True
        self.searched = 0
        self.started = time.monotonic()
        self.deadline = self.started + (HEAD_SECONDS if self.inbox else self.idle_seconds)

    def set_aside(self, unwatch):
        """Tell if a thread works on it; what has come is then left until later, ``unwatch()`` being called"""
        with self._change:
            if self.busy:
                unwatch()
            return self.busy

    def rest(self):
        """Wait for the next request, straight from the thread that has answered the last one.

        Return False if the poller has to see to it: something has come already, or is still to be sent.
        """
        with self._change:
            if self.inbox or self.outbox.data or self.events != selectors.EVENT_READ:
                return False
            self.expect_request()
            self.busy = False
            return True

    def park(self, seconds):
        """Wait for others of the same tenant, and no longer than some seconds"""
        self.state = 'parked'
        self.busy = False
        self.deadline = time.monotonic() + seconds

    def gone(self):
        """Tell if the client has gone; what it sent stays where it is"""
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def expect_body(self, limit):
        """Wait for the body of the request whose head has been read, at most ``limit`` bytes of it"""
        self.state = 'body'
        self.limit = limit
        self.started = time.monotonic()
        self._postpone()

    def _postpone(self):
        now = time.monotonic()
        self.deadline = min(
            now + STALL_SECONDS,
            self.started + GRACE_SECONDS + (self.spooled + len(self.inbox)) / BODY_RATE)

    @property
    def idle(self):
        """Between two requests, with nothing of the next one"""
        return self.state == 'head' and not self.inbox

    def receive(self):
        """Take what has come; return False when the client has gone; raises NoRoom"""
        try:
            data = self.socket.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        if not data:
            return False
        if self.idle:
            self.started = time.monotonic()
            self.deadline = self.started + HEAD_SECONDS
        self.inbox += data
        if self.state == 'body':
            if self.spool or len(self.inbox) > IN_MEMORY:
                self._spool_body()
            self._postpone()
        return True

    def _spool_body(self):
        """Write what has come of the body to its file"""
        if self.scan is None:
            end = min(len(self.inbox), self.length - self.spooled)
        else:
            self.scan.feed(self.inbox)
            end = self.scan.forget(self.inbox)
        if self.spool is None:
            self.spool = unnamed()
        self._move(end)

    def _move(self, end):
        """Move bytes from the inbox to the file"""
        with writing(), memoryview(self.inbox) as view:
            done = 0
            while done < end:
                done += self.spool.write(view[done:end])
        del self.inbox[:end]
        self.spooled += end

    def ready(self):
        """Tell if a thread can go on with what is here"""
        return self._head_ready() if self.state == 'head' else self.body_ready()

    def expect_more_head(self):
        """Go on waiting for the head; its time goes on as well"""
        self.deadline = self.started + HEAD_SECONDS

    @property
    def endless(self):
        """More has come than a head may have"""
        return len(self.inbox) > MAX_HEAD

    def _head_ready(self):
        """A whole head, or something that can never become one"""
        if self.inbox == b'\r\n':
            # An empty line before a request is allowed (RFC 9112, 2.2)
            self.inbox.clear()
            return False
        start, self.searched = self.searched, max(0, len(self.inbox) - 3)
        line = self.inbox[:MAX_REQUEST_LINE + 3]
        return (
            head_end(self.inbox, start) or self.endless
            or len(line) > MAX_REQUEST_LINE + 2 and b'\n' not in line)

    def announce(self, length, chunked):
        """Learn from the head how the body is framed"""
        self.length = length
        self.scan = ChunkScan() if chunked else None
        self.complete = self.body_ready()

    def body_ready(self):
        """Tell if the body is here, or can be refused as it is"""
        here = self.spooled + len(self.inbox)
        if self.scan is None:
            return here >= self.length
        self.scan.feed(self.inbox)
        return (
            self.scan.over or self.scan.received > self.limit or here > 2 * self.limit + MAX_FRAMING)

    def take_body(self):
        """Cut the body's bytes, as they were framed, from what has come; return gunicorn's source of them"""
        end = self.length - self.spooled if self.scan is None else self.scan.end
        self.complete = end is not None and len(self.inbox) >= end
        if self.spool is None:
            held = Held(bytes(self.inbox[:end]))
            del self.inbox[:end]
            return held
        self._move(len(self.inbox) if end is None else end)
        self.spool.seek(0)
        return Spooled(self.spool)

    def release(self):
        """Let go of the file of a body, and of an answer that nobody takes to its end"""
        spool, answer = self.spool, self.answer
        self.spool = self.answer = self.pieces = None
        if spool:
            spool.close()
        if hasattr(answer, 'close'):
            try:
                answer.close()
            except Exception:
                logger.exception("an answer could not be closed")

    def send(self):
        """Send what the client takes now; return False when it has gone"""
        data = self.outbox.data
        try:
            while data:
                del data[:self.socket.send(data[:CHUNK])]
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        return True

    def expect_reader(self):
        """Wait for the client to take the rest of its answer"""
        if self.state != 'answer':
            self.state = 'answer'
            self.started = time.monotonic()
            self.answered = len(self.outbox.data)
        taken = self.answered - len(self.outbox.data)
        self.deadline = self.started + WRITE_SECONDS + taken / WRITE_RATE

    def linger(self):
        """Say that the answer is over, and go on reading for a while.

        A socket that is closed with unread bytes resets the connection, and the client may lose the
        answer that told it why (RFC 9112, 9.6).
        """
        self.state = 'linger'
        self.dropped = 0
        self.deadline = time.monotonic() + LINGER_SECONDS
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def drop(self):
        """Read and forget; return False when it is enough"""
        try:
            dropped = len(self.socket.recv(CHUNK))
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self.dropped += dropped
        return bool(dropped) and self.dropped < LINGER_BYTES

    def abort(self):
        """Make the end of the connection an error: the client must not take half an answer for a whole one"""
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        except OSError:
            pass

    def close(self):
        """Close the socket; what a thread works with is left to the thread"""
        try:
            self.socket.close()
        except OSError:
            pass
        if not self.busy:
            self.release()
