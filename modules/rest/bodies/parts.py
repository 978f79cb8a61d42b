"""From the bytes of a form to its parts, as they come.

The content of files goes to one Spool, so that a form takes hardly any memory, however large it is and
however many parts it has.
"""
import dataclasses
import hashlib
import re
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from ..refusals import Kind
from ..spool import PIECE, Spool
from .kind import MIB, too_large, unreadable
from .upload import Upload, clean_name

MOST_TEXT = MIB
"""Bytes of all fields of a form together"""
MOST_HELD = 2 * PIECE
"""Bytes that the parser holds at most: above all the head of a part"""
LONGEST_LINE = 1000
"""Bytes of a line with a boundary"""
_CHARSETS = frozenset({'', 'utf-8', 'utf8', 'us-ascii', 'ascii'})
_CODINGS = frozenset({'', '7bit', '8bit', 'binary'})


@dataclasses.dataclass(slots=True)
class Part:
    """A field, with its bytes, or a file, with its Upload as far as it was kept.

    filename: as sent, None for a field; digest: SHA-256 of the content; flaw: name and values of a Reason.
    """
    name: str
    filename: str | None
    size: int
    digest: bytes
    data: bytes = b''
    upload: Upload | None = None
    flaw: tuple | None = None


class Collector:
    """Takes the parts of a form as they come: events of werkzeug's parser, or texts.

    form: the MultipartBody with the limits; its ``files`` alone are kept.
    """

    def __init__(self, form):
        self.form = form
        self.spool = Spool()
        self.parts = []
        self._texts = 0

    def begin(self, event):
        """A part begins: its head is known"""
        disposition, _ = parse_options_header(event.headers['Content-Disposition'])
        if disposition.lower() != 'form-data' or not event.name:
            raise unreadable('part_without_name')
        self._check_number()
        self._part = Part(event.name, getattr(event, 'filename', None), 0, b'')
        self._media_type, self._part.flaw = _described(event)
        self._limit = self.form.limit_of(self._part)
        self._start, self._digest, self._texts_of_part = self.spool.size, hashlib.sha256(), []

    def take(self, data):
        """More of its content is here; what is too large is counted and not kept"""
        part = self._part
        part.size += len(data)
        self._digest.update(data)
        if part.size > self._limit:
            self._too_large()
        elif part.filename is None:
            self._count_text(len(data))
            self._texts_of_part.append(data)
        else:
            self.spool.append(data)

    def _too_large(self):
        if self._limit and self._part.filename is not None and self.form.oversize is Kind.TOO_LARGE:
            raise too_large(self._limit)
        self._part.flaw = ('part_too_large', {'limit': self._limit}) if self._limit else self._part.flaw

    def end(self):
        """The part is here as a whole"""
        part = self._part
        part.digest = self._digest.digest()
        part.data = b''.join(self._texts_of_part)
        if part.filename is not None and part.size <= self._limit:
            part.upload = Upload(
                self.spool, self._start, part.size, part.digest.hex(), self._media_type,
                clean_name(part.filename))
        self.parts.append(part)

    def add_text(self, name, data):
        """A field that is here as a whole"""
        if not name:
            raise unreadable('part_without_name')
        self._count_text(len(data))
        part = Part(name, None, len(data), hashlib.sha256(data).digest(), data)
        if len(data) > self.form.field_limit:
            part.flaw = 'part_too_large', {'limit': self.form.field_limit}
        self.parts.append(part)

    def _check_number(self):
        if len(self.parts) == self.form.parts:
            raise unreadable('too_many_parts', limit=self.form.parts)

    def _count_text(self, size):
        self._texts += size
        if self._texts > MOST_TEXT:
            raise too_large(MOST_TEXT)


def _described(event):
    """Return (media type, flaw) of a part's head"""
    media_type, parameters = parse_options_header(event.headers.get('Content-Type', ''))
    flaw = None
    if media_type.lower().startswith('multipart/'):
        flaw = 'nested_form', {}
    elif event.headers.get('Content-Transfer-Encoding', '').lower() not in _CODINGS:
        flaw = 'part_coding', {}
    elif isinstance(event, Field) and parameters.get('charset', '').lower() not in _CHARSETS:
        flaw = 'part_charset', {}
    return media_type.lower(), flaw


def read_multipart(collector, pieces, boundary):
    """Hand the parts of a form's bytes to a Collector"""
    parser = MultipartDecoder(boundary, max_form_memory_size=MOST_HELD)
    try:
        for piece in steady(pieces, b'--' + boundary):
            parser.receive_data(piece)
            _hand_over(collector, parser)
        parser.receive_data(None)
        _hand_over(collector, parser)
    except RequestEntityTooLarge:
        raise unreadable('part_head_too_large') from None
    except ValueError:
        raise unreadable('not_a_form') from None


def _hand_over(collector, parser):
    while not isinstance(event := parser.next_event(), NeedData | Epilogue):
        if isinstance(event, Field | File):
            collector.begin(event)
        elif isinstance(event, Data):
            collector.take(event.data)
            if not event.more_data:
                collector.end()


def steady(pieces, delimiter):
    """Yield the bytes of pieces in others, none of which ends within a line that begins with the delimiter.

    Werkzeug's parser (3.1) takes the first half of such a line, or of the line break before, for content.
    """
    begun = _begun_line(delimiter)
    held = b''
    for piece in pieces:
        data = held + piece
        found = begun.search(data, max(0, len(data) - LONGEST_LINE))
        end = found.start() if found else len(data)
        held = data[end:]
        if end:
            yield data[:end]
    if held:
        yield held


def _begun_line(delimiter):
    """Return the pattern of a last line that begins or may begin with the delimiter, and the break before"""
    begun = b'|'.join(re.escape(delimiter[:length]) for length in range(len(delimiter)))
    return re.compile(rb'(?:\A|\r\n|\n|\r)(?:%b[^\r\n]*\r?|%b)\Z' % (re.escape(delimiter), begun))


def read_urlencoded(collector, data):
    """Hand the fields of a form without files to a Collector"""
    try:
        pairs = parse_qsl(
            data.decode('ascii'), keep_blank_values=True, errors='strict',
            max_num_fields=collector.form.parts)
    except UnicodeDecodeError as error:
        raise unreadable('not_utf8', position=error.start) from None
    except ValueError:
        raise unreadable('too_many_parts', limit=collector.form.parts) from None
    for name, text in pairs:
        collector.add_text(name, text.encode())
