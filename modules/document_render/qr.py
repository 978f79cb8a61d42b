"""QR codes: the European Payments Council's code for a SEPA credit transfer, and any link.

Source: EPC069-12 v3.1, version 002 (the BIC may be absent within the EEA), UTF-8, error
correction M, at most symbol version 13.
"""
import io
from decimal import Decimal

import segno
from stdnum import bic as bics
from stdnum import iban as ibans

LEAST, MOST = Decimal('0.01'), Decimal('999999999.99')
NAME_LENGTH, TEXT_LENGTH = 70, 140      # characters
NAME_BYTES, MOST_BYTES = 160, 331       # bytes; MOST_BYTES is the capacity of version 13


class NotPayable(ValueError):
    """The code cannot be made; ``field`` is iban, bic, name, amount or text"""

    def __init__(self, field, reason):
        super().__init__(f'{field}: {reason}')
        self.field = field
        self.reason = reason


def payload(*, name, iban, amount, text='', bic=''):
    """Return the content of an EPC code.

    name: the payee, cut to 70 characters; amount: EUR with at most two decimals; text: the remittance
    information, cut to 140 characters. Alphabets that need more bytes than the code holds are cut shorter.

    Raises NotPayable for an IBAN with wrong check digits, a malformed BIC, an empty name or an amount outside
    the code's range.
    """
    if not ibans.is_valid(iban):
        raise NotPayable('iban', 'its check digits or its length are wrong')
    if bic and not bics.is_valid(bic):
        raise NotPayable('bic', 'it is malformed')
    if not one_line(name):
        raise NotPayable('name', 'it is empty')
    if not LEAST <= amount <= MOST or amount != round(amount, 2):
        raise NotPayable('amount', f'it is not between {LEAST} and {MOST} with two decimals')
    head = '\n'.join((
        'BCD', '002', '1', 'SCT', bics.compact(bic) if bic else '',
        cut(one_line(name)[:NAME_LENGTH], NAME_BYTES), ibans.compact(iban), f'EUR{amount:.2f}',
        '', '', ''))
    text = cut(one_line(text)[:TEXT_LENGTH], MOST_BYTES - len(head.encode()))
    return (head + text).rstrip('\n')


def cut(text, size):
    """Return the text cut to ``size`` bytes of UTF-8, at a character boundary"""
    return text.encode()[:size].decode(errors='ignore')


def one_line(text):
    return ' '.join(text.split())


def svg(content):
    """Return the code as an SVG of one unit per module, without its quiet zone"""
    code = segno.make_qr(content, error='m', boost_error=False, encoding='utf-8')
    picture = io.BytesIO()
    code.save(picture, kind='svg', border=0, xmldecl=False, nl=False, omitsize=True)
    return picture.getvalue().decode()
