"""Codes and versions as data: specifications by date, and values of code lists."""
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

SELF_BILLED = {'380': '389', '381': '261'}
"""UNTDID 1001: code of a document → code when the buyer issues it"""
TRANSFER = '58'
"""UNTDID 4461: SEPA credit transfer"""
EMAIL = 'EM'
"""Code list EAS: scheme of an e-mail address"""
GENERAL, PAYMENT = 'AAI', 'PMT'
"""UNTDID 4451: general information, payment information"""
PEPPOL_BILLING = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
"""BT-23 where a profile requires one and the template has none: XRechnung rule PEPPOL-EN16931-R001"""
EXEMPTIONS = {'AE': 'VATEX-EU-AE', 'K': 'VATEX-EU-IC', 'G': 'VATEX-EU-G'}
"""Tax category → code of the code list VATEX.

E has only a text: its legal bases (§ 4, § 19 UStG; § 6 UStG 1994) have no code in the list.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """Version of a profile, valid from a day on.

    identifier: BT-24; file: name inside the PDF; level and version: as in the XMP of the PDF; release: name
    of the publication, for people.
    """
    profile: str
    start: dt.date
    identifier: str
    file: str
    level: str
    version: str
    release: str
    source: str


_FX_BASIC = 'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic'
_XRECHNUNG = 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0'
_FERD = 'FeRD and FNFE-MPE, ZUGFeRD / Factur-X, technical appendix, chapters on profiles and XMP'
_KOSIT = 'KoSIT, XRechnung 3.0.2, chapter on the specification identifier; FeRD, examples of XRECHNUNG'

SPECIFICATIONS = (
    Specification(
        profile='Basic', start=dt.date(2024, 11, 15), identifier=_FX_BASIC, file='factur-x.xml',
        level='BASIC', version='1.0', release='ZUGFeRD 2.3 / Factur-X 1.0.07', source=_FERD),
    Specification(
        profile='Basic', start=dt.date(2026, 7, 1), identifier=_FX_BASIC, file='factur-x.xml',
        level='BASIC', version='1.0', release='ZUGFeRD 2.5 / Factur-X 1.09', source=_FERD),
    Specification(
        profile='EN16931', start=dt.date(2024, 11, 15), identifier='urn:cen.eu:en16931:2017',
        file='factur-x.xml', level='EN 16931', version='1.0', release='ZUGFeRD 2.3 / Factur-X 1.0.07',
        source=_FERD),
    Specification(
        profile='EN16931', start=dt.date(2026, 7, 1), identifier='urn:cen.eu:en16931:2017',
        file='factur-x.xml', level='EN 16931', version='1.0', release='ZUGFeRD 2.5 / Factur-X 1.09',
        source=_FERD),
    Specification(
        profile='XRechnung', start=dt.date(2024, 2, 1), identifier=_XRECHNUNG, file='xrechnung.xml',
        level='XRECHNUNG', version='3.0', release='XRechnung 3.0', source=_KOSIT),
    )
"""Ordered by profile and first day of issue"""


def specification(profile, date):
    """Return the Specification of a profile on a day of issue.

    For earlier days the first known one is used: an invoice may bear an old date, but is made and read today.
    Raises LookupError for an unknown profile.
    """
    of_profile = [row for row in SPECIFICATIONS if row.profile == profile]
    if not of_profile:
        raise LookupError(profile)
    in_force = [row for row in of_profile if row.start <= date]
    return max(in_force, key=lambda row: row.start) if in_force else of_profile[0]


def type_code(kind, is_credit, profile):
    """Return BT-3 for a kind of document; ``gutschrift`` is the kind issued by the buyer.

    XRechnung has no 261 (BR-DE-17): the credit note of a self-billed invoice is 381 there.
    """
    code = '381' if is_credit else '380'
    if kind != 'gutschrift' or (is_credit and profile == 'XRechnung'):
        return code
    return SELF_BILLED[code]


def category(category, rate):
    """Return BT-151 of a tax; a rate of zero in category S becomes Z (BR-S-5)"""
    return 'Z' if category == 'S' and rate == Decimal(0) else category
