"""Invoice templates: what integrators send by mistake or on purpose is refused by name, and nothing is lost
"""
import base64
import io
import struct
import time
import zlib

import pytest
from PIL import Image

from tests.support.billing import PATIENCE, Api, body_with, refused

PATH = '/api/invoice-templates'
MARKUP = """'; DROP TABLE x; -- #set text(red) $x$ *b* <a> @ref [x] %(y)s {{z}} \\"""
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SIGNATURE = b'\x89PNG\r\n\x1a\n'


def text(content):
    return base64.b64encode(content).decode()


def picture(kind='PNG', size=(60, 20)):
    buffer = io.BytesIO()
    Image.new('RGB', size).save(buffer, kind)
    return buffer.getvalue()


def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def bomb(width, height):
    """Return a PNG of few bytes that says it has width × height pixels"""
    return (SIGNATURE + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 6, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(b'\0' * 10_000_000)) + chunk(b'IEND', b''))


@pytest.fixture(scope='module')
def account(billing, operator):
    """An Austrian tenant of this module alone, and its one template"""
    api = Api(billing, operator.tenant('AT'))
    row, = api.get(PATH).json
    return api, f'{PATH}/{row["id"]}'


def refused_everywhere(account, body, field, reason, **others):
    """Assert that neither POST nor PATCH takes a body, and that nothing has changed"""
    api, path = account
    before = api.get(PATH).data, api.get(path).data
    started = time.perf_counter()
    refused(api.post(PATH, {'name': 'x', **body}), field, reason, **others)
    refused(api.patch(path, body), field, reason, **others)
    assert time.perf_counter() - started < PATIENCE
    assert (api.get(PATH).data, api.get(path).data) == before


@pytest.mark.parametrize('field, value, reason', [
    ('name', '', 'must not be empty'),
    ('name', '  ', 'must not be empty'),
    ('name', 'x' * 101, 'at most 100'),
    ('name', 'a\nb', 'single line'),
    ('name', 5, 'must be a string'),
    ('language', '', 'must not be empty'),
    ('language', 'german', 'at most 5'),
    ('language', ['de'], 'must be a string'),
    ('primaryColor', '', 'must not be empty'),
    ('primaryColor', 'red', '#1E88E5'),
    ('primaryColor', '#12345', '#1E88E5'),
    ('primaryColor', '1E88E5', '#1E88E5'),
    ('primaryColor', '#1E88E5;', '#1E88E5'),
    ('secondaryColor', '#GGGGGG', '#1E88E5'),
    ('secondaryColor', '#' + '1' * 50, 'at most 50'),
    ('fontName', '', 'must not be empty'),
    ('fontName', 'x' * 101, 'at most 100'),
    ('applyTax', 'true', 'must be true or false'),
    ('applyTax', 1, 'must be true or false'),
    ('isTaxIncluded', 'no', 'must be true or false'),
    ('isDefault', 0, 'must be true or false'),
    ('taxRate', -0.01, 'at least 0'),
    ('taxRate', 100.01, 'at most 100'),
    ('taxRate', 19.125, 'at most 2 decimals'),
    ('taxRate', '20', 'must be a number'),
    ('taxRate', True, 'must be a number'),
    ('taxRate', 10 ** 50, 'at most 100'),
    ('taxLabel', 'x' * 51, 'at most 50'),
    ('paymentQrMode', 'epcqrcode', 'must be one of'),
    ('paymentQrMode', '', 'must be one of'),
    ('paymentQrMode', 7, 'must be one of'),
    ('paymentInstructions', 'x' * 501, 'at most 500'),
    ('eInvoiceProfile', 'Extended', 'must be one of'),
    ('businessProcessId', 'x' * 201, 'at most 200'),
    ('mailTitle', 'x' * 201, 'at most 200'),
    ('mailTitle', 'Bcc: a@b\r\nx', 'single line'),
    ('mailContent', 'x' * 2001, 'at most 2000'),
    ('mailContent', 'a\x07b', 'U+0007'),
    ('logo', 'x', 'not a known field'),
    ('hasLogo', True, 'not a known field'),
    ('id', 1, 'not a known field'),
    ('einvoiceProfile', 'None', 'not a known field'),
    ])
def test_a_wrong_field_is_named(account, field, value, reason):
    refused_everywhere(account, {field: value}, field, reason)


@pytest.mark.parametrize('value, reason', [
    (5, 'must be a string'),
    ([], 'must be a string'),
    ('%%%', 'must be Base64'),
    ('data:image/png;base64,' + text(picture()), 'must be Base64'),
    (text(picture())[:-3], 'must be Base64'),
    ('ÄÖÜ', 'must be Base64'),
    (text(SVG), 'sound PNG or JPEG'),
    (text(SIGNATURE + SVG), 'sound PNG or JPEG'),
    (text(picture('GIF')), 'sound PNG or JPEG'),
    (text(picture('WEBP')), 'sound PNG or JPEG'),
    (text(picture('TIFF')), 'sound PNG or JPEG'),
    (text(b'%PDF-1.7'), 'sound PNG or JPEG'),
    (text(picture()[:60]), 'sound PNG or JPEG'),
    (text(picture('JPEG', (600, 200))[:-300]), 'sound PNG or JPEG'),
    (text(bomb(30_000, 30_000)), 'sound PNG or JPEG'),
    (text(bomb(4001, 4000)), '16000000 pixels'),
    (text(picture() + b'\0' * 2 * 1024 ** 2), 'at most 2 MB'),
    (text(b'\0' * 4_000_000), 'at most 2 MB'),
    ])
@pytest.mark.filterwarnings('ignore::PIL.Image.DecompressionBombWarning')
def test_what_is_no_logo_is_refused(account, value, reason):
    refused_everywhere(account, {'logoBase64': value}, 'logoBase64', reason)


def test_twenty_megabytes_of_logo(account):
    api, path = account
    for call in (lambda body: api.post(PATH, {'name': 'x', **body}), lambda body: api.patch(path, body)):
        answer = call({'logoBase64': 'A' * 20_000_000})
        assert (answer.status_code, answer.json['error']) == (413, 'payload_too_large')
        assert str(6 * 1024 ** 2) in answer.json['message']


@pytest.mark.parametrize('field, token, reason', [
    ('name', '"a\\u0000b"', 'NUL'),
    ('mailContent', '"\\ud800"', 'lone surrogate'),
    ('taxLabel', '"\\u0001"', 'U+0001'),
    ('taxRate', 'NaN', 'NaN'),
    ('taxRate', '-Infinity', 'Infinity'),
    ('taxRate', '1e999', 'out of range'),
    ('taxRate', '9' * 200, 'out of range'),
    ('taxRate', '1e-50', 'out of range'),
    ('logoBase64', '"\\u0000"', 'NUL'),
    ])
def test_a_wrong_value_is_named(account, field, token, reason):
    api, path = account
    others = {} if field == 'name' else {'name': 'x'}
    refused(api.raw('POST', PATH, body_with(field, token, **others)), field, reason)
    refused(api.raw('PATCH', path, body_with(field, token)), field, reason)


@pytest.mark.parametrize('data, field, reason', [
    (b'', 'body', 'is not JSON'),
    (b'[]', 'body', 'must be an object'),
    (b'{"name": "\xc3\x28"}', 'body', 'is not UTF-8'),
    (b'{"name": "a", "name": "b"}', 'name', 'is given twice'),
    (b'{"name": ' + b'[' * 100_000 + b']' * 100_000 + b'}', '', 'levels deep'),
    ])
def test_a_wrong_body(account, data, field, reason):
    api, path = account
    for method, place in [('POST', PATH), ('PATCH', path)]:
        refused(api.raw(method, place, data), field, reason)


@pytest.mark.parametrize('id', ['0', '-1', '9223372036854775808', '99999999', 'abc', '1.0'])
def test_an_id_nobody_has(account, id):
    api, _ = account
    for method, suffix, body in [
            ('GET', '', None), ('GET', '/logo', None), ('PATCH', '', {'name': 'x'}), ('DELETE', '', None)]:
        answer = api(method, f'{PATH}/{id}{suffix}', body)
        assert (answer.status_code, answer.json['error']) == (404, 'not_found')


def test_texts_are_texts(new_api):
    for words in (MARKUP, '😀' * 25, '\u202eabc', 'x' * 100):
        body = {
            'name': words, 'fontName': words, 'taxLabel': words[:50], 'mailTitle': words,
            'mailContent': words, 'paymentInstructions': words, 'businessProcessId': words}
        made = new_api.made(PATH, body)
        assert {field: made[field] for field in body} == body


def test_the_longest_texts_fit(new_api):
    body = {
        'name': 'ä' * 100, 'language': 'de-AT', 'fontName': '字' * 100, 'taxLabel': '😀' * 50,
        'paymentInstructions': '😀' * 500, 'businessProcessId': 'u' * 200, 'mailTitle': '😀' * 200,
        'mailContent': '😀' * 2000}
    made = new_api.made(PATH, body)
    assert {field: made[field] for field in body} == body
