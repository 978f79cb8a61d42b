"""Field types of this contract: texts of one line, the eleven built-in units, what a PATCH sends"""
from typing import Annotated, Literal

from pydantic import BeforeValidator

from trytond.modules.rest.fields import SHORT, refuse, text

UNITS = {
    'Piece': 'H87',
    'Kilogram': 'KGM',
    'Gram': 'GRM',
    'Liter': 'LTR',
    'Milliliter': 'MLT',
    'Hour': 'HUR',
    'Minute': 'MIN',
    'Meter': 'MTR',
    'Centimeter': 'CMT',
    'SquareMeter': 'MTK',
    'Package': 'XPK',
    }
"""Name in this contract → UN/ECE code"""
UNIT_NAMES = {code: name for name, code in UNITS.items()}
Unit = Literal[
    'Piece', 'Kilogram', 'Gram', 'Liter', 'Milliliter', 'Hour', 'Minute', 'Meter', 'Centimeter',
    'SquareMeter', 'Package']


def _one_line(value):
    if isinstance(value, str) and any(c in value for c in '\t\n\r'):
        raise refuse('one_line')
    return value


def line(maximum=SHORT, minimum=0):
    """Return the type of a text without line breaks and tabs"""
    return Annotated[text(maximum, minimum), BeforeValidator(_one_line)]


Line = line()


def changes(body):
    """Return {field: value} of what a PATCH changes: null and what was not sent stay as they are"""
    return {
        name: value for name in body.model_fields_set
        if (value := getattr(body, name)) is not None}
