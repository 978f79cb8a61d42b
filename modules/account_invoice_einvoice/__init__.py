"""Electronic invoices after EN 16931: the same figures as on the printed page, for machines.

``model`` says what such an invoice is, in no syntax; ``cii`` and ``ubl`` write it, ``embed`` puts it
into the PDF, ``validate`` holds it against the official rules. All of that runs in the document
process, without a database, before anything is sealed.
"""
