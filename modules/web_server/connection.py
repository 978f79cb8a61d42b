"""A client's connection: input and output buffers, and their time limits.

All calls are non-blocking. The poller reads available bytes and writes as many as the socket accepts, so that
a slow client costs a few kilobytes and no thread. A larger body is written to an unnamed file as it arrives.
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
"""Bytes of framing that a chunked body may have, in addition to as many as its own limit"""
HEAD_SECONDS = 4.5
"""From the first byte of a request to the end of its head"""
STALL_SECONDS = 4.5
"""Without a single byte of an announced body"""
GRACE_SECONDS, BODY_RATE = 10, 1024
"""Time limit of a body: GRACE_SECONDS and one second per BODY_RATE bytes"""
WRITE_SECONDS, WRITE_RATE = 10, 4096
"""Time limit of an answer: WRITE_SECONDS and one second per WRITE_RATE bytes"""
LINGER_SECONDS, LINGER_BYTES = 5, 64 * 1024 * 1024
"""Limits on reading and discarding the rest of an unwanted body after the answer"""


class BytesSource(Unreader):
    """Gunicorn's source of bytes, over bytes in memory"""

    def __init__(self, data):
        super().__init__()
        self.buf = io.BytesIO(data)
        self.buf.seek(0, io.SEEK_END)

    def chunk(self, size_hint=None):
        return b''


class FileSource(Unreader):
    """Gunicorn's source of bytes, over a file"""

    def __init__(self, file):
        super().__init__()
        self.file = file

    def chunk(self, size_hint=None):
        return self.file.read(min(size_hint or CHUNK, CHUNK))


class WriteBuffer:
    """Replacement of the socket for gunicorn's Response; buffers the bytes until the poller sends them"""

    def __init__(self):
        self.data = bytearray()

    def sendall(self, data):
        self.data += data

    send = sendall


class Connection:
    """A client's socket with its buffers.

    ``deadline`` (monotonic seconds, None while a thread works) ends the present state; while ``busy`` is set,
    a thread works on the connection and has exclusive use of its buffers. ``spool`` holds the first
    ``spooled`` bytes of a body too large for memory, ``inbox`` the rest. ``pieces`` iterates over the rest of
    ``answer``.
    """
    spool = answer = pieces = None

    def __init__(self, sock, client, server, idle_seconds):
        self.socket = sock
        self.client = client
        self.server = server
        self.idle_seconds = idle_seconds
        self.inbox = bytearray()
        self.outbox = WriteBuffer()
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

    def defer_if_busy(self, unwatch):
        """Tell if a thread works on the connection; its bytes are then left until later, by ``unwatch()``"""
        with self._change:
            if self.busy:
                unwatch()
            return self.busy

    def keep_alive(self):
        """Wait for the next request, directly from the thread that answered the last one.

        Return False if the poller has to go on: a request has arrived already, or bytes are left to send.
        """
        with self._change:
            if self.inbox or self.outbox.data or self.events != selectors.EVENT_READ:
                return False
            self.expect_request()
            self.busy = False
            return True

    def park(self, seconds):
        """Wait, at most some seconds, for other requests of the same tenant"""
        self.state = 'parked'
        self.busy = False
        self.deadline = time.monotonic() + seconds

    def gone(self):
        """Tell if the client has closed the connection; received bytes stay in the socket"""
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def expect_body(self, limit):
        """Wait for the body of a request whose head has been read; limit: bytes of the body at most"""
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
        """Between two requests, without a byte of the next one"""
        return self.state == 'head' and not self.inbox

    def receive(self):
        """Read the available bytes; return False if the client has closed; raises NoRoom"""
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
        """Write the received bytes of the body to its file"""
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
        """Tell if the received bytes are enough for a thread to continue"""
        return self._head_ready() if self.state == 'head' else self.body_ready()

    def expect_more_head(self):
        """Continue to wait for the head, with its original deadline"""
        self.deadline = self.started + HEAD_SECONDS

    @property
    def head_too_long(self):
        """The head exceeds its limit"""
        return len(self.inbox) > MAX_HEAD

    def _head_ready(self):
        """Tell if the head is complete, or can never become valid"""
        if self.inbox == b'\r\n':
            # An empty line before a request is allowed (RFC 9112, 2.2)
            self.inbox.clear()
            return False
        start, self.searched = self.searched, max(0, len(self.inbox) - 3)
        line = self.inbox[:MAX_REQUEST_LINE + 3]
        return (
            head_end(self.inbox, start) or self.head_too_long
            or len(line) > MAX_REQUEST_LINE + 2 and b'\n' not in line)

    def announce(self, length, chunked):
        """Set the framing of the body, as the head declares it"""
        self.length = length
        self.scan = ChunkScan() if chunked else None
        self.complete = self.body_ready()

    def body_ready(self):
        """Tell if the body is complete, or can already be refused"""
        here = self.spooled + len(self.inbox)
        if self.scan is None:
            return here >= self.length
        self.scan.feed(self.inbox)
        return (
            self.scan.over or self.scan.received > self.limit or here > 2 * self.limit + MAX_FRAMING)

    def take_body(self):
        """Remove the body's bytes, with their framing, from the buffer; return gunicorn's source of them"""
        end = self.length - self.spooled if self.scan is None else self.scan.end
        self.complete = end is not None and len(self.inbox) >= end
        if self.spool is None:
            held = BytesSource(bytes(self.inbox[:end]))
            del self.inbox[:end]
            return held
        self._move(len(self.inbox) if end is None else end)
        self.spool.seek(0)
        return FileSource(self.spool)

    def release(self):
        """Close the file of a body, and an answer that is not read to its end"""
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
        """Send as many bytes as the socket accepts; return False if the client has closed"""
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
        """Wait for the client to read the rest of its answer"""
        if self.state != 'answer':
            self.state = 'answer'
            self.started = time.monotonic()
            self.answered = len(self.outbox.data)
        taken = self.answered - len(self.outbox.data)
        self.deadline = self.started + WRITE_SECONDS + taken / WRITE_RATE

    def linger(self):
        """Close the sending side and continue to read for a while (lingering close).

        A socket that is closed with unread bytes resets the connection, and the client may lose the
        answer with the reason (RFC 9112, 9.6).
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
        """Read and discard; return False at the end or at the limit"""
        try:
            dropped = len(self.socket.recv(CHUNK))
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self.dropped += dropped
        return bool(dropped) and self.dropped < LINGER_BYTES

    def abort(self):
        """Make the close a reset: the client must not take a truncated answer for a complete one"""
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        except OSError:
            pass

    def close(self):
        """Close the socket; the buffers of a busy connection are left to its thread"""
        try:
            self.socket.close()
        except OSError:
            pass
        if not self.busy:
            self.release()
