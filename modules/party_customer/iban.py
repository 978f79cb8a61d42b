"""IBANs of customers: the country's format is required, valid check digits are not"""
from typing import NamedTuple

from schwifty import IBAN
from schwifty.exceptions import InvalidChecksumDigits, SchwiftyException


class Iban(NamedTuple):
    """A parsed IBAN; code: compact; unchecked: its check digits are wrong"""
    code: str
    unchecked: bool

    @property
    def type(self):
        """Type of bank.account.number: 'iban' only for a valid one, so that no invalid one is paid to"""
        return 'other' if self.unchecked else 'iban'


def parse(text):
    """Return the Iban of a text.

    Raises ValueError for a text in no IBAN format.
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
