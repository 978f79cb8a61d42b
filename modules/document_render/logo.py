"""Logos: validation by decoding the whole picture.

The module that stores a logo and the process that prints it call the same function, so an accepted logo can
be printed. A small file may unpack to gigabytes: the number of pixels is read from the header and limited
before decoding, and so is the number of scans of a JPEG.
"""
import io

from PIL import Image, ImageOps

from .errors import LogoBroken

PIXELS = 1000                   # of the longer side, as stored in a document
MOST_PIXELS = 16_000_000        # of a picture that may be decoded
MOST_SCANS = 100                # of a progressive JPEG; about ten are usual
PLAIN_MODES = {'1', 'L', 'LA', 'P', 'RGB', 'RGBA'}
MEDIA_TYPES = {'PNG': 'image/png', 'JPEG': 'image/jpeg'}
START_OF_SCAN = b'\xff\xda'


def media_type(content):
    """Return image/png or image/jpeg of a logo, by its content.

    Raises LogoBroken.
    """
    return MEDIA_TYPES[kind(opened(content))]


def printable(content):
    """Return (bytes, image) of a logo that is valid in PDF/A: no CMYK, upright, and no more pixels than a
    printer can show, since every document contains a copy.

    Raises LogoBroken.
    """
    image = opened(content)
    upright = _decoded(ImageOps.exif_transpose, image)
    small = max(image.size) <= PIXELS
    if (small and image.format in MEDIA_TYPES and image.mode in PLAIN_MODES
            and upright.size == image.size):
        return content, image
    return _encoded(upright, kind(image))


def opened(content):
    """Return the decoded image of the bytes of a PNG or JPEG; raises LogoBroken"""
    image = _decoded(lambda data: Image.open(data, formats=('PNG', 'JPEG')), io.BytesIO(content))
    if image.width * image.height > MOST_PIXELS:
        raise LogoBroken(f'the logo has more than {MOST_PIXELS} pixels')
    if kind(image) == 'JPEG' and content.count(START_OF_SCAN) > MOST_SCANS:
        raise LogoBroken(f'the logo has more than {MOST_SCANS} scans')
    _decoded(Image.Image.load, image)
    _decoded(ImageOps.exif_transpose, image)
    return image


def kind(image):
    """Return PNG or JPEG; a JPEG followed by further pictures (MPO) counts as JPEG"""
    return 'PNG' if image.format == 'PNG' else 'JPEG'


def _decoded(step, image):
    """Run a step of the decoder; any exception means that the bytes are no valid picture"""
    try:
        return step(image)
    except Exception as error:
        raise LogoBroken(f'the logo cannot be read: {error}') from error


def _encoded(image, format_):
    if image.mode not in PLAIN_MODES or image.mode in {'1', 'P'}:
        image = image.convert('RGBA' if 'transparency' in image.info else 'RGB')
    image.thumbnail((PIXELS, PIXELS))
    image.info.clear()
    buffer = io.BytesIO()
    image.save(buffer, format_, **({'quality': 90} if format_ == 'JPEG' else {'optimize': True}))
    image.format = format_
    return buffer.getvalue(), image
