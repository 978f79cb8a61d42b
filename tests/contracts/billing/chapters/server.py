"""Requests as bytes, to the web server that ``config/gunicorn.conf.py`` sets up: malformed heads, lengths,
chunks.

A request that comes too slowly is refused after some seconds; those are sent first and read last.
"""
import contextlib
import socket

from werkzeug.datastructures import Headers

from tests.support.gunicorn import HOST, served

HEAD = b'Host: x\r\n'
MALFORMED = {
    'no HTTP': b'GARBAGE\r\n\r\n', 'empty lines': b'\r\n\r\n',
    'TLS': b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    'HTTP 9.9': b'GET / HTTP/9.9\r\n\r\n', 'no version': b'GET /\r\n\r\n',
    'HTTP 2 by prior knowledge': b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a method in small letters': b'get / HTTP/1.1\r\n' + HEAD + b'\r\n',
    'line feeds alone': b'GET / HTTP/1.1\nHost: x\n\n',
    'a byte beyond ASCII': b'GET /\xff HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a path without a slash': b'GET api HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a blank in the path': b'GET /api/units x HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a fragment': b'GET /api/units#x HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a field without a colon': b'GET / HTTP/1.1\r\n' + HEAD + b'No colon\r\n\r\n',
    'a field with a blank before the colon': b'GET / HTTP/1.1\r\n' + HEAD + b'A : b\r\n\r\n',
    'a field with NUL': b'GET / HTTP/1.1\r\n' + HEAD + b'A: b\x00c\r\n\r\n',
    'a field over two lines': b'GET / HTTP/1.1\r\n' + HEAD + b'A: b\r\n c\r\n\r\n',
    'SCRIPT_NAME': b'GET / HTTP/1.1\r\n' + HEAD + b'SCRIPT_NAME: /x\r\n\r\n',
    'two hosts': b'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
    'no host': b'GET /api/units HTTP/1.1\r\n\r\n', 'HTTP 1.0': b'GET /api/units HTTP/1.0\r\n\r\n',
    'a length below nothing': b'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n',
    'a length of letters': b'POST / HTTP/1.1\r\nContent-Length: abc\r\n\r\n',
    'a length beyond ASCII': b'POST / HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n',
    'a length with a plus': b'POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n',
    'two lengths': b'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'a length and chunks': b'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'gzip as transfer': b'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n',
    'nonsense as transfer': b'POST / HTTP/1.1\r\nTransfer-Encoding: nonsense\r\n\r\n',
    'an unknown expectation': b'POST / HTTP/1.1\r\nExpect: 200-maybe\r\n\r\n',
    'a long request line': b'GET /' + b'a' * 9000 + b' HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a long request line below the contract': b'GET /api/' + b'a' * 9000 + b' HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a request line without end': b'GET /' + b'a' * 9000,
    'a long field': b'GET / HTTP/1.1\r\nA: ' + b'b' * 20_000 + b'\r\n\r\n',
    'a field of 16 kB': b'GET /api/units HTTP/1.1\r\nA: ' + b'b' * 16_000 + b'\r\n\r\n',
    '101 fields': b'GET / HTTP/1.1\r\n' + b'A: b\r\n' * 101 + b'\r\n',
    'fields without end': b'GET / HTTP/1.1\r\n' + b'Abc: defghijk\r\n' * 10_000,
    'CONNECT': b'CONNECT host:443 HTTP/1.1\r\n' + HEAD + b'\r\n',
    'TRACE': b'TRACE /api/units HTTP/1.1\r\n' + HEAD + b'\r\n',
    'OPTIONS *': b'OPTIONS * HTTP/1.1\r\n' + HEAD + b'\r\n',
    'two slashes': b'GET //api/units HTTP/1.1\r\n' + HEAD + b'\r\n',
    'an encoded path': b'GET /%61pi/units HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a whole address': b'GET http://x/api/units HTTP/1.1\r\n' + HEAD + b'\r\n',
    'a whole address elsewhere': b'GET http://x/nothing HTTP/1.1\r\n' + HEAD + b'\r\n'}
CHUNKS = {
    'one chunk': b'10\r\n{"name": "abcd"}\r\n0\r\n\r\n',
    'an extension and a trailer': b'1\r\n{\r\n6;x=y\r\n"name"\r\n9\r\n: "abcd"}\r\n0\r\nA: b\r\n\r\n',
    'no size': b'zz\r\n{}\r\n0\r\n\r\n', 'a wrong end': b'2\r\n{}XX0\r\n\r\n',
    'a size below nothing': b'-1\r\n{}\r\n0\r\n\r\n',
    'a size with 0x': b'0x2\r\n{}\r\n0\r\n\r\n', 'a size without end': b'f' * 9000, 'no chunk': b'0\r\n\r\n'}
SLOW = {'half a head': b'GET /api/units HTTP/1.1\r\nHost',
    'half a head of no contract': b'GET /x HTTP/1.1\r\nHost'}


class Raw:
    """An answer read from a socket, with what a recorder looks at"""

    def __init__(self, stream):
        line = stream.readline().decode()
        self.status_code = int(line.split()[1])
        self.line = line.strip()
        self.headers = Headers()
        while line := stream.readline().decode('latin-1').strip():
            name, _, value = line.partition(':')
            self.headers.add(name, value.strip())
        self.data = stream.read(int(self.headers.get('content-length', 0)))


def play(stage):
    account = stage.caller()
    with served(stage.postgres.configuration('web'), stage.database) as port:
        slow = {label: _send(port, data) for label, data in _slow(account).items()}
        for label, data in MALFORMED.items():
            _note(stage, label, _send(port, data))
        for label, data in {**_framed(account), **_normal(account)}.items():
            _note(stage, label, _send(port, data), data.split()[1].decode())
        for label, sock in slow.items():
            _note(stage, f'too slow: {label}', sock)


def _send(port, data):
    sock = socket.create_connection((HOST, port), timeout=15)
    with contextlib.suppress(ConnectionError):
        sock.sendall(data)
    return sock


def _note(stage, label, sock, path='/'):
    with sock:
        answer = Raw(sock.makefile('rb'))
    stage.recorder.add(f'bytes: {label}', {
            'status': answer.status_code, 'line': answer.line, 'headers': stage.recorder.headers(answer),
            'body': stage.recorder.body(answer, path)})


def _post(account, *headers, path='/api/customers', key=True):
    lines = [f'POST {path} HTTP/1.1', 'Host: x', 'Content-Type: application/json', *headers]
    if key:
        lines.append(f"X-Api-Key: {account.headers['X-Api-Key']}")
    return '\r\n'.join([*lines, '', '']).encode()


def _slow(account):
    return {**SLOW, 'half a body': _post(account, 'Content-Length: 20') + b'{"name"',
        'half a chunk': _post(account, 'Transfer-Encoding: chunked') + b'f\r\n{"na'}


def _framed(account):
    chunked = _post(account, 'Transfer-Encoding: chunked')
    large = b'100001\r\n' + b'a' * 0x100001 + b'\r\n0\r\n\r\n'
    return {
        **{f'chunks: {label}': chunked + data for label, data in CHUNKS.items()},
        'chunks: too many': chunked + large,
        'announced: too large': _post(account, 'Content-Length: 5000000'),
        'announced: too large for a whole number': _post(account, f'Content-Length: {10 ** 30}'),
        'announced, without a key': _post(account, 'Content-Length: 100', key=False),
        'Expect: 100-continue without a key': _post(
            account, 'Content-Length: 100', 'Expect: 100-continue', key=False)}


def _normal(account):
    key = f"X-Api-Key: {account.headers['X-Api-Key']}\r\n\r\n".encode()
    body = b'{"label": "Bytes"}'
    length = f'Content-Length: {len(body)}'
    return {
        'a list': b'GET /api/units HTTP/1.1\r\nHost: x\r\n' + key,
        'Connection: close': b'GET /api/units HTTP/1.1\r\nHost: x\r\nConnection: close\r\n' + key,
        'a record': _post(account, length, path='/api/units') + body,
        'a page': b'GET /docs/billing HTTP/1.1\r\nHost: x\r\n\r\n',
        'ready': b'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n'}


