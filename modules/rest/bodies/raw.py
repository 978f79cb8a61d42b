"""Bodies that are one file, or bytes that only the handler understands"""
import dataclasses
import hashlib
from collections.abc import Sequence

from ..spool import Spool
from .kind import BodyKind, Received, keeping, pieces, unreadable
from .upload import Content


@dataclasses.dataclass(eq=False)
class RawBody(BodyKind):
    """Bytes of some media types (``audio/wav``, ``audio/*``, ``*/*``); the value is a Content"""
    media_types: Sequence[str] = ('*/*',)

    def receive(self, request):
        spool, digest = Spool(), hashlib.sha256()
        with keeping(spool):
            for piece in pieces(request, self.limit):
                digest.update(piece)
                spool.append(piece)
        content = Content(spool, 0, spool.size, digest.hexdigest(), request.mimetype)
        return ReceivedBytes(self, spool, content)

    def schema(self, shapes):
        return {'type': 'string', 'format': 'binary'}


class ReceivedBytes(Received):

    def __init__(self, body, spool, content):
        self.body = body
        self.spool = spool
        self.content = content

    @property
    def fingerprint(self):
        """SHA-256 of the bytes"""
        return self.content.sha256

    def value(self):
        if self.content.size:
            return self.content, frozenset()
        if self.body.required:
            raise unreadable('no_body')
        return None, frozenset()

    def close(self):
        self.spool.close()
