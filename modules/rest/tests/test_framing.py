"Where heads and chunked bodies end, however they are cut"
import pytest

from trytond.modules.rest.framing import ChunkScan, head_end

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
