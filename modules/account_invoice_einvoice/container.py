"""Metadata of a PDF with an embedded electronic invoice (Factur-X 1.0, chapter 6).

This does not prove PDF/A conformance: it finds the usual faults, such as a missing claim, metadata that name
another file or profile, an attachment without its relationship to the pages.
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
"""Profiles that are no invoice: their XML is data of the pages, not an alternative to them"""


def violations(pdf, name, profile):
    """Return the faults of an open PDF in which a document of a profile is attached under a name"""
    metadata = properties(pdf)
    found = [*_claim(metadata, pdf.is_encrypted), *_announcement(metadata, name, profile)]
    return found + _relation(pdf, name, profile)


def properties(pdf):
    """Return {(namespace, name): value} of the XMP; empty if it is unreadable"""
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


def _claim(metadata, is_encrypted):
    if metadata.get((PDFA, 'part')) != '3':
        yield Violation('PDF-A3', '/Metadata', 'The PDF does not say that it is PDF/A-3.', ERROR)
    if is_encrypted:
        yield Violation('PDF-ENCRYPTED', '/Encrypt', 'The PDF is encrypted, which PDF/A forbids.', ERROR)


def _announcement(metadata, name, profile):
    space = next((each for each in HYBRID if (each, 'DocumentFileName') in metadata), None)
    if space is None:
        yield Violation(
            'PDF-XMP', '/Metadata', 'The metadata of the PDF do not announce the electronic invoice.', ERROR)
        return
    for term, expected in (('DocumentFileName', name), ('ConformanceLevel', LEVELS.get(profile))):
        value = metadata.get((space, term))
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
