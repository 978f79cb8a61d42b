"""Documents: plain data in, a PDF/A-3a and PDF/UA-1 file out.

``document`` defines the data, ``render`` makes the bytes in the document process of this worker. Nothing here
reads a database; the caller that fills in a `Document` decides the printed content.
"""
from .document import Document, Line, Party, QrCode, Reference, Style, TaxRow, Totals
from .errors import (
    DocumentBroken, DocumentBusy, DocumentCrashed, DocumentError, DocumentTimeout, FontMissing,
    LogoBroken)
from .pool import render, shutdown, start
from .workshop import Workshop

__all__ = [
    'Document', 'DocumentBroken', 'DocumentBusy', 'DocumentCrashed', 'DocumentError',
    'DocumentTimeout', 'FontMissing', 'Line', 'LogoBroken', 'Party', 'QrCode', 'Reference',
    'Style', 'TaxRow', 'Totals', 'Workshop', 'render', 'shutdown', 'start']
