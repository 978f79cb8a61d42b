"""The web worker against hostile and slow clients: a real gunicorn, raw sockets, no database"""
import concurrent.futures
import contextlib
import json
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import time

import pytest
from trytond.modules.rest.tests import fakes

pytestmark = pytest.mark.slow
KEY = fakes.KEY
HOST = '127.0.0.1'
GET = f'GET /api/things HTTP/1.1\r\nHost: x\r\nX-Api-Key: {KEY}\r\n\r\n'.encode()


def post(body, *headers, chunked=False, path='/api/things'):
    lines = [
        f'POST {path} HTTP/1.1', 'Host: x', f'X-Api-Key: {KEY}', 'Content-Type: application/json',
        'Transfer-Encoding: chunked' if chunked else f'Content-Length: {len(body)}', *headers]
    return '\r\n'.join([*lines, '', '']).encode() + body


def free_port():
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return sock.getsockname()[1]


@pytest.fixture(scope='module')
def port():
    """A gunicorn with two workers of two threads each"""
    with _gunicorn(workers=2, threads=2, app='served()') as number:
        yield number


@pytest.fixture
def impatient():
    """A gunicorn with one worker, whose queued requests wait at most one second"""
    with _gunicorn(workers=1, threads=4, app='served(1)') as number:
        yield number


@pytest.fixture(scope='module', autouse=True)
def idle(port):
    """(connections that have been answered once, moment of that): they idle while the other tests run"""
    with connect(port) as one, connect(port) as other:
        for sock in (one, other):
            sock.sendall(GET)
            assert Answer(sock).status == 200
        yield (one, other), time.monotonic()


@contextlib.contextmanager
def _gunicorn(workers, threads, app):
    number = free_port()
    process = subprocess.Popen([
            sys.executable, '-m', 'gunicorn', '--preload', '--bind', f'{HOST}:{number}',
            '--worker-class', 'trytond.modules.web_server.worker.Worker', '--workers', str(workers),
            '--threads', str(threads), '--keep-alive', '75', '--limit-request-line', '8190',
            '--graceful-timeout', '2', f'trytond.modules.rest.tests.fakes:{app}'])
    try:
        _wait(number, process)
        yield number
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


def _wait(port, process):
    for _ in range(200):
        with contextlib.suppress(OSError), connect(port) as sock:
            sock.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
            if Answer(sock).status == 200:
                return
        assert process.poll() is None
        time.sleep(0.1)
    raise AssertionError("gunicorn did not start")


def connect(port):
    return socket.create_connection((HOST, port), timeout=15)


class Answer:
    """One HTTP answer read from a socket"""

    def __init__(self, sock):
        self._read(sock.makefile('rb'))

    @classmethod
    def of(cls, stream):
        answer = cls.__new__(cls)
        answer._read(stream)
        return answer

    def _read(self, stream):
        line = stream.readline().decode()
        if not line:
            raise EOFError("the server closed the connection without an answer")
        self.status = int(line.split()[1])
        self.headers = {}
        while (line := stream.readline().decode('latin-1').strip()):
            name, _, value = line.partition(':')
            self.headers[name.lower()] = value.strip()
        self.body = stream.read(int(self.headers.get('content-length', 0)))

    @property
    def json(self):
        return json.loads(self.body)


def ask(port, *pieces, pause=0.0):
    with connect(port) as sock:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(pause)
        return Answer(sock)


@pytest.mark.parametrize('data, status, code', [
        (b'GARBAGE\r\n\r\n', 400, 'invalid_request'),
        (b'\r\n\r\n', 400, 'invalid_request'),
        (b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400, 'invalid_request'),
        (b'GET / HTTP/9.9\r\n\r\n', 400, 'invalid_request'),
        (b'GET /\r\n\r\n', 400, 'invalid_request'),
        (b'get / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'),
        (b'GET / HTTP/1.1\nHost: x\n\n', 400, 'invalid_request'),
        (b'GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'),
        (b'GET api HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'),
        (b'GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n', 400, 'invalid_request'),
        (b'GET / HTTP/1.1\r\nHost: x\r\nA: b\x00c\r\n\r\n', 400, 'invalid_request'),
        (b'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n', 400, 'invalid_request'),
        (b'GET / HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /x\r\n\r\n', 404, 'not_found'),
        (b'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400, 'invalid_request'),
        (b'POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', 400, 'invalid_request'),
        (b'POST / HTTP/1.1\r\nContent-Length: abc\r\n\r\n', 400, 'invalid_request'),
        (b'POST / HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n', 400, 'invalid_request'),
        (b'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400,
            'invalid_request'),
        (b'POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400,
            'invalid_request'),
        (b'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n', 400, 'invalid_request'),
        (b'POST / HTTP/1.1\r\nTransfer-Encoding: nonsense\r\n\r\n', 400, 'invalid_request'),
        (b'POST / HTTP/1.1\r\nExpect: 200-maybe\r\n\r\n', 417, 'expectation_failed'),
        (b'GET /' + b'a' * 9000 + b' HTTP/1.1\r\nHost: x\r\n\r\n', 414, 'uri_too_long'),
        (b'GET /' + b'a' * 9000, 414, 'uri_too_long'),
        (b'GET / HTTP/1.1\r\nA: ' + b'b' * 9000 + b'\r\n\r\n', 431, 'headers_too_large'),
        (b'GET / HTTP/1.1\r\n' + b'A: b\r\n' * 101 + b'\r\n', 431, 'headers_too_large'),
        (b'GET / HTTP/1.1\r\n' + b'Abc: defghijk\r\n' * 10_000, 431, 'headers_too_large'),
        (b'CONNECT host:443 HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not_found'),
        (b'TRACE /api/things HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'method_not_allowed'),
        (b'GET //api HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not_found'),
        (b'GET /%61pi/things HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not_found'),
        (b'GET http://x/api HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not_found')])
def test_every_refusal_is_json(port, data, status, code):
    started = time.monotonic()
    answer = ask(port, data)
    assert time.monotonic() - started < 2
    assert (answer.status, answer.json['error']) == (status, code), answer.body
    assert answer.headers['content-type'] == 'application/json'
    assert re.fullmatch(r'req_[0-9a-f]{24}', answer.headers['x-request-id'])
    assert b'<' not in answer.body and b'Traceback' not in answer.body


def test_a_request_line_of_8_kb_arrives(port):
    line = b'GET /api/things?search=&x=' + b'a' * 8000
    line += b'a' * (8190 - len(line) - len(b' HTTP/1.1')) + b' HTTP/1.1'
    assert len(line) == 8190
    answer = ask(port, line + GET[GET.index(b'\r\n'):])
    assert answer.status == 200


@pytest.mark.parametrize('body, status, message', [
        (b'f\r\n{"name": "abc"}\r\n0\r\n\r\n', 201, None),
        (b'1\r\n{\r\n5;x=y\r\n"name\r\n9\r\n": "abc"}\r\n0\r\nA: b\r\n\r\n', 201, None),
        (b'zz\r\n{}\r\n0\r\n\r\n', 400, "body: its chunks are malformed"),
        (b'2\r\n{}XX0\r\n\r\n', 400, "body: its chunks are malformed"),
        (b'3e9\r\n' + b'a' * 1001 + b'\r\n0\r\n\r\n', 413, "The body is larger than 1000 bytes"),
        (b'ffffffff\r\n' + b'a' * 2000, 413, "The body is larger than 1000 bytes"),
        ])
@pytest.mark.parametrize('whole', [True, False])
def test_chunked_bodies(port, body, status, message, whole):
    data = post(body, chunked=True)
    if whole:
        answer = ask(port, data)
    else:
        cut = len(data) - len(body) + 2
        answer = ask(port, data[:cut], data[cut:], pause=0.1)
    assert answer.status == status, answer.body
    assert message is None or answer.json['message'] == message


def test_a_body_in_many_pieces(port):
    data = post(b'{"name": "abc"}')
    answer = ask(port, *[bytes([byte]) for byte in data], pause=0.001)
    assert answer.status == 201


def test_two_requests_in_one_piece(port):
    with connect(port) as sock:
        sock.sendall(post(b'{"name": "a"}') + GET)
        stream = sock.makefile('rb')
        first = stream.read(12)
        rest = b''
        while b'"total"' not in rest:
            rest += stream.read1()
        assert first == b'HTTP/1.1 201' and b'HTTP/1.1 200' in rest


def test_the_connection_is_kept_and_sends_at_once(port):
    with connect(port) as sock:
        times = []
        for _ in range(20):
            started = time.monotonic()
            sock.sendall(GET)
            assert Answer(sock).status == 200
            times.append(time.monotonic() - started)
        assert statistics.median(times) < 0.02


@pytest.mark.parametrize('key, status', [('wrong', 401), (fakes.READER, 403)])
def test_a_refused_caller_need_not_send_the_body(port, key, status):
    head = post(b'', 'Content-Length: 900').replace(b'Content-Length: 0\r\n', b'')
    started = time.monotonic()
    answer = ask(port, head.replace(KEY.encode(), key.encode()))
    assert answer.status == status
    assert time.monotonic() - started < 1
    assert answer.headers['connection'] == 'close'


def test_too_large_a_body_is_refused_before_it_is_sent_and_after(port):
    head = post(b'', 'Content-Length: 5000000').replace(b'Content-Length: 0\r\n', b'')
    assert ask(port, head).status == 413
    # A client that sends nevertheless can still read the answer
    for _ in range(5):
        answer = ask(port, head, b'a' * 5_000_000)
        assert (answer.status, answer.json['error']) == (413, 'payload_too_large')


@pytest.mark.parametrize('body', [
        b'{"name": "abc"}', GET, b'f\r\n{"name": "abc"}\r\n0\r\n\r\n'], ids=['json', 'http', 'chunked'])
def test_the_body_of_a_refused_request_is_no_next_request(port, body):
    with connect(port) as sock:
        wrong = post(body, chunked=body.startswith(b'f')).replace(KEY.encode(), b'wrong', 1)
        sock.sendall(wrong + GET)
        stream = sock.makefile('rb')
        answers = []
        for _ in range(2):
            answers.append(Answer.of(stream))
        assert [a.status for a in answers] == [401, 200]
        sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            sock.recv(1)


def test_continue_is_said_to_those_who_may(port):
    body = b'{"name": "abc"}'
    head = post(body, 'Expect: 100-continue')[:-len(body)]
    with connect(port) as sock:
        sock.sendall(head)
        assert sock.recv(100) == b'HTTP/1.1 100 Continue\r\n\r\n'
        sock.sendall(body)
        assert Answer(sock).status == 201
    assert ask(port, head.replace(KEY.encode(), b'wrong')).status == 401


def test_a_body_nobody_reads_does_not_disturb_the_next_request(port):
    with connect(port) as sock:
        sock.sendall(GET.replace(b'\r\n\r\n', b'\r\nContent-Length: 4\r\n\r\nabcd'))
        assert Answer(sock).status == 200
        sock.sendall(GET)
        assert Answer(sock).status == 200


def test_half_a_request_is_given_up_within_five_seconds(port):
    """All at once, since each takes its time"""
    def asked(data):
        started = time.monotonic()
        return ask(port, data), time.monotonic() - started
    halves = [
        GET[:-2], b'GET /api', post(b'{"name": "abc"}')[:-1], b'G', post(b'f\r\n{"name"', chunked=True)]
    with concurrent.futures.ThreadPoolExecutor(len(halves)) as executor:
        for answer, seconds in executor.map(asked, halves):
            assert 3 < seconds < 5
            assert (answer.status, answer.json['error']) == (408, 'request_timeout')
            assert answer.headers['x-request-id']


# Slow clients

def dribble(sock, data, every):
    """Send a byte now and then until the server closes the connection"""
    for byte in data:
        sock.sendall(bytes([byte]))
        time.sleep(every)


def latencies(port, count=40):
    """Return the seconds of requests, each on a new connection so that both workers are used"""
    times = []
    for _ in range(count):
        started = time.monotonic()
        assert ask(port, GET).status == 200
        times.append(time.monotonic() - started)
    return times


SLOW = {
    'silent': (b'', 1),
    'half a head': (GET[:20], 1),
    'a head byte by byte': (GET * 50, 0.2),
    'no body': (post(b'{"name": "abc"}')[:-15], 1),
    'half a body': (post(b'{"name": "abc"}')[:-5], 1),
    'half a chunk': (post(b'f\r\n{"na', chunked=True), 1),
    }


@pytest.mark.parametrize('kind', SLOW)
def test_slow_clients_delay_nobody(port, kind):
    """At least sixteen of them on each worker, which has two threads"""
    data, every = SLOW[kind]
    calm = statistics.median(latencies(port))
    with contextlib.ExitStack() as stack, concurrent.futures.ThreadPoolExecutor(64) as executor:
        for _ in range(64):
            sock = stack.enter_context(connect(port))
            if every == 1:
                sock.sendall(data)
            else:
                executor.submit(dribble, sock, data[:10], every)
        time.sleep(0.3)
        busy = latencies(port)
    assert max(busy) < 0.5
    assert statistics.median(busy) < calm + 0.05


def test_clients_that_do_not_read_delay_nobody(port):
    """Each requests far more bytes than its socket buffers, and reads none"""
    big = b'GET /big HTTP/1.1\r\nHost: x\r\n\r\n'
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.socket()) for _ in range(32)]
        for sock in socks:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect((HOST, port))
            sock.sendall(big)
        # Each has its answer ready: from here on it only does not read
        for sock in socks:
            assert select.select([sock], [], [], 10)[0]
        assert max(latencies(port)) < 0.5


def test_a_slow_reader_gets_everything(port):
    with connect(port) as sock:
        sock.sendall(b'GET /big HTTP/1.1\r\nHost: x\r\n\r\n')
        time.sleep(0.5)
        answer = Answer(sock)
    assert (answer.status, len(answer.body)) == (200, fakes.BIG)


def test_a_crowd_of_one_tenant_leaves_threads_to_the_others(port):
    """Thirty slow requests of one tenant; a worker has two threads, one of them for others"""
    slow = post(b'{"name": "slow"}')
    other = GET.replace(KEY.encode(), fakes.OTHER.encode())
    with concurrent.futures.ThreadPoolExecutor(40) as executor:
        crowd = [executor.submit(ask, port, slow) for _ in range(30)]
        time.sleep(0.2)
        times = []
        for _ in range(20):
            started = time.monotonic()
            assert ask(port, other).status == 200
            times.append(time.monotonic() - started)
        assert not all(future.done() for future in crowd)
        assert [future.result().status for future in crowd] == [201] * 30
    assert max(times) < 0.15


# Exclusive requests: one at a time, 0.2 s each

@contextlib.contextmanager
def crowd(port, number, *headers):
    """Yield connections with as many slow requests, sent in this order"""
    with contextlib.ExitStack() as stack:
        socks = []
        for n in range(number):
            socks.append(stack.enter_context(connect(port)))
            socks[-1].sendall(post(b'{"name": "slow %d"}' % n, *(header.format(n) for header in headers)))
            time.sleep(0.01)
        yield socks


def names(port):
    return [thing['name'] for thing in ask(port, GET.replace(b'things ', b'things?limit=100 ')).json['items']]


def test_a_crowd_is_served_in_order_and_whoever_waited_long_enough_is_refused(impatient):
    started = time.monotonic()
    with crowd(impatient, 12, 'Idempotency-Key: key-{}') as socks:
        answers = [Answer(sock) for sock in socks]
        assert 1 < time.monotonic() - started < 2.5
        served = [answer.status for answer in answers].index(429)
        assert 3 <= served <= 7
        assert [answer.json.get('id') for answer in answers[:served]] == list(range(1, served + 1))
        for answer in answers[served:]:
            assert (answer.status, answer.headers['retry-after'], answer.json) == (429, '5', {
                'error': 'rate_limited',
                'message': "Other requests of this account are still being worked on"})
        assert names(impatient) == [f'slow {n}' for n in range(served)]
        # The connection is still usable, and the key is free
        socks[-1].sendall(post(b'{"name": "slow 11"}', 'Idempotency-Key: key-11'))
        assert Answer(socks[-1]).json['id'] == served + 1


def test_who_hangs_up_leaves_the_queue(impatient):
    with crowd(impatient, 6) as socks:
        for sock in socks[1:5]:
            sock.close()
        started = time.monotonic()
        assert Answer(socks[5]).status == 201
        assert time.monotonic() - started < 0.45
    assert names(impatient) == ['slow 0', 'slow 5']


def test_a_request_behind_one_that_waits_is_answered_after_it(impatient):
    with crowd(impatient, 3) as socks:
        socks[2].sendall(GET)
        stream = socks[2].makefile('rb')
        assert [Answer.of(stream).status for _ in range(2)] == [201, 200]


def test_others_pass_by_a_queue(impatient):
    """Writes of another tenant, and reads of the tenant itself"""
    other = post(b'{"name": "quick"}').replace(KEY.encode(), fakes.OTHER.encode())
    with crowd(impatient, 10) as socks:
        for request, status in [(other, 201), (GET, 200)] * 3:
            started = time.monotonic()
            assert ask(impatient, request).status == status
            assert time.monotonic() - started < 0.15
        assert Answer(socks[0]).status == 201


def test_many_at_once(port):
    with concurrent.futures.ThreadPoolExecutor(32) as executor:
        answers = list(executor.map(
                lambda n: ask(port, post(b'{"name": "n%d"}' % n)).status, range(400)))
    assert answers == [201] * 400


# At the end, when most of the time has passed anyway

@pytest.mark.parametrize('place, seconds', [(0, 6), (1, 31)])
def test_an_idle_connection_stays_open_for_half_a_minute(idle, place, seconds):
    socks, since = idle
    time.sleep(max(0, since + seconds - time.monotonic()))
    socks[place].sendall(GET)
    assert Answer(socks[place]).status == 200
