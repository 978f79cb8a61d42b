"""The one listening socket of the installation, and the answer while no web worker runs.

The supervisor opens the socket and passes it to gunicorn, so that it outlives any restart of gunicorn: no
connection is refused meanwhile. While there is no web worker, `Unavailable` answers 503 with
Retry-After in the format of the REST contracts. Standard library only.
"""
import errno
import json
import selectors
import socket
import threading
import time
import uuid
from contextlib import suppress

BACKLOG = 2048
RETRY_AFTER = 2
"""Seconds after which a client should retry"""
_PATIENCE = 3
"""Seconds that a client has to send the head of its request, and to read the answer"""
_HEAD_LIMIT = 64 * 1024
_BODY = json.dumps({
    'error': 'unavailable',
    'message': f'Kontor is starting or recovering. Try again in {RETRY_AFTER} seconds.',
    }).encode()


class Taken(Exception):
    """The address cannot be listened on; the text has the reason."""


def open_socket(host, port):
    """Return a listening socket; raise Taken."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise Taken(_reason(error, host, port)) from error
    listener.setblocking(False)
    return listener


def _reason(error, host, port):
    number = getattr(error, 'errno', None)
    if number == errno.EADDRINUSE:
        return f'port {port} of {host} is taken: stop what listens there or choose another --port'
    if number == errno.EACCES:
        return f'port {port} needs more rights than this user has: choose a --port above 1023'
    return f'{host} port {port} cannot be listened on: {error}'


def answer(head_only=False):
    """Return the bytes of the answer 503; to HEAD without the body."""
    head = (
        'HTTP/1.1 503 Service Unavailable\r\n'
        'Content-Type: application/json\r\n'
        f'Content-Length: {len(_BODY)}\r\n'
        f'Retry-After: {RETRY_AFTER}\r\n'
        f'X-Request-Id: {uuid.uuid4()}\r\n'
        'Cache-Control: no-store\r\n'
        'Connection: close\r\n\r\n')
    return head.encode() + (b'' if head_only else _BODY)


class Unavailable:
    """A thread that answers every request on a listening socket with 503 while it is switched on"""

    def __init__(self, listener):
        self._listener = listener.dup()
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._callers = {}
        self._wanted = self._stopped = False
        self._accepting = False
        self._thread = threading.Thread(target=self._run, name='unavailable', daemon=True)

    def start(self):
        self._thread.start()

    def switch(self, on):
        """Start to answer clients, or leave them to the web workers."""
        if self._wanted != on:
            self._wanted = on
            self._waker.send(b'.')

    def stop(self):
        self._stopped = True
        self._waker.send(b'.')
        self._thread.join(_PATIENCE)

    def _run(self):
        while not self._stopped:
            self._obey()
            for key, _ in self._selector.select(timeout=0.5 if self._callers else None):
                if key.fileobj is self._wake:
                    self._wake.recv(4096)
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._receive(key.fileobj)
            self._dismiss_slow()
        self._listener.close()

    def _obey(self):
        if self._wanted == self._accepting:
            return
        if self._wanted:
            self._selector.register(self._listener, selectors.EVENT_READ, None)
        else:
            self._selector.unregister(self._listener)
        self._accepting = self._wanted

    def _accept(self):
        with suppress(OSError):
            caller, _ = self._listener.accept()
            caller.setblocking(False)
            self._callers[caller] = (bytearray(), time.monotonic() + _PATIENCE)
            self._selector.register(caller, selectors.EVENT_READ, None)

    def _receive(self, caller):
        """Read the head of a request, answer it, then read until the client closes."""
        head, until = self._callers[caller]
        try:
            received = caller.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            received = b''
        if not received:
            self._close(caller)
            return
        if head is None:        # already answered: the bytes are of the body
            return
        head.extend(received)
        if b'\r\n\r\n' in head or len(head) > _HEAD_LIMIT:
            self._callers[caller] = (None, until)
            self._send(caller, head.startswith(b'HEAD '))

    def _send(self, caller, head_only):
        """Send the answer. The client closes, so that bytes of its body still in transit do not reset the
        connection before it has read the answer.
        """
        try:
            caller.sendall(answer(head_only))
            caller.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(caller)

    def _dismiss_slow(self):
        now = time.monotonic()
        for caller, (_, until) in list(self._callers.items()):
            if until < now:
                self._close(caller)

    def _close(self, caller):
        del self._callers[caller]
        self._selector.unregister(caller)
        caller.close()
