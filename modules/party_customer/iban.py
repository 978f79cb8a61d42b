"""IBANs of customers: the country's shape is required, right check digits are not"""
from typing import NamedTuple

from schwifty import IBAN
from schwifty.exceptions import InvalidChecksumDigits, SchwiftyException


class Iban(NamedTuple):
    """An IBAN as it is kept; code: compact; unchecked: its check digits are wrong"""
    code: str
    unchecked: bool

    @property
    def type(self):
        """Type of bank.account.number: only a right IBAN is one, so nothing is paid to a wrong one"""
        return 'other' if self.unchecked else 'iban'


def parse(text):
    """Return the Iban of a text.

    Raises ValueError for what cannot be one.
    """
    if not text.isascii():
        raise ValueError(text)
    iban = IBAN(text, allow_invalid=True)
    try:
        iban.validate()
    except InvalidChecksumDigits:
        return Iban(str(iban), True)
    except SchwiftyException:
        raise ValueError(text) from None
    return Iban(str(iban), False)
