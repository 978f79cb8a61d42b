"""Streams and pages: lengths, ends, and what is never begun"""
import io

import pytest

from trytond.modules.rest.answers import Page, Stream, of_file, wire


class Pieces:
    """Pieces that tell what was done with them"""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.asked = self.closed = 0

    def __iter__(self):
        for piece in self.pieces:
            self.asked += 1
            yield piece

    def close(self):
        self.closed += 1


@pytest.mark.parametrize('pieces, length', [
        ([], None), ([], 0), ([b'ab', b'', b'c'], None), ([b'ab', b'c'], 3), ([b''], 0)])
def test_a_stream(pieces, length):
    stream = Stream(Pieces(*pieces), length)
    assert wire(stream) == (length, stream)
    assert list(stream) == pieces


@pytest.mark.parametrize('pieces, length', [([b'ab'], 3), ([], 1), ([b'ab', b'cd'], 3)])
def test_a_stream_of_another_length_is_an_error(pieces, length):
    with pytest.raises(ValueError, match=f'a stream of {length} bytes'):
        list(Stream(pieces, length))


def test_an_answer_without_body_closes_a_stream_that_was_never_begun():
    pieces = Pieces(b'abc')
    assert wire(Stream(pieces, 3), bare=True) == (3, [])
    assert (pieces.asked, pieces.closed) == (0, 1)


def test_bytes():
    assert wire(b'abc') == (3, [b'abc'])
    assert wire(b'abc', bare=True) == (3, [])


def test_pieces_are_asked_for_one_by_one():
    pieces = Pieces(b'a', b'b', b'c')
    stream = Stream(pieces)
    assert next(iter(stream)) == b'a' and pieces.asked == 1
    stream.close()
    assert pieces.closed == 1
    Stream([b'a']).close()


def test_a_file_is_closed_with_its_stream():
    file = io.BytesIO(b'x' * 200_000)
    stream = of_file(file, 200_000)
    assert [len(piece) for piece in stream] == [65_536, 65_536, 65_536, 3_392]
    stream.close()
    assert file.closed


def test_a_page_is_a_template_and_values():
    assert Page('login.html').values == {}
