"""Embeds the XML in the PDF: an attachment that is an alternative of the pages, described in the XMP
metadata.

The typesetter's file is PDF/A-3a and remains so: the attachment has its relationship, media type and date
(ISO 19005-3, 6.8), the XMP describes the added properties (6.6.2.3), whose names are from Factur-X 1.0,
chapter on XMP. The same file and XML give the same bytes.
"""
import io
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

MEDIA_TYPE = 'text/xml'
RELATION = '/Alternative'
NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'
_SCHEMAS_END, _RDF_END = '</rdf:Bag></pdfaExtension:schemas>', '</rdf:RDF>'
PROPERTIES = {
    'DocumentFileName': 'The name of the embedded XML document',
    'DocumentType': 'The type of the hybrid document in capital letters, e.g. INVOICE or ORDER',
    'Version': 'The actual version of the standard applying to the embedded XML document',
    'ConformanceLevel': 'The conformance level of the embedded XML document'}
"""Property of the XMP → description"""


def attach(pdf, xml, specification, made_at):
    """Return the bytes of the PDF with the XML attached.

    specification: the Specification of the XML; made_at: timezone-aware, the date of the attachment. Raises
    ValueError for a PDF whose metadata are not those of Kontor's typesetter.
    """
    with pikepdf.open(io.BytesIO(pdf)) as file:
        name = specification.file
        attached = file.make_indirect(_file(file, xml, name, f'D:{made_at:%Y%m%d%H%M%S}Z'))
        file.Root.AF = Array([attached])
        if Name.Names not in file.Root:
            file.Root.Names = Dictionary()
        file.Root.Names.EmbeddedFiles = Dictionary(Names=Array([String(name), attached]))
        metadata = file.Root.Metadata.read_bytes().decode()
        file.Root.Metadata = file.make_indirect(Stream(
            file, _announced(metadata, specification).encode(), Type=Name.Metadata, Subtype=Name.XML))
        return _saved(file)


def _file(file, xml, name, date):
    content = Stream(
        file, xml, Type=Name.EmbeddedFile, Subtype=Name('/' + MEDIA_TYPE),
        Params=Dictionary(ModDate=String(date), Size=len(xml)))
    return Dictionary(
        Type=Name.Filespec, F=String(name), UF=String(name), Desc=String(name),
        AFRelationship=Name(RELATION), EF=Dictionary(F=content, UF=content))


def _saved(file):
    buffer = io.BytesIO()
    # Streams compressed by the typesetter are copied unchanged
    file.save(
        buffer, deterministic_id=True, fix_metadata_version=False,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return buffer.getvalue()


# XMP

def _announced(metadata, specification):
    for anchor in (_SCHEMAS_END, _RDF_END):
        if metadata.count(anchor) != 1:
            raise ValueError(f'the metadata of the document have no single {anchor}')
    return (metadata
        .replace(_SCHEMAS_END, _schema() + _SCHEMAS_END)
        .replace(_RDF_END, _description(specification) + _RDF_END))


def _schema():
    resource = '<rdf:li rdf:parseType="Resource">'
    properties = ''.join(
        f'{resource}<pdfaProperty:name>{name}</pdfaProperty:name>'
        '<pdfaProperty:valueType>Text</pdfaProperty:valueType>'
        '<pdfaProperty:category>external</pdfaProperty:category>'
        f'<pdfaProperty:description>{text}</pdfaProperty:description></rdf:li>'
        for name, text in PROPERTIES.items())
    return (
        f'{resource}<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f'<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>'
        '<pdfaSchema:prefix>fx</pdfaSchema:prefix>'
        f'<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>')


def _description(specification):
    values = {
        'DocumentFileName': specification.file, 'DocumentType': 'INVOICE',
        'Version': specification.version, 'ConformanceLevel': specification.level}
    said = ''.join(f'<fx:{name}>{escape(value)}</fx:{name}>' for name, value in values.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}">{said}</rdf:Description>'


# Reading back

def extract(pdf):
    """Return (name, bytes) of the XML in a PDF made by `attach`, None if there is none"""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for name, attachment in file.attachments.items():
            if name.endswith('.xml'):
                return name, attachment.get_file().read_bytes()
    return None
