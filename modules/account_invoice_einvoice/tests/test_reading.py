"""Untrusted files: a file that is no electronic invoice is refused at once, and no reference in it is
followed
"""
import base64
import datetime as dt
import io
import os
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import pikepdf
import pytest
from lxml import etree
from trytond.modules.account_invoice_einvoice import cii, codes, embed, reading, ubl, validate
from trytond.modules.document_render import DocumentCrashed, DocumentError
from trytond.modules.document_render.renderer import Renderer
from trytond.modules.document_render.sample import DOCUMENT

from . import samples

AT_ONCE = 10    # seconds, on a busy machine


@pytest.fixture(scope='session')
def plain_pdf(tmp_path_factory):
    return Renderer(tmp_path_factory.mktemp('renderer')).render(DOCUMENT)


@pytest.fixture
def pdf(plain_pdf):
    specification = codes.specification('XRechnung', samples.ISSUED)
    xml = cii.write(samples.einvoice('XRechnung'))
    return embed.attach(plain_pdf, xml, specification, dt.datetime(2026, 11, 2, tzinfo=dt.UTC))


def saved(content, change):
    """Return a PDF after a change to it"""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as file:
        change(file)
        file.save(buffer, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return buffer.getvalue()


def with_file(content, name, data, **packing):
    def change(file):
        stream = pikepdf.Stream(file, b'')
        stream.write(data, **packing)
        file.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=[
                    name, pikepdf.Dictionary(
                        Type=pikepdf.Name.Filespec, F=name, UF=name, EF=pikepdf.Dictionary(F=stream))]))
    return saved(content, change)


# Accepted files

@pytest.mark.parametrize('start', [b'', b'\xef\xbb\xbf', b'\n'])
def test_a_pdf_is_told_by_its_head(pdf, start):
    assert reading.is_pdf(start + pdf) and not reading.is_pdf(cii.write(samples.einvoice()))


def test_the_invoice_in_a_pdf_is_judged(checker, pdf):
    found = checker.judge(pdf)
    assert (found['syntax'], found['profile'], found['file']) == ('cii', 'XRechnung', 'xrechnung.xml')
    assert found['violations'] == []


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-16', 'iso-8859-1'])
def test_every_encoding_is_read(checker, encoding):
    root = etree.fromstring(cii.write(samples.einvoice('XRechnung')))
    xml = etree.tostring(root, encoding=encoding, xml_declaration=True)
    assert checker.judge(xml)['violations'] == []


@pytest.mark.parametrize('make, profile, syntax', [
    (samples.einvoice, 'XRechnung', 'ubl'), (samples.credit_note, 'XRechnung', 'ubl'),
    (samples.einvoice, 'Basic', 'cii')])
def test_an_invoice_says_what_it_is(make, profile, syntax):
    xml = {'cii': cii, 'ubl': ubl}[syntax].write(make(profile))
    found = reading.identify(reading.parse(xml))
    assert found == (syntax, profile, codes.specification(profile, samples.ISSUED).identifier)


def test_an_invoice_without_a_specification_is_held_against_the_norm(checker):
    root = etree.fromstring(cii.write(samples.einvoice('EN16931')))
    guideline = root.find('.//{*}GuidelineSpecifiedDocumentContextParameter')
    guideline.getparent().remove(guideline)
    found = checker.judge(etree.tostring(root))
    assert found['profile'] == 'other' and 'BR-01' in {each.rule for each in found['violations']}


# Metadata of the PDF

def test_a_pdf_that_says_nothing_of_its_invoice(checker, plain_pdf):
    content = with_file(plain_pdf, 'factur-x.xml', cii.write(samples.einvoice('EN16931')))
    found = checker.judge(content)['violations']
    assert [(each.rule, each.location) for each in found] == [('PDF-XMP', '/Metadata'), ('PDF-AF', '/AF')]


def test_a_pdf_that_says_another_name_level_and_relation(checker, plain_pdf):
    specification = codes.specification('Basic', samples.ISSUED)
    xml = cii.write(samples.einvoice('EN16931'))
    content = embed.attach(plain_pdf, xml, specification, dt.datetime(2026, 11, 2, tzinfo=dt.UTC))

    def change(file):
        file.Root.AF[0].AFRelationship = pikepdf.Name.Data
    found = checker.judge(saved(content, change))['violations']
    assert [(each.rule, each.severity, each.text) for each in found] == [
        ('PDF-XMP', 'error', "The metadata of the PDF say 'BASIC', not 'EN 16931'."),
        ('PDF-AF', 'warning', "The relation of factur-x.xml is '/Data', not '/Alternative'.")]


def test_a_pdf_that_is_no_archive_file(checker, pdf):
    def change(file):
        with file.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata['pdfaid:part'] = '1'
    assert [each.rule for each in checker.judge(saved(pdf, change))['violations']] == ['PDF-A3']


# Hostile files

LAUGHS = b'<!DOCTYPE x [<!ENTITY a "haha">' + b''.join(
    b'<!ENTITY %c "%s">' % (letter, b'&%c;' % (letter - 1) * 20) for letter in range(98, 112)) + b']>'
XXE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def hostile():
    """Yield (name, bytes, expected message)"""
    xml = cii.write(samples.einvoice('EN16931'))
    head, root, rest = xml.partition(b'<rsm:CrossIndustryInvoice')
    body = root + rest
    yield 'nothing', b'', 'broken'
    yield 'no XML', b'\x00\x01\x02' * 100, 'broken'
    yield 'half of it', xml[:len(xml) // 2], 'broken'
    yield 'another document', b'<html/>', 'no electronic invoice'
    yield 'entities of entities', head + LAUGHS + body.replace(b'INV-2026-11-0001', b'&o;'), 'broken'
    yield 'a file of ours', head + XXE + body.replace(b'INV-2026-11-0001', b'&a;'), 'document type'
    wide = (head + XXE + body).decode().replace('UTF-8', 'UTF-16').encode('utf-16')
    yield 'another encoding', wide, 'document type'
    yield 'endless depth', head + b'<a>' * 100_000, 'broken'
    yield 'one endless text', b'<a>' + b'x' * (11 << 20) + b'</a>', 'broken'
    yield 'too much', b' ' * (reading.MOST_XML + 1), 'more than 50 MB'


@pytest.mark.parametrize('name, content, said', [pytest.param(*each, id=each[0]) for each in hostile()])
def test_hostile_xml_is_refused_at_once(checker, name, content, said):
    started = time.monotonic()
    with pytest.raises(reading.Unreadable, match=said):
        checker.judge(content)
    assert time.monotonic() - started < AT_ONCE


def test_nothing_is_fetched(checker):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)
    server = HTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    xml = cii.write(samples.einvoice('EN16931')).decode()
    address = f'http://127.0.0.1:{server.server_port}'
    head, root, rest = xml.partition('<rsm:CrossIndustryInvoice')
    with pytest.raises(reading.Unreadable):
        checker.judge(f'{head}<!DOCTYPE x SYSTEM "{address}/dtd">{root}{rest}'.encode())
    located = rest.replace(
        ' xmlns', ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
        f'"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100 {address}/xsd" xmlns', 1)
    style = f'<?xml-stylesheet type="text/xsl" href="{address}/xsl"?>'
    checker.judge(f'{head}{style}{root}{located}'.encode())
    server.shutdown()
    assert asked == []


def broken_pdfs(content):
    """Yield (name, bytes, expected message)"""
    bomb = zlib.compress(b' ' * (200 << 20), 9)
    flate = pikepdf.Name.FlateDecode
    yield 'half of it', content[:len(content) // 2], 'broken|carries no'
    yield 'a head alone', b'%PDF-1.7\n', 'broken'
    yield 'noise', b'%PDF-1.7\n' + os.urandom(100_000), 'broken'
    yield 'no invoice', saved(content, lambda file: file.Root.__delitem__('/Names')), 'carries no electronic'
    yield 'another file', with_file(content, 'terms.txt', b'terms'), 'carries no electronic'
    yield 'a bomb', with_file(content, 'factur-x.xml', bomb, filter=flate), 'more than 50 MB'
    yield 'a bomb in a bomb', with_file(
        content, 'factur-x.xml', zlib.compress(bomb), filter=[flate, flate]), 'packed more than once'
    yield 'another packing', with_file(
        content, 'factur-x.xml', base64.a85encode(b'x') + b'~>',
        filter=pikepdf.Name.ASCII85Decode), 'packed as'
    yield 'not packed at all', with_file(content, 'factur-x.xml', b'no', filter=flate), 'broken'
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as file:
        file.save(buffer, encryption=pikepdf.Encryption(owner='o', user='u'))
    yield 'a password', buffer.getvalue(), 'needs a password'
    yield 'too much', content + b' ' * reading.MOST_PDF, 'more than 100 MB'


def test_hostile_pdfs_are_refused_at_once(checker, pdf):
    for name, content, said in broken_pdfs(pdf):
        started = time.monotonic()
        with pytest.raises(reading.Unreadable, match=said):
            checker.judge(content)
        assert time.monotonic() - started < AT_ONCE, name


def test_nothing_that_a_stranger_sends_ends_otherwise_than_told(pdf):
    """A PDF with single bytes changed or cut off: a verdict or Unreadable; the document process survives"""
    process = None
    for place in range(0, len(pdf), len(pdf) // 40):
        changed = pdf[:place] + bytes([pdf[place] ^ 0xff]) + pdf[place + 1:]
        for content in (changed, pdf[:place]):
            try:
                validate.inspect(content)
            except reading.Unreadable as error:
                assert str(error)
            process = process or validate.pool(validate.CHECK).process.pid
    assert validate.pool(validate.CHECK).process.pid == process


def test_the_process_that_checks_is_another(pdf):
    found = validate.inspect(pdf)
    assert (found.file, found.profile, found.errors) == ('xrechnung.xml', 'XRechnung', [])
    with pytest.raises(reading.Unreadable, match='no electronic invoice: its root is html'):
        validate.inspect(b'<html/>')
    assert [
        validate.check(cii.write(samples.einvoice(profile)), 'cii', profile)
        for profile in samples.PROFILES] == [[], [], []]
    with pytest.raises(DocumentError):
        validate.check(b'', 'cii', 'Basic')


def test_a_process_that_dies_is_an_error_and_the_next_one_works(monkeypatch):
    validate.check(cii.write(samples.einvoice()), 'cii', 'EN16931')
    pool = validate.pool(validate.CHECK)
    pool.process.process.kill()
    assert validate.check(cii.write(samples.einvoice()), 'cii', 'EN16931') == []
    monkeypatch.setattr('trytond.modules.document_render.pool.MODULE', 'absent.module')
    pool.process.process.kill()
    with pytest.raises(DocumentCrashed):
        validate.check(cii.write(samples.einvoice()), 'cii', 'EN16931')
    monkeypatch.undo()
    assert validate.check(cii.write(samples.einvoice()), 'cii', 'EN16931') == []
