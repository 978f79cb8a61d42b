"""Frames over a socket: one byte for the kind, eight for the length, then the body."""
import socket
import struct
import time

HEAD = struct.Struct('>cQ')
READY, FAILED, JOB, DONE = b'R', b'F', b'J', b'D'
MOST = 1 << 30


class Closed(Exception):
    """The other end of the socket is closed"""


class Channel:
    """One end of a socket pair; ``deadline`` is a value of `time.monotonic`, None for no limit"""

    def __init__(self, sock):
        self.sock = sock

    def send(self, kind, body, deadline=None):
        """Raises Closed or TimeoutError"""
        self._limit(deadline)
        try:
            self.sock.sendall(HEAD.pack(kind, len(body)) + body)
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed from error

    def receive(self, deadline=None):
        """Return (kind, body); raises Closed or TimeoutError"""
        kind, length = HEAD.unpack(self._exactly(HEAD.size, deadline))
        if length > MOST:
            raise Closed
        return kind, self._exactly(length, deadline)

    def _exactly(self, length, deadline):
        buffer = bytearray(length)
        view = memoryview(buffer)
        while view:
            self._limit(deadline)
            try:
                count = self.sock.recv_into(view)
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed from error
            if not count:
                raise Closed
            view = view[count:]
        return bytes(buffer)

    def _limit(self, deadline):
        if deadline is None:
            self.sock.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)

    def close(self):
        self.sock.close()


def pair():
    """Return (our end, the socket of the other process)"""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs
