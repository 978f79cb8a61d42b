"""Match key and sort key of a text, the field that stores one, and the condition that a text contains another
"""
import unicodedata

from sql.functions import Position
from trytond.backend.postgresql.database import SQLType
from trytond.model import fields

SORT_LENGTH = 120
"""Characters of a sort key: an index entry of PostgreSQL holds 2,700 bytes"""
_BASE_LETTERS = str.maketrans({
        'æ': 'ae', 'œ': 'oe', 'ø': 'o', 'đ': 'd', 'ð': 'd', 'þ': 'th', 'ł': 'l', 'ħ': 'h', 'ŧ': 't',
        'ı': 'i', 'ŋ': 'n'})
"""Letters that Unicode does not decompose"""


def match_key(text):
    """Return the common key of texts that differ only in case, composition or outer blanks"""
    return unicodedata.normalize('NFC', (text or '').casefold()).strip()


def sort_key(text):
    """Return the sort key of a text: base letters, as in DIN 5007-1 (ä like a, ß like ss).

    Texts with the same match_key have the same sort_key.
    """
    parts = unicodedata.normalize('NFKD', match_key(text))
    letters = ''.join(c for c in parts if not unicodedata.combining(c)).translate(_BASE_LETTERS)
    return ' '.join(letters.split())[:SORT_LENGTH]


def contains(column, text):
    """Return the SQL condition that a column of match keys contains a text; there are no wildcards"""
    return Position(match_key(text), column) > 0


class Key(fields.Char):
    """A text compared by code points, independent of the database's collation"""
    forbidden_chars = ''

    def sql_type(self):
        return SQLType('VARCHAR', f'{self._sql_type} COLLATE "C"')
