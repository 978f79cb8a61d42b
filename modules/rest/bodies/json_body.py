"""Bodies of JSON"""
import dataclasses
import functools
import hashlib
from typing import Any

from ..reading import read_json
from ..refusals import HEADER, Kind, refused_field
from ..shapes import fit
from ..verbatim import cut, places
from .kind import BodyKind, Received, whole

UTF_8 = frozenset({'', 'utf-8', 'utf8'})


@dataclasses.dataclass(eq=False)
class JsonBody(BodyKind):
    """A JSON text in UTF-8 that fits a pydantic model; its members of type Verbatim keep their spelling"""
    model: Any

    media_types = ('application/json',)

    def check_media_type(self, request):
        charset = request.mimetype_params.get('charset', '').lower()
        if request.mimetype not in self.media_types or charset not in UTF_8:
            raise refused_field(
                Kind.WRONG_MEDIA_TYPE, 'not_json_type', 'Content-Type', place=HEADER)

    def receive(self, request):
        return ReceivedJson(self, whole(request, self.limit))

    @functools.cached_property
    def verbatim(self):
        """Where the model has members that keep their spelling"""
        return places(self.model)

    def schema(self, shapes):
        return shapes.of(self.model, 'validation')

    @property
    def models(self):
        return (self.model,)


class ReceivedJson(Received):

    def __init__(self, body, data):
        self.body = body
        self.data = data

    @property
    def fingerprint(self):
        """SHA-256 of the bytes"""
        return hashlib.sha256(self.data).hexdigest()

    def value(self):
        if not self.data and not self.body.required:
            return None, frozenset()
        value = read_json(self.data)
        if self.body.verbatim:
            value = cut(self.data.decode(), value, self.body.verbatim)
        sent = frozenset(value) if isinstance(value, dict) else frozenset()
        return fit(self.body.model, value), sent
