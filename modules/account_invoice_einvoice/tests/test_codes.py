"""Codes and versions match the code lists, by day of issue"""
import datetime as dt
from decimal import Decimal as D

import pytest

from trytond.modules.account_invoice_einvoice import codes

from .samples import PROFILES


@pytest.mark.parametrize('profile, day, release, identifier, file, level, version', [
    ('Basic', (2026, 6, 30), 'ZUGFeRD 2.3 / Factur-X 1.0.07',
        'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic', 'factur-x.xml', 'BASIC', '1.0'),
    ('Basic', (2026, 7, 1), 'ZUGFeRD 2.5 / Factur-X 1.09',
        'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic', 'factur-x.xml', 'BASIC', '1.0'),
    ('EN16931', (2026, 6, 30), 'ZUGFeRD 2.3 / Factur-X 1.0.07', 'urn:cen.eu:en16931:2017', 'factur-x.xml',
        'EN 16931', '1.0'),
    ('EN16931', (2026, 11, 25), 'ZUGFeRD 2.5 / Factur-X 1.09', 'urn:cen.eu:en16931:2017', 'factur-x.xml',
        'EN 16931', '1.0'),
    ('XRechnung', (2026, 11, 25), 'XRechnung 3.0',
        'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0', 'xrechnung.xml',
        'XRECHNUNG', '3.0'),
    ('XRechnung', (2020, 1, 1), 'XRechnung 3.0',
        'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0', 'xrechnung.xml',
        'XRECHNUNG', '3.0')])
def test_the_specification_follows_the_day_of_issue(
        profile, day, release, identifier, file, level, version):
    found = codes.specification(profile, dt.date(*day))
    assert (found.release, found.identifier, found.file, found.level, found.version) == (
        release, identifier, file, level, version)


def test_an_unknown_profile_is_an_error():
    with pytest.raises(LookupError, match='Extended'):
        codes.specification('Extended', dt.date(2026, 11, 25))


@pytest.mark.parametrize('kind, is_credit, profile, code', [
    ('invoice', False, 'EN16931', '380'), ('credit_note', True, 'EN16931', '381'),
    ('credit_note', True, 'XRechnung', '381'), ('gutschrift', False, 'EN16931', '389'),
    ('gutschrift', False, 'XRechnung', '389'), ('gutschrift', True, 'Basic', '261'),
    ('gutschrift', True, 'XRechnung', '381')])
def test_the_type_of_a_document(kind, is_credit, profile, code):
    assert codes.type_code(kind, is_credit, profile) == code


def test_nothing_becomes_a_corrected_invoice_by_accident():
    kinds = [(kind, credit) for kind in ('invoice', 'credit_note', 'gutschrift') for credit in (True, False)]
    found = {codes.type_code(*kind, profile) for kind in kinds for profile in PROFILES}
    assert found == {'380', '381', '389', '261'}


@pytest.mark.parametrize('category, rate, code', [
    ('S', '19', 'S'), ('S', '0', 'Z'), ('S', '0.00', 'Z'), ('E', '0', 'E'), ('AE', '0', 'AE'),
    ('K', '0', 'K'), ('G', '0', 'G'), ('Z', '0', 'Z')])
def test_the_category_of_a_tax(category, rate, code):
    assert codes.category(category, D(rate)) == code
