"""Formats of figures and dates by language: the only place where a printed value is formatted.

Nothing is rounded: a value has at least the requested decimals, and more if it has more itself.
"""
from decimal import Decimal

SEPARATORS = {'de': ('.', ','), 'en': (',', '.')}   # thousands separator, decimal separator
SYMBOLS = {'EUR': '€', 'USD': '$', 'GBP': '£'}
MONTHS = (
    'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
    'October', 'November', 'December')
NBSP = '\u00a0'
MINUS = '\u2212'


def language_of(tag):
    """Return 'de' for German of any region and 'en' for everything else"""
    return 'de' if tag.lower().replace('_', '-').split('-')[0] == 'de' else 'en'


def number(value, language, decimals=0):
    """1234.5 → 1.234,50 (de, 2 decimals)"""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError(f'a finite Decimal is needed, not {value!r}')
    thousands, point = SEPARATORS[language]
    whole, _, fraction = f'{abs(value):f}'.partition('.')
    fraction = fraction.rstrip('0').ljust(decimals, '0')
    text = f'{int(whole):,}'.replace(',', thousands)
    if fraction:
        text += point + fraction
    return MINUS + text if value < 0 else text


def money(value, language, currency):
    """1234.5 → 1.234,50 € (de), €1,234.50 (en), 1,234.50 CHF (en, a currency without a sign)"""
    text = number(value, language, 2)
    sign = SYMBOLS.get(currency)
    if language == 'de' or not sign:
        return text + NBSP + (sign or currency)
    if text.startswith(MINUS):
        return MINUS + sign + text[1:]
    return sign + text


def currency_sign(currency):
    return SYMBOLS.get(currency, currency)


def percent(value, language):
    """19 → 19 % (de), 19% (en)"""
    return number(value, language) + (NBSP if language == 'de' else '') + '%'


def date(value, language):
    """16.05.2026 (de), 16 May 2026 (en): both are unambiguous everywhere"""
    if language == 'de':
        return f'{value.day:02}.{value.month:02}.{value.year:04}'
    return f'{value.day}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year:04}'


def period(first, last, language):
    """01.04. – 30.04.2026 (de), 1 April – 3 May 2026 (en): a common year is printed once"""
    start = date(first, language)
    if first.year == last.year:
        year = f'{first.year:04}'
        start = start.removesuffix(year).rstrip(NBSP)
    return f'{start}{NBSP}– {date(last, language)}'


def iban(value):
    """DE02120300000000202051 → DE02 1203 0000 0000 2020 51, with no-break spaces"""
    compact = ''.join(value.split()).upper()
    return NBSP.join(compact[i:i + 4] for i in range(0, len(compact), 4))


def aligned(values, language, decimals=0):
    """Return [(text, rest)] of a column: ``rest`` is the blank space to leave after the text so that all
    decimal points align in a flush-right column.
    """
    _, point = SEPARATORS[language]
    texts = [number(v, language, decimals) if v is not None else '' for v in values]
    lengths = [len(text.partition(point)[2]) for text in texts]
    longest = max(lengths, default=0)
    return [
        (text, '') if not text else
        (text, (point if longest and not length else '') + '0' * (longest - length))
        for text, length in zip(texts, lengths, strict=True)]
