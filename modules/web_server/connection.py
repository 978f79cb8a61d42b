"""One client's connection: bytes in, bytes out, and how long it may take for either.

Nothing here waits. The poller reads what has come and writes what fits, so that a slow client costs a
few kilobytes and no thread.
"""
import io
import math
import selectors
import socket
import threading
import time

from gunicorn.http.unreader import Unreader

from .framing import ChunkScan, head_end

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
    that a thread works on it, and nobody else may touch its buffers.
    """

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
        self.request = self.environ = self.response = self.scan = None
        self.length = 0
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
            now + STALL_SECONDS, self.started + GRACE_SECONDS + len(self.inbox) / BODY_RATE)

    @property
    def idle(self):
        """Between two requests, with nothing of the next one"""
        return self.state == 'head' and not self.inbox

    def receive(self):
        """Take what has come; return False when the client has gone"""
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
            self._postpone()
        return True

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
        if self.scan is None:
            return len(self.inbox) >= self.length
        self.scan.feed(self.inbox)
        return (
            self.scan.over or self.scan.received > self.limit
            or len(self.inbox) > 2 * self.limit + MAX_FRAMING)

    def take_body(self):
        """Cut the body's bytes, as they were framed, from what has come"""
        end = self.length if self.scan is None else self.scan.end
        self.complete = end is not None and len(self.inbox) >= end
        data = bytes(self.inbox[:end])
        del self.inbox[:end]
        return data

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

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass
