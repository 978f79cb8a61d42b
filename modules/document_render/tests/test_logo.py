"""Logos: an accepted logo can be printed, any other is refused before it costs resources"""
import io
import struct
import time
import zlib

import pytest
from PIL import Image

from trytond.modules.document_render import logo
from trytond.modules.document_render.errors import LogoBroken

from . import samples

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def saved(image, kind='PNG', **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def bomb(width, height):
    """Return a PNG of a few kilobytes whose header declares width × height pixels"""
    rows = zlib.compress(b'\0' * 1_000_000)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 6, 0, 0, 0))
        + chunk(b'IDAT', rows) + chunk(b'IEND', b''))


@pytest.mark.parametrize('kind, media_type', [('PNG', 'image/png'), ('JPEG', 'image/jpeg')])
def test_the_content_says_what_it_is(kind, media_type):
    assert logo.media_type(samples.logo(kind, 'RGB', (60, 20))) == media_type


@pytest.mark.parametrize('content', [
    b'', b'\x89PNG\r\n\x1a\n', SVG, b'\x89PNG\r\n\x1a\n' + SVG, saved(Image.new('RGB', (9, 9)), 'GIF'),
    saved(Image.new('RGB', (9, 9)), 'WEBP'), saved(Image.new('RGB', (9, 9)), 'BMP'), b'%PDF-1.7',
    samples.logo()[:200], samples.logo('JPEG', 'RGB', (600, 200))[:-200]])
def test_what_is_no_sound_png_or_jpeg_is_refused(content):
    with pytest.raises(LogoBroken, match='cannot be read'):
        logo.media_type(content)


@pytest.mark.filterwarnings('ignore::PIL.Image.DecompressionBombWarning')
@pytest.mark.parametrize('size', [(4001, 4000), (10_000, 10_000), (60_000, 60_000), (2 ** 31 - 1, 1)])
def test_a_decompression_bomb_is_refused_unopened(size):
    started = time.perf_counter()
    with pytest.raises(LogoBroken, match='pixels|cannot be read'):
        logo.media_type(bomb(*size))
    assert time.perf_counter() - started < 0.5


def test_a_text_that_unpacks_to_gigabytes_is_refused():
    text = chunk(b'zTXt', b'x\0\0' + zlib.compress(b'\0' * 100_000_000))
    picture = saved(Image.new('RGB', (9, 9)))
    with pytest.raises(LogoBroken, match='cannot be read'):
        logo.media_type(picture[:33] + text + picture[33:])


def test_a_jpeg_of_endless_passes_is_refused():
    picture = saved(Image.new('RGB', (64, 64)), 'JPEG', progressive=True)
    scan = picture[picture.index(b'\xff\xda'):-2]
    with pytest.raises(LogoBroken, match='scans'):
        logo.media_type(picture[:-2] + scan * 200 + picture[-2:])


def test_the_largest_that_is_opened():
    assert logo.media_type(saved(Image.new('1', (4000, 4000)))) == 'image/png'


def test_a_jpeg_with_a_second_picture_is_printed_as_its_first():
    first, second = (Image.new('RGB', (40, 20), colour) for colour in ('red', 'blue'))
    content = saved(first, 'MPO', save_all=True, append_images=[second])
    assert logo.media_type(content) == 'image/jpeg'
    made, image = logo.printable(content)
    assert image.format == 'JPEG' and Image.open(io.BytesIO(made)).format == 'JPEG'
