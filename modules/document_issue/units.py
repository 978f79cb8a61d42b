"""Units as they are printed, and their code in an e-invoice"""
from dataclasses import dataclass

from trytond.i18n import gettext
from trytond.modules.product_catalog.unit import get_units
from trytond.modules.product_catalog.uom import measures

from .exceptions import UnknownRecordError

BUILT_IN = {
    'H87': ("Stk.", "pcs"),
    'KGM': ("kg", "kg"),
    'GRM': ("g", "g"),
    'LTR': ("l", "l"),
    'MLT': ("ml", "ml"),
    'HUR': ("Std.", "h"),
    'MIN': ("Min.", "min"),
    'MTR': ("m", "m"),
    'CMT': ("cm", "cm"),
    'MTK': ("m²", "m²"),
    'XPK': ("Paket", "package"),
    'LS': ("pauschal", "lump sum"),
    }
"""UN/ECE Recommendation 20 code → (German, English)"""
ONE = 'C62'
"""Code of what has no other"""


@dataclass(frozen=True, slots=True)
class PrintedUnit:
    label: str = ''
    code: str = ONE


class PrintedUnits:
    """Finds the printed unit of lines, read in one statement for all of them"""

    def __init__(self, lines):
        self.own = {}
        self.measures = measures()
        if own := {line.custom_unit.id for line in lines if line.custom_unit}:
            self.own = get_units(own)

    def of(self, line, path, language):
        """Return the PrintedUnit of a line in a document's language.

        Raises UnknownRecordError for an own unit that the tenant does not have; ``path`` is the
        line's.
        """
        if line.custom_unit:
            row = self.own.get(line.custom_unit.id)
            if row is None:
                raise UnknownRecordError(
                    gettext('document_issue.msg_unknown'), *path, 'custom_unit')
            return PrintedUnit(row['label'], row['e_invoice_code'])
        if not line.unit:
            return PrintedUnit()
        code, symbol = self.measures[line.unit.id]
        if code not in BUILT_IN:
            return PrintedUnit(symbol, code or ONE)
        german = (language or '').lower().startswith('de')
        return PrintedUnit(BUILT_IN[code][0 if german else 1], code)
