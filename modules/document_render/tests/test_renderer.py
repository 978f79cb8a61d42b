import io
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal as D

import pikepdf
import pytest
from PIL import Image
from trytond.modules.document_render.errors import LogoBroken
from trytond.modules.document_render.present import present

from . import reading, samples

HOSTILE = (
    'x] #panic("pwn") [ <lbl> @ref * _ $ # \\ // /* */',
    '"quoted" \'single\' `raw` = head == - list + enum ~ -- --- ...',
    '#read("/etc/passwd") #eval("1") #include "x" #sys.inputs',
    "Robert'); DROP TABLE invoice;-- %s {0} {{x}} ${y} &amp; <b>",
    )
# Scripts whose appearance is not determined character by character.
UNUSUAL = (
    '\u202egro.evil\u202c', 'x' * 500, 'W' * 500, '👨\u200d👩\u200d👧' * 60, '你好' * 250, 'مرحبا ' * 80,
    '\u0e31', 'a\u20dd\u0301\u0489', '你\u0301', 'Z\u0334\u0327\u0322\u031b\u0314\u0348' * 20,
    '\ue000\U000f0000', '\U000e0041\U000e007f', '\U00012000', '\u0378', '\ufdfd', '\ufeff',
    '\x00\x07\x1b', '\u2028\u2029\x0b', '\ud800', '\n' * 30, ' ' * 500, '\u200b' * 50, '👍🏽🇩🇪1\ufe0f⃣',
    'a\n' * 200, 'Wort ' * 100, 'ﬁ\u00ad' * 40, 'क्षि' * 50)


@pytest.mark.parametrize('count, pages', [(1, 1), (20, 2), (400, None)])
@pytest.mark.parametrize('language', ['de', 'en'])
def test_every_line_is_printed_once(renderer, count, pages, language):
    lines = tuple(samples.line(i, key=f'KEY-{i:03}') for i in range(count))
    found = reading.pages(renderer.render(samples.document(
        count, lines=lines, language=language)))
    text = ' '.join(found)
    assert all(text.count(f'KEY-{i:03}') == 1 for i in range(count))
    head = 'Beschreibung' if language == 'de' else 'Description'
    # the head of the table is repeated on each page that has lines
    assert all((head in page) == ('KEY-' in page) for page in found)
    last = f'Seite {len(found)} von {len(found)}' if language == 'de' else (
        f'Page {len(found)} of {len(found)}')
    assert last in found[-1]
    assert pages in {None, len(found)}


@pytest.mark.parametrize('text', HOSTILE)
def test_markup_is_printed_literally(renderer, text):
    everywhere = samples.document(
        1, number=text, customer_number=text, intro=text, notes=text, payment_instructions=text,
        tax_label=text, lines=(samples.line(0, description=text, key=text, unit=text),),
        seller=replace(samples.SELLER, name=text, address=(text,), bank=text, email=text),
        buyer=replace(samples.BUYER, name=text, address=(text,), vat_id=text))
    # line breaks replace blanks, so blanks are excluded from the comparison
    printed = ''.join(reading.text(renderer.render(everywhere)).split())
    assert printed.count(''.join(text.split())) >= 12


@pytest.mark.parametrize('text', UNUSUAL, ids=lambda text: ascii(text)[:40])
def test_no_text_stops_a_document(renderer, text):
    content = renderer.render(samples.document(
        2, intro=text, notes=text, buyer=replace(samples.BUYER, name=text, address=(text, text)),
        lines=(samples.line(0, description=text), samples.line(1, unit=text[:20])),
        seller=replace(samples.SELLER, name=text, bank=text, register=(text,)), number=text[:40]))
    assert content.startswith(b'%PDF-1.7') and len(reading.pages(content)) <= 20


@pytest.mark.parametrize('text', ['你好世界', '日本語', '한국어', '😀', 'Ελληνικά', 'Кириллица', 'ไทย'])
def test_other_scripts_are_printed(renderer, text):
    assert text in reading.text(renderer.render(samples.document(1, notes=text)))


def test_ten_thousand_characters_flow_over_pages(renderer):
    words = ' '.join(f'Wort{i}' for i in range(1400))
    found = reading.pages(renderer.render(samples.document(
        1, notes=words, payment_instructions=words, intro=words,
        lines=(samples.line(0, description=words),))))
    text = ' '.join(found)
    assert text.count('Wort1399') == 4 and text.count('Wort700 ') == 4
    assert 'DE02' in found[-1]


@pytest.mark.parametrize('count, seconds', [(20, 0.5), (400, 4)])
def test_time_grows_with_the_lines_and_no_faster(renderer, count, seconds):
    """The limit is more than ten times the duration on an idle machine: only a change of complexity fails"""
    renderer.render(samples.document(1))
    started = time.perf_counter()
    renderer.render(samples.document(count, number='timed'))
    assert time.perf_counter() - started < seconds


def test_the_address_is_in_the_window(renderer):
    """DIN 5008 form B: the address zone is 62.7–90 mm from the top, the text 25 mm from the left"""
    places = {text: (x, y) for text, x, y in reading.places(renderer.render(
        samples.document(1)))}
    x, y = next(at for text, at in places.items() if 'Kundin' in text)
    assert x == pytest.approx(25, abs=0.5) and 62.7 < y < 70
    title = next(at for text, at in places.items() if text.startswith('Rechnung INV'))
    assert title[1] > 98


def test_the_title_stands_still_and_a_long_address_pushes_it_down(renderer):
    def title(**changes):
        places = reading.places(renderer.render(samples.document(1, **changes)))
        return next(y for text, x, y in places if text.startswith('Rechnung INV'))
    few = title(customer_number='', due_date=None, buyer=replace(samples.BUYER, address=()))
    assert title() == pytest.approx(few, abs=0.1)
    long = replace(samples.BUYER, address=tuple(f'Zeile {i}' for i in range(40)))
    assert title(buyer=long) > few + 20


def test_the_file_says_what_it_is(renderer):
    with pikepdf.open(io.BytesIO(renderer.render(samples.document(1)))) as pdf:
        with pdf.open_metadata() as meta:
            assert meta['pdfaid:part'] == '3' and meta['pdfaid:conformance'] == 'A'
            assert meta['pdfuaid:part'] == '1'
            assert meta['dc:title'] == 'Rechnung INV-2026-05-0009'
            assert meta['dc:creator'] == ['Beispiel Werkstatt GmbH']
            assert meta['xmp:CreateDate'].startswith('2026-05-18T16:42:17')
        assert pdf.Root.Lang == 'de'
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.OutputIntents[0].S == '/GTS_PDFA1'
        assert all_fonts_embedded(pdf)


def all_fonts_embedded(pdf):
    found = [
        item for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get('/Type') == '/FontDescriptor']
    return found and all('/FontFile2' in item or '/FontFile3' in item for item in found)


def test_the_same_data_gives_the_same_bytes(renderer, tmp_path):
    """Also in another process, and independent of earlier documents"""
    document = samples.document(
        20, style=samples.styled(logo=samples.logo()), qr=samples.epc(D('12.34')),
        notes='你好 مرحبا 😀')
    first = renderer.render(document)
    renderer.render(samples.document(3, language='en'))
    assert renderer.render(document) == first
    script = (
        'import sys\n'
        'from decimal import Decimal as D\n'
        'from trytond.modules.document_render.renderer import Renderer\n'
        'from trytond.modules.document_render.tests import samples\n'
        'document = samples.document(20, style=samples.styled(logo=samples.logo()),'
        ' qr=samples.epc(D("12.34")), notes="你好 مرحبا 😀")\n'
        'sys.stdout.buffer.write(Renderer(sys.argv[1]).render(document))\n')
    other = subprocess.run(
        [sys.executable, '-c', script, str(tmp_path)], capture_output=True, check=True)
    assert other.stdout == first


@pytest.mark.parametrize('kind, mode, size', [
    ('PNG', 'RGBA', (600, 200)), ('PNG', 'RGB', (40, 40)), ('PNG', 'L', (300, 300)),
    ('PNG', 'P', (300, 100)), ('JPEG', 'RGB', (600, 200)), ('JPEG', 'L', (200, 200)),
    ('JPEG', 'CMYK', (600, 200)), ('PNG', 'RGBA', (4000, 1000)), ('JPEG', 'RGB', (100, 3000)),
    ('PNG', 'I;16', (50, 50)), ('PNG', '1', (50, 50))])
def test_every_logo_becomes_a_picture_with_a_description(renderer, kind, mode, size):
    if mode == 'I;16':
        buffer = io.BytesIO()
        Image.new('I;16', size, 30000).save(buffer, 'PNG')
        content = buffer.getvalue()
    else:
        content = samples.logo(kind, mode, size)
    document = samples.document(1, style=samples.styled(logo=content))
    made = renderer.render(document)
    assert len(made) < 100_000
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages[0].images) == 1
    assert present(document)['logo_alt'] == 'Logo von Beispiel Werkstatt GmbH'


@pytest.mark.parametrize('content', [
    b'', b'GIF89a', b'<svg xmlns="http://www.w3.org/2000/svg"/>', samples.logo()[:200]])
def test_what_is_no_logo_is_refused(renderer, content):
    with pytest.raises(LogoBroken):
        renderer.render(samples.document(1, style=samples.styled(logo=content)))


def test_old_logos_are_forgotten(renderer):
    for width in range(100, 140):
        renderer.render(samples.document(1, style=samples.styled(
            logo=samples.logo(size=(width, 50)))))
    assert len(renderer.logos) == 32
    assert len(list(renderer.root.glob('*.png'))) == 32


def test_figures_that_are_no_decimals_are_refused(renderer):
    with pytest.raises(TypeError, match='finite Decimal'):
        renderer.render(samples.document(1, lines=(samples.line(0, amount=1.5),)))


@pytest.mark.parametrize('font', [
    'Arial', 'Calibri', 'Inter', 'Open Sans', 'Roboto', 'Source Sans 3', 'Noto Sans', 'Georgia',
    'Wingdings'])
def test_every_font_sets_every_part(renderer, font):
    text = reading.text(renderer.render(samples.document(
        3, rates=(D('20'), D('10')), seller=samples.AUSTRIAN, style=samples.styled(font=font))))
    assert '20 % USt auf' in text and 'AT61 1904 3002 3457 3201' in text
