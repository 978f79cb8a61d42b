"""Invoices of the billing contract: every documented answer, money, dates, tenancy"""
import datetime as dt
import time
from decimal import Decimal as D

import pytest

from tests.support.billing import Api, refused
from tests.support.invoicing import ACME, ITEMS, Biller, inside, item, make_template, posted


def day(text):
    return f'{text}T00:00:00Z'


# The documented answers

def test_the_documented_example(biller):
    made = biller.bill(
        issueDate='2026-05-16T00:00:00Z', dueDate='2026-05-30T00:00:00Z',
        notes='Thank you for your business — payment within 14 days.',
        introductionText='Backend development sprint, May 2026.')
    assert made == {
        'id': made['id'], 'invoiceNumber': made['invoiceNumber'], 'customerId': biller.customer,
        'issueDate': '2026-05-16T00:00:00Z', 'dueDate': '2026-05-30T00:00:00Z', 'totalAmount': 980,
        'totalWithTax': 1176, 'taxRate': 20, 'isPaid': False, 'paidDate': None, 'isFinalized': True,
        'finalizedAt': made['finalizedAt'], 'pdfUrl': f"/api/invoices/{made['id']}/pdf",
        'stripePaymentLinkUrl': None, 'stripePaymentLinkId': None,
        'archivedPdfHash': made['archivedPdfHash']}
    assert made['invoiceNumber'].startswith('INV-2026-05-')
    assert len(made['archivedPdfHash']) == 128
    assert biller.api.get(f"/api/invoices/{made['id']}").json == made


def test_the_other_documented_figures(biller):
    made = biller.bill(ITEMS[0])
    assert (made['totalAmount'], made['totalWithTax']) == (760, 912)


def test_everything_optional_may_be_left_out(biller, pool):
    from trytond.modules.kernel import clock
    today = clock.today('Europe/Vienna')
    made = biller.bill({
            'description': 'Backend development', 'quantity': 8, 'unit': 'Hour', 'pricePerUnit': 95})
    assert made['issueDate'] == day(today)
    assert made['dueDate'] == day(today + dt.timedelta(days=14))
    again = biller.bill(issueDate=None, dueDate=None, notes=None, introductionText=None)
    assert (again['issueDate'], again['dueDate']) == (made['issueDate'], made['dueDate'])


def test_the_document_holds_what_the_law_asks_for(biller):
    made = biller.bill(issueDate='2026-05-16', dueDate='2026-05-30', notes='Danke!',
        introductionText='Für den Mai')
    text = biller.text(made)
    for needed in [
            made['invoiceNumber'], '16.05.2026', '30.05.2026',              # number, date, due
            'Test AT GmbH', 'Ringstraße 7', '1010 Wien', 'ATU12345675',     # who supplies
            'Acme GmbH', 'Musterstraße 1', 'ATU12345678', 'PO-2026-1042',   # who receives
            'Backend development — API hardening', 'DEV-01', 'Std.',        # what
            '760,00', '220,00', '980,00', '20', '196,00', '1.176,00',       # for how much
            'Leistungsdatum', 'AT61 1904 3002 3457 3201', 'GIBAATWWXXX', 'Für den Mai', 'Danke!']:
        assert needed in text, (needed, text)


def test_the_pdf_answers_headers_and_304(biller):
    made = biller.bill()
    answer = biller.api.get(f"/api/invoices/{made['id']}/pdf")
    assert answer.headers['Content-Type'] == 'application/pdf'
    assert answer.headers['ETag'] == f'"{made["archivedPdfHash"]}"'
    assert answer.headers['Content-Disposition'] == (
        f'attachment; filename="{made["invoiceNumber"]}.pdf"')
    assert answer.data.startswith(b'%PDF-1.7')
    again = biller.api.get(f"/api/invoices/{made['id']}/pdf", If_None_Match=answer.headers['ETag'])
    assert (again.status_code, again.data) == (304, b'')


def test_a_write_says_where_the_time_went(biller, monkeypatch):
    from trytond.modules import document_render
    plain = document_render.render

    def slow(*args, **options):
        time.sleep(1)
        return plain(*args, **options)

    # Typesetting goes on while the rows are written: told is what the call waits for at the end
    monkeypatch.setattr(document_render, 'render', slow)
    started = time.perf_counter()
    timing = biller.post().headers['Server-Timing']
    elapsed = (time.perf_counter() - started) * 1000
    parts = {name: float(took) for name, took in (part.split(';dur=') for part in timing.split(', '))}
    assert parts['render'] > 100 and parts['sql'] > 0
    assert set(parts) == {'auth', 'compute', 'sql', 'render', 'validate', 'seal'}
    assert sum(parts.values()) <= elapsed + 1


# Numbers

def test_numbers_follow_creation_and_the_months_share_one_count(new_biller):
    numbers = [
        new_biller.bill(issueDate=date)['invoiceNumber']
        for date in ['2026-05-18', '2026-05-16', '2025-12-31', '2026-06-01', '2027-01-01']]
    assert numbers == [
        'INV-2026-05-0001', 'INV-2026-05-0002', 'INV-2025-12-0003', 'INV-2026-06-0004',
        'INV-2027-01-0005']


def test_a_refused_invoice_uses_no_number(new_biller, pool):
    assert new_biller.bill(issueDate='2026-05-16')['invoiceNumber'] == 'INV-2026-05-0001'
    assert new_biller.post(issueDate='2026-05-16', dueDate='2026-05-15').status_code == 400
    stripe = make_template(pool, new_biller.api.tenant, payment_qr_mode='StripePaymentLink')
    refused(new_biller.post(invoiceTemplateId=stripe), '', 'payment', 422, 'stripe_key_invalid')
    assert new_biller.bill(issueDate='2026-05-16')['invoiceNumber'] == 'INV-2026-05-0002'


# Money

def test_the_move_in_the_ledger(biller, pool):
    made = biller.bill()
    assert posted(pool, biller.api.tenant, made) == [
        ('2000', D('1176.00'), 0), ('3500', 0, D('196.00')), ('4000', 0, D('220.00')),
        ('4000', 0, D('760.00'))]


@pytest.mark.parametrize('quantity, price, net, gross', [
    (1.5, 33.33, '50.00', '60.00'),             # 49.995
    (3, 0.005, '0.02', '0.02'),                 # 0.015, tax 0.004
    (0.0001, 10000, '1.00', '1.20'),
    (12.3456, 9.8765, '121.93', '146.32'),
    (0, 5, '0.00', '0.00'),
    ])
def test_cents_round_half_up(biller, quantity, price, net, gross):
    made = biller.bill(item(quantity, price))
    assert (D(str(made['totalAmount'])), D(str(made['totalWithTax']))) == (D(net), D(gross))


def test_prices_with_tax_are_what_the_customer_pays(biller, pool):
    gross = make_template(pool, biller.api.tenant, is_tax_included=True, tax_rate=D(20))
    made = biller.bill(*[item(1, 9.99)] * 3, invoiceTemplateId=gross)
    assert (made['totalWithTax'], made['totalAmount'], made['taxRate']) == (29.97, 24.97, 20)
    lines = posted(pool, biller.api.tenant, made)
    assert [line for line in lines if line[0] != '4000'] == [
        ('2000', D('29.97'), 0), ('3500', 0, D('5.00'))]
    assert sorted(line[2] for line in lines if line[0] == '4000') == [D('8.32'), D('8.32'), D('8.33')]
    text = biller.text(made)
    assert '9,99' in text and '29,97' in text and 'enthalten' in text


def test_a_discount_is_a_line_with_a_negative_price(biller):
    made = biller.bill(item(1, 100), item(1, -30))
    assert (made['totalAmount'], made['totalWithTax']) == (70, 84)
    refused(biller.post(item(1, 100), item(1, -130)), 'customItems', 'negative')


def test_nothing_to_pay_is_paid(biller):
    made = biller.bill(item(1, 0))
    assert (made['totalWithTax'], made['isPaid'], made['paidDate']) == (0, True, made['issueDate'])


@pytest.mark.parametrize('customer, printed, account', [
    ({'country': 'AT'}, 'umsatzsteuerfrei', '4020'),
    ({}, 'umsatzsteuerfrei', '4020'),
    ({'country': 'CH'}, 'Ausfuhr', '4050'),
    ({'country': 'DE', 'vatId': 'DE123456788'}, 'Reverse Charge', None),
    ])
def test_without_tax_the_reason_is_printed(new_api, pool, customer, printed, account):
    biller = Biller(new_api, {'name': 'Beta', **customer})
    free = make_template(pool, new_api.tenant, apply_tax=False)
    made = biller.bill(invoiceTemplateId=free)
    assert (made['totalAmount'], made['totalWithTax'], made['taxRate']) == (980, 980, 0)
    assert printed in biller.text(made)
    if account:
        assert account in {line[0] for line in posted(pool, new_api.tenant, made)}


def test_without_tax_a_customer_elsewhere_in_the_eu_needs_a_vat_id(new_api, pool):
    biller = Biller(new_api, {'name': 'Beta', 'country': 'FR'})
    free = make_template(pool, new_api.tenant, apply_tax=False)
    refused(biller.post(invoiceTemplateId=free), 'invoiceTemplateId', 'VAT id')


def test_a_small_business_charges_no_tax(billing, operator):
    biller = Biller(Api(billing, operator.tenant('DE', small_business=True)))
    made = biller.bill()
    assert (made['totalWithTax'], made['taxRate']) == (980, 0)
    assert '§ 19 UStG' in biller.text(made)


@pytest.mark.parametrize('date, rate, gross', [
    ('2020-07-01', 16, 116), ('2020-12-31', 16, 116), ('2021-01-01', 19, 119)])
def test_the_rate_is_that_of_the_day(billing, operator, pool, date, rate, gross):
    biller = Biller(Api(billing, operator.tenant('DE')))
    template = make_template(pool, biller.api.tenant, tax_rate=D(rate))
    made = biller.bill(item(1, 100), issueDate=date, invoiceTemplateId=template)
    assert made['totalWithTax'] == gross
    other = 19 if rate == 16 else 16
    wrong = make_template(pool, biller.api.tenant, tax_rate=D(other), name='wrong')
    refused(biller.post(item(), issueDate=date, invoiceTemplateId=wrong), 'issueDate', 'not in force')


def test_a_rate_nobody_has_is_the_templates_mistake(biller, pool):
    odd = make_template(pool, biller.api.tenant, tax_rate=D('17.5'))
    refused(biller.post(invoiceTemplateId=odd), 'invoiceTemplateId', '17.5 %')


def test_a_code_to_pay_with(biller, billing, operator, pool):
    template = make_template(
        pool, biller.api.tenant, payment_qr_mode='EpcQrCode', tax_rate=D(20), name='EPC')
    made = biller.bill(invoiceTemplateId=template)
    assert 'scannen und zahlen' in biller.text(made)
    assert biller.post(item(1, 0), invoiceTemplateId=template).status_code == 201
    poor = Biller(Api(billing, operator.tenant('AT', iban='', bic='')))
    template = make_template(pool, poor.api.tenant, payment_qr_mode='EpcQrCode', tax_rate=D(20))
    refused(poor.post(invoiceTemplateId=template), 'invoiceTemplateId', 'iban')
    template = make_template(
        pool, biller.api.tenant, payment_qr_mode='EpcQrCode', tax_rate=D(20), name='EPC 2')
    operator.call('tenant_provision.provision.set_features', biller.api.tenant['company'], {'epc_qr': False})
    refused(biller.post(invoiceTemplateId=template), '', 'epc_qr', 403, 'plan_forbidden')


# Lines

def test_lines_stand_in_the_order_of_sort_order(biller):
    made = biller.bill(
        item(description='second'), item(description='third', sortOrder=2),
        item(description='first', sortOrder=-1))
    text = biller.text(made)
    assert text.index('first') < text.index('second') < text.index('third')


def test_the_built_in_units(biller):
    units = {
        'Piece': 'Stk.', 'Kilogram': 'kg', 'Gram': 'g', 'Liter': 'l', 'Milliliter': 'ml', 'Hour': 'Std.',
        'Minute': 'Min.', 'Meter': 'm', 'Centimeter': 'cm', 'SquareMeter': 'm²', 'Package': 'Paket'}
    made = biller.bill(*[item(1.5, 1, unit=unit) for unit in units])
    text = biller.text(made)
    assert all(f' {label} ' in text for label in units.values()), text
    assert made['totalAmount'] == 16.5


def test_an_own_unit_replaces_the_built_in_one(biller):
    unit = biller.api.made('/api/units', {'label': 'Sprint', 'eInvoiceCode': 'DAY'})
    made = biller.bill(item(2, 50, customUnitId=unit['id']))
    assert 'Sprint' in biller.text(made)
    answer = biller.api('DELETE', f"/api/units/{unit['id']}")
    assert (answer.status_code, answer.json['error']) == (409, 'unit_in_use')


def test_the_item_key_need_not_be_in_the_catalogue_and_empty_is_none(biller):
    assert 'XYZ-9' in biller.text(biller.bill(item(itemKey='XYZ-9')))
    assert biller.post(item(itemKey='')).status_code == 201


def test_an_english_template_speaks_english(biller, pool):
    english = make_template(pool, biller.api.tenant, language='en', tax_rate=D(20), tax_label='VAT')
    text = biller.text(biller.bill(invoiceTemplateId=english, issueDate='2026-05-16'))
    for needed in ['Invoice', '16 May 2026', '1,176.00', 'VAT', ' h ']:
        assert needed in text, text


def test_a_thousand_lines_are_the_limit(biller):
    made = biller.bill(*[item(1, 1)] * 1000)
    assert made['totalAmount'] == 1000
    refused(biller.post(*[item()] * 1001), 'customItems', 'at most 1000')


# Dates

@pytest.mark.parametrize('sent, date', [
    ('2026-05-16', '2026-05-16'),
    ('2026-05-16T00:00:00Z', '2026-05-16'),
    ('2026-05-16T02:00:00+02:00', '2026-05-16'),
    ('2026-05-15T23:30:00Z', '2026-05-16'),         # half past one in Vienna
    ('2026-05-15T21:30:00Z', '2026-05-15'),
    ('2026-12-31T23:30:00Z', '2027-01-01'),
    ('2024-02-29', '2024-02-29'),
    ])
def test_a_moment_is_a_day_of_the_account(biller, sent, date):
    assert biller.bill(issueDate=sent, dueDate='2027-06-30')['issueDate'] == day(date)


def test_today_is_the_accounts(new_biller):
    from trytond.modules.kernel import clock
    with clock.at(dt.datetime(2026, 5, 15, 22, 30, tzinfo=dt.UTC)):
        made = new_biller.bill()
    assert (made['issueDate'], made['dueDate']) == (day('2026-05-16'), day('2026-05-30'))
    assert made['finalizedAt'] == '2026-05-15T22:30:00Z'


def test_past_and_future_days_are_fine_within_reason(biller):
    from trytond.modules.kernel import clock
    today = clock.today('Europe/Vienna')
    early = today.replace(year=today.year - 9, day=1)
    assert biller.bill(issueDate=str(early))['issueDate'] == day(early)
    refused(biller.post(issueDate='2001-01-01'), 'issueDate', '10 years')
    refused(biller.post(issueDate='2150-01-01'), 'issueDate', '1 year ahead')


def test_due_before_issue_names_the_due_date(biller):
    refused(biller.post(issueDate='2026-05-16', dueDate='2026-05-15'), 'dueDate', '2026-05-16')
    assert biller.bill(issueDate='2026-05-16', dueDate='2026-05-16')['dueDate'] == day('2026-05-16')


def test_closed_books_take_no_invoice(new_biller, pool):
    new_biller.bill(issueDate='2026-03-02')
    with inside(pool, new_biller.api.tenant, False, ['account_journal_period', 'account_period']):
        Period = pool.get('account.period')
        Period.close(Period.search([('start_date', '=', dt.date(2026, 3, 1))]))
    refused(new_biller.post(issueDate='2026-03-02'), 'issueDate', 'closed', code='invalid_state')
    assert new_biller.bill(issueDate='2026-04-01')['invoiceNumber'] == 'INV-2026-04-0002'


# Paid

def test_paid_is_final_at_once(biller, pool):
    made = biller.bill(issueDate='2026-05-16')
    path = f"/api/invoices/{made['id']}/mark-paid"
    answer = biller.api.post(path, {'paidDate': '2026-05-20T00:00:00Z'})
    assert answer.status_code == 200
    assert answer.json == made | {'isPaid': True, 'paidDate': day('2026-05-20')}
    assert biller.api.get(f"/api/invoices/{made['id']}").json == answer.json
    assert biller.api.post(path, {'paidDate': '2026-06-01'}).json == answer.json
    with inside(pool, biller.api.tenant, check_access=False):
        invoice = pool.get('account.invoice')(made['id'])
        owed, = invoice.lines_to_pay
        assert {line.move.date for line in owed.reconciliation.lines} == {
            dt.date(2026, 5, 16), dt.date(2026, 5, 20)}
        clearing = [line for line in invoice.reconciliation_lines[0].move.lines if line.debit]
        assert [(line.account.code, line.debit) for line in clearing] == [('2880', D('1176.00'))]
        assert pool.get('ir.queue').search([], count=True) == 0


def test_paid_without_a_date_is_paid_today(biller):
    from trytond.modules.kernel import clock
    today = clock.today('Europe/Vienna')
    for body in ({}, {'paidDate': None}):
        made = biller.bill()
        answer = biller.api.post(f"/api/invoices/{made['id']}/mark-paid", body)
        assert (answer.status_code, answer.json['paidDate']) == (200, day(today))
    made = biller.bill()
    answer = biller.api('POST', f"/api/invoices/{made['id']}/mark-paid")
    assert (answer.status_code, answer.json['paidDate']) == (200, day(today))


def test_paid_before_it_was_issued_keeps_the_day(biller):
    made = biller.bill(issueDate='2026-05-16')
    answer = biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {'paidDate': '2026-05-01'})
    assert answer.json['paidDate'] == day('2026-05-01')


def test_paid_on_a_day_without_books_names_the_date(biller):
    made = biller.bill()
    path = f"/api/invoices/{made['id']}/mark-paid"
    refused(biller.api.post(path, {'paidDate': '2001-01-01'}), 'paidDate', '10 years')
    refused(biller.api.post(path, {'paidDate': 'soon'}), 'paidDate', 'must be a date')
    refused(biller.api.post(path, {'date': None}), 'date', 'not a known field')
    assert not biller.api.get(f"/api/invoices/{made['id']}").json['isPaid']


# Another tenant's ids are unknown ones

def test_another_tenant_reaches_nothing(biller, other):
    made = biller.bill()
    for method, path in [
            ('GET', ''), ('GET', '/pdf'), ('POST', '/mark-paid')]:
        foreign = other(method, f"/api/invoices/{made['id']}{path}")
        unknown = other(method, f"/api/invoices/{2 ** 31 - 1}{path}")
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json == unknown.json
    assert not biller.api.get(f"/api/invoices/{made['id']}").json['isPaid']


@pytest.mark.parametrize('field', ['customerId', 'invoiceTemplateId', 'customUnitId'])
def test_foreign_ids_in_the_body_are_unknown(biller, other, field):
    theirs = {
        'customerId': lambda: other.made('/api/customers', {'name': 'Theirs'})['id'],
        'invoiceTemplateId': lambda: other.get('/api/invoice-templates').json[0]['id'],
        'customUnitId': lambda: other.made('/api/units', {'label': 'Theirs'})['id']}[field]()
    answers = []
    for id in (theirs, 0, -1, 2 ** 31 - 1, 2 ** 63, 10 ** 30):
        if field == 'customUnitId':
            answer = biller.post(item(), item(customUnitId=id))
            refused(answer, 'customItems[1].customUnitId', 'not yours', 404, 'not_found')
        else:
            answer = biller.post(**{field: id})
            refused(answer, field, 'not yours', 404, 'not_found')
        answers.append(answer.json)
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize('missing, field', [
    ({'street': ''}, 'seller.street'), ({'postal_code': ''}, 'seller.postalCode'),
    ({'city': ''}, 'seller.city'), ({'vat_id': '', 'tax_number': ''}, 'seller.vatId')])
def test_without_the_sellers_legal_data_nothing_is_issued(billing, operator, missing, field):
    biller = Biller(Api(billing, operator.tenant('DE', **missing)))
    refused(biller.post(), field, 'missing', code='invalid_state')


def test_a_tax_number_alone_is_enough(billing, operator):
    biller = Biller(Api(billing, operator.tenant('DE', vat_id='', iban='', bic='')))
    assert '181/815/08155' in biller.text(biller.bill())


def test_the_customer_needs_no_more_than_a_name(new_api):
    biller = Biller(new_api, {'name': 'Erika Musterfrau'})
    made = biller.bill()
    assert made['totalWithTax'] == 1176 and 'Erika Musterfrau' in biller.text(made)
    assert ACME['name'] not in biller.text(made)
