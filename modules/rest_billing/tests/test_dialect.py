"""Billing's refusals in the caller's language, and domain names in the contract's"""
import pytest
from werkzeug.test import Client

from trytond.modules.document_issue.exceptions import IssueError
from trytond.modules.party_customer.exceptions import VatIdExists
from trytond.modules.rest.dialect import from_error
from trytond.modules.rest.sentences import ENGLISH, GERMAN
from trytond.modules.rest.tests import fakes

from .. import CONTRACT, dialect
from ..dialect import DIALECT

KEY = {'X-Api-Key': fakes.KEY}
OPERATIONS = {operation.id: operation for operation in CONTRACT.operations}


@pytest.fixture
def client():
    return Client(fakes.application(contracts=[CONTRACT]))


@pytest.mark.parametrize('method, path, body, english, german', [
        ('POST', '/api/units', {'label': ''}, "label: must not be empty", "label: darf nicht leer sein"),
        ('POST', '/api/units', {'label': 'a\nb', 'x': 1},
            "label: must be a single line; x: is not a known field",
            "label: muss einzeilig sein; x: ist kein bekanntes Feld"),
        ('GET', '/api/nothing', None,
            "There is nothing at /api/nothing", "Unter /api/nothing gibt es nichts"),
        ('PUT', '/api/units', None,
            "PUT is not allowed at /api/units", "PUT ist bei /api/units nicht erlaubt"),
        ('POST', '/api/items', {'itemKey': 'A', 'description': 'B', 'unit': 'Pfund'},
            "unit: must be one of 'Piece', 'Kilogram', 'Gram', 'Liter', 'Milliliter', 'Hour', 'Minute',"
            " 'Meter', 'Centimeter', 'SquareMeter' or 'Package'",
            "unit: muss eines sein von: 'Piece', 'Kilogram', 'Gram', 'Liter', 'Milliliter', 'Hour', 'Minute',"
            " 'Meter', 'Centimeter', 'SquareMeter' oder 'Package'")])
def test_a_refusal_of_shape_is_in_the_callers_language(client, method, path, body, english, german):
    plain = client.open(path, method=method, json=body, headers=KEY)
    asked = client.open(path, method=method, json=body, headers={**KEY, 'Accept-Language': 'de-AT'})
    assert (plain.json['message'], asked.json['message']) == (english, german)
    assert (plain.status_code, plain.json['error']) == (asked.status_code, asked.json['error'])


def test_both_languages_have_the_contracts_own_sentences():
    assert dialect.ENGLISH.keys() == dialect.GERMAN.keys()
    assert not dialect.ENGLISH.keys() & {*ENGLISH, *GERMAN}


@pytest.mark.parametrize('operation, places, path, name', [
        ('createInvoice', {'lines': [2, 0, 1]}, ('lines', 0, 'unit_price'), 'customItems[2].pricePerUnit'),
        ('createInvoice', {}, ('lines',), 'customItems'), ('createInvoice', {}, ('comment',), 'notes'),
        ('createInvoice', {}, ('seller', 'vat_id'), 'seller.vatId'),
        ('createGutschrift', {}, ('lines', 3, 'custom_unit'), 'items[3].customUnitId'),
        ('createProjectInvoice', {}, ('lines',), 'items'),
        ('createProjectInvoice', {}, ('invoice_date',), 'issueDate'),
        ('createOffer', {}, ('delivery_days',), 'deliveryTimeInDays'),
        ('createInvoiceTemplate', {}, ('logo',), 'logoBase64')])
def test_domain_names_are_the_contracts(operation, places, path, name):
    renaming = DIALECT.renaming(OPERATIONS[operation].names, places)
    problem = DIALECT.problem(from_error(IssueError("is odd", *path)), 'en', renaming)
    assert problem.message == f'{name}: is odd'


@pytest.mark.parametrize('language, message', [
        ('en', "Customer with vatId 'ATU1' already exists"),
        ('de', "Es gibt schon einen Kunden mit der vatId 'ATU1'")])
def test_further_members_come_from_the_domain_error(language, message):
    error = VatIdExists("…", vat_id='ATU1', customer=7, name="Acme")
    problem = DIALECT.problem(from_error(error), language)
    assert problem[:3] == (409, 'vatid_exists', message)
    assert problem.members == {'existingId': 7, 'name': "Acme"}
