"""Bodies of forms (RFC 7578), with files"""
import dataclasses
import functools
import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

from ..reading import text_flaw
from ..refusals import Kind, Reason, Refusal
from ..shapes import fit
from .kind import KIB, BodyKind, Received, has_body, keeping, pieces, unreadable, whole
from .parts import MOST_TEXT, Collector, read_multipart, read_urlencoded

FORM, URLENCODED = 'multipart/form-data', 'application/x-www-form-urlencoded'
_BOUNDARY = re.compile(r"[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]", re.ASCII)


@dataclasses.dataclass(eq=False)
class MultipartBody(BodyKind):
    """A form whose fields and files fit a pydantic model; its members are texts, Uploads, or lists of them.

    files: {name: bytes that a file of this name may have}; lists: names that may be sent several times, also
    as ``name[]``; parts: how many there may be; field_limit: bytes of one field; urlencoded: a form without
    files may come as ``application/x-www-form-urlencoded`` as well; oversize: kind of the refusal of a file
    that is too large, UNFIT or TOO_LARGE.
    """
    model: Any
    files: Mapping[str, int] = dataclasses.field(default_factory=dict)
    lists: Collection[str] = ()
    parts: int = 100
    field_limit: int = 256 * KIB
    urlencoded: bool = False
    oversize: Kind = Kind.UNFIT

    @property
    def media_types(self):
        return (FORM, URLENCODED) if self.urlencoded else (FORM,)

    def check_media_type(self, request):
        super().check_media_type(request)
        if request.mimetype == FORM:
            boundary(request)

    def receive(self, request):
        collector = Collector(self)
        with keeping(collector.spool):
            if request.mimetype == URLENCODED:
                read_urlencoded(collector, whole(request, min(self.limit, MOST_TEXT)))
            elif has_body(request):
                read_multipart(collector, pieces(request, self.limit), boundary(request))
        return ReceivedForm(self, collector.spool, collector.parts)

    def member(self, part):
        """Return the model's name for a part: ``cc`` for ``cc[]`` where that is a list"""
        plain = part.name.removesuffix('[]')
        return plain if plain in self.lists else part.name

    def limit_of(self, part):
        """Return how many bytes of a part are kept, 0 for a file of a name that has none"""
        if part.filename is None:
            return self.field_limit
        return self.files.get(self.member(part), 0)

    @functools.cached_property
    def members(self):
        """The names of the model's members, as they are sent"""
        return {field.alias or name for name, field in self.model.model_fields.items()}

    def schema(self, shapes):
        return shapes.of(self.model, 'validation')

    @property
    def models(self):
        return (self.model,)


def boundary(request):
    """Return the boundary between the parts, from the head of a request"""
    text = request.mimetype_params.get('boundary', '')
    if not _BOUNDARY.fullmatch(text):
        raise unreadable('no_boundary')
    return text.encode('ascii')


class ReceivedForm(Received):

    def __init__(self, form, spool, parts):
        self.form = form
        self.spool = spool
        self.parts = parts

    @property
    def fingerprint(self):
        """SHA-256 of the parts in order: name, name of the file, SHA-256 of the content"""
        digest = hashlib.sha256()
        for part in self.parts:
            kind = b'field' if part.filename is None else b'file'
            for value in (kind, part.name.encode(), (part.filename or '').encode(), part.digest):
                digest.update(len(value).to_bytes(8, 'big') + value)
        return digest.hexdigest()

    def value(self):
        """Return (instance of the model, names of the members sent); all that is wrong is refused at once"""
        if not self.parts and not self.form.required:
            return None, frozenset()
        values, reasons = self._values()
        wrong = {reason.path[0] for reason in reasons}
        try:
            value = fit(self.form.model, {n: v for n, v in values.items() if n not in wrong})
        except Refusal as refusal:
            reasons += [reason for reason in refusal.reasons if not wrong.intersection(reason.path[:1])]
        if reasons:
            raise Refusal(Kind.UNFIT, reasons)
        return value, frozenset(values)

    def _values(self):
        """Return {member: value} and the Reasons against single parts"""
        values, reasons = {}, []
        for part in self.parts:
            if part.filename == '' and not part.size:
                # A field for a file, in which none was chosen
                continue
            name = self.form.member(part)
            value, flaw = self._value(name, part)
            if name in self.form.lists:
                values.setdefault(name, []).append(value)
                path = (name, len(values[name]) - 1)
            else:
                flaw = ('twice', {}) if name in values else flaw
                values[name], path = value, (name,)
            if flaw:
                reasons.append(Reason(path, *flaw))
        return values, reasons

    def _value(self, name, part):
        """Return (value, None), or (None, name and values of a Reason)"""
        if part.flaw:
            return None, part.flaw
        if part.filename is None:
            return (None, ('not_a_file', {})) if name in self.form.files else _text(part.data)
        if name not in self.form.files:
            return None, ('not_a_text', {}) if name in self.form.members else None
        return part.upload, None if part.upload.name else ('file_name', {})

    def close(self):
        self.spool.close()


def _text(data):
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError as error:
        return None, ('not_utf8', {'position': error.start})
    flaw = text_flaw(text)
    return text, (flaw, {}) if flaw else None
