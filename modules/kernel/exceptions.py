"""Refusals that name the value they are about"""
from trytond.exceptions import UserError


class FieldError(UserError):
    """A value that a caller gave is wrong, or stands against the state of the data.

    path: where it stands, a tuple of domain names and 0-based places: ``('due_date',)``,
    ``('lines', 3, 'unit_price')``, ``('seller', 'street')``; empty for the whole. code: word of the kind,
    read from the class, since Tryton sets a number on each instance. message: a translated sentence
    without the field's name in front. extra: {name: value} of further facts, in domain names.
    """
    code = 'invalid_argument'

    def __init__(self, message, *path, **extra):
        super().__init__(message)
        self.path = path
        self.extra = extra

    @property
    def field(self):
        """The path in one text, None for the whole"""
        return spell(self.path) or None


class TenantError(FieldError):
    """A tenant cannot be made, found or changed as asked"""


def spell(path):
    """Return a path in one text: ``lines[3].unit_price``"""
    return ''.join(f'[{part}]' if isinstance(part, int) else f'.{part}' for part in path).lstrip('.')
