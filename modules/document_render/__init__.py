"""Documents: plain data in, a PDF/A-3a and PDF/UA-1 file out.

``document`` is what goes in, ``render`` makes the bytes in this worker's document process.
Nothing here reads a database; who fills in a `Document` decides what is printed.
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
