"""Identifies a file from outside: an electronic invoice as XML, or a PDF with one embedded. Input is
untrusted.

References in a file are never followed: a document type declaration is refused, so no entity is expanded or
fetched, and sizes are limited before anything is unpacked. This runs in the document process, which has
resource limits of its own.
"""
import contextlib
import io
import zlib
from typing import NamedTuple

import pikepdf
from lxml import etree
from trytond.modules.document_render.errors import DocumentError

from . import rules

MOST_XML = 50 << 20         # bytes; EN 16931 allows attachments in the XML
MOST_PDF = 100 << 20
KNOWN_FILES = ('factur-x.xml', 'xrechnung.xml', 'zugferd-invoice.xml', 'ZUGFeRD-invoice.xml')
_CII = 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100'
_UBL = 'urn:oasis:names:specification:ubl:schema:xsd:'
ROOTS = {
    f'{{{_CII}}}CrossIndustryInvoice': 'cii',
    f'{{{_UBL}Invoice-2}}Invoice': 'ubl',
    f'{{{_UBL}CreditNote-2}}CreditNote': 'ubl',
    }
SPECIFICATION = {
    'cii': '{*}ExchangedDocumentContext/{*}GuidelineSpecifiedDocumentContextParameter/{*}ID',
    'ubl': '{*}CustomizationID',
    }
"""XPath of BT-24, by root"""


class Unreadable(DocumentError):
    """The file is no electronic invoice, or is broken, or too large"""


class Identity(NamedTuple):
    """Declared identity of a document: its syntax, the profile and BT-24 itself"""
    syntax: str
    profile: str
    specification: str


def parse(xml):
    """Return the root element of XML as bytes; raises Unreadable"""
    if len(xml) > MOST_XML:
        raise Unreadable(f'the XML has more than {MOST_XML >> 20} MB')
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f'the XML is broken: {error}') from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable('the XML has a document type, which an electronic invoice has not')
    return root


def identify(root):
    """Return the Identity of a root element; raises Unreadable"""
    syntax = ROOTS.get(root.tag)
    if syntax is None:
        raise Unreadable(f'the XML is no electronic invoice: its root is {root.tag}')
    specification = (root.findtext(SPECIFICATION[syntax]) or '').strip()
    return Identity(syntax, rules.name_of(specification), specification)


def is_pdf(content):
    """Tell if bytes are a PDF; some programs put bytes before its header"""
    return b'%PDF-' in content[:1024]


@contextlib.contextmanager
def opened(content):
    """Open a PDF; raises Unreadable, also for damage deeper in the file"""
    if len(content) > MOST_PDF:
        raise Unreadable(f'the PDF has more than {MOST_PDF >> 20} MB')
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise Unreadable('the PDF needs a password') from error
    except (pikepdf.PdfError, AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise Unreadable(f'the PDF is broken: {error}') from error


def embedded(pdf):
    """Return (name, XML as bytes) of the electronic invoice in an open PDF; raises Unreadable"""
    names = [name for name in KNOWN_FILES if name in pdf.attachments]
    names = names or [name for name in pdf.attachments if name.lower().endswith('.xml')]
    if not names:
        raise Unreadable('the PDF carries no electronic invoice')
    return names[0], _unpacked(pdf.attachments[names[0]].get_file().obj)


def _unpacked(stream):
    """Return the bytes of a stream, never more than MOST_XML"""
    packed, packing = stream.read_raw_bytes(), stream.get('/Filter')
    if isinstance(packing, pikepdf.Array):
        if len(packing) > 1:
            raise Unreadable('the file in the PDF is packed more than once')
        packing = packing[0] if len(packing) else None
    if packing is None:
        return packed
    if packing != '/FlateDecode':
        raise Unreadable(f'the file in the PDF is packed as {packing}')
    try:
        return zlib.decompressobj().decompress(packed, MOST_XML + 1)
    except zlib.error as error:
        raise Unreadable(f'the file in the PDF is broken: {error}') from error
