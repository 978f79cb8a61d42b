"""The ends of heads and chunked bodies, for all splits of the bytes"""
import socket

import pytest

from trytond.modules.web_server.connection import MAX_FRAMING, Connection
from trytond.modules.web_server.framing import ChunkScan, head_end
from trytond.modules.rest.gateway import shard_of

BODY = b'4\r\nWiki\r\n6;x=y\r\npedia \r\nE \r\nin \r\n\r\nchunks.\r\n0\r\n\r\n'


@pytest.mark.parametrize('data, ended', [
        (b'GET / HTTP/1.1\r\nHost: x\r\n\r\n', True), (b'GET / HTTP/1.1\r\nHost: x\r\n', False),
        (b'GET / HTTP/1.1\n\n', True), (b'GET / HTTP/1.1\r\n\n', True), (b'', False),
        (b'\r\n\r\n', True)])
def test_head_end(data, ended):
    assert head_end(data) is ended


def scan(*pieces):
    found, data = ChunkScan(), bytearray()
    for piece in pieces:
        data += piece
        found.feed(data)
    return found.end, found.bad, found.received


@pytest.mark.parametrize('size', [1, 2, 3, 7, 100])
def test_cut_anywhere(size):
    pieces = [BODY[at:at + size] for at in range(0, len(BODY), size)]
    assert scan(*pieces) == (len(BODY), False, 24)


def test_what_follows_is_the_next_request():
    assert scan(BODY + b'GET /') == (len(BODY), False, 24)


@pytest.mark.parametrize('data, result', [
        (b'', (None, False, 0)), (b'4\r\nWi', (None, False, 2)), (b'5', (None, False, 0)),
        (b'0\r\n', (None, False, 0)), (b'0\r\nA: b\r\n\r\n', (11, False, 0)),
        (b'0\r\nA: b\r\n', (None, False, 0)), (b'x\r\n', (None, True, 0)),
        (b'\r\n', (None, True, 0)), (b'-4\r\n', (None, True, 0)), (b'0x4\r\n', (None, True, 0)),
        (b'4 4\r\n', (None, True, 0)), (b'1' * 17 + b'\r\n', (None, True, 0)),
        (b'4\r\nWikiX', (None, False, 4)), (b'4\r\nWikiXY', (None, True, 4)),
        (b'1' * 9000, (None, True, 0)), (b'0\r\n' + b'a' * 70_000, (None, True, 0)),
        (b'FFFFFFFFFFFFFFFF\r\nabc', (None, False, 3))])
def test_broken_or_unfinished(data, result):
    assert scan(data) == result


@pytest.mark.parametrize('size', [1, 2, 3, 7, 100])
@pytest.mark.parametrize('tail', [b'', b'GET /', b'\r\n'])
def test_what_was_scanned_can_be_forgotten(size, tail):
    """The buffer holds at most one piece and the rest of a line"""
    found, buffer, passed = ChunkScan(), bytearray(), b''
    data = BODY + tail
    for at in range(0, len(data), size):
        buffer += data[at:at + size]
        found.feed(buffer)
        end = found.forget(buffer)
        passed += buffer[:end]
        del buffer[:end]
        assert len(buffer) <= max(size, len(tail)) + 6
    assert (passed, bytes(buffer)) == (BODY, tail)
    assert (found.end, found.bad, found.received) == (0, False, 24)


@pytest.mark.parametrize('data, left', [
        (b'4\r\nWiki\r\nzz\r\n', b'zz\r\n'), (b'4\r\nWikiXY', b''), (b'5', b'5'), (b'4\r\nWi', b''),
        (b'4\r\nWiki\r', b'\r'), (b'0\r\nA: b\r\n', b'A: b\r\n')])
def test_what_is_not_understood_yet_is_kept(data, left):
    found = ChunkScan()
    found.feed(data)
    assert data[found.forget(data):] == left


def test_what_stands_around_chunks_is_bounded_too():
    """A chunk may have an extension of 8 KB: without a limit, a body of a few bytes could have any length"""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection(ours, None, None, 1)
        connection.expect_body(1000)
        connection.announce(0, chunked=True)
        chunk = b'1;' + b'x' * 8000 + b'\r\nx\r\n'
        while not connection.body_ready():
            connection.inbox += chunk
            assert len(connection.inbox) < 2 * 1000 + MAX_FRAMING + 2 * len(chunk)
        connection.take_body()
        assert not connection.complete


def test_one_byte_a_chunk_is_no_reason_to_refuse():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection(ours, None, None, 1)
        connection.expect_body(100_000)
        connection.inbox += b'1\r\nx\r\n' * 10_000 + b'0\r\n\r\n'
        connection.announce(0, chunked=True)
        connection.take_body()
        assert connection.complete


@pytest.mark.parametrize('text, database', [
    ('kontor_b_x', 'kontor_b'), ('kontor_x', 'kontor'), ('kontor_bx', 'kontor'), ('other', 'kontor')])
def test_a_shard_is_found_by_its_longest_name(text, database):
    assert shard_of(text, ('kontor', 'kontor_b')) == database
