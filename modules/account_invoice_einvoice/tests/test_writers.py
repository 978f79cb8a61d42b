"""Other programs read the written terms with their values, in both syntaxes"""
import dataclasses

import pytest
from lxml import etree

from trytond.modules.account_invoice_einvoice import cii, ubl

from . import samples
from .reading import drafthorse_figures, figures, read, terms

CREDIT = 'urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2'
INVOICE = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'
MADE = {
    'invoice': samples.einvoice, 'credit note': samples.credit_note,
    'self-billed': lambda profile: samples.einvoice(profile, type_code='389'),
    'least': lambda profile: least(profile)}


def least(profile):
    """An invoice without any optional term"""
    address = dataclasses.replace(samples.SELLER.address, street='', postal_code='', city='')
    return samples.einvoice(
        profile, process='', buyer_reference='', terms='', notes=(), transfer=None, due_date=None,
        seller=dataclasses.replace(samples.SELLER, email='', contact='', phone='', tax_number=''),
        buyer=dataclasses.replace(
            samples.BUYER, identifier='', vat_id='', email='', contact='', phone='', address=address),
        delivery=dataclasses.replace(
            samples.einvoice().delivery, start=None, end=None, name='', address=None),
        lines=(dataclasses.replace(samples.LINES[0], description='', item='', note=''),))


@pytest.mark.parametrize('profile', samples.PROFILES)
@pytest.mark.parametrize('kind', MADE)
def test_cii_is_read_as_meant(kind, profile):
    invoice = MADE[kind](profile)
    assert read(cii.write(invoice)) == terms(invoice)


@pytest.mark.parametrize('kind', MADE)
def test_ubl_is_read_as_meant(kind):
    invoice = MADE[kind]('XRechnung')
    assert read(ubl.write(invoice)) == terms(invoice, 'ubl')


@pytest.mark.parametrize('profile', samples.PROFILES)
@pytest.mark.parametrize('kind', MADE)
def test_a_second_library_reads_the_same_figures(kind, profile):
    invoice = MADE[kind](profile)
    assert drafthorse_figures(cii.write(invoice)) == figures(invoice)


@pytest.mark.parametrize('type_code, root', [
    ('380', INVOICE), ('389', INVOICE), ('381', CREDIT), ('261', CREDIT)])
def test_the_root_of_ubl_follows_the_type(type_code, root):
    invoice = samples.einvoice('XRechnung', type_code=type_code)
    tree = etree.fromstring(ubl.write(invoice))
    name = root.rpartition(':')[2].partition('-')[0]
    assert tree.tag == f'{{{root}}}{name}'
    assert tree.findtext(f'{{*}}{name}TypeCode') == type_code
    assert len(tree.findall(f'{{*}}{name}Line')) == 3


def test_a_tax_number_stands_in_ubl_under_a_scheme_that_is_not_vat():
    tree = etree.fromstring(ubl.write(samples.einvoice('XRechnung')))
    seller = tree.find('{*}AccountingSupplierParty')
    found = [
        (part.findtext('{*}CompanyID'), part.findtext('{*}TaxScheme/{*}ID'))
        for part in seller.iter('{*}PartyTaxScheme')]
    assert found == [('DE123456788', 'VAT'), ('181/815/08155', 'FC')]


@pytest.mark.parametrize('write', [cii.write, ubl.write])
@pytest.mark.parametrize('kind', MADE)
def test_nothing_is_empty_and_the_same_gives_the_same(write, kind):
    xml = write(MADE[kind]('XRechnung'))
    assert xml == write(MADE[kind]('XRechnung'))
    assert [e.tag for e in etree.fromstring(xml).iter() if not len(e) and not (e.text or '').strip()] == []
