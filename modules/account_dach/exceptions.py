"""Errors of taxes and fiscal years"""
from trytond.model.exceptions import ValidationError
from trytond.modules.kernel.exceptions import FieldError


class TaxNotFoundError(FieldError):
    """No tax or several taxes match; the path is country, category, rate or date"""


class FiscalYearRangeError(FieldError):
    """The date is too far from today for a new fiscal year"""


class FiscalYearClosedError(FieldError):
    """A later fiscal year is closed, so no earlier one may be opened"""
    code = 'invalid_state'


class TaxOverlapError(ValidationError):
    """Two taxes match the same country, kind, category, rate and date"""
