"""Errors of making the bytes of a document. None of them is an input error of a caller: user input is checked
by the module that stores it.
"""


class DocumentError(Exception):
    """The document was not made; no part of it exists"""


class DocumentBroken(DocumentError):
    """The template cannot set the document; the message is the typesetter's"""


class LogoBroken(DocumentError):
    """The logo is not a PNG or JPEG, or has more pixels than a logo may have"""


class DocumentTimeout(DocumentError):
    """The document took longer than its time limit; its process was killed"""


class DocumentBusy(DocumentError):
    """The wait for other documents of this worker exceeded its limit"""


class DocumentCrashed(DocumentError):
    """The document process died, and so did its replacement"""


class FontMissing(DocumentError):
    """A font file that belongs to the installation is absent or altered"""


def known(base=DocumentError):
    """Return the class and all its subclasses, those of other modules included"""
    return [base, *(each for below in base.__subclasses__() for each in known(below))]
