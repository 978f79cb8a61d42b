"""Invoice templates: answers, the default, logos, what a plan allows"""
import base64
import io
import struct
import zlib

from PIL import Image

from tests.contracts.kit.golden import UNKNOWN

PATH = '/api/invoice-templates'
DETAIL = {
    'name': 'Standard AT', 'language': 'de', 'primaryColor': '#123456', 'secondaryColor': '#abc',
    'fontName': 'Arial', 'applyTax': True, 'isTaxIncluded': False, 'taxRate': 20.0, 'taxLabel': 'USt',
    'paymentQrMode': 'EpcQrCode', 'paymentInstructions': 'Please pay\nwithin 14 days.',
    'eInvoiceProfile': 'EN16931', 'businessProcessId': 'P1', 'mailTitle': 'Invoice %InvoiceNumber%',
    'mailContent': 'Dear %CustomerName%, …'}
SIGNATURE = b'\x89PNG\r\n\x1a\n'


def picture(kind='PNG', size=(60, 20), mode='RGB'):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))


def bomb(width, height):
    """Return a PNG of few bytes that says it has width × height pixels"""
    return (SIGNATURE + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 6, 0, 0, 0))
        + chunk(b'IDAT', zlib.compress(b'\0' * 10_000_000)) + chunk(b'IEND', b''))


def logos():
    """Return {label: bytes}"""
    png = picture()
    return {
        'PNG': png, 'JPEG': picture('JPEG'), 'PNG in grey': picture(mode='L'),
        'PNG with alpha': picture(mode='RGBA'),
        'one pixel': picture(size=(1, 1)), 'GIF': picture('GIF'), 'WEBP': picture('WEBP'),
        'TIFF': picture('TIFF'),
        'BMP': picture('BMP'),
        'SVG': b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        'PDF': b'%PDF-1.7', 'a signature alone': SIGNATURE, 'SVG behind a signature': SIGNATURE + b'<svg/>',
        'cut off': png[:60], 'a JPEG cut off': picture('JPEG', (600, 200))[:-300],
        '30000 × 30000': bomb(30_000, 30_000),
        '4001 × 4000': bomb(4001, 4000), 'more than 2 MB': png + b'\0' * 2 * 1024 ** 2,
        '4 MB of nothing': b'\0' * 4_000_000, 'one byte': b'\0'}


def text(content):
    return base64.b64encode(content).decode()


def play(stage):
    account, other = stage.caller(), stage.caller('DE')
    note = account.note
    first = note('the first one', 'listInvoiceTemplates').json[0]['id']
    other.note('the first one in Germany', 'listInvoiceTemplates')
    note('the first one', 'getInvoiceTemplate', id=first)
    note('no logo', 'getInvoiceTemplateLogo', id=first)
    note('the last one', 'deleteInvoiceTemplate', id=first)
    note('the default no more', 'updateInvoiceTemplate', {'isDefault': False}, id=first)
    least = note('only a name', 'createInvoiceTemplate', {'name': 'Only a name'}).json['id']
    other.note('only a name in Germany', 'createInvoiceTemplate', {'name': 'Only a name'})
    full = note('every field', 'createInvoiceTemplate', {**DETAIL, 'logoBase64': text(picture())}).json['id']
    note('nulls', 'createInvoiceTemplate', {**dict.fromkeys(DETAIL), 'logoBase64': None, 'name': 'Nulls'})
    note('the default', 'createInvoiceTemplate', {'name': 'Default', 'isDefault': True})
    note('all, the default first', 'listInvoiceTemplates')
    note('with everything', 'getInvoiceTemplate', id=full)
    note('PNG', 'getInvoiceTemplateLogo', id=full)
    note('unknown', 'getInvoiceTemplate', id=UNKNOWN)
    note('unknown', 'getInvoiceTemplateLogo', id=UNKNOWN)
    note('unknown', 'updateInvoiceTemplate', {'name': 'x'}, id=UNKNOWN)
    note('unknown', 'deleteInvoiceTemplate', id=UNKNOWN)
    for field, value in DETAIL.items():
        note(f'{field} = {value!r}', 'updateInvoiceTemplate', {field: value}, id=least)
    for field in ('taxLabel', 'paymentInstructions', 'businessProcessId', 'mailTitle', 'mailContent',
        'logoBase64'):
        note(f'{field} cleared', 'updateInvoiceTemplate', {field: ''}, id=full)
    note('nulls', 'updateInvoiceTemplate', dict.fromkeys(DETAIL), id=least)
    note('nothing', 'updateInvoiceTemplate', {}, id=least)
    note('the default', 'updateInvoiceTemplate', {'isDefault': True}, id=least)
    note('the default once more', 'updateInvoiceTemplate', {'isDefault': True}, id=least)
    _values(note, full)
    _logos(note, full)
    for id, body in [
            ('getInvoiceTemplate', None), ('getInvoiceTemplateLogo', None), ('updateInvoiceTemplate',
                {'name': 'x'}),
            ('deleteInvoiceTemplate', None)]:
        other.note("another tenant's", id, body, id=full)
    note('one', 'deleteInvoiceTemplate', id=full)
    note('one again', 'deleteInvoiceTemplate', id=full)
    note('the default', 'deleteInvoiceTemplate', id=least)
    note('after the default has gone', 'listInvoiceTemplates')
    _plans(stage)


def _values(note, id):
    for field, values in {
            'primaryColor': ['#1E88E5', '#1e88e5', '#abc', '#11223344', 'red', '#12345', '1E88E5', '#1E88E5;',
                '#GGGGGG',
                '#' + '1' * 50, ' #1E88E5'],
            'secondaryColor': ['#GGGGGG', '#000'],
            'language': ['de', 'en', 'fr', 'xx', 'DE', 'de_AT', 'german'],
            'fontName': ['Arial', 'Times New Roman', 'Comic Sans MS', 'Nonsense', '../../etc', '<b>'],
            'taxRate': [0, 7, 10, 13, 17.5, 19, 20, 100, 100.01, 19.125, -0.01],
            'name': ['x' * 100, 'x' * 101, '<b>x</b>', "'; DROP TABLE x; --"],
            'paymentInstructions': ['a\nb\n\n\tc', 'x' * 500, 'x' * 501],
            'mailTitle': ['Bcc: a@b\r\nx', '%Nothing%'],
            'paymentQrMode': ['None', 'StripePaymentLink', 'epcqrcode'],
            'eInvoiceProfile': ['None', 'Basic', 'XRechnung', 'Extended']}.items():
        for value in values:
            note(f'{field} = {str(value)[:40]!r} ({len(str(value))})', 'updateInvoiceTemplate',
                {field: value}, id=id)


def _logos(note, id):
    for label, content in logos().items():
        note(f'logo: {label}', 'updateInvoiceTemplate', {'logoBase64': text(content)}, id=id)
        note(f'logo: {label}', 'createInvoiceTemplate', {'name': label, 'logoBase64': text(content)})
        if label in {'PNG', 'JPEG', 'PNG in grey'}:
            tag = note(f'after {label}', 'getInvoiceTemplateLogo', id=id).headers['ETag']
            note(f'{label}, If-None-Match', 'getInvoiceTemplateLogo', id=id, headers={'If-None-Match': tag})
    png = text(picture())
    for label, value in {
            'line breaks': png[:20] + '\r\n' + png[20:], 'blanks': ' ' + png,
            'a data URL': 'data:image/png;base64,' + png,
            'cut off': png[:-3], 'letters beyond ASCII': 'ÄÖÜ', 'the alphabet of URLs': png.replace('/',
                '_') + '-_',
            '20 MB': 'A' * 20_000_000}.items():
        note(f'Base64: {label}', 'updateInvoiceTemplate', {'logoBase64': value}, id=id)


def _plans(stage):
    poor = stage.caller()
    for feature, body in [
            ('epc_qr', {'paymentQrMode': 'EpcQrCode'}), ('e_invoice', {'eInvoiceProfile': 'Basic'}),
            ('e_invoice', {'eInvoiceProfile': 'XRechnung'})]:
        stage.world.features(poor, {feature: False})
        label = f'a plan without {feature}: {body}'
        poor.note(label, 'createInvoiceTemplate', {'name': 'x', **body})
        poor.note(label, 'updateInvoiceTemplate', body, id=poor.template())
    for limit in (0, 1, 2):
        stage.world.features(poor, {'template_limit': limit})
        for n in range(2):
            poor.note(f'one more with at most {limit} templates ({n})', 'createInvoiceTemplate',
                {'name': 'x'})
