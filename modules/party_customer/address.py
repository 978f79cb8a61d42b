"""Parser of one-line addresses: street, post code, city and additional parts.

The line itself is stored and printed unchanged. The parts fill the client's fields and are used by letters
and electronic invoices, which need them separately (EN 16931 BT-50 to BT-53). German, Austrian and Swiss
formats are tried first. Text in no known format is still kept in one of the parts; parsing raises no error.
"""
import gettext
import re
from dataclasses import dataclass
from functools import cache

import pycountry

_BREAK = re.compile(r'[,;|\r\n\u2028\u2029\v\f]+')
_CODES = {
    'AT': r'\d{4}', 'BE': r'\d{4}', 'CH': r'\d{4}', 'DE': r'\d{5}', 'DK': r'\d{4}', 'ES': r'\d{5}',
    'FR': r'\d{5}', 'HU': r'\d{4}', 'IT': r'\d{5}', 'LI': r'\d{4}', 'LU': r'\d{4}', 'SI': r'\d{4}',
    'CZ': r'\d{3} ?\d{2}', 'SK': r'\d{3} ?\d{2}', 'SE': r'\d{3} ?\d{2}', 'GR': r'\d{3} ?\d{2}',
    'NL': r'\d{4} ?[A-Z]{2}', 'PL': r'\d{2}-\d{3}', 'PT': r'\d{4}-\d{3}', 'US': r'\d{5}(?:-\d{4})?',
    'GB': r'[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}'}
"""Country → pattern of its post codes"""
_ANY_CODE = r'\d{4,6}'
_BEHIND = frozenset(['GB', 'US'])
"""Countries with the post code after the city"""
_PREFIX = r'(?:[A-Z]{1,3} ?[-–] ?)?'
"""Obsolete country prefix of a post code: A-1010, D-10115, CH-8001"""
_STREET_WORD = re.compile(
    r'(?:stra(?:ß|ss)e|str\.?|gasse|weg|platz|allee|ring|ufer|damm|chaussee|promenade|kai|rue|via|'
    r'avenue|street|road)(?=\s|\d|$)|\b(?:am|an der|im|zum|zur) ', re.IGNORECASE)
_BOX = re.compile(r'^(?:postfach|pf\b|p\.? ?o\.? ?box|case postale|casella postale)', re.IGNORECASE)
_BESIDE = re.compile(
    r'^(?:c/o|c\. ?o\.|per adresse|p\. ?a\.|z\.? ?h(?:d|dn)?\.|zu h(?:ä|a)nden|attn|att\.|abt(?:eilung|\.)|'
    r'(?:\d+\. ?)?(?:stock|stiege|og|eg|etage|obergeschoss|aufgang|eingang)\b|top\b|tür\b|haus\b|'
    r'hinterhaus|vorderhaus|gebäude|zimmer|raum|block\b|objekt\b)', re.IGNORECASE)
"""Additional parts of an address: recipient, location in the building"""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address, '' for a missing one; ``additional`` holds c/o, floor, post box"""
    street: str = ''
    additional: str = ''
    postal_code: str = ''
    city: str = ''


def parse_address(text, country=None):
    """Return the Address parsed from one string in any format.

    country: alpha-2 code of the address's country, None if unknown; a country name at the end is dropped.
    """
    lines = [line for line in (' '.join(part.split()) for part in _BREAK.split(text or '')) if line]
    lines = _with_state(_without_country(lines))
    place = _find_place(lines, country)
    if place is None:
        return _without_code(lines)
    index, before, code, city, after = place
    rest = [*lines[:index], before, after, *lines[index + 1:]]
    street, additional = _street([line for line in rest if line])
    return Address(street, additional, code, city)


def street_lines(text, country=None):
    """Return an address without post code and city, in its original order, one part per line"""
    address = parse_address(text, country)
    parts = [part for part in (address.street, *address.additional.split(', ')) if part]
    return '\n'.join(sorted(parts, key=lambda part: ' '.join(text.split()).find(part)))


# Post code and city

def _find_place(lines, country):
    """Return (index of the line, text before, post code, city, text after) of the place, None without one"""
    own = _CODES.get(country, _ANY_CODE)
    attempts = [_leading(own), _within(own), _leading(_ANY_CODE)]
    if country in _BEHIND:
        attempts.insert(0, _trailing(own))
    for pattern in attempts:
        for index in reversed(range(len(lines))):
            if found := pattern.match(lines[index]):
                return index, found['before'], found['code'], *_city_first(found['city'])
    return None


def _leading(code):
    return re.compile(rf'(?P<before>){_PREFIX}(?P<code>{code}) (?P<city>[^\d\s].*)$')


def _within(code):
    """Pattern of the last post code in a line that holds street and city without a comma"""
    return re.compile(rf'(?P<before>.*\S) {_PREFIX}(?P<code>{code}) (?P<city>[^\d\s].*)$')


def _trailing(code):
    return re.compile(rf'(?P<before>)(?P<city>.*\S) (?P<code>{code})$')


def _city_first(city):
    """Return (city, street) of a line that continues with the street; a country name after the city goes"""
    found = re.match(r'(?P<city>\D+?) (?P<street>(?:\S+ )?\S+ \d+\s?\w?(?:[/-]\S+)?)$', city)
    if found and _STREET_WORD.search(found['street']):
        words = found['street'].split(' ')
        street = [n for n, word in enumerate(words) if _STREET_WORD.search(word)]
        first = street[0] if street else 0
        return ' '.join([found['city'], *words[:first]]), ' '.join(words[first:])
    words = city.split(' ')
    for length in range(1, len(words)):
        name = ' '.join(words[length:])
        if len(name) > 3 and name.casefold() in _country_names():
            return ' '.join(words[:length]), ''
    return city, ''


def _without_country(lines):
    """Drop a last line that is a country name; the address has its country in a field"""
    more = len(lines) > 2 or len(lines) == 2 and re.search(_ANY_CODE, lines[0])
    return lines[:-1] if more and lines[-1].casefold() in _country_names() else lines


def _with_state(lines):
    """Join city and state of an American address, which a comma separates"""
    for index in range(1, len(lines)):
        if re.match(r'[A-Z]{2} \d{5}(?:-\d{4})?$', lines[index]):
            return [*lines[:index - 1], ', '.join(lines[index - 1:index + 1]), *lines[index + 1:]]
    return lines


@cache
def _country_names():
    """Names and codes of all countries in the languages of the region, in lower case"""
    translations = [
        gettext.translation('iso3166-1', pycountry.LOCALES_DIR, languages=[language]).gettext
        for language in ('de', 'fr', 'it')]
    names = set()
    for country in pycountry.countries:
        own = {country.name, getattr(country, 'common_name', country.name)}
        names |= own | {country.alpha_2, country.alpha_3}
        names |= {translate(name) for translate in translations for name in own}
    return frozenset(name.casefold() for name in names) | {'fürstentum liechtenstein'}


# Street and additional parts

def _without_code(lines):
    """Return the Address of lines without a post code; the last line is the city if it can be one"""
    *others, last = lines or ['']
    if last and not re.search(r'\d', last) and re.search(r'[^\W\d_]{2}', last) and not _is_street(last) \
            and not _BESIDE.match(last):
        return Address(*_street(others), city=last)
    return Address(*_street(lines))


def _street(lines):
    """Return (street, additional) of the lines without the place"""
    plain = [line for line in lines if not _BESIDE.match(line)]
    likely = (
        [line for line in plain if _is_street(line) and not _BOX.match(line)]
        or [line for line in plain if _BOX.match(line)] or plain[-1:] or lines[:1])
    if not likely:
        return '', ''
    street = likely[0]
    rest = list(lines)
    rest.remove(street)
    return street, ', '.join(rest)


def _is_street(line):
    return bool(_STREET_WORD.search(line) or re.search(r'\d', line))
