"""Bodies by kind: heads that are refused, limits, what has come, and its fingerprint"""
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from trytond.modules.rest import spool
from trytond.modules.rest.bodies import JsonBody, MultipartBody, RawBody, Upload
from trytond.modules.rest.bodies.upload import clean_name
from trytond.modules.rest.fields import Body, text, verbatim
from trytond.modules.rest.refusals import Kind, Refusal


class Thing(Body):
    name: text(16, minimum=1)
    metadata: verbatim(maximum=100) | None = None


class Mail(Body):
    subject: text(20, minimum=1)
    body: text(1000) | None = None
    cc: list[text(50)] = []
    attachments: list[Upload] = []
    logo: Upload | None = None


JSON = JsonBody(Thing, limit=1000)
FORM = MultipartBody(
    Mail, files={'attachments': 2000, 'logo': 100}, lists={'cc', 'attachments'}, limit=10_000, parts=8,
    field_limit=500)
RAW = RawBody(['audio/*', 'application/pdf'], limit=1000)


class Source(io.BytesIO):
    """The bytes of a body; broken: an error comes instead of their end"""
    broken = False

    def read(self, size=-1):
        data = super().read(size)
        if self.broken and not data:
            raise ValueError("no chunk")
        return data


def request(data=b'', content_type=None, length=None, **headers):
    source = Source(data)
    environ = EnvironBuilder(
        method='POST', headers={name.replace('_', '-'): v for name, v in headers.items()}).get_environ()
    environ.update({'wsgi.input': source, 'CONTENT_LENGTH': str(len(data) if length is None else length)})
    if content_type:
        environ['CONTENT_TYPE'] = content_type
    if 'Transfer_Encoding' in headers:
        del environ['CONTENT_LENGTH']
    return Request(environ)


def refusal_of(function, *args):
    """Return (kind, [(path, name of the reason)]) of what is refused"""
    with pytest.raises(Refusal) as raised:
        function(*args)
    str(raised.value)
    return raised.value.kind, [(reason.path, reason.name) for reason in raised.value.reasons]


def form(*parts, mark='xyz', end='--'):
    """Return the bytes of a form: parts are (parameters of Content-Disposition, content, *further fields)"""
    lines = []
    for parameters, content, *heads in parts:
        lines += [f'--{mark}', f'Content-Disposition: form-data; {parameters}', *heads, '']
        lines.append(content)
    lines += [f'--{mark}{end}', '']
    return b'\r\n'.join(line.encode() if isinstance(line, str) else line for line in lines)


def received(body, data, content_type):
    sent = request(data, content_type)
    body.check_head(sent)
    return body.receive(sent)


def mail(*parts, mark='xyz', body=FORM):
    return received(body, form(*parts, mark=mark), f'multipart/form-data; boundary={mark}')


SUBJECT = ('name="subject"', 'Hello')


# Heads

UTF_8 = 'application/json; charset=utf-8'
MULTIPART = 'multipart/form-data; boundary=xyz'


@pytest.mark.parametrize('body, content_type', [
        (JSON, 'application/json'), (JSON, UTF_8), (JSON, 'Application/JSON'), (FORM, MULTIPART),
        (FORM, "multipart/form-data; boundary=\"a b?'()+_,-./:=c\""), (RAW, 'audio/wav'),
        (RAW, 'application/pdf'), (RawBody(), 'text/plain'), (RawBody(), None)])
def test_heads(body, content_type):
    body.check_head(request(b'1', content_type))


@pytest.mark.parametrize('body, content_type, reason', [
        (JSON, None, 'not_json_type'), (JSON, 'text/plain', 'not_json_type'),
        (JSON, 'application/json; charset=latin-1', 'not_json_type'), (JSON, MULTIPART, 'not_json_type'),
        (FORM, 'application/json', 'media_type'), (FORM, None, 'media_type'),
        (FORM, 'application/x-www-form-urlencoded', 'media_type'),
        (FORM, 'multipart/mixed; boundary=x', 'media_type'),
        (RAW, 'video/mp4', 'media_type'), (RAW, 'audio', 'media_type'), (RAW, None, 'media_type')])
def test_other_media_types(body, content_type, reason):
    assert refusal_of(body.check_head, request(b'1', content_type)) == (
        Kind.WRONG_MEDIA_TYPE, [(('Content-Type',), reason)])


@pytest.mark.parametrize('boundary', [
        '', '; boundary=', '; boundary=' + 'x' * 71, '; boundary="a "', '; boundary="a;b"', '; boundary=ä'])
def test_no_boundary(boundary):
    sent = request(b'1', 'multipart/form-data' + boundary)
    assert refusal_of(FORM.check_head, sent) == (Kind.UNREADABLE, [((), 'no_boundary')])


@pytest.mark.parametrize('body, content_type', [(JSON, UTF_8), (FORM, MULTIPART), (RAW, 'audio/wav')])
def test_too_large_or_packed(body, content_type):
    large = b'1' * (body.limit + 1)
    assert refusal_of(body.check_head, request(large, content_type)) == (Kind.TOO_LARGE, [])
    packed = request(b'1', content_type, Content_Encoding='gzip')
    assert refusal_of(body.check_head, packed) == (
        Kind.WRONG_MEDIA_TYPE, [(('Content-Encoding',), 'compressed')])
    body.check_head(request(b'1', content_type, Content_Encoding=' Identity'))
    chunked = request(large, content_type, Transfer_Encoding='chunked')
    body.check_head(chunked)
    assert refusal_of(body.receive, chunked) == (Kind.TOO_LARGE, [])


@pytest.mark.parametrize('body, content_type', [(JSON, UTF_8), (FORM, MULTIPART), (RAW, 'audio/wav')])
def test_a_body_that_ends_early_or_badly(body, content_type):
    data = form(SUBJECT)
    cut = request(data, content_type, length=len(data) + 1)
    assert refusal_of(body.receive, cut) == (Kind.UNREADABLE, [((), 'cut_off')])
    broken = request(data, content_type, Transfer_Encoding='chunked')
    broken.environ['wsgi.input'].broken = True
    broken.environ['wsgi.input'].seek(len(data))
    assert refusal_of(body.receive, broken) == (Kind.UNREADABLE, [((), 'broken_chunks')])


@pytest.mark.parametrize('body, refused', [
        (JSON, (Kind.UNREADABLE, [((), 'not_json')])), (RAW, (Kind.UNREADABLE, [((), 'no_body')])),
        (FORM, (Kind.UNFIT, [(('subject',), 'missing')]))])
def test_no_body(body, refused):
    empty = request()
    body.check_head(empty)
    assert refusal_of(body.receive(empty).value) == refused


def test_a_body_that_is_not_required():
    for body in (JsonBody(Thing, required=False), MultipartBody(Mail, required=False),
            RawBody(required=False)):
        assert body.receive(request()).value() == (None, frozenset())


# JSON and raw bytes

def test_json():
    data = b'{"name": "a", "metadata": { "z" : 1.0 } }'
    came = received(JSON, data, UTF_8)
    assert came.fingerprint == hashlib.sha256(data).hexdigest()
    value, sent = came.value()
    assert (value.name, value.metadata.text, sent) == ('a', '{ "z" : 1.0 }', {'name', 'metadata'})


@pytest.mark.parametrize('data, kind, reasons', [
        (b'{', Kind.UNREADABLE, [((), 'not_json')]),
        (b'{"name": NaN}', Kind.FLAWED, [(('name',), 'not_finite')]),
        (b'{"name": 1, "x": 2}', Kind.UNFIT, [(('name',), 'string_type'), (('x',), 'extra_forbidden')]),
        (b'{"name": "a", "metadata": []}', Kind.UNFIT, [(('metadata',), 'dict_type')]),
        (b'{"name": "a", "metadata": {"a": "%s"}}' % (b'x' * 99), Kind.UNFIT,
            [(('metadata',), 'text_too_long')]),
        (b'{"name": "a", "metadata": {"a": 1, "a": 1}}', Kind.FLAWED, [(('metadata', 'a'), 'twice')])])
def test_json_refused(data, kind, reasons):
    assert refusal_of(received(JSON, data, UTF_8).value) == (kind, reasons)


@pytest.mark.parametrize('size', [1, 1000])
def test_raw(size):
    data = bytes(range(250)) * 4
    content, sent = received(RAW, data[:size], 'audio/wav').value()
    assert (content.size, content.media_type, sent) == (size, 'audio/wav', frozenset())
    assert content.sha256 == hashlib.sha256(data[:size]).hexdigest()
    assert content.read() == b''.join(content.pieces()) == content.open().read() == data[:size]


# Forms

def test_a_form():
    came = mail(
        SUBJECT, ('name="cc"', 'a@x.de'), ('name="cc[]"', 'ü@x.de'), ('name="body"', ''),
        ('name="attachments[]"; filename="a.pdf"', b'%PDF\r\n--xy', 'Content-Type: Application/PDF'),
        ('name="attachments"; filename="C:\\\\temp\\\\b.pdf"', b'\r\n'), ('name="logo"; filename=""', b''))
    value, sent = came.value()
    assert (value.subject, value.body, value.cc, value.logo) == ('Hello', '', ['a@x.de', 'ü@x.de'], None)
    first, second = value.attachments
    assert (first.name, first.media_type, first.size, first.read()) == (
        'a.pdf', 'application/pdf', 10, b'%PDF\r\n--xy')
    assert (second.name, second.media_type, second.open().read(5)) == ('b.pdf', '', b'\r\n')
    assert sent == {'subject', 'body', 'cc', 'attachments'}
    came.close()
    with pytest.raises(ValueError):
        first.read()


@pytest.mark.parametrize('parts, reasons', [
        ([], [(('subject',), 'missing')]),
        ([SUBJECT, SUBJECT], [(('subject',), 'twice')]),
        ([SUBJECT, ('name="x"', '1')], [(('x',), 'extra_forbidden')]),
        ([SUBJECT, ('name="x"; filename="a"', '1')], [(('x',), 'extra_forbidden')]),
        ([SUBJECT, ('name="cc[0]"', '1')], [(('cc[0]',), 'extra_forbidden')]),
        ([SUBJECT, ('name="_charset_"', 'latin-1')], [(('_charset_',), 'extra_forbidden')]),
        ([SUBJECT, ('name="attachments"', 'text')], [(('attachments', 0), 'not_a_file')]),
        ([('name="subject"; filename="a"', 'x')], [(('subject',), 'not_a_text')]),
        ([SUBJECT, ('name="logo"; filename="a.png"', 'x' * 101)], [(('logo',), 'part_too_large')]),
        ([SUBJECT, ('name="body"', 'x' * 501)], [(('body',), 'part_too_large')]),
        ([SUBJECT, ('name="body"', b'a\xff')], [(('body',), 'not_utf8')]),
        ([SUBJECT, ('name="body"', 'a\0')], [(('body',), 'nul')]),
        ([SUBJECT, ('name="body"', 'a', 'Content-Type: text/plain; charset=iso-8859-1')],
            [(('body',), 'part_charset')]),
        ([SUBJECT, ('name="body"', 'a', 'Content-Transfer-Encoding: base64')], [(('body',), 'part_coding')]),
        ([SUBJECT, ('name="body"', '--a\r\n\r\nx\r\n--a--', 'Content-Type: multipart/mixed; boundary=a')],
            [(('body',), 'nested_form')]),
        ([SUBJECT, ('name="logo"; filename="a\tb"', 'x')], [(('logo',), 'file_name')]),
        ([SUBJECT, ('name="logo"; filename*=UTF-8\'\'a%0D%0Ab', 'x')], [(('logo',), 'file_name')]),
        ([SUBJECT, ('name="logo"; filename=".."', 'x')], [(('logo',), 'file_name')]),
        # All at once
        ([('name="subject"', ''), ('name="logo"; filename="a"', 'x' * 200), ('name="cc"', 'a'),
            ('name="cc"', b'\xff'), ('name="x"', '')],
            [(('logo',), 'part_too_large'), (('cc', 1), 'not_utf8'), (('subject',), 'empty'),
                (('x',), 'extra_forbidden')]),
        ])
def test_a_form_that_does_not_fit(parts, reasons):
    came = mail(*parts)
    assert refusal_of(came.value) == (Kind.UNFIT, reasons)
    assert refusal_of(came.value) == (Kind.UNFIT, reasons)


@pytest.mark.parametrize('data, name', [
        (b'', 'not_a_form'), (b'nonsense', 'not_a_form'), (form(SUBJECT, end=''), 'not_a_form'),
        (form(SUBJECT)[:-9], 'not_a_form'), (form(SUBJECT, mark='other'), 'not_a_form'),
        (b'--xyz\r\n\r\nvalue\r\n--xyz--\r\n', 'not_a_form'),
        (b'--xyz\r\nContent-Type: text/plain\r\n\r\nvalue\r\n--xyz--\r\n', 'not_a_form'),
        (b'--xyz\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nvalue\r\n--xyz--\r\n', 'not_a_form'),
        (b'--xyz\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--xyz--\r\n', 'part_without_name'),
        (b'--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--xyz--\r\n', 'part_without_name'),
        (form(('name=""', 'x')), 'part_without_name'),
        (b'--xyz\r\n' + b'A: b\r\n' * 30_000, 'part_head_too_large'),
        (b'x' * 200_000, 'part_head_too_large'),
        (form(SUBJECT) + b'x' * 200_000, 'part_head_too_large'),
        (form(*[('name="cc"', 'a')] * 9), 'too_many_parts'),
        (form(*[('name="cc"', 'a')] * 10_000), 'too_many_parts')])
def test_no_form(data, name):
    body = MultipartBody(Mail, lists={'cc'}, parts=8)
    sent = request(data, MULTIPART, Transfer_Encoding='chunked')
    assert refusal_of(body.receive, sent) == (Kind.UNREADABLE, [((), name)])


def test_a_file_may_make_the_whole_too_large():
    body = MultipartBody(Mail, files={'logo': 100}, oversize=Kind.TOO_LARGE)
    parts = [SUBJECT, ('name="logo"; filename="a.png"', 'x' * 101)]
    sent = request(form(*parts), MULTIPART)
    assert refusal_of(body.receive, sent) == (Kind.TOO_LARGE, [])


def test_all_fields_together_have_a_limit():
    body = MultipartBody(Mail, lists={'cc'}, limit=10_000_000)
    sent = request(form(*[('name="cc"', 'x' * 200_000)] * 6), MULTIPART)
    assert refusal_of(body.receive, sent) == (Kind.TOO_LARGE, [])


def test_a_form_without_files_may_be_urlencoded():
    body = MultipartBody(Mail, lists={'cc'}, urlencoded=True, parts=4, field_limit=50)
    kind = 'application/x-www-form-urlencoded'
    value, sent = received(body, b'subject=a+b%C3%A4&cc=x&cc=y&body=', kind).value()
    assert (value.subject, value.cc, value.body, sent) == ('a bä', ['x', 'y'], '', {'subject', 'cc', 'body'})
    for data, name in ((b'a=%FF', 'not_utf8'), (b'a=\xff', 'not_utf8'), (b'=a', 'part_without_name'),
            (b'a=1&' * 5, 'too_many_parts')):
        assert refusal_of(received, body, data, kind) == (Kind.UNREADABLE, [((), name)])
    assert refusal_of(received(body, b'subject=' + b'a' * 51, kind).value) == (
        Kind.UNFIT, [(('subject',), 'part_too_large')])
    assert received(body, b'subject=a&cc=x', kind).fingerprint == mail(
        ('name="subject"', 'a'), ('name="cc"', 'x'), body=body).fingerprint


def test_a_form_takes_no_memory(monkeypatch):
    """Its files share one unnamed file from 512 KB on, however many they are"""
    body = MultipartBody(Mail, files={'attachments': 400_000}, lists={'attachments'}, limit=10_000_000)
    data = form(SUBJECT, *[('name="attachments"; filename="a"', bytes([n]) * 400_000) for n in range(4)])
    came = received(body, data, MULTIPART)
    assert came.spool.on_disk and came.spool.size == 1_600_000
    assert [a.read()[:1] for a in came.value()[0].attachments] == [b'\0', b'\1', b'\2', b'\3']
    assert not mail(SUBJECT, ('name="logo"; filename="a"', 'x')).spool.on_disk


def test_no_room_is_unavailable(monkeypatch, tmp_path):
    monkeypatch.setattr(spool, 'folder', lambda: str(tmp_path / 'nowhere'))
    data = form(SUBJECT, ('name="attachments"; filename="a"', b'x' * 600_000))
    body = MultipartBody(Mail, files={'attachments': 10 ** 6}, lists={'attachments'})
    assert refusal_of(received, body, data, MULTIPART) == (Kind.UNAVAILABLE, [])
    assert refusal_of(received, RawBody(), b'x' * 600_000, 'a/b') == (Kind.UNAVAILABLE, [])


FILE = ('name="logo"; filename="a.png"', 'x', 'Content-Type: image/png')


def test_fingerprints_differ_by_what_was_sent_and_not_by_how():
    same = [
        mail(SUBJECT, FILE), mail(SUBJECT, FILE, mark='other'), mail(SUBJECT, (*FILE[:2], 'X-More: 1'))]
    others = [
        mail(SUBJECT), mail(FILE, SUBJECT), mail(('name="subject"', 'Hellp'), FILE),
        mail(SUBJECT, ('name="logo"; filename="b.png"', 'x')),
        mail(SUBJECT, ('name="logo"; filename="a.png"', 'y')),
        mail(SUBJECT, ('name="logo2"; filename="a.png"', 'x')), mail(SUBJECT, ('name="logo"', 'x')),
        mail(SUBJECT, ('name="logo"; filename=""', 'x')), mail(SUBJECT, FILE, FILE)]
    prints = [came.fingerprint for came in same + others]
    assert len(set(prints[:3])) == 1 and len(set(prints)) == len(others) + 1
    assert {len(text) for text in prints} == {64}


def test_werkzeugs_own_client_is_understood():
    builder = EnvironBuilder(method='POST', data={
            'subject': 'ä "q" \\', 'attachments': [
                FileStorage(io.BytesIO(b'abc'), 'ä b.pdf', content_type='application/pdf')]})
    sent = Request(builder.get_environ())
    FORM.check_head(sent)
    value, _ = FORM.receive(sent).value()
    assert (value.subject, value.attachments[0].name) == ('ä "q" \\', 'ä b.pdf')


@pytest.mark.parametrize('spelled', [
        '"a %22b%22.pdf"', '"a \\"b\\".pdf"', "x; filename*=UTF-8''a%20%22b%22.pdf"])
def test_quotes_in_names(spelled):
    value, _ = mail(SUBJECT, (f'name="logo"; filename={spelled}', 'x')).value()
    assert value.logo.name == 'a "b".pdf'


@pytest.mark.parametrize('text, name', [
        ('a.pdf', 'a.pdf'), (' a b.pdf ', 'a b.pdf'), ('/etc/passwd', 'passwd'), ('..\\..\\a.exe', 'a.exe'),
        ('a/../b', 'b'), ('u\u0308.pdf', 'ü.pdf'), ('.htaccess', '.htaccess'), ('x' * 255, 'x' * 255),
        ('漢字🙂.pdf', '漢字🙂.pdf'),
        ('', None), ('  ', None), ('.', None), ('..', None), ('a/', None), ('a/..', None), ('x' * 256, None),
        ('a\0b', None), ('a\nb', None), ('a\r\nX: b', None), ('a\x1bb', None), ('a\x85b', None),
        ('a\u2028b', None),
        ('a\ud800', None), ('fdp.\u202eexe', None), ('a\n/b', None)])
def test_names_of_files(text, name):
    assert clean_name(text) == name


# Forms cut anywhere

MARKS = ['x', 'xyz', '----WebKitFormBoundary7MA4YWxkTrZu0gW', 'a b']
_LIKE_DELIMITERS = [
    b'\r', b'\n', b'\r\n', b'--', b'-', b'--x', b'--xyz', b'\r\n--xy', b'\r\n--', b'--a b', b' ', b'\0', b'x']


@st.composite
def forms(draw):
    """Return (boundary, [(name, file name or None, content)])"""
    mark = draw(st.sampled_from(MARKS))
    content = st.lists(st.sampled_from(_LIKE_DELIMITERS) | st.binary(max_size=20), max_size=12).map(b''.join)
    parts = draw(st.lists(st.tuples(
                st.sampled_from(['a', 'b', 'ü']), st.none() | st.sampled_from(['f', 'ä.pdf']),
                content.filter(lambda data: not _ends_early(data, mark))), max_size=6))
    return mark, parts


def _ends_early(data, mark):
    """A content that has the delimiter in it is another form"""
    return any(f'{end}--{mark}'.encode() in b'\r\n' + data for end in ('\r', '\n'))


class Cut(io.BytesIO):
    """Bytes that come in pieces of given sizes, again and again"""

    def __init__(self, data, sizes):
        super().__init__(data)
        self.sizes = sizes
        self.turn = 0

    def read(self, size=-1):
        self.turn += 1
        return super().read(min(self.sizes[self.turn % len(self.sizes)], size))


ANY = MultipartBody(Mail, files={'a': 1000, 'b': 1000, 'ü': 1000}, limit=100_000, field_limit=10_000)


@given(forms(), st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_a_form_is_the_same_however_it_is_cut(described, sizes):
    mark, parts = described
    data = form(*[
        (f'name="{name}"' + (f'; filename="{file}"' if file else ''), content)
        for name, file, content in parts], mark=mark)
    prints = set()
    for cuts in ([65_536], sizes, [1]):
        sent = request(data, f'multipart/form-data; boundary="{mark}"')
        sent.environ['wsgi.input'] = Cut(data, cuts)
        came = ANY.receive(sent)
        assert [
            (part.name, part.filename, part.upload.read() if part.filename else part.data)
            for part in came.parts] == parts
        prints.add(came.fingerprint)
    assert len(prints) == 1


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), min_size=1, max_size=5), st.booleans())
def test_any_bytes_are_a_form_or_refused(noise, sizes, begun):
    data = (form(SUBJECT, FILE)[:-30] if begun else b'') + noise
    sent = request(data, MULTIPART)
    sent.environ['wsgi.input'] = Cut(data, sizes)
    try:
        FORM.receive(sent).value()
    except Refusal as refusal:
        assert refusal.kind in {Kind.UNREADABLE, Kind.UNFIT}
