"""What can go wrong on the way from a document to its bytes. None of these is a caller's input
error: what a user may type is checked by the module that stores it.
"""


class DocumentError(Exception):
    """The document was not made; nothing of it exists"""


class DocumentBroken(DocumentError):
    """The template refuses the document; the message is the typesetter's"""


class LogoBroken(DocumentError):
    """The logo is no PNG or JPEG, or more pixels than a logo may have"""


class DocumentTimeout(DocumentError):
    """The document took longer than its time limit; its process was killed"""


class DocumentBusy(DocumentError):
    """All other documents of this worker come first, and that takes too long"""


class DocumentCrashed(DocumentError):
    """The document process died, and its replacement too"""


class FontMissing(DocumentError):
    """A font file that belongs to the installation is absent or altered"""


def known(base=DocumentError):
    """Return the class and all below it, those of other modules too"""
    return [base, *(each for below in base.__subclasses__() for each in known(below))]
