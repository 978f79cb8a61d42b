"""The worker with large bodies and long answers: a real gunicorn, raw sockets, a minimal application"""
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trytond.modules.rest.spool import IN_MEMORY

from .served import LIMIT

HOST = '127.0.0.1'
MB = 1_000_000
GROWTH = 20 * MB
"""Bytes by which a worker may grow during four concurrent bodies of 60 MB; measured: 3 MB"""


@contextlib.contextmanager
def _gunicorn(threads=8, **options):
    """Yield the port and the process of a gunicorn with one worker"""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port = sock.getsockname()[1]
    process = subprocess.Popen([
            sys.executable, '-m', 'gunicorn', '--bind', f'{HOST}:{port}', '--workers', '1',
            '--worker-class', 'trytond.modules.web_server.worker.Worker', '--threads', str(threads),
            '--keep-alive', '75', '--graceful-timeout', '2',
            'trytond.modules.web_server.tests.served:application()'], **options)
    try:
        _wait(port, process)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(5)


def _wait(port, process):
    for _ in range(200):
        with contextlib.suppress(OSError):
            status(port)
            return
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError("gunicorn did not start")


@pytest.fixture(scope='module')
def port():
    with _gunicorn() as (number, _):
        yield number


def status(port):
    """Return the state of the application: streams begun, pieces pulled, streams closed, pid of the worker"""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    connection.request('GET', '/status')
    return json.loads(connection.getresponse().read())


def eventually(condition, seconds=5):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def memory(pid, what):
    """Return VmRSS or VmHWM (its peak) of a process in bytes"""
    text = Path(f'/proc/{pid}/status').read_text()
    return int(re.search(rf'{what}:\s+(\d+) kB', text)[1]) * 1024


def unnamed_files(pid):
    """Return the sizes of the deleted files that a process has open, without its output"""
    sizes = []
    for path in Path(f'/proc/{pid}/fd').iterdir():
        with contextlib.suppress(OSError):
            if int(path.name) > 2 and os.readlink(path).endswith('(deleted)'):
                sizes.append(os.stat(path).st_size)
    return [size for size in sizes if size]


def chunks(data, size):
    return b''.join(
        b'%x;a=b\r\n%b\r\n' % (len(piece), piece)
        for piece in (data[at:at + size] for at in range(0, len(data), size))) + b'0\r\nX: y\r\n\r\n'


def post(data, chunked=0, length=None):
    framing = 'Transfer-Encoding: chunked' if chunked else f'Content-Length: {length or len(data)}'
    head = f'POST /sum HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n'.encode()
    return head + (chunks(data, chunked) if chunked else data)


class Client:
    """A connection for sequential answers"""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port), timeout=20)
        self.stream = self.socket.makefile('rb')

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.stream.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, method='GET'):
        """Return (status, headers, body)"""
        code = int(self.stream.readline().split()[1])
        headers = http.client.parse_headers(self.stream)
        if method == 'HEAD':
            body = b''
        elif headers.get('Transfer-Encoding') == 'chunked':
            body = b''.join(self._chunks())
        else:
            body = self.stream.read(int(headers['Content-Length']))
        return code, headers, body

    def _chunks(self):
        while size := int(self.stream.readline(), 16):
            yield self.stream.read(size)
            self.stream.readline()
        self.stream.readline()


DATA = bytes(range(251)) * 8000
"""2 MB"""


@pytest.mark.parametrize('size', [
        0, 1, 1000, IN_MEMORY - 1, IN_MEMORY, IN_MEMORY + 1, IN_MEMORY + 70_000, len(DATA)])
@pytest.mark.parametrize('chunked', [0, 1000, 65_537, 3 * MB])
@pytest.mark.parametrize('pause', [False, True])
def test_a_body_arrives_as_it_was_sent(port, size, chunked, pause):
    """Two requests in one send: the second begins at the end of the first one's body"""
    data = DATA[:size]
    request = post(data, chunked) + post(b'next')
    with Client(port) as client:
        if pause:
            client.send(request[:len(request) - 50])
            time.sleep(0.05)
            request = request[-50:]
        client.send(request)
        for body in (data, b'next'):
            code, _, answer = client.answer()
            assert (code, json.loads(answer)) == (200, {
                    'size': len(body), 'sha256': hashlib.sha256(body).hexdigest()})
    assert unnamed_files(status(port)['pid']) == []


@pytest.mark.parametrize('tail', [b'zz\r\n', b'5\r\nabcdeX\r\n'])
def test_a_large_body_with_broken_chunks_is_an_error_and_nothing_is_kept(port, tail):
    with Client(port) as client:
        client.send(post(DATA, 70_000)[:-11] + tail)
        assert client.answer()[0] in {400, 500}
    assert unnamed_files(status(port)['pid']) == []


def test_a_body_that_stops_is_given_up_and_nothing_is_kept(port):
    pid = status(port)['pid']
    with Client(port) as client:
        client.send(post(DATA, length=5 * MB))
        eventually(lambda: sum(unnamed_files(pid)) == len(DATA))
        assert client.answer()[::2] == (408, b'"too_slow"')
        eventually(lambda: not unnamed_files(pid))


def test_who_hangs_up_leaves_nothing(port):
    pid = status(port)['pid']
    with Client(port) as client:
        client.send(post(DATA, length=5 * MB))
        eventually(lambda: unnamed_files(pid))
    eventually(lambda: not unnamed_files(pid))


def test_four_bodies_of_60_mb_at_once_stay_out_of_memory(port):
    pid = status(port)['pid']
    Path(f'/proc/{pid}/clear_refs').write_text('5')
    before = memory(pid, 'VmRSS')
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        assert set(executor.map(_send_large, [port] * 4)) == {LIMIT}
    assert memory(pid, 'VmHWM') - before < GROWTH
    assert unnamed_files(pid) == []


def _send_large(port):
    piece = b'a' * MB
    with Client(port) as client:
        client.send(post(piece, length=LIMIT))
        for _ in range(LIMIT // MB - 1):
            client.send(piece)
        return json.loads(client.answer()[2])['size']


def test_four_forms_with_four_files_at_once_stay_out_of_memory(port):
    """A file over 512 KB is on disk twice while it is processed, and never in memory"""
    pid = status(port)['pid']
    _send_form(port, 1)
    Path(f'/proc/{pid}/clear_refs').write_text('5')
    before = memory(pid, 'VmRSS')
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        assert all(executor.map(_send_form, [port] * 4, [14_900_000] * 4))
    assert memory(pid, 'VmHWM') - before < GROWTH
    assert unnamed_files(pid) == []


def _send_form(port, size):
    """Send four files; return whether the answer has the same ones"""
    files = [bytes([number]) * size for number in range(4)]
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    length = 4 * (len(head) + size + 2) + len(b'--x--\r\n')
    with Client(port) as client:
        client.send((
                'POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n'
                f'Content-Length: {length}\r\n\r\n').encode())
        for data in files:
            client.send(head)
            client.send(data)
            client.send(b'\r\n')
        client.send(b'--x--\r\n')
        return json.loads(client.answer()[2]) == [hashlib.sha256(data).hexdigest() for data in files]


def test_a_full_disk_is_an_answer(tmp_path):
    """A file may have 1 MB here; a smaller body still succeeds"""
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (MB, MB))
    with _gunicorn(preexec_fn=limited) as (port, _):
        pid = status(port)['pid']
        for chunked in (0, 10_000):
            with Client(port) as client:
                client.send(post(DATA, chunked))
                code, headers, body = client.answer()
            assert (code, headers['Retry-After'], body) == (503, '2', b'"unavailable"')
            eventually(lambda: not unnamed_files(pid))
            with Client(port) as client:
                client.send(post(DATA[:900_000], chunked))
                assert client.answer()[0] == 200


def test_a_killed_worker_leaves_no_file(tmp_path):
    with _gunicorn(env={**os.environ, 'TMPDIR': str(tmp_path)}) as (port, process):
        pid = status(port)['pid']
        with Client(port) as client:
            client.send(post(DATA, length=5 * MB))
            eventually(lambda: unnamed_files(pid))
            assert str(tmp_path) in ' '.join(
                os.readlink(path) for path in Path(f'/proc/{pid}/fd').iterdir())
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not Path(f'/proc/{pid}').exists())
        assert not [path for path in tmp_path.rglob('*') if path.stat().st_size > 1000]


# Answers in pieces

@pytest.mark.parametrize('known', [0, 1])
@pytest.mark.parametrize('pieces, size', [(0, 1), (1, 1), (3, 1000), (400, 65_536), (3, 5 * MB)])
def test_a_stream_arrives_whole(port, known, pieces, size):
    closed = status(port)['closed']
    with Client(port) as client:
        for _ in range(2):
            client.send(get(f'/stream?pieces={pieces}&size={size}&known={known}'))
            code, headers, body = client.answer()
            assert (code, 'Content-Length' in headers) == (200, bool(known))
            assert body == b''.join(bytes([n % 251]) * size for n in range(1, pieces + 1))
    assert status(port)['closed'] == closed + 2


def get(path, method='GET', version='1.1'):
    return f'{method} {path} HTTP/{version}\r\nHost: x\r\n\r\n'.encode()


@pytest.mark.parametrize('known', [0, 1])
def test_head_begins_no_stream_and_says_its_length(port, known):
    before = status(port)
    with Client(port) as client:
        client.send(get(f'/stream?pieces=9&size=9&known={known}', 'HEAD') + get('/status'))
        code, headers, _ = client.answer('HEAD')
        assert (code, headers['Content-Length']) == (200, '81' if known else None)
        after = json.loads(client.answer()[2])
    assert (after['begun'], after['closed']) == (before['begun'], before['closed'] + 1)


def test_a_stream_to_an_old_client_ends_with_the_connection(port):
    with Client(port) as client:
        client.send(get('/stream?pieces=100&size=10000', version='1.0'))
        assert len(client.stream.read().partition(b'\r\n\r\n')[2]) == MB


@contextlib.contextmanager
def slow_reader(port, path):
    """A client that sends a request and does not read"""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(20)
        sock.connect((HOST, port))
        sock.sendall(get(path))
        yield sock


def test_a_client_that_does_not_read_stops_the_stream(port):
    """Of 8 streams of 200 MB hardly a piece is made, others are served, a client's close ends its stream"""
    before = status(port)
    memory_before = memory(before['pid'], 'VmRSS')
    with contextlib.ExitStack() as stack:
        for known in (0, 1) * 4:
            stack.enter_context(slow_reader(port, f'/stream?pieces=3200&size=65536&known={known}'))
        eventually(lambda: status(port)['begun'] == before['begun'] + 8)
        time.sleep(0.5)
        pulled = status(port)['pulled'] - before['pulled']
        assert pulled * 65_536 < 8 * 8 * MB
        assert memory(before['pid'], 'VmRSS') - memory_before < 8 * 2 * MB
        time.sleep(0.2)
        assert status(port)['pulled'] - before['pulled'] == pulled
        assert status(port)['closed'] == before['closed']
    eventually(lambda: status(port)['closed'] == before['closed'] + 8)


def test_a_client_that_reads_slowly_gets_everything(port):
    with slow_reader(port, '/stream?pieces=100&size=65536&known=1') as sock:
        time.sleep(0.5)
        with sock.makefile('rb') as stream:
            assert len(stream.read(100 * 65_536)) == 100 * 65_536


def test_a_long_stream_leaves_the_threads_to_others():
    """One thread, and a client that reads at full speed"""
    with _gunicorn(threads=1) as (port, _), Client(port) as client:
        client.send(get('/stream?pieces=1500&size=65536&known=1'))
        with concurrent.futures.ThreadPoolExecutor(1) as executor:
            reading = executor.submit(client.answer)
            times = []
            while not reading.done():
                started = time.monotonic()
                status(port)
                times.append(time.monotonic() - started)
        assert len(times) > 2 and max(times) < 1


@pytest.mark.parametrize('known', [0, 1])
@pytest.mark.parametrize('version', ['1.0', '1.1'])
def test_half_a_stream_is_never_a_whole_one(port, known, version):
    """A failing stream resets the connection; before its first piece a refusal is still possible"""
    closed = status(port)['closed']
    with Client(port) as client:
        client.send(get(f'/stream?pieces=90&size=10000&known={known}&fail=50', version=version))
        with pytest.raises((ConnectionResetError, ValueError)):
            if version == '1.1':
                client.answer()
            else:
                client.stream.read()
    with Client(port) as client:
        client.send(get(f'/stream?pieces=3&size=9&known={known}&fail=1', version=version))
        assert client.answer()[::2] == (500, b'"internal"')
    eventually(lambda: status(port)['closed'] == closed + 2)
