"""Gutschriften of the billing contract: documented answers, the books, what is printed, what is refused"""
import datetime as dt
import uuid
from decimal import Decimal as D

import pytest

from tests.support.billing import Api, refused
from tests.support.invoicing import Biller, inside, item, make_template, posted
from tests.support.self_billing import ITEMS, PARTNER, SelfBiller, give_tax_number

@pytest.fixture(scope='module')
def biller(billing, operator):
    return SelfBiller(Api(billing, operator.tenant('AT')))


@pytest.fixture
def new_biller(new_api):
    return SelfBiller(new_api)


def warnings(pool, biller, made):
    with inside(pool, biller.api.tenant, check_access=False):
        return list(pool.get('account.invoice')(made['id']).warnings)


def mark(pool, biller, **values):
    """Change the partner as a member would at the client"""
    with inside(pool, biller.api.tenant):
        Party = pool.get('party.party')
        Party.write([Party(biller.customer)], values)


# The documented answers

def test_the_documented_example(biller, pool):
    made = biller.bill(
        issueDate='2026-05-16T00:00:00Z', dueDate='2026-05-30T00:00:00Z',
        introductionText='Abrechnung Affiliate-Provisionen Mai 2026')
    assert made == {
        'id': made['id'], 'gutschriftNumber': 'GUT-2026-05-0001', 'customerId': biller.customer,
        'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z', 'totalAmount': 780,
        'totalWithTax': 936, 'taxRate': 20, 'isPaid': False, 'paidDate': None, 'isFinalized': True,
        'finalizedAt': made['finalizedAt'], 'pdfUrl': f"/api/gutschriften/{made['id']}/pdf",
        'archivedPdfHash': made['archivedPdfHash']}
    assert posted(pool, biller.api.tenant, made) == [
        ('2500', D('156.00'), 0), ('3300', 0, D('936.00')), ('5010', D('150.00'), 0),
        ('5010', D('630.00'), 0)]
    assert warnings(pool, biller, made) == ['no_agreement', 'no_tax_number']


def test_the_document_says_gutschrift_and_who_is_who(biller):
    text = biller.text(biller.bill(issueDate='2026-05-16', dueDate='2026-05-30'))
    for needed in [
            'Gutschrift GUT-2026-05-', 'Vermittlung Huber', 'Hauptstraße 12', '4020 Linz', 'Test AT GmbH',
            'ATU12345675', 'Vermittlungsprovision Q2', '630,00', '780,00', '156,00', '936,00',
            'AT48 3200 0000 1234 5864', 'Auszahlung an', 'Lieferantennummer']:
        assert needed in text, (needed, text)
    assert 'Rechnungsnummer' not in text


def test_numbers_are_a_series_of_their_own(new_biller, pool):
    assert new_biller.bill(issueDate='2026-05-16')['gutschriftNumber'] == 'GUT-2026-05-0001'
    invoice = Biller(new_biller.api, {'name': 'Acme'}).bill(issueDate='2026-05-16')
    assert invoice['invoiceNumber'] == 'INV-2026-05-0001'
    assert new_biller.bill(issueDate='2025-12-31')['gutschriftNumber'] == 'GUT-2025-12-0002'
    assert new_biller.bill(issueDate='2018-01-01')['gutschriftNumber'] == 'GUT-2018-01-0003'


def test_paid_is_paid_once(biller, pool):
    made = biller.bill(issueDate='2026-05-16')
    path = f"/api/gutschriften/{made['id']}/mark-paid"
    paid = biller.api.post(path, {'paidDate': '2026-05-20T00:00:00Z'})
    assert (paid.status_code, paid.json) == (
        200, {**made, 'isPaid': True, 'paidDate': '2026-05-20T00:00:00Z'})
    assert biller.api.post(path, {'paidDate': '2026-06-01'}).json == paid.json
    with inside(pool, biller.api.tenant, check_access=False):
        invoice = pool.get('account.invoice')(made['id'])
        assert invoice.amount_to_pay == 0
        assert {line.account.code for line in invoice.reconciliation_lines} == {'3300'}
    today = biller.bill()
    body = biller.api('POST', f"/api/gutschriften/{today['id']}/mark-paid")
    assert (body.status_code, body.json['paidDate']) == (200, today['issueDate'])


def test_the_pdf_has_its_headers(biller):
    made = biller.bill()
    answer = biller.api.get(f"/api/gutschriften/{made['id']}/pdf")
    assert answer.headers['ETag'] == f'"{made["archivedPdfHash"]}"'
    assert answer.headers['Content-Disposition'] == (
        f'attachment; filename="{made["gutschriftNumber"]}.pdf"')


def test_the_same_key_is_the_same_gutschrift(new_biller):
    key = {'Idempotency_Key': str(uuid.uuid4())}
    first, second = (new_biller.post(headers=key) for _ in range(2))
    assert (first.status_code, first.json) == (201, second.json)
    other = new_biller.post(item(), headers=key)
    assert (other.status_code, other.json['error']) == (409, 'idempotency_key_request_mismatch')


def test_invoices_and_gutschriften_do_not_know_each_other(biller):
    made = biller.bill()
    invoice = Biller(biller.api, {'name': 'Acme'}).bill()
    for path in (
            f"/api/invoices/{made['id']}", f"/api/invoices/{made['id']}/pdf",
            f"/api/gutschriften/{invoice['id']}/pdf"):
        assert biller.api.get(path).status_code == 404
    answer = biller.api.post(f"/api/gutschriften/{invoice['id']}/mark-paid", {})
    assert (answer.status_code, answer.json['error']) == (404, 'not_found')
    listed = biller.api.get('/api/invoices').json['items']
    assert made['id'] not in [row['id'] for row in listed]


def test_what_is_refused(biller, billing, german):
    other = SelfBiller(Api(billing, german))
    made = other.bill()
    for field in ('customerId', 'invoiceTemplateId'):
        refused(
            biller.post(**{field: other.customer if field == 'customerId' else other.template}), field,
            'Unknown', 404, 'not_found')
    assert biller.api.get(f"/api/gutschriften/{made['id']}/pdf").status_code == 404
    assert biller.api.post(f"/api/gutschriften/{made['id']}/mark-paid", {}).status_code == 404
    refused(biller.api.post('/api/gutschriften', {**biller.body(), 'items': []}), 'items', 'at least 1')
    refused(biller.api.post('/api/gutschriften', {**biller.body(), 'customItems': ITEMS}), 'customItems', '')
    refused(biller.post(item(1.00001, 1)), 'items[0].quantity', '')
    refused(biller.post(issueDate='2026-05-16', dueDate='2026-05-15'), 'dueDate', 'before the issue date')
    refused(biller.post(item(1, 10), item(1, -20)), 'items', 'negative')
    assert Api(billing, {'credentials': {'billing': 'x'}}).get(
        f"/api/gutschriften/{made['id']}/pdf").status_code == 401


# Agreement, tax number, e-invoice

def test_with_agreement_and_tax_number_nothing_is_doubtful(new_biller, pool):
    give_tax_number(pool, new_biller)
    with inside(pool, new_biller.api.tenant):
        pool.get('party.self_billing_agreement').create([{
                    'party': new_biller.customer, 'start_date': dt.date(2026, 1, 1),
                    'end_date': dt.date(2026, 6, 30), 'document': b'%PDF', 'document_name': 'a.pdf'}])
    made = new_biller.bill(issueDate='2026-06-30')
    assert warnings(pool, new_biller, made) == []
    assert '59-119/9013' in new_biller.text(made)
    for day in ('2025-12-31', '2026-07-01'):
        assert warnings(pool, new_biller, new_biller.bill(issueDate=day)) == ['no_agreement']


@pytest.mark.parametrize('profile', ['Basic', 'EN16931', 'XRechnung'])
def test_an_e_invoice_needs_the_partners_number(new_biller, pool, profile):
    template = make_template(pool, new_biller.api.tenant, e_invoice_profile=profile, tax_rate=D(20))
    answer = new_biller.post(invoiceTemplateId=template)
    assert (answer.status_code, answer.json['error']) == (400, 'e_invoice_invalid'), answer.text
    assert 'BR-CO-26' in [violation['rule'] for violation in answer.json['violations']]
    assert new_biller.bill()['gutschriftNumber'].endswith('-0001')


@pytest.mark.parametrize('number', ['vat_id', 'tax_number'])
def test_with_a_number_the_e_invoice_is_one_of_the_partners(new_api, pool, number):
    from trytond.modules.account_invoice_einvoice.embed import extract
    biller = SelfBiller(new_api, PARTNER | ({'vatId': 'ATU12345675'} if number == 'vat_id' else {}))
    if number == 'tax_number':
        give_tax_number(pool, biller)
    template = make_template(pool, new_api.tenant, e_invoice_profile='EN16931', tax_rate=D(20))
    made = biller.bill(invoiceTemplateId=template)
    xml = extract(biller.pdf(made))[1].decode()
    assert '<ram:TypeCode>389</ram:TypeCode>' in xml
    seller = xml[xml.index('<ram:SellerTradeParty>'):xml.index('</ram:SellerTradeParty>')]
    buyer = xml[xml.index('<ram:BuyerTradeParty>'):xml.index('</ram:BuyerTradeParty>')]
    assert 'Vermittlung Huber' in seller and 'Test AT GmbH' in buyer
    assert ('ATU12345675' if number == 'vat_id' else '59-119/9013') in seller


def test_an_iban_with_wrong_digits_is_printed_and_marked_but_no_data(new_api, pool):
    from trytond.modules.account_invoice_einvoice.embed import extract
    biller = SelfBiller(new_api, PARTNER | {'iban': 'AT021100000123456789', 'vatId': 'ATU12345675'})
    template = make_template(
        pool, new_api.tenant, e_invoice_profile='EN16931', payment_qr_mode='EpcQrCode', tax_rate=D(20))
    made = biller.bill(invoiceTemplateId=template)
    text = biller.text(made)
    assert 'AT02 1100 0001 2345 6789' in text and 'Prüfziffer falsch' in text and 'scannen' not in text
    assert 'AT021100000123456789' not in extract(biller.pdf(made))[1].decode()


# Taxes

def test_a_small_business_bears_no_input_tax(new_biller, pool):
    mark(pool, new_biller, small_business=True)
    made = new_biller.bill()
    assert (made['totalAmount'], made['totalWithTax'], made['taxRate']) == (780, 780, 0)
    assert '§ 6 Abs. 1 Z 27 UStG' in new_biller.text(made)
    assert posted(pool, new_biller.api.tenant, made) == [
        ('3300', 0, D('780.00')), ('5090', D('150.00'), 0), ('5090', D('630.00'), 0)]


@pytest.mark.parametrize('partner, printed, booked', [
    ({'country': 'AT'}, 'steuerfrei', []),
    ({'country': 'FR', 'vatId': 'FR40303265045'}, 'Reverse Charge', [
            ('2510', D('156.00'), 0), ('3510', 0, D('156.00'))]),
    ({'country': 'CH'}, 'Reverse Charge', [('2510', D('156.00'), 0), ('3510', 0, D('156.00'))]),
    ])
def test_without_tax_the_recipient_may_owe_it(new_api, pool, partner, printed, booked):
    biller = SelfBiller(new_api, {'name': 'Beta', **partner})
    free = make_template(pool, new_api.tenant, apply_tax=False)
    made = biller.bill(invoiceTemplateId=free)
    assert (made['totalAmount'], made['totalWithTax'], made['taxRate']) == (780, 780, 0)
    assert printed in biller.text(made)
    lines = [line for line in posted(pool, new_api.tenant, made) if line[0] not in {'3300'}]
    assert [line for line in lines if line[0] < '5000'] == booked
    expected = ['untaxed_unexplained'] if partner == {'country': 'AT'} else []
    assert [code for code in warnings(pool, biller, made) if code.startswith('untaxed')] == expected


def test_a_small_business_of_our_own_deducts_nothing(billing, operator, pool):
    biller = SelfBiller(Api(billing, operator.tenant('AT', small_business=True)))
    made = biller.bill()
    assert (made['totalAmount'], made['totalWithTax']) == (780, 936)
    assert posted(pool, biller.api.tenant, made) == [
        ('3300', 0, D('936.00')), ('5010', D('150.00'), 0), ('5010', D('156.00'), 0),
        ('5010', D('630.00'), 0)]


def test_prices_with_tax_are_what_the_partner_is_paid(biller, pool):
    gross = make_template(pool, biller.api.tenant, is_tax_included=True, tax_rate=D(20), name='gross')
    made = biller.bill(*[item(1, 9.99)] * 3, invoiceTemplateId=gross)
    assert (made['totalWithTax'], made['totalAmount']) == (29.97, 24.97)
    lines = posted(pool, biller.api.tenant, made)
    assert ('2500', D('5.00'), 0) in lines and ('3300', 0, D('29.97')) in lines
    with inside(pool, biller.api.tenant, check_access=False):
        invoice = pool.get('account.invoice')(made['id'])
        assert sum(line.amount for line in invoice.lines) == D('24.97')
        assert invoice.untaxed_amount == D('24.97')


def test_events_have_names_of_their_own(new_biller, pool):
    made = new_biller.bill()
    new_biller.api.post(f"/api/gutschriften/{made['id']}/mark-paid", {})
    with inside(pool, new_biller.api.tenant):
        events = pool.get('outbox').search([], order=[('id', 'ASC')])
        assert [event.event for event in events] == ['gutschrift.created', 'gutschrift.paid']
