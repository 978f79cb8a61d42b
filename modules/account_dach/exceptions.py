"""Errors of taxes and fiscal years"""
from trytond.model.exceptions import ValidationError
from trytond.modules.kernel.exceptions import FieldError


class TaxNotFoundError(FieldError):
    """No tax, or more than one, fits; the path is country, category, rate or date"""


class FiscalYearRangeError(FieldError):
    """The date is too far from today for a fiscal year"""


class FiscalYearClosedError(FieldError):
    """A later fiscal year is closed, so none may be opened before it"""
    code = 'invalid_state'


class TaxOverlapError(ValidationError):
    """Two taxes would answer for the same country, kind, category, rate and date"""
