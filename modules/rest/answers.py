"""Answers that are more than a value: a stream of bytes, a page.

A handler returns them as ``Answer.body``, or alone. A stream is written while the client reads it, after the
transaction has been committed: its pieces come from memory, a file or a calculation, never from the database.
"""
import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from .spool import PIECE


@dataclasses.dataclass(eq=False, slots=True)
class Stream:
    """Bytes in pieces, of 64 KB for example; each is asked for when the client has read those before.

    length: bytes of all pieces together, None if unknown: the answer is then sent in chunks; close: called
    once when the stream is over or given up, also when it was never begun (HEAD, 304).
    """
    pieces: Iterable[bytes]
    length: int | None = None
    close: Any = None

    def __post_init__(self):
        if self.close is None:
            self.close = getattr(self.pieces, 'close', _nothing)

    def __iter__(self):
        left = self.length
        for piece in self.pieces:
            if left is not None:
                left -= len(piece)
                if left < 0:
                    break
            yield piece
        if left:
            raise ValueError(f"a stream of {self.length} bytes has {self.length - left}")


def _nothing():
    pass


def of_file(file, length=None):
    """Return the Stream of a binary file, closed with it; length: bytes, if they are known"""
    return Stream(iter(lambda: file.read(PIECE), b''), length, file.close)


def wire(body, bare=False):
    """Return (Content-Length or None, WSGI iterable) of bytes or a Stream.

    bare: of an answer that has no body (HEAD, 304); a stream is then closed, and never begun.
    """
    if not isinstance(body, Stream):
        return len(body), [] if bare else [body]
    if bare:
        body.close()
        return body.length, []
    return body.length, body


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """An HTML page: the name of its template and the values it is filled with"""
    template: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
