"""Bytes that came as a file: read from where they were put, never trusted"""
import io
import re
import unicodedata

from pydantic import GetJsonSchemaHandler
from pydantic_core import core_schema

from ..spool import PIECE, Window

MOST_NAME = 255
"""Characters"""
_FOLDERS = re.compile(r'[/\\]')
_FORBIDDEN = frozenset({'Cc', 'Cs', 'Zl', 'Zp'})
"""Unicode categories: control characters, lone surrogates, separators of lines and paragraphs"""
_TURNING = frozenset('\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')
"""Marks that turn the direction of text: with them a name reads as another one"""


class Content:
    """Bytes that can be read as often as needed, until the body they came with is closed.

    size: bytes; sha256: hexadecimal; media_type: as the sender says, which proves nothing.
    """

    def __init__(self, spool, start, size, sha256, media_type=''):
        self._spool = spool
        self._start = start
        self.size = size
        self.sha256 = sha256
        self.media_type = media_type

    def open(self):
        """Return a binary file for reading, with a position of its own"""
        return io.BufferedReader(Window(self._spool, self._start, self.size), PIECE)

    def read(self):
        """Return all bytes"""
        return self.first(self.size)

    def first(self, number):
        """Return so many bytes of the beginning"""
        return self._spool.read(self._start, min(number, self.size))

    def pieces(self):
        """Yield all bytes, PIECE at a time"""
        for at in range(0, self.size, PIECE):
            yield self._spool.read(self._start + at, min(PIECE, self.size - at))

    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler: GetJsonSchemaHandler):
        return {'type': 'string', 'format': 'binary'}


class Upload(Content):
    """A file of a form; name: of the file, without folders"""

    def __init__(self, spool, start, size, sha256, media_type='', name=''):
        super().__init__(spool, start, size, sha256, media_type)
        self.name = name


def clean_name(text):
    """Return the name of a file without folders, composed (NFC), or None if it can be no name"""
    name = unicodedata.normalize('NFC', _FOLDERS.split(text)[-1].strip())
    if name in {'', '.', '..'} or len(name) > MOST_NAME or not _TURNING.isdisjoint(text):
        return None
    if any(unicodedata.category(character) in _FORBIDDEN for character in text):
        return None
    return name
