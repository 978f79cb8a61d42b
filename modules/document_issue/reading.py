"""The sealed documents of records that are issued"""
from trytond.i18n import gettext
from trytond.modules.archive.document import PDF
from trytond.pool import Pool

from .exceptions import NotFinalizedError


def sealed(records, media_type=PDF):
    """Return {id: the last `Sealed` document of a type, or None} of records of one model, in one statement"""
    found = Pool().get('archive.document').sealed(records, media_type)
    return {record.id: found.get(str(record)) for record in records}


def contents(records, media_type=PDF):
    """Return {id: bytes of the last document of a type, or None}; raises ArchiveCorrupt and ArchiveExpired"""
    if not records:
        return {}
    documents = {id: found.id for id, found in sealed(records, media_type).items() if found}
    data = Pool().get('archive.document').contents(documents.values())
    return {record.id: data[documents[record.id]] if record.id in documents else None for record in records}


def pdf_of(record):
    """Return (bytes, Sealed) of the document of an issued record.

    Raises NotFinalizedError before it is issued, ArchiveCorrupt when the bytes are not the sealed ones.
    """
    found = sealed([record])[record.id]
    if found is None:
        raise NotFinalizedError(gettext(record.__not_issued__))
    return Pool().get('archive.document').contents([found.id])[found.id], found
