"""Electronic invoices according to EN 16931: the figures of the printed page in machine-readable form.

``model`` defines the invoice independently of syntax; ``cii`` and ``ubl`` write it, ``embed`` attaches it to
the PDF, ``validate`` checks it against the official rules. All of this runs in the document process, without
a database, before anything is sealed.
"""
