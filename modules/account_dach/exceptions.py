"""Errors of this module: each names the argument it is about"""
from trytond.exceptions import UserError
from trytond.model.exceptions import ValidationError


class FieldError(UserError):
    """A user error about one argument: ``field`` is its name, ``code`` the kind of error"""
    code = 'invalid_argument'

    def __init__(self, message, field):
        super().__init__(message)
        self.field = field


class TaxNotFoundError(FieldError):
    """No tax, or more than one, fits; ``field`` is country, category, rate or date"""


class FiscalYearRangeError(FieldError):
    """The date is too far from today for a fiscal year"""


class FiscalYearClosedError(FieldError):
    """A later fiscal year is closed, so none may be opened before it"""
    code = 'invalid_state'


class TaxOverlapError(ValidationError):
    """Two taxes would answer for the same country, kind, category, rate and date"""
