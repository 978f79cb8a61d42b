"""The initial books of a new tenant"""
import datetime as dt
from decimal import Decimal

import pytest
from trytond.pool import Pool

from trytond.modules.account_dach import tables
from trytond.modules.account_dach.configuration import default_account
from trytond.modules.account_dach.exceptions import TaxNotFoundError
from trytond.modules.account_dach.tax import resolve
from trytond.modules.account_dach.tests.tools import in_tenant

MODELS = [
    'account.account.type', 'account.account', 'account.tax', 'account.tax.group',
    'account.tax.code', 'account.tax.code.line', 'account.journal',
    'account.invoice.payment_term', 'account.invoice.payment_term.line',
    'account.invoice.payment_term.line.delta', 'account.invoice.payment.method',
    'account.fiscalyear', 'account.period', 'account.fiscalyear.invoice_sequence',
    'ir.sequence.strict', 'ir.sequence', 'account.configuration.default_account',
    'account.configuration.journal', 'account.configuration.sequence',
    'account.configuration.default_payment_term',
    ]
TODAY = dt.date(2026, 11, 25)


@pytest.fixture(scope='session')
def process(operator):
    """A German tenant on SKR03, the chart ordered by business process"""
    return operator.tenant('DE', name="Prozess GmbH", chart='skr03')


@pytest.fixture
def tenants(german, austrian, process):
    """Chart → tenant"""
    return {'skr03': process, 'skr04': german, 'ekr': austrian}


def validate(model):
    """Run all of Tryton's checks (required, domains, selections, constraints) over the company's rows"""
    Model = Pool().get(model)
    records = Model.search([])
    Model._validate(records)
    return len(records)


@pytest.mark.parametrize('model', MODELS)
def test_rows_written_set_based_pass_the_checks_of_the_form(pool, tenants, model):
    for tenant in tenants.values():
        assert in_tenant(pool, tenant, validate, model) > 0


def chart_of(company):
    accounts = Pool().get('account.account').search([('company', '=', company)])
    return {
        a.code: (
            a.name, a.name_en, a.type.law, a.reconcile, a.party_required, a.datev_key, a.datev_automatic,
            a.bwa_line)
        for a in accounts}


@pytest.mark.parametrize('chart, number, row', [
    ('skr03', '1400', ("Forderungen aus Lieferungen und Leistungen", "Trade receivables",
            '§ 266 (2) B II 1 HGB', True, True, None, False, None)),
    ('skr03', '8400', (
            "Erlöse 19 % USt", "Revenue, 19 % VAT", '§ 275 (2) 1 HGB', False, False, '3', True, '1020')),
    ('skr03', '0800', ("Gezeichnetes Kapital", "Subscribed capital", '§ 266 (3) A I HGB',
            False, False, None, False, None)),
    ('skr03', '4210', ("Miete (unbewegliche Wirtschaftsgüter)", "Rent (immovable property)",
            '§ 275 (2) 8 HGB', False, False, None, False, '1120')),
    ('skr04', '1200', ("Forderungen aus Lieferungen und Leistungen", "Trade receivables",
            '§ 266 (2) B II 1 HGB', True, True, None, False, None)),
    ('skr04', '4400', (
            "Erlöse 19 % USt", "Revenue, 19 % VAT", '§ 275 (2) 1 HGB', False, False, '3', True, '1020')),
    ('skr04', '1460', (
            "Geldtransit", "Cash in transit", '§ 266 (2) B IV HGB', True, False, None, False, None)),
    ('ekr', '2000', ("Forderungen aus Lieferungen und Leistungen Inland", "Trade receivables, domestic",
            '§ 224 (2) B II 1 UGB', True, True, None, False, None)),
    ('ekr', '3500', (
            "Umsatzsteuer 20 %", "VAT 20 %", '§ 224 (3) C 8 UGB', False, False, None, False, None)),
    ])
def test_accounts_as_in_the_table(pool, tenants, chart, number, row):
    tenant = tenants[chart]
    chart_ = in_tenant(pool, tenant, chart_of, tenant['company'])
    assert len(chart_) >= len(tables.accounts(chart))
    assert chart_[number] == row


def defaults(company):
    return {
        role: default_account(company, role).code
        for role in ('receivable', 'payable', 'bank', 'cash', 'clearing', 'opening', 'suspense')}


@pytest.mark.parametrize('chart, expected', [
    ('skr03', "1400 1600 1200 1000 1360 9000 1792"),
    ('skr04', "1200 3300 1800 1600 1460 9000 3630"),
    ('ekr', "2000 3300 2800 2700 2880 9800 3750"),
    ])
def test_default_accounts(pool, tenants, chart, expected):
    tenant = tenants[chart]
    assert ' '.join(in_tenant(pool, tenant, defaults, tenant['company']).values()) == expected


def journals_and_terms():
    pool = Pool()
    return (
        sorted((j.code, j.type) for j in pool.get('account.journal').search([])),
        sorted((sum(d.days for line in t.lines for d in line.relativedeltas), t.name)
            for t in pool.get('account.invoice.payment_term').search([])),
        [(m.name, m.credit_account.code, m.debit_account.code)
            for m in pool.get('account.invoice.payment.method').search([])])


def test_journals_terms_and_payment_method_are_ours_and_no_others(pool, german):
    journals, terms, methods = in_tenant(pool, german, journals_and_terms)
    assert journals == [
        ('BANK', 'cash'), ('EXC', 'write-off'), ('EXP', 'expense'), ('MISC', 'general'),
        ('OPEN', 'situation'), ('REV', 'revenue')]
    assert terms == [
        (0, "Sofort fällig"), (7, "7 Tage netto"), (14, "14 Tage netto"), (30, "30 Tage netto")]
    assert methods == [("Geldtransit", '1460', '1460')]


def answer(company, *question):
    tax = resolve(company, *question)
    return tax.description, tax.vat_box, tax.datev_key, tax.base_account.code


@pytest.mark.parametrize('chart, kind, category, rate, date, expected', [
    ('skr03', 'sale', 'S', 19, TODAY, ("USt 19 %", '81', '3', '8400')),
    ('skr03', 'sale', 'S', 5, dt.date(2020, 7, 1), ("USt 5 %", '35', '2', '8300')),
    ('skr03', 'sale', 'K', 0, TODAY, ("steuerfrei", '41', '11', '8125')),
    ('skr03', 'sale', 'AE', 0, TODAY, ("Reverse Charge", '21', '47', '8336')),
    ('skr03', 'purchase', 'K', 19, TODAY, ("ig. Erwerb 19 %", '89', '19', '3425')),
    ('skr03', 'purchase', 'AE', 7, TODAY, ("Reverse Charge 7 %", '46', '91', '3113')),
    ('skr04', 'sale', 'S', 19, TODAY, ("USt 19 %", '81', '3', '4400')),
    ('skr04', 'sale', 'S', 7, TODAY, ("USt 7 %", '86', '2', '4300')),
    ('skr04', 'sale', 'S', 16, dt.date(2020, 7, 1), ("USt 16 %", '35', '3', '4400')),
    ('skr04', 'sale', 'S', 19, dt.date(2020, 6, 30), ("USt 19 %", '81', '3', '4400')),
    ('skr04', 'sale', 'S', 16, dt.date(2020, 12, 31), ("USt 16 %", '35', '3', '4400')),
    ('skr04', 'sale', 'S', 19, dt.date(2021, 1, 1), ("USt 19 %", '81', '3', '4400')),
    ('skr04', 'sale', 'E', 0, TODAY, ("steuerfrei", '48', None, '4100')),
    ('skr04', 'sale', 'K', 0, TODAY, ("steuerfrei", '41', '11', '4125')),
    ('skr04', 'sale', 'G', 0, TODAY, ("steuerfrei", '43', '1', '4120')),
    ('skr04', 'sale', 'AE', 0, TODAY, ("Reverse Charge", '21', '47', '4336')),
    ('skr04', 'purchase', 'S', 19, TODAY, ("Vorsteuer 19 %", '66', '9', '5400')),
    ('skr04', 'purchase', 'K', 19, TODAY, ("ig. Erwerb 19 %", '89', '19', '5425')),
    ('skr04', 'purchase', 'K', 16, dt.date(2020, 12, 31), ("ig. Erwerb 16 %", '95', '19', '5425')),
    ('ekr', 'sale', 'S', 20, TODAY, ("USt 20 %", '022', None, '4000')),
    ('ekr', 'sale', 'S', 10, TODAY, ("USt 10 %", '029', None, '4010')),
    ('ekr', 'sale', 'S', 13, TODAY, ("USt 13 %", '006', None, '4013')),
    ('ekr', 'sale', 'S', Decimal('4.9'), dt.date(2026, 7, 1), ("USt 4,9 %", '124', None, '4014')),
    ('ekr', 'purchase', 'K', Decimal('4.9'), TODAY, ("ig. Erwerb 4,9 %", '125', None, '5054')),
    ('ekr', 'purchase', 'K', 13, TODAY, ("ig. Erwerb 13 %", '008', None, '5053')),
    ('ekr', 'purchase', 'AE', 20, TODAY, ("Reverse Charge 20 %", '057', None, '5720')),
    ])
def test_a_rate_resolves_to_one_tax(pool, tenants, chart, kind, category, rate, date, expected):
    tenant, country = tenants[chart], tables.chart(chart)['country']
    question = (tenant['company'], country, kind, category, rate, date)
    assert in_tenant(pool, tenant, answer, *question) == expected


def printed(company, country, category, reason, date):
    tax = resolve(company, country, 'sale', category, 0, date, reason)
    return tax.type, tax.rate, tax.legal_notice, tax.legal_notice_en


@pytest.mark.parametrize('chart, category, reason, notice, notice_en', [
    ('skr03', 'E', 'small_business', "Steuerfrei als Kleinunternehmer gemäß § 19 UStG",
        "Exempt as a small business under section 19 UStG"),
    ('skr04', 'E', None, "umsatzsteuerfrei", "exempt from VAT"),
    ('skr04', 'G', None, "Steuerfreie Ausfuhrlieferung", "Exempt export"),
    ('skr04', 'K', None, "Steuerfreie innergemeinschaftliche Lieferung", "Exempt intra-Community supply"),
    ('skr04', 'AE', None, "Steuerschuldnerschaft des Leistungsempfängers",
        "Reverse charge: VAT is owed by the recipient"),
    ('skr04', 'AE', 'domestic', "Steuerschuldnerschaft des Leistungsempfängers",
        "Reverse charge: VAT is owed by the recipient"),
    ('ekr', 'E', 'small_business', "Umsatzsteuerfrei als Kleinunternehmer gemäß § 6 Abs. 1 Z 27 UStG",
        "Exempt as a small business under section 6(1) no. 27 UStG"),
    ('ekr', 'E', None, "umsatzsteuerfrei", "exempt from VAT"),
    ('ekr', 'AE', 'domestic', "Übergang der Steuerschuld auf den Leistungsempfänger (Reverse Charge)",
        "Reverse charge: VAT is owed by the recipient"),
    ])
def test_a_sale_without_tax_prints_its_reason(
        pool, tenants, chart, category, reason, notice, notice_en):
    tenant = tenants[chart]
    question = (tenant['company'], tables.chart(chart)['country'], category, reason, TODAY)
    assert in_tenant(pool, tenant, printed, *question) == (
        'percentage', 0, notice, notice_en)


def test_a_reason_tells_exempt_taxes_apart(pool, german):
    question = (german['company'], 'DE', 'sale', 'E', 0)
    assert in_tenant(pool, german, answer, *question, TODAY, 'small_business')[3] == '4184'
    old = in_tenant(pool, german, answer, *question, dt.date(2024, 12, 31), 'small_business')
    assert old == ("ohne USt", None, None, '4185')


@pytest.mark.parametrize('country, kind, category, rate, date, field', [
    ('FR', 'sale', 'S', 20, TODAY, 'country'),
    ('AT', 'sale', 'S', 20, TODAY, 'country'),
    ('DE', 'sale', 'O', 0, TODAY, 'category'),
    ('DE', 'sale', 'S', 20, TODAY, 'rate'),
    ('DE', 'sale', 'S', Decimal('18.99'), TODAY, 'rate'),
    ('DE', 'sale', 'S', 16, TODAY, 'date'),
    ('DE', 'sale', 'S', 16, dt.date(2020, 6, 30), 'date'),
    ('DE', 'sale', 'S', 16, dt.date(2021, 1, 1), 'date'),
    ('DE', 'sale', 'S', 19, dt.date(2020, 7, 1), 'date'),
    ('DE', 'sale', 'S', 19, dt.date(2020, 12, 31), 'date'),
    ('DE', 'sale', 'Z', 0, dt.date(2022, 12, 31), 'date'),
    ])
def test_no_tax_names_the_argument(pool, german, country, kind, category, rate, date, field):
    with pytest.raises(TaxNotFoundError) as error:
        in_tenant(
            pool, german, resolve, german['company'], country, kind, category, rate, date)
    assert error.value.field == field
    assert error.type.code == 'invalid_argument'


@pytest.mark.parametrize('kind, category, rate, date, reason, field', [
    ('sale', 'S', Decimal('4.9'), dt.date(2026, 6, 30), None, 'date'),
    ('purchase', 'K', Decimal('4.9'), dt.date(2026, 6, 30), None, 'date'),
    ('sale', 'S', 13, dt.date(2015, 12, 31), None, 'date'),
    ('sale', 'S', 19, TODAY, None, 'rate'),
    ('sale', 'E', 0, TODAY, 'domestic', 'category'),
    ])
def test_no_austrian_tax_names_the_argument(pool, austrian, kind, category, rate, date, reason, field):
    with pytest.raises(TaxNotFoundError) as error:
        in_tenant(
            pool, austrian, resolve, austrian['company'], 'AT', kind, category, rate, date, reason)
    assert error.value.field == field
