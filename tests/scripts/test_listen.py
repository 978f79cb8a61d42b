"""Who calls while no web worker is there gets the contract's 503, whatever he sends and however slowly."""
import json
import socket
import time

import pytest

from scripts.lib.run import listen


@pytest.fixture
def listener():
    listener = listen.open_socket('127.0.0.1', 0)
    yield listener
    listener.close()


@pytest.fixture
def unavailable(listener):
    unavailable = listen.Unavailable(listener)
    unavailable.start()
    unavailable.switch(True)
    yield unavailable
    unavailable.stop()


def ask(listener, *parts, pause=0.0):
    """Send the parts of a request and return (head, body) of the answer."""
    with socket.create_connection(listener.getsockname(), timeout=5) as caller:
        for part in parts:
            caller.sendall(part)
            time.sleep(pause)
        received = b''
        while more := caller.recv(65536):
            received += more
    head, _, body = received.partition(b'\r\n\r\n')
    return head.decode(), body


def test_answer_has_the_shape_of_the_contract(listener, unavailable):
    head, body = ask(listener, b'GET /api/customers HTTP/1.1\r\nHost: kontor\r\n\r\n')
    assert head.startswith('HTTP/1.1 503 Service Unavailable\r\n')
    assert 'Content-Type: application/json\r\n' in head
    assert 'Retry-After: 2\r\n' in head
    assert 'X-Request-Id: ' in head
    assert f'Content-Length: {len(body)}\r\n' in head
    assert json.loads(body) == {
        'error': 'unavailable',
        'message': 'Kontor is starting or recovering. Try again in 2 seconds.'}


def test_answer_to_head_has_no_body(listener, unavailable):
    head, body = ask(listener, b'HEAD / HTTP/1.1\r\n\r\n')
    assert head.startswith('HTTP/1.1 503')
    assert body == b''


def test_caller_with_a_long_body_reads_the_answer(listener, unavailable):
    head, _ = ask(
        listener, b'POST /api/invoices HTTP/1.1\r\nContent-Length: 400000\r\n\r\n',
        *[b'x' * 40000] * 10)
    assert head.startswith('HTTP/1.1 503')


def test_head_may_come_in_pieces(listener, unavailable):
    head, _ = ask(listener, b'GET / HT', b'TP/1.1\r\nHost', b': kontor\r\n\r\n', pause=0.05)
    assert head.startswith('HTTP/1.1 503')


def test_slow_callers_delay_nobody_and_are_dismissed(listener, unavailable):
    slow = [socket.create_connection(listener.getsockname()) for _ in range(20)]
    for caller in slow:
        caller.sendall(b'GET / HTTP/1.1\r\n')
    started = time.monotonic()
    head, _ = ask(listener, b'GET / HTTP/1.1\r\n\r\n')
    assert head.startswith('HTTP/1.1 503')
    assert time.monotonic() - started < 1
    for caller in slow:
        caller.settimeout(6)
        assert caller.recv(100) == b''
        caller.close()


def test_callers_wait_while_it_is_switched_off(listener, unavailable):
    unavailable.switch(False)
    time.sleep(0.1)
    with socket.create_connection(listener.getsockname(), timeout=0.5) as caller:
        caller.sendall(b'GET / HTTP/1.1\r\n\r\n')
        with pytest.raises(TimeoutError):
            caller.recv(100)
        unavailable.switch(True)
        caller.settimeout(5)
        assert caller.recv(100).startswith(b'HTTP/1.1 503')


def test_taken_port_is_named(listener):
    port = listener.getsockname()[1]
    with pytest.raises(listen.Taken, match=f'port {port} of 127.0.0.1 is taken'):
        listen.open_socket('127.0.0.1', port)


def test_address_of_somebody_else_is_refused():
    with pytest.raises(listen.Taken, match='cannot be listened on'):
        listen.open_socket('192.0.2.1', 8000)
