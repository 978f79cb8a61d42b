"""Validation of a template's logo: its size, and a format that every document can embed"""
from trytond.i18n import gettext
from trytond.modules.document_render import LogoBroken, logo

from .exceptions import LogoError

MAX_BYTES = 2 * 1024 * 1024


def media_type(content):
    """Return image/png or image/jpeg of the bytes of a logo; the declared type is ignored.

    Raises LogoError.
    """
    if len(content) > MAX_BYTES:
        raise LogoError(gettext('invoice_template.msg_logo_size', limit=MAX_BYTES // 1024 ** 2))
    try:
        return logo.media_type(bytes(content))
    except LogoBroken as error:
        raise LogoError(gettext('invoice_template.msg_logo_broken', reason=error)) from error
