"""VAT ids: the format is required, valid check digits are not.

The formats of the member states are python-stdnum's. Elsewhere only a general format applies: a country
code and four to fifteen letters and digits, three of them digits.
"""
import re
from typing import NamedTuple

import pycountry
from stdnum import exceptions
from stdnum.eu import vat as eu_vat

EU_VAT = 'eu_vat'
"""Type of party.identifier; its code begins with the country"""
_SEPARATORS = re.compile(r'[\s./-]+')
_OUTER_SHAPE = re.compile(r'[A-Z]{2}(?=(?:[A-Z+*]*[0-9]){3})[A-Z0-9+*]{4,15}', re.ASCII)
_COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries)


class VatId(NamedTuple):
    """A parsed VAT id.

    code: compact, with country; type: of party.identifier or None; unchecked: its check digits are wrong, or
    no check for them is known.
    """
    code: str
    type: str | None
    unchecked: bool


def bare(text):
    """Return a text without separators, in upper case"""
    return _SEPARATORS.sub('', text).upper()


def compact(text):
    """Return a VAT id in its stored and compared form: bare, completed by its country's rules"""
    code = bare(text)
    try:
        return eu_vat.compact(code)
    except exceptions.ValidationError:
        return code


def parse(text):
    """Return the VatId of a text.

    Raises ValueError for a text in no VAT id format.
    """
    code = compact(text)
    if not _OUTER_SHAPE.fullmatch(code):
        raise ValueError(text)
    try:
        return VatId(eu_vat.validate(code), EU_VAT, False)
    except (exceptions.InvalidFormat, exceptions.InvalidLength):
        raise ValueError(text) from None
    except exceptions.ValidationError:
        return _unchecked(code, text)


def _unchecked(code, text):
    if _is_european(code):
        return VatId(code, EU_VAT, True)
    if code[:2] not in _COUNTRIES:
        raise ValueError(text)
    return VatId(code, None, True)


def _is_european(code):
    country = code[:2].lower().replace('el', 'gr')
    return country in eu_vat.MEMBER_STATES or country in {'eu', 'im'}


def is_right(code):
    """Tell if the check digits of a European VAT id are valid"""
    return eu_vat.is_valid(code or '')


def full_code(type_, code, unchecked):
    """Return the VAT id, with its country, of an identifier; None if the identifier is no VAT id"""
    if not code:
        return None
    if type_ == EU_VAT or (unchecked and not type_):
        return compact(code)
    if type_ and type_.endswith('_vat'):
        country = type_[:2].upper().replace('GR', 'EL')
        code = compact(code)
        return code if code.startswith(country) else country + code
    return None
