"""Printable characters, their widths, and the places where a word may break.

PDF/A forbids a character without a glyph, and a name must never prevent an invoice, so a character that no
font has is replaced by a visible box before typesetting.
"""
import re
import unicodedata
from functools import cache, lru_cache

from fontTools.ttLib import TTFont

from . import fonts

SUBSTITUTE = '\u25a1'       # □ is in Arimo and therefore always available
BREAK = '\u200b'            # zero width space: a break opportunity without a hyphen
LATE = 'NotoSansCJK-VF.otf.ttc'     # by far the largest table, read only when all others lack the character
LINE_ENDS = re.compile('\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]')
# They reverse the adjacent text, so that it could read differently from the stored text; a byte order mark
# within a text is left over from a file.
OVERRIDES = re.compile('[\u202a-\u202e\u2066-\u2069\ufeff]')
# Characters that have no glyph of their own by design.
INVISIBLE = frozenset(map(ord, '\n\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f'))
MARKS = {'Mn', 'Me', 'Mc'}
STUCK = MARKS | {'Cf'}
JOINER = '\u200d'
MOST_MARKS = 4              # per character
# Runs without a break opportunity of their own; Chinese and Japanese break after every character.
UNBROKEN = re.compile('[^\\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+')


@cache
def charset(name):
    """Return the set of code points of a font file"""
    number = 0 if name.endswith('.ttc') else -1
    with TTFont(fonts.files()[name], fontNumber=number, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def common():
    """Return the code points of all fonts but the largest"""
    names = [name for name in fonts.files() if name != LATE]
    return frozenset().union(INVISIBLE, *map(charset, names))


def has_glyph(char):
    """Tell if a font has a glyph; PDF/A level A forbids private-use characters, which some fonts have"""
    if unicodedata.category(char) == 'Co':
        return False
    return ord(char) in common() or ord(char) in charset(LATE)


@lru_cache(4096)
def in_one_font(cluster):
    """Tell if one font has a character and all its marks"""
    wanted = set(map(ord, cluster)) - INVISIBLE
    return any(wanted <= charset(name) for name in fonts.files())


@cache
def advances(family):
    """Return {code point: width in em} of the upright style"""
    with TTFont(fonts.upright(family), lazy=True) as font:
        em = font['head'].unitsPerEm
        metrics = font['hmtx'].metrics
        return {char: metrics[glyph][0] / em for char, glyph in font.getBestCmap().items()}


def width(text, family):
    """Return the approximate width of a text, in em; 1 em for a character missing in the family"""
    table = advances(family)
    return sum(table.get(ord(char), 1) for char in text)


# Ways to make a text printable, from the most faithful to the one that cannot fail: a glyph may still be
# missing when a mark and its base letter are in different fonts.

def covered(text):
    """Replace characters that no font has; drop marks that no font can set on their base character"""
    kept = ['']
    for char in normal(text):
        if unicodedata.category(char) not in MARKS:
            kept.append(char if has_glyph(char) else SUBSTITUTE)
        elif in_one_font(kept[-1] + char):
            kept[-1] += char
    return ''.join(kept)


def unmarked(text):
    """Replace characters that no font has, and drop combining marks and joiners"""
    return ''.join(
        c for c in covered(text) if c == BREAK or unicodedata.category(c) not in STUCK)


def plain(text):
    """Keep only the characters of the default family"""
    kept = charset(fonts.FAMILIES[fonts.DEFAULT])
    return ''.join(
        c if c in {'\n', BREAK} or ord(c) in kept else SUBSTITUTE for c in unmarked(text))


WAYS = (covered, unmarked, plain)


def normal(text):
    """Normalise a text: one kind of line end, tabs as a space, letters and their marks composed where
    possible (NFC). Control characters and overrides are dropped, and so are marks beyond any script's use,
    which would be piled over the lines above.
    """
    text = OVERRIDES.sub('', LINE_ENDS.sub('\n', text).replace('\t', ' '))
    kept, pile = [], 0
    for char in unicodedata.normalize('NFC', text):
        category = unicodedata.category(char)
        pile = pile + 1 if category in {'Mn', 'Me'} else 0
        if pile <= MOST_MARKS and (category != 'Cc' or char == '\n'):
            kept.append(char)
    return ''.join(kept)


def printable(value, way=covered):
    """Apply a way to every string of nested lists and dictionaries"""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else way(value)
    if isinstance(value, dict):
        return {key: printable(item, way) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item, way) for item in value]
    return value


def breakable(text, family, em):
    """Let words wider than ``em`` break between any two characters"""
    def cut(match):
        word = match[0]
        if len(word) < em / 2 or width(word, family) <= em:
            return word
        return BREAK.join(clusters(word))
    return UNBROKEN.sub(cut, text)


def clusters(word):
    """Return the word as a list of clusters: a character with its marks and joiners"""
    parts = []
    for char in word:
        if parts and (sticks(char) or parts[-1].endswith(JOINER)):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def sticks(char):
    return unicodedata.category(char) in STUCK or '\U0001f3fb' <= char <= '\U0001f3ff'
