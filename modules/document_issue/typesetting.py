"""Documents made by other processes, and the refusals of what cannot be made"""
import contextlib
import functools

from trytond.i18n import gettext
from trytond.modules import document_render
from trytond.modules.archive.document import Blob
from trytond.modules.document_render import (
    DocumentBroken, DocumentBusy, DocumentCrashed, DocumentTimeout, LogoBroken)
from trytond.modules.kernel import timing

from .exceptions import IssueError, RenderingUnavailable


@contextlib.contextmanager
def answered():
    """Raise RenderingUnavailable where a document process does not answer"""
    try:
        yield
    except (DocumentBusy, DocumentTimeout, DocumentCrashed) as error:
        raise RenderingUnavailable(
            gettext('document_issue.msg_rendering_unavailable')) from error


def render(printed, **options):
    """Return the Blob of the PDF of a Document; ``options`` are those of `document_render.render`.

    Raises RenderingUnavailable when the document process is overloaded or broke down, IssueError
    for what cannot be printed.
    """
    return _made(functools.partial(_typeset, printed, **options))


def begin(workshop, printed, **options):
    """Hand in a Document and return a function that waits for what `render` returns or raises"""
    return functools.partial(
        _made, workshop.begin('typeset', _typeset, printed, **options).result)


def _typeset(printed, **options):
    return Blob(document_render.render(printed, **options))


def _made(work):
    with timing.part('render'), answered():
        try:
            return work()
        except LogoBroken as error:
            raise IssueError(
                gettext('document_issue.msg_logo_broken', reason=error), 'template') from error
        except DocumentBroken as error:
            raise IssueError(
                gettext('document_issue.msg_not_printable', reason=error), 'lines') from error
