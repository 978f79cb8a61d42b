"""What a PDF that carries an electronic invoice must say about itself (Factur-X 1.0, chapter 6).

This is no proof of PDF/A: it finds what readers stumble over, a missing claim, metadata that name another
file or profile, an attachment that does not say how it relates to the pages.
"""
import pikepdf
from lxml import etree

from .findings import ERROR, WARNING, Violation

PDFA = 'http://www.aiim.org/pdfa/ns/id/'
HYBRID = (
    'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#',
    'urn:zugferd:pdfa:CrossIndustryDocument:invoice:2p0#')
LEVELS = {
    'Minimum': 'MINIMUM', 'Basic WL': 'BASIC WL', 'Basic': 'BASIC', 'EN16931': 'EN 16931',
    'Extended': 'EXTENDED', 'XRechnung': 'XRECHNUNG', 'XRechnung Extension': 'XRECHNUNG',
    'XRechnung CVD': 'XRECHNUNG'}
"""Profile → ConformanceLevel in the XMP"""
DATA_ALONE = ('Minimum', 'Basic WL')
"""Profiles that are no invoice: their XML is data of the pages and no alternative to them"""


def violations(pdf, name, profile):
    """Return what is wrong with an open PDF in which a document of a profile stands under a name"""
    said = properties(pdf)
    found = [*_claim(said, pdf.is_encrypted), *_announcement(said, name, profile)]
    return found + _relation(pdf, name, profile)


def properties(pdf):
    """Return {(namespace, name): value} of the XMP; an unreadable one says nothing"""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(pdf.Root.Metadata.read_bytes(), parser)
    except (AttributeError, KeyError, etree.XMLSyntaxError, pikepdf.PdfError, ValueError):
        return {}
    found = {}
    for element in root.iter('{*}Description'):
        children = [(child.tag, child.text or '') for child in element.iterchildren('*')]
        for tag, value in [*element.attrib.items(), *children]:
            name = etree.QName(tag)
            found[name.namespace, name.localname] = value.strip()
    return found


def _claim(said, is_encrypted):
    if said.get((PDFA, 'part')) != '3':
        yield Violation('PDF-A3', '/Metadata', 'The PDF does not say that it is PDF/A-3.', ERROR)
    if is_encrypted:
        yield Violation('PDF-ENCRYPTED', '/Encrypt', 'The PDF is encrypted, which PDF/A forbids.', ERROR)


def _announcement(said, name, profile):
    space = next((each for each in HYBRID if (each, 'DocumentFileName') in said), None)
    if space is None:
        yield Violation(
            'PDF-XMP', '/Metadata', 'The metadata of the PDF do not announce the electronic invoice.', ERROR)
        return
    for term, expected in (('DocumentFileName', name), ('ConformanceLevel', LEVELS.get(profile))):
        value = said.get((space, term))
        if expected and value != expected:
            yield Violation(
                'PDF-XMP', f'/Metadata/{term}',
                f'The metadata of the PDF say {value!r}, not {expected!r}.', ERROR)


def _relation(pdf, name, profile):
    relations = [
        str(file.get('/AFRelationship', '')) for file in pdf.Root.get('/AF', [])
        if name in (str(file.get('/UF', '')), str(file.get('/F', '')))]
    if not relations:
        return [Violation('PDF-AF', '/AF', f'The PDF does not list {name} as an associated file.', ERROR)]
    wanted = '/Data' if profile in DATA_ALONE else '/Alternative'
    return [
        Violation('PDF-AF', '/AF/AFRelationship', f'The relation of {name} is {relation!r}, not {wanted!r}.',
            WARNING if relation in ('/Data', '/Source', '/Alternative') else ERROR)
        for relation in relations if relation != wanted]
