"""Electronic invoices at issue: page, ledger and electronic invoice agree, in every profile"""
import datetime as dt
import io
from decimal import Decimal as D

import pikepdf
import pytest

from tests.support.einvoicing import ISSUED, customer, issue, issued, printed, row
from tests.support.invoicing import inside, make_template

PROFILES = ('Basic', 'EN16931', 'XRechnung')
SPECIFICATION = {
    'Basic': 'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
    'EN16931': 'urn:cen.eu:en16931:2017',
    'XRechnung': 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0'}


@pytest.fixture(scope='module')
def sellers(billing, operator):
    """A tenant of each country with all legal data, and a small business of each"""
    from tests.support.billing import Api
    contact = {'phone': '+49 30 5550100', 'email': 'rechnung@test.example'}
    return {
        (country, small): Api(billing, operator.tenant(country, small_business=small, **contact))
        for country in ('DE', 'AT') for small in (False, True)}


@pytest.fixture(scope='module')
def seller(sellers):
    return sellers['DE', False]


def figures(data):
    return {name: D(data[name]) for name in ('BT-106', 'BT-109', 'BT-110', 'BT-112', 'BT-115')}


def agrees(made, data):
    """Assert that the data agree with ledger and page"""
    assert (data['BT-1'], data['BT-2'], data['BT-5']) == (made.number, ISSUED, 'EUR')
    assert figures(data) == {
        'BT-106': made.net, 'BT-109': made.net, 'BT-110': made.tax, 'BT-112': made.gross,
        'BT-115': made.gross}
    assert [(line['BT-153'], D(line['BT-129']), D(line['BT-131'])) for line in data['BG-25']] == made.lines
    assert sum(D(tax['BT-116']) for tax in data['BG-23']) == made.net
    assert sum(D(tax['BT-117']) for tax in data['BG-23']) == made.tax
    for amount in (made.net, made.gross):
        assert printed(amount) in made.text


# Every kind of tax, in both countries

KINDS = [
    # seller, small business, buyer, template's rate (None: without tax), category, rate, reason code
    ('DE', False, 'DE', 19, 'S', '19', None),
    ('DE', False, 'DE', 7, 'S', '7', None),
    ('DE', True, 'DE', 19, 'E', '0', None),
    ('DE', False, 'DE', None, 'E', '0', None),
    ('DE', False, 'FR', None, 'AE', '0', 'VATEX-EU-AE'),
    ('DE', False, 'US', None, 'G', '0', 'VATEX-EU-G'),
    ('AT', False, 'AT', 20, 'S', '20', None),
    ('AT', False, 'AT', 10, 'S', '10', None),
    ('AT', False, 'AT', 13, 'S', '13', None),
    ('AT', False, 'AT', '4.9', 'S', '4.9', None),
    ('AT', True, 'AT', 20, 'E', '0', None),
    ('AT', False, 'AT', None, 'E', '0', None),
    ('AT', False, 'DE', None, 'AE', '0', 'VATEX-EU-AE'),
    ('AT', False, 'US', None, 'G', '0', 'VATEX-EU-G'),
    ]


@pytest.mark.parametrize('country, small, buyer, rate, category, percent, code', KINDS)
def test_every_kind_of_tax(sellers, pool, country, small, buyer, rate, category, percent, code):
    api = sellers[country, small]
    party = customer(api, buyer)
    for profile in PROFILES:
        made = issue(
            pool, api.tenant, party, [row('1.5', '33.33'), row(2, '9.99', description='Ware')], profile,
            template_apply_tax=rate is not None, template_tax_rate=D(str(rate or 0)))
        data = made.data
        agrees(made, data)
        tax, = data['BG-23']
        assert (tax['BT-118'], tax['BT-119'], tax.get('BT-121')) == (category, percent, code)
        assert {(line['BT-151'], line['BT-152']) for line in data['BG-25']} == {(category, percent)}
        assert ('BT-120' in tax) == (category != 'S')
        if category != 'S':
            assert ' '.join(tax['BT-120'].split()) in made.text
        assert data['BT-24'] == SPECIFICATION[profile] and data['BT-3'] == '380'


@pytest.mark.parametrize('country, buyer', [('DE', 'AT'), ('AT', 'DE')])
def test_an_intra_community_supply_says_where_it_went(sellers, pool, country, buyer):
    api = sellers[country, False]
    made = issue(
        pool, api.tenant, customer(api, buyer), [row(3, '20', [('category', '=', 'K')])], 'XRechnung')
    data = made.data
    agrees(made, data)
    tax, = data['BG-23']
    assert (tax['BT-118'], tax['BT-121']) == ('K', 'VATEX-EU-IC')
    assert data['BG-13']['country_code'] == buyer and data['BG-13']['city'] and data['BG-13']['postcode']
    assert data['BT-72'] == ISSUED


def test_rates_may_differ_and_lines_take_off(seller, pool):
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [
            row(3, '33.33'), row(-1, '10.01'), row(1, '-5'),
            row(2, '7.77', [('rate', '=', D('0.07')), ('end_date', '=', None)]),
            row(1, '11', [('category', '=', 'E'), ('reason', '=', None)])], 'XRechnung',
        template_tax_rate=D(19))
    data = made.data
    assert figures(data)['BT-112'] == made.gross
    assert [(t['BT-118'], t['BT-119'], t['BT-116'], t['BT-117']) for t in data['BG-23']] == [
        ('S', '19', '84.98', '16.15'), ('S', '7', '15.54', '1.09'), ('E', '0', '11.00', '0.00')]
    assert [(line['BT-129'], line['BT-146'], line['BT-131']) for line in data['BG-25']] == [
        ('3', '33.33', '99.99'), ('-1', '10.01', '-10.01'), ('-1', '5.00', '-5.00'), ('2', '7.77', '15.54'),
        ('1', '11.00', '11.00')]


def test_prices_that_include_tax(seller, pool):
    made = issue(
        pool, seller.tenant, customer(seller, 'DE'),
        [row(1, '9.99'), row(1000, '9.99'), row('0.3333', '0.05'), row(0, '5')], 'XRechnung',
        template_tax_rate=D(19), template_is_tax_included=True)
    data = made.data
    agrees(made, data)
    assert printed(D('9999.99') + D('0.02')) in made.text and made.gross == D('10000.01')
    for line in data['BG-25']:
        quantity, base = D(line['BT-129']), D(line.get('BT-149', '1'))
        exact = quantity * D(line['BT-146']) / base
        assert abs(exact - D(line['BT-131'])) <= D('0.005')
        assert D(line['BT-146']).as_tuple().exponent >= -4
    assert data['BG-25'][0]['BT-146'] == '8.39' and data['BG-25'][1]['BT-149'] == '1000'


def test_an_invoice_over_nothing(seller, pool):
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [row(1, '10'), row(-1, '10')])
    data = made.data
    agrees(made, data)
    assert figures(data) == dict.fromkeys(figures(data), D(0))


# Credit notes

@pytest.fixture(scope='module')
def taken_back(pool, seller):
    """Function(profile, rows, **options) → (invoice, its full credit note)"""
    def take_back(profile, rows, **options):
        made = issue(pool, seller.tenant, customer(seller, 'DE'), rows, profile, **options)
        with inside(pool, seller.tenant):
            Invoice = pool.get('account.invoice')
            credit, = Invoice.credit([Invoice(made.id)], refund=True, invoice_date=ISSUED)
            return made, issued(credit)
    return take_back


@pytest.mark.parametrize('profile', PROFILES)
def test_a_credit_note_names_its_invoice_and_is_positive(taken_back, profile):
    made, credit = taken_back(profile, [row(3, '33.33'), row(-1, '10'), row(1, '-5')], template_language='de')
    data, original = credit.data, made.data
    assert (data['BT-3'], data['BG-3']) == ('381', [{'BT-25': made.number, 'BT-26': ISSUED}])
    assert data['BT-24'] == SPECIFICATION[profile]
    for name in ('BT-106', 'BT-109', 'BT-110', 'BT-112', 'BT-115'):
        assert data[name] == original[name] and D(data[name]) > 0
    assert [(x['BT-129'], x['BT-146'], x['BT-131']) for x in data['BG-25']] == [
        ('3', '33.33', '99.99'), ('-1', '10.00', '-10.00'), ('-1', '5.00', '-5.00')]
    assert data['BG-25'] == original['BG-25'] and data['BG-23'] == original['BG-23']
    assert (credit.net, credit.gross) == (-made.net, -made.gross)
    assert printed(credit.gross) in credit.text
    assert 'BT-9' not in data and data['BT-20'] == f'Wird mit der Rechnung {made.number} verrechnet.'


def test_a_credit_note_has_a_root_of_its_own_in_ubl(taken_back):
    import facturx
    made, credit = taken_back('XRechnung', [row(2, '9.99')], template_is_tax_included=True)
    assert b'<CreditNote ' in credit.files['ubl'] and b'<Invoice ' in made.files['ubl']
    ubl, cii = facturx.parse_ubl_cii_xml(credit.files['ubl']), credit.data
    assert cii['BG-4'].pop('tax_identifier')
    assert ubl == cii and ubl['BT-3'] == '381' and D(ubl['BT-112']) == -credit.gross == D('19.98')


def test_a_part_of_what_is_paid_is_refunded_by_a_day(pool, seller):
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [row(4, '25')], 'XRechnung')
    with inside(pool, seller.tenant):
        Invoice = pool.get('account.invoice')
        invoice, = Invoice.mark_paid([Invoice(made.id)], None)
        draft, = Invoice.credit([invoice], invoice_date=ISSUED)
        draft.lines[0].quantity = -1
        draft.lines[0].save()
        Invoice.post([draft])
        credit = issued(Invoice(draft.id))
    data = credit.data
    assert (credit.gross, data['BT-112'], data['BT-115']) == (D('-29.75'), '29.75', '29.75')
    assert data['BT-9'] and 'BT-20' not in data
    assert [(line['BT-129'], line['BT-131']) for line in data['BG-25']] == [('1', '25.00')]


# Other terms

def test_parties_texts_and_references(seller, pool):
    made = issue(
        pool, seller.tenant, customer(seller, 'DE'),
        [row(1, '10', description='Titelzeile\nund mehr\x0b', item_key='A-1')], 'XRechnung',
        introduction='Guten Tag #abc# & <so>', comment='Danke', due_date=dt.date(2026, 11, 30),
        supply_date=dt.date(2026, 10, 15), template_payment_instructions='# ohne Abzug',
        template_business_process_id='urn:eigener:prozess')
    data = made.data
    assert data['BG-1'] == [
        {'BT-21': 'AAI', 'BT-22': 'Guten Tag #abc# & <so>'}, {'BT-21': 'AAI', 'BT-22': 'Danke'},
        {'BT-21': 'PMT', 'BT-22': '# ohne Abzug'}]
    assert (data['BT-9'], data['BT-10'], data['BT-23'], data['BT-72']) == (
        dt.date(2026, 11, 30), '04011000-12345-34', 'urn:eigener:prozess', dt.date(2026, 10, 15))
    assert (data['BT-81'], data['BT-83'], data['BT-84'], data['BT-86']) == (
        '58', made.number, 'DE89370400440532013000', 'COBADEFFXXX')
    line, = data['BG-25']
    assert (line['BT-153'], line['BT-154'], line['BT-155']) == ('Titelzeile', 'und mehr', 'A-1')
    assert data['BG-4'] == {
        'name': 'Test DE GmbH', 'vat_identifier': 'DE123456788', 'tax_identifier': '181/815/08155',
        'addr_l1': 'Werkstraße 12', 'city': 'Berlin', 'postcode': '10115', 'country_code': 'DE',
        'einvoicing_addr': 'rechnung@test.example', 'einvoicing_addr_schemeid': 'EM', 'contacts': [
            {'name': 'Test DE GmbH', 'phone': '+49 30 5550100', 'email': 'rechnung@test.example'}]}
    buyer = data['BG-7']
    assert buyer.pop('identifiers')[None].isdigit()
    assert buyer == {
        'name': 'Kunde DE', 'vat_identifier': 'DE136695976', 'addr_l1': 'Hauptstraße 5',
        'addr_l2': 'c/o Einkauf', 'city': 'Hamburg', 'postcode': '20095', 'country_code': 'DE',
        'einvoicing_addr': 'einkauf@kunde-de.example', 'einvoicing_addr_schemeid': 'EM', 'contacts': [
            {'name': 'Einkauf', 'phone': '+49 40 5550100', 'email': 'einkauf@kunde-de.example'}]}


def test_without_an_account_nothing_is_said_of_paying(billing, operator, pool):
    from tests.support.billing import Api
    api = Api(billing, operator.tenant('DE', iban='', bic='', vat_id=''))
    made = issue(pool, api.tenant, customer(api, 'DE'), [row()])
    assert 'BT-81' not in made.data and 'BT-84' not in made.data
    assert made.data['BG-4']['tax_identifier'] == '181/815/08155'
    assert made.data['BG-4']['identifiers'] == {None: '181/815/08155'}


def test_titles_are_notes_of_the_line_below_them(seller, pool):
    template = make_template(pool, seller.tenant, e_invoice_profile='EN16931')
    party = customer(seller, 'DE')
    with inside(pool, seller.tenant):
        Invoice, Line = pool.get('account.invoice'), pool.get('account.invoice.line')
        draft = Invoice(party=party, template=template, invoice_date=ISSUED, lines=[
                Line(type='title', description='Teil 1'), Line(type='comment', description='vorab'),
                Line(description='Arbeit', quantity=1, unit_price=D(10)),
                Line(type='comment', description='Ende')])
        made = issued(Invoice.issue([draft])[0])
    line, = made.data['BG-25']
    assert (line['BT-126'], line['BT-127-00']) == ('1', [{'BT-127': 'Teil 1\nvorab'}])
    assert made.data['BG-1'] == [{'BT-21': 'AAI', 'BT-22': 'Ende'}]


# In the PDF

@pytest.mark.parametrize('profile, name, level, version', [
    ('Basic', 'factur-x.xml', 'BASIC', '1.0'), ('EN16931', 'factur-x.xml', 'EN 16931', '1.0'),
    ('XRechnung', 'xrechnung.xml', 'XRECHNUNG', '3.0')])
def test_the_pdf_carries_the_data_and_says_so(seller, pool, profile, name, level, version):
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [row()], profile)
    with pikepdf.open(io.BytesIO(made.files['pdf'])) as file:
        attached, = file.Root.AF
        assert attached.AFRelationship == '/Alternative' and attached.Type == '/Filespec'
        assert str(attached.F) == str(attached.UF) == name and attached.EF.F == attached.EF.UF
        content = attached.EF.F
        assert content.Subtype == '/text/xml' and content.read_bytes() == made.files['cii']
        assert content.Params.Size == len(made.files['cii'])
        assert str(content.Params.ModDate).startswith('D:20') and content.Type == '/EmbeddedFile'
        assert list(file.attachments) == [name]
        with file.open_metadata() as metadata:
            assert (metadata['pdfaid:part'], metadata['pdfaid:conformance']) == ('3', 'A')
            fx = '{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}'
            assert {key: metadata[fx + key] for key in (
                    'DocumentFileName', 'DocumentType', 'Version', 'ConformanceLevel')} == {
                'DocumentFileName': name, 'DocumentType': 'INVOICE', 'Version': version,
                'ConformanceLevel': level}
        assert file.Root.Metadata.get('/Filter') is None
        assert file.Root.OutputIntents[0].S == '/GTS_PDFA1' and file.Root.MarkInfo.Marked
        assert not file.is_encrypted and file.pdf_version == '1.7'


def test_invoices_of_one_call_have_each_their_own(seller, pool):
    from trytond.modules.account_invoice_issue.draft import Draft, DraftLine, RecordId
    profiles = ('XRechnung', 'None', 'EN16931', 'XRechnung')
    templates = [make_template(pool, seller.tenant, e_invoice_profile=profile) for profile in profiles]
    party = customer(seller, 'DE')
    with inside(pool, seller.tenant):
        made = [issued(invoice) for invoice in pool.get('account.invoice').issue([
            Draft(party=RecordId(party), template=RecordId(template), invoice_date=ISSUED, lines=[
                DraftLine(description=f'Arbeit {n}', quantity=1, unit_price=D(10 + n))])
            for n, template in enumerate(templates)])]
    assert [each.files.keys() for each in made] == [
        {'pdf', 'cii', 'ubl'}, {'pdf'}, {'pdf', 'cii'}, {'pdf', 'cii', 'ubl'}]
    for each in made:
        assert each.number in each.text
        if 'cii' in each.files:
            agrees(each, each.data)
        if 'ubl' in each.files:
            assert f'<cbc:ID>{each.number}</cbc:ID>'.encode() in each.files['ubl']


def test_only_xrechnung_has_a_second_file_and_none_has_nothing(seller, pool):
    found = {
        profile: set(issue(pool, seller.tenant, customer(seller, 'DE'), [row()], profile).files)
        for profile in ('None', *PROFILES)}
    assert found == {
        'None': {'pdf'}, 'Basic': {'pdf', 'cii'}, 'EN16931': {'pdf', 'cii'},
        'XRechnung': {'pdf', 'cii', 'ubl'}}


def test_both_syntaxes_say_the_same(seller, pool):
    import facturx
    made = issue(
        pool, seller.tenant, customer(seller, 'AT'),
        [row('1.5', '3.33'), row(1, 7, [('category', '=', 'K')])], 'XRechnung', introduction='Guten Tag')
    ubl = facturx.parse_ubl_cii_xml(made.files['ubl'])
    cii = made.data
    assert cii['BG-4'].pop('tax_identifier')     # read under another scheme, see the tests of the writers
    assert ubl == cii


# In the client and over REST

@pytest.fixture
def member(application, database, seller):
    from tests.support.rpc import Client
    login = seller.tenant['login']
    return Client(application, database).login(login['user'], login['password'])


def test_both_files_are_found_in_the_client(seller, pool, member):
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [row()], 'XRechnung')
    names = ['einvoice_profile', 'einvoice_xml', 'einvoice_name', 'einvoice_ubl', 'einvoice_ubl_name']
    found, = member.call('account.invoice.read', [made.id], names)
    assert found == {
        'id': made.id, 'einvoice_profile': 'XRechnung', 'einvoice_xml': made.files['cii'],
        'einvoice_name': f'{made.number}.xml', 'einvoice_ubl': made.files['ubl'],
        'einvoice_ubl_name': f'{made.number}-ubl.xml'}
    kind, data, _, name = member.ask(
        'report.account.invoice.einvoice.execute', [made.id], {'model': 'account.invoice'}, member.context)
    assert kind == 'xml' and data == made.files['cii'] and made.number in name
    assert member.call('account.invoice.print_sealed', [made.id])
    assert member.call('account.invoice.print_einvoice', [made.id])


def test_an_invoice_without_data_has_none_in_the_client(seller, pool, member):
    from tests.support.rpc import Fault
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [row()], 'None')
    names = ['einvoice_profile', 'einvoice_xml', 'einvoice_ubl']
    found, = member.call('account.invoice.read', [made.id], names)
    assert found == {'id': made.id, 'einvoice_profile': 'None', 'einvoice_xml': None, 'einvoice_ubl': None}
    with pytest.raises(Fault, match='no electronic data'):
        member.ask(
            'report.account.invoice.einvoice.execute', [made.id], {'model': 'account.invoice'},
            member.context)


def test_the_pdf_over_rest_is_the_one_with_the_data(seller, pool):
    made = issue(pool, seller.tenant, customer(seller, 'DE'), [row()], 'XRechnung')
    assert seller.get(f'/api/invoices/{made.id}/pdf').data == made.files['pdf']


def test_a_plan_without_the_feature_issues_none(billing, operator, pool):
    from tests.support.billing import Api
    api = Api(billing, operator.tenant('DE'))
    body = {
        'customerId': customer(api, 'DE'), 'customItems': [
            {'description': 'Work', 'quantity': 1, 'unit': 'Hour', 'pricePerUnit': 1}],
        'invoiceTemplateId': make_template(pool, api.tenant, e_invoice_profile='EN16931')}
    operator.call('tenant_provision.provision.set_features', api.tenant['company'], {'e_invoice': False})
    answer = api.post('/api/invoices', body)
    assert (answer.status_code, answer.json['error']) == (403, 'plan_forbidden')
    body['invoiceTemplateId'] = make_template(pool, api.tenant)
    made = api.made('/api/invoices', body)
    assert made['invoiceNumber'].endswith('-0001')
