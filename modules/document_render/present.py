"""A document as the template's data: every string printable, every column measured.

Only plain JSON values leave this module; the template places them and contains no logic for languages, kinds
of documents or numbers.
"""
import gettext
import re
from functools import cache

import pycountry

from . import colours, fonts, formats, glyphs, qr
from .document import Style
from .texts import text as words

POINTS = 72 / 25.4          # of one millimetre
LINE_WIDTH = 165 * POINTS   # A4 less 25 mm left and 20 mm right
GUTTER = 9.0                # points between two columns
TEXT_SIZE, LEAST_SIZE = 9.0, 5.5
HEAD_SIZE = 0.89            # relative to the table's text size
DESCRIPTION_WIDTH = 48 * POINTS     # least width of the description
UNIT_WIDTH = 24 * POINTS
BOLD = 1.1                  # ratio of bold width to regular width, at most
ADDRESS_EM = 80 * POINTS / 10       # width of the address window, in em of its text
FACT_EM = 33 * POINTS / 9
BODY_EM = LINE_WIDTH / 10
FOOTER_EM = 45 * POINTS / 7
HEADING_EM = LINE_WIDTH / 16 / BOLD
SUBJECT_EM = LINE_WIDTH / 11 / BOLD
HEAD_EM = 9.0               # width of a column's head, in em of the table's text
SUM_EM = 55 * POINTS / 9.5  # width of the labels of the sums
BLANKS = re.compile('[^\\S\u00a0\u2007\u202f]+')
EMPTY_LINES = re.compile('\n{5,}')
PAID = {'invoice', 'gutschrift'}


def present(document, way=glyphs.covered):
    """Return the template's data; ``way`` makes texts printable, see `glyphs.WAYS`"""
    page = Page(document)
    return glyphs.printable(page.data(), way)


class Page:
    """Context of all parts: language, fonts and the words of this kind of document"""

    def __init__(self, document):
        self.document = document
        self.language = formats.language_of(document.language)
        self.family = fonts.family_of(document.style.font)
        self.tax_label = document.tax_label or words('tax_label', self.language)
        self.title = one_line(f"{self.word('title', document.name)} {document.number}")

    def word(self, key, variant='', **values):
        return words(f'{key}.{variant}' if variant else key, self.language, **values)

    def money(self, value):
        return formats.money(value, self.language, self.document.currency)

    def date(self, value):
        return formats.date(value, self.language)

    def line(self, text, em):
        """One line of text: wraps at blanks, and within a word wider than ``em``"""
        return glyphs.breakable(one_line(text), self.family, em)

    def body(self, text, em=BODY_EM):
        """A text with its own line breaks, with at most three empty lines in a row"""
        lines = '\n'.join(line.rstrip() for line in text.splitlines()).strip('\n')
        return glyphs.breakable(EMPTY_LINES.sub('\n' * 4, lines), self.family, em)

    def data(self):
        document = self.document
        return {
            'lang': self.language,
            'title': self.title,
            'author': one_line(document.writer.name),
            'fonts': list(fonts.stack(document.style.font)),
            'colours': palette(document.style),
            'logo': None,
            'logo_alt': self.word('logo_alt', name=one_line(document.writer.name)),
            'heading': self.line(self.title, HEADING_EM),
            'name': self.line(document.writer.name, ADDRESS_EM / 1.5),
            'return_line': ' · '.join(
                map(one_line, [document.writer.name, *address_lines(document.writer)])),
            'recipient': [self.line(line, ADDRESS_EM) for line in recipient(self)],
            'facts': [[label, self.line(value, FACT_EM)] for label, value in facts(self)],
            'subject': self.line(document.subject, SUBJECT_EM),
            'summary': self.body(document.summary),
            'intro': self.body(document.intro),
            'table': table(self),
            'totals': totals(self),
            'notices': [self.body(notice) for notice in notices(self)],
            'notes': self.body(document.notes),
            'payment': payment(self),
            'receipt': receipt(self),
            'footer': footer(self),
            'page': self.word('page', page='\0', pages='\0').split('\0'),
            }


def nonempty(*values):
    return [value for value in values if value]


def one_line(text):
    """Collapse blanks to one line; no-break spaces, as in an IBAN, are kept"""
    return BLANKS.sub(' ', text).strip(' ')


def palette(style):
    primary, secondary = style.primary_color, style.secondary_color
    usual = Style()
    return {
        'title': colours.readable(primary, usual.primary_color, colours.LARGE),
        'rule': colours.plain(primary, usual.primary_color),
        'quiet': colours.readable(secondary, usual.secondary_color, colours.SMALL),
        }


# the address window and the facts beside it

def recipient(page):
    """Return the lines of the address; abroad the country stands last, in capitals"""
    reader, writer = page.document.reader, page.document.writer
    lines = nonempty(reader.name, *address_lines(reader))
    if reader.country and reader.country != writer.country:
        country = country_name(reader.country, page.language)
        if not any(country.lower() in line.lower() for line in lines[-2:]):
            lines.append(country.upper())
    return lines


def address_lines(party):
    """Return the address as lines, whether given as lines or as one text with line breaks"""
    return nonempty(*(line.strip() for text in party.address for line in text.splitlines()))


@cache
def country_name(code, language):
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    name = getattr(country, 'common_name', country.name)
    if language == 'en':
        return name
    return gettext.translation(
        'iso3166-1', pycountry.LOCALES_DIR, languages=[language]).gettext(name)


def facts(page):
    """Return [(label, value)], the block right of the address"""
    document, kind = page.document, page.document.kind
    number = 'supplier_number' if kind == 'gutschrift' else 'customer_number'
    found = [
        (page.word('number', document.name), document.number),
        (page.word('date', kind), page.date(document.issue_date)),
        supply(page),
        document.due_date and (page.word('due', document.name), page.date(document.due_date)),
        document.delivery_days is not None and (page.word('delivery_time'), delivery_time(page)),
        document.preceding and (page.word('preceding', document.name), preceding(page)),
        (page.word(number), document.customer_number),
        (page.word('reference'), document.buyer_reference),
        (page.word('contact'), document.writer.contact),
        *tax_ids(page),
        ]
    return [fact for fact in found if fact and fact[1]]


def supply(page):
    """The date or period of supply (§ 14 (4) 6 UStG, § 11 (1) 3 d UStG-AT)"""
    document = page.document
    if not document.supply_date:
        return None
    first, last = document.supply_date, document.supply_end
    if last and last != first:
        return page.word('supply_period'), formats.period(first, last, page.language)
    delivery = document.kind == 'delivery_note'
    return page.word('delivery_date' if delivery else 'supply_date'), page.date(first)


def delivery_time(page):
    days = page.document.delivery_days
    return page.word('days', {0: 'none', 1: 'one'}.get(days, ''), days=days)


def preceding(page):
    reference = page.document.preceding
    if not reference.date:
        return reference.number
    return page.word('preceding_of', number=reference.number, date=page.date(reference.date))


def tax_ids(page):
    """The reader's own numbers; a Gutschrift must bear the supplier's (§ 14 (2), (4) 2 UStG)"""
    reader = page.document.reader
    yield page.word('your_vat_id', page.document.writer.country), reader.vat_id
    if page.document.kind == 'gutschrift':
        yield page.word('your_tax_number'), reader.tax_number


# the table of lines

def table(page):
    """Return {'size', 'gutter', 'columns', 'rows'}: measures in points, a cell as in `all_columns`"""
    columns = [column for column in all_columns(page) if column]
    widths, size = fit(page, columns)
    columns[1]['cells'] = descriptions(page, (widths[1] - GUTTER) / size)
    return {
        'size': size,
        'gutter': GUTTER,
        'breakable': any(map(is_long, page.document.lines)),
        'columns': [
            {'label': page.line(column['label'], HEAD_EM / HEAD_SIZE / BOLD),
                'align': column['align'], 'width': width}
            for column, width in zip(columns, widths, strict=True)],
        'rows': [list(row) for row in zip(*(c['cells'] for c in columns), strict=True)],
        }


def all_columns(page):
    """Yield the columns of this document; a cell is a text or [text, blank rest]"""
    document, lines = page.document, page.document.lines
    currency = formats.currency_sign(document.currency)
    priced = document.shows_prices
    several = len({line.tax_rate for line in lines if line.tax_rate is not None}) > 1
    yield cells(page.word('position'), [line.position for line in lines], 'right')
    yield cells(page.word('description'), None, 'left')
    yield figures(page, 'quantity', [line.quantity for line in lines], 0)
    yield cells(page.word('unit'), [
        page.line(line.unit, UNIT_WIDTH / TEXT_SIZE) for line in lines], 'left')
    yield priced and figures(
        page, 'unit_price', [line.unit_price for line in lines], 2, currency=currency)
    yield priced and several and cells(page.tax_label, [
        rate(page, line.tax_rate) for line in lines], 'right')
    yield priced and figures(
        page, 'amount', [line.amount for line in lines], 2, currency=currency)


def cells(label, values, align):
    return {'label': label, 'cells': values, 'align': align}


def figures(page, key, values, decimals, **names):
    aligned = formats.aligned(values, page.language, decimals)
    return cells(page.word(key, **names), [list(cell) for cell in aligned], 'right')


def rate(page, value):
    return '' if value is None else formats.percent(value, page.language)


def descriptions(page, em):
    return [
        {'text': page.body(line.description, em * 0.97), 'key': page.line(line.key, em)}
        for line in page.document.lines]


def is_long(line):
    """Tell if a row may not fit on one page and so must be allowed to break; other rows are not split"""
    return len(line.description) + 60 * line.description.count('\n') > 1500


def fit(page, columns):
    """Return the columns' widths in points and the text size. Figures are never broken: the description gets
    the remaining width, and if that is too little the whole table is set in a smaller size.
    """
    ems = [column_em(page, column) for column in columns]
    gutters = GUTTER * (len(columns) - 1)
    room = LINE_WIDTH - gutters - DESCRIPTION_WIDTH
    size = min(TEXT_SIZE, max(LEAST_SIZE, room / max(sum(ems), 1)))
    widths = [em * size + GUTTER for em in ems]
    widths[0] -= GUTTER
    widths[1] += LINE_WIDTH - sum(widths)
    return widths, size


def column_em(page, column):
    """Return the least width of a column, in em of the table's text; 0 for the description"""
    if column['cells'] is None:
        return 0
    head = min(glyphs.width(column['label'], page.family) * HEAD_SIZE * BOLD, HEAD_EM)
    body = max((glyphs.width(joined(c), page.family) for c in column['cells']), default=0)
    if column['align'] == 'left':
        body = min(body, UNIT_WIDTH / TEXT_SIZE)
    return max(head, body) + 0.3


def joined(cell):
    return ''.join(cell) if isinstance(cell, list) else cell


# below the table

def totals(page):
    """Return [[label, amount]], the sum to pay last. Base and tax of each rate are included (§ 14 (4) 7, 8
    UStG); without any tax only the sum is printed.
    """
    document = page.document
    if not document.priced:
        return []
    rows = [[page.word('net'), page.money(document.totals.net)]]
    rows += [
        [page.line(tax_on(page, row), SUM_EM), page.money(row.tax)] for row in document.taxes]
    if not any(row.rate for row in document.taxes):
        rows = []
    return [*rows, [page.word('gross', document.name), page.money(document.totals.gross)]]


def tax_on(page, row):
    return page.word(
        'tax_on', rate=rate(page, row.rate), label=page.tax_label, base=page.money(row.base))


def notices(page):
    """Return the sentences required by law, each once"""
    found = [row.reason for row in page.document.taxes if row.reason]
    taxed = any(row.rate for row in page.document.taxes)
    if page.document.prices_include_tax and taxed and page.document.shows_prices:
        found.append(page.word('prices_gross', label=page.tax_label))
    return list(dict.fromkeys(found))


def payment(page):
    """Return the payment block; outside the kinds in PAID only the writer's own words, or None"""
    document = page.document
    paid = document.name in PAID
    rows = payment_rows(page) if paid else []
    url = document.qr.content if document.qr and document.qr.kind == 'link' else None
    if not rows and not document.payment_instructions and not document.qr:
        return None
    return {
        'title': page.word('payment', document.kind),
        'text': page.body(document.payment_instructions),
        'rows': [[label, page.line(value, FACT_EM * 1.6)] for label, value in rows],
        'online': url and {
            'label': page.word('online'), 'text': page.line(url, FACT_EM * 1.6), 'url': url},
        'qr': document.qr and {
            'svg': qr.svg(document.qr.content),
            'alt': page.word('qr_alt', document.qr.kind),
            'caption': page.word('qr', document.qr.kind),
            },
        }


def payment_rows(page):
    payee = page.document.seller
    if not payee.iban:
        return []
    return [row for row in (
        (page.word('payee'), payee.name),
        (page.word('iban', 'unchecked' if payee.iban_unchecked else ''), formats.iban(payee.iban)),
        (page.word('bic'), payee.bic),
        (page.word('bank'), payee.bank),
        (page.word('remittance'), page.document.number),
        ) if row[1]]


def receipt(page):
    """Return the labels of the two signature lines of a delivery note"""
    if page.document.kind != 'delivery_note':
        return None
    return {'text': page.word('received'), 'lines': [page.word('place_date'), page.word('signature')]}


def footer(page):
    """Return the columns of the footer: lines, and a share of the width"""
    found = []
    for lines in footer_columns(page):
        lines = [page.line(line, FOOTER_EM) for line in lines]
        widest = max(glyphs.width(line, page.family) for line in lines)
        found.append({'lines': lines, 'width': min(max(widest, FOOTER_EM / 2), FOOTER_EM)})
    return found


def footer_columns(page):
    writer = page.document.writer
    vat_id = page.word('vat_id', writer.country)
    columns = [
        [writer.name, *address_lines(writer)],
        [labelled(page.word('phone'), writer.phone), writer.email, writer.website],
        [labelled(vat_id, writer.vat_id), labelled(page.word('tax_number'), writer.tax_number),
            *writer.register],
        [writer.bank, labelled('IBAN', formats.iban(writer.iban)), labelled('BIC', writer.bic)],
        ]
    return [column for column in (nonempty(*lines) for lines in columns) if column]


def labelled(label, value):
    return f'{label} {value}' if value else ''
