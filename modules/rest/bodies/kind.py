"""What all kinds of body share: the check of a head, and the bytes as they come"""
import contextlib
import dataclasses

from ..refusals import HEADER, Kind, Reason, Refusal, refused_field
from ..spool import PIECE, RETRY_AFTER, NoRoom

KIB = 1024
MIB = 1024 * KIB


@dataclasses.dataclass(kw_only=True, eq=False)
class BodyKind:
    """limit: bytes of the whole; required: whether an empty body is refused (else its value is None)"""
    limit: int = MIB
    required: bool = True

    media_types = ()

    def check_head(self, request):
        """Refuse a werkzeug Request whose head announces no such body, or one that is too large"""
        coding = request.headers.get('Content-Encoding', 'identity')
        if coding.strip().lower() != 'identity':
            raise _wrong_type('compressed', 'Content-Encoding')
        if has_body(request):
            self.check_media_type(request)
        if (request.content_length or 0) > self.limit:
            raise too_large(self.limit)

    def check_media_type(self, request):
        if not any(_covers(known, request.mimetype) for known in self.media_types):
            raise _wrong_type('media_type', 'Content-Type', allowed=', '.join(self.media_types))

    def receive(self, request):
        """Return the Received of a werkzeug Request; raises Refusal"""
        raise NotImplementedError

    def content(self, shapes):
        """Return {media type: Media Type Object} for OpenAPI; shapes.of(model, mode) → schema"""
        return {name: {'schema': self.schema(shapes)} for name in self.media_types}

    @property
    def models(self):
        """The pydantic models whose schemas ``content`` asks for"""
        return ()


class Received:
    """A body that is here.

    fingerprint: what two bodies must share to be the same request, 64 hexadecimal digits.
    """

    @property
    def fingerprint(self):
        raise NotImplementedError

    def value(self):
        """Return (value, names of the members sent); raises Refusal"""
        raise NotImplementedError

    def close(self):
        """Let go of files; nothing of the value is read afterwards"""


def has_body(request):
    """Tell if a request announces a body, by length or in chunks"""
    return bool(request.content_length) or 'Transfer-Encoding' in request.headers


def whole(request, limit):
    """Return all bytes of a body, at most ``limit``"""
    if not has_body(request):
        return b''
    length = request.content_length
    data = _read(request, limit + 1 if length is None else length)
    _check(len(data), length, limit)
    return data


def pieces(request, limit):
    """Yield the bytes of a body as they come, at most ``limit`` together"""
    if not has_body(request):
        return
    length, size = request.content_length, 0
    while data := _read(request, PIECE if length is None else min(PIECE, length - size)):
        size += len(data)
        _check(size, None, limit)
        yield data
    _check(size, length, limit)


@contextlib.contextmanager
def keeping(spool):
    """Close a spool if what goes into it turns out to be no body; refuse it where there is no room"""
    try:
        yield
    except NoRoom as error:
        spool.close()
        raise Refusal(Kind.UNAVAILABLE, retry_after=RETRY_AFTER) from error
    except BaseException:
        spool.close()
        raise


def _read(request, size):
    try:
        return request.environ['wsgi.input'].read(size)
    except Exception as error:
        raise unreadable('broken_chunks') from error


def _check(size, length, limit):
    if size > limit:
        raise too_large(limit)
    if length is not None and size < length:
        raise unreadable('cut_off', received=size, length=length)


def _covers(known, media_type):
    """Tell if ``audio/wav``, ``audio/*`` or ``*/*`` covers a media type"""
    return known in {'*/*', media_type} or known.endswith('/*') and media_type.startswith(known[:-1])


def unreadable(name, **values):
    return Refusal(Kind.UNREADABLE, [Reason((), name, values)])


def too_large(limit):
    return Refusal(Kind.TOO_LARGE, limit=limit)


def _wrong_type(name, header, **values):
    return refused_field(Kind.WRONG_MEDIA_TYPE, name, header, place=HEADER, **values)
