"""An electronic invoice that violates official rules is not issued: the refusal names rules and fields to
correct
"""
import time

import psycopg
import pytest

from tests.support.billing import Api
from tests.support.einvoicing import BUYERS
from tests.support.invoicing import make_template

TABLES = (
    'account_invoice', 'account_invoice_line', 'account_move', 'account_move_line', 'archive_document',
    'archive_content')


@pytest.fixture
def seller(billing, operator):
    return Api(billing, operator.tenant('DE', phone='+49 30 5550100', email='rechnung@test.example'))


def counts(owner, company):
    return {
        table: owner.execute(
            psycopg.sql.SQL('SELECT count(*) FROM {} WHERE company = %s').format(
                psycopg.sql.Identifier(table)), (company,)).fetchone()[0]
        for table in TABLES}


def customer(api, **values):
    return api.made('/api/customers', {
            'name': 'Stadt Hamburg', 'email': 'rechnung@hamburg.example',
            'buyerReference': '04011000-12345-34', **BUYERS['DE'], **values})['id']


def body(pool, api, party, profile='XRechnung', language='de', **item):
    return {
        'customerId': party, 'invoiceTemplateId': make_template(
            pool, api.tenant, e_invoice_profile=profile, language=language),
        'customItems': [{
                'description': 'Arbeit', 'quantity': 1, 'unit': 'Hour', 'pricePerUnit': 100, **item}]}


def refused(answer):
    """Return {(rule, field): message} of a refusal"""
    assert (answer.status_code, answer.json['error']) == (400, 'e_invoice_invalid'), answer.text
    assert set(answer.json) == {'error', 'message', 'violations'}
    return {(each['rule'], each['field']): each['message'] for each in answer.json['violations']}


def test_without_a_buyer_reference_nothing_is_issued_and_no_number_used(seller, pool, owner):
    before = counts(owner, seller.tenant['company'])
    party = customer(seller, buyerReference=None)
    answer = seller.post('/api/invoices', body(pool, seller, party))
    found = refused(answer)
    assert set(found) == {('BR-DE-15', 'customer.buyerReference')}
    assert 'Leitweg-ID' in found['BR-DE-15', 'customer.buyerReference']
    assert 'BR-DE-15' in answer.json['message']
    assert counts(owner, seller.tenant['company']) == before
    seller.patch(f'/api/customers/{party}', {'buyerReference': 'AB-1'})
    made = seller.made('/api/invoices', body(pool, seller, party))
    assert made['invoiceNumber'].endswith('-0001')


@pytest.mark.parametrize('language, head, words', [
    ('de', 'Die E-Rechnung verletzt amtliche Regeln:\n', 'XRechnung verlangt'),
    ('en', 'The e-invoice breaks official rules:\n', 'XRechnung wants')])
def test_the_words_are_in_the_language_of_the_template(seller, pool, language, head, words):
    answer = seller.post('/api/invoices', body(
            pool, seller, customer(seller, buyerReference=None), language=language))
    assert refused(answer)['BR-DE-15', 'customer.buyerReference'].startswith(words)
    assert answer.json['message'].startswith(head + words)


@pytest.mark.parametrize('change, expected', [
    ({'email': None}, {('PEPPOL-EN16931-R010', 'customer.email')}),
    ({'address': 'Hauptstraße 5'}, {
        ('BR-DE-8', 'customer.address'), ('BR-DE-9', 'customer.address')}),
    ({'address': None}, {('BR-DE-8', 'customer.address'), ('BR-DE-9', 'customer.address')}),
    ({'email': None, 'buyerReference': None}, {
        ('PEPPOL-EN16931-R010', 'customer.email'), ('BR-DE-15', 'customer.buyerReference')})])
def test_what_the_customer_lacks_is_named(seller, pool, change, expected):
    party = customer(seller, **change)
    assert set(refused(seller.post('/api/invoices', body(pool, seller, party)))) == expected
    for profile in ('Basic', 'EN16931'):
        assert seller.post('/api/invoices', body(pool, seller, party, profile)).status_code == 201


def test_what_the_tenant_lacks_is_named(billing, operator, pool):
    api = Api(billing, operator.tenant('DE', iban='', bic=''))
    found = refused(api.post('/api/invoices', body(pool, api, customer(api))))
    assert set(found) == {
        ('BR-DE-1', 'seller.iban'), ('BR-DE-6', 'seller.phone'), ('BR-DE-7', 'seller.email'),
        ('PEPPOL-EN16931-R020', 'seller.email')}


def test_the_client_is_told_the_same(seller, pool, application, database):
    from tests.support.invoicing import inside
    from tests.support.rpc import Client, Fault
    party = customer(seller, buyerReference=None)
    template = make_template(pool, seller.tenant, e_invoice_profile='XRechnung', language='de')
    with inside(pool, seller.tenant):
        Invoice, Line = pool.get('account.invoice'), pool.get('account.invoice.line')
        Party, Account = pool.get('party.party'), pool.get('account.account')
        receivable, = Account.search([('type.receivable', '=', True), ('party_required', '=', True)], limit=1)
        revenue, = Account.search([('type.revenue', '=', True)], limit=1)
        draft = Invoice(
            type='out', party=party, invoice_address=Party(party).addresses[0], account=receivable,
            template=template, lines=[
                Line(type='line', description='Arbeit', quantity=1, unit_price=10, account=revenue)])
        draft.save()
        id = draft.id
    login = seller.tenant['login']
    member = Client(application, database).login(login['user'], login['password'])
    with pytest.raises(Fault, match=r'Leitweg-ID.*\(BR-DE-15\)'):
        member.call('account.invoice.post', [id])
    row, = member.call('account.invoice.read', [id], ['state', 'number'])
    assert (row['state'], row['number']) == ('draft', None)


def test_a_check_that_does_not_answer_is_503_and_nothing_happened(seller, pool, owner, monkeypatch):
    from trytond.modules.account_invoice_einvoice import validate
    from trytond.modules.document_render import DocumentTimeout

    def late(*arguments):
        raise DocumentTimeout('too long')
    party = customer(seller)
    before = counts(owner, seller.tenant['company'])
    request = body(pool, seller, party)
    monkeypatch.setattr(validate, 'check', late)
    answer = seller.post('/api/invoices', request)
    assert (answer.status_code, answer.json['error']) == (503, 'unavailable')
    assert counts(owner, seller.tenant['company']) == before


def test_the_time_of_the_check_is_told(seller, pool, monkeypatch):
    from trytond.modules.account_invoice_einvoice import validate
    plain = validate.check

    def slow(*arguments):
        time.sleep(1)
        return plain(*arguments)
    monkeypatch.setattr(validate, 'check', slow)
    answer = seller.post('/api/invoices', body(pool, seller, customer(seller)))
    assert answer.status_code == 201
    timing = dict(part.split(';dur=') for part in answer.headers['Server-Timing'].split(', '))
    assert float(timing['validate']) > 100
