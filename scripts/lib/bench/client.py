"""A client with minimal overhead: prepared requests, one persistent connection."""
import json
import socket


class Refused(Exception):
    """An unexpected status; the text has status and body."""


class Caller:
    """One connection to an instance. host, port: its address; secret: the tenant's key"""

    def __init__(self, host, port, secret=''):
        self._address = host, port
        self._secret = secret
        self._socket = None
        self._rest = b''

    def request(self, method, path, body=None):
        """Return the bytes of a request"""
        data = b'' if body is None else json.dumps(body).encode()
        head = [f'{method} {path} HTTP/1.1', 'Host: bench', f'X-Api-Key: {self._secret}']
        if data:
            head += ['Content-Type: application/json', f'Content-Length: {len(data)}']
        return '\r\n'.join([*head, '', '']).encode() + data

    def call(self, request, status=200):
        """Send a request; return the body of the answer. Raises Refused for another status"""
        if self._socket is None:
            self._connect()
        self._socket.sendall(request)
        got, body = self._answer()
        if got != status:
            raise Refused(f'{request.split(b" HTTP")[0].decode()} answered {got}: {body[:500].decode()}')
        return body

    def json(self, method, path, body=None, status=200):
        return json.loads(self.call(self.request(method, path, body), status))

    def close(self):
        if self._socket:
            self._socket.close()
            self._socket = None

    def _connect(self):
        self._socket = socket.create_connection(self._address, timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _answer(self):
        data = self._rest
        while (end := data.find(b'\r\n\r\n')) < 0:
            data += self._more()
        head = data[:end].lower()
        at = head.find(b'\r\ncontent-length:')
        length = int(head[at + 17:].split(b'\r\n', 1)[0]) if at >= 0 else 0
        parts, have = [data[end + 4:]], len(data) - end - 4
        while have < length:
            parts.append(self._more())
            have += len(parts[-1])
        body = b''.join(parts)
        self._rest = body[length:]
        return int(data[9:12]), body[:length]

    def _more(self):
        data = self._socket.recv(262144)
        if not data:
            raise Refused('the connection was closed')
        return data
