"""Texts that a tenant writes and the server fills in: plain ``{name}`` only.

Python's format language has more: ``{name:>2000000000}`` is a text of two gigabytes, ``{name.__class__}`` a
look inside the server.
"""
import string

from trytond.i18n import gettext
from trytond.model.exceptions import ValidationError
from trytond.pool import PoolMeta


def is_plain(text):
    """Tell if a format has plain placeholders only; what cannot be read at all is left to stock"""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return True
    return all(
        name is None or name.isidentifier() and not spec and not conversion
        for _, name, spec, conversion in parts)


class PlainDescription:
    """The field ``description`` is a format"""
    __slots__ = ()

    @classmethod
    def validate_fields(cls, records, field_names):
        if field_names is None or 'description' in field_names:
            for record in records:
                if not is_plain(record.description or ''):
                    raise ValidationError(gettext(
                            'tenant.msg_plain_placeholders', **cls.__names__('description', record)))
        super().validate_fields(records, field_names)


class MoveTemplate(PlainDescription, metaclass=PoolMeta):
    __name__ = 'account.move.template'


class MoveLineTemplate(PlainDescription, metaclass=PoolMeta):
    __name__ = 'account.move.line.template'
