"""The boxes of the VAT return follow from the taxes of the books"""
import datetime as dt
from decimal import Decimal

import pytest
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.account_dach import tables
from trytond.modules.account_dach.configuration import default_account
from trytond.modules.account_dach.tax import resolve
from trytond.modules.account_dach.tests.tools import in_tenant


def post(company, country, kind, category, rate, amount, reason=None):
    """Book net amount and tax as an invoice does; a negative amount is a credit note"""
    pool = Pool()
    Move, Period, Tax = pool.get('account.move'), pool.get('account.period'), pool.get('account.tax')
    date = dt.date.today()
    tax = resolve(company, country, kind, category, rate, date, reason)
    taxes = [
        row | {'amount': row['amount'].quantize(Decimal('0.01'))}
        for row in Tax.compute([tax], Decimal(amount), 1, date)]
    lines = [line(kind, tax.base_account, amount, [('base', row['tax'], amount) for row in taxes])]
    lines += [
        line(kind, row['tax'].invoice_account, row['amount'], [('tax', row['tax'], row['amount'])])
        for row in taxes if row['amount']]
    total = sum(row['debit'] - row['credit'] for row in lines)
    counter = line('purchase', default_account(company, 'bank'), -total, [])
    journal, = pool.get('account.journal').search([('type', '=', 'general')], limit=1)
    move, = Move.create([{
                'company': company, 'journal': journal.id, 'date': date,
                'period': Period.find(company, date=date).id,
                'lines': [('create', [*lines, counter])]}])
    Move.post([move])


def line(kind, account, amount, tax_lines):
    amount = Decimal(amount)
    credit = (kind == 'sale') == (amount >= 0)
    return {
        'account': account.id, 'debit': 0 if credit else abs(amount),
        'credit': abs(amount) if credit else 0,
        'tax_lines': [('create', [
                    {'type': type_, 'tax': tax.id, 'amount': Decimal(value)}
                    for type_, tax, value in tax_lines])]}


def vat_return(company):
    """Return {box: amount} of this month, without empty boxes"""
    pool = Pool()
    period = pool.get('account.period').find(company)
    with Transaction().set_context(periods=[period.id]):
        codes = pool.get('account.tax.code').search([('company', '=', company)])
        return {code.code: code.amount for code in codes if code.amount}


@pytest.mark.parametrize('chart, bookings, expected', [
    ('skr03', [
        ('sale', 'S', 19, '1000'), ('sale', 'G', 0, '40'), ('sale', 'AE', 0, '30'),
        ('purchase', 'S', 7, '100'), ('purchase', 'AE', 7, '200', 'domestic'), ('purchase', 'K', 19, '50'),
        ], {
        '81': '1000', '43': '40', '21': '30', '84': '200', '89': '50', 'BMG': '1320', '81St': '190',
        '85': '14', '89St': '9.50', 'UST': '213.50', '66': '7', '67': '14', '61': '9.50', 'VST': '30.50',
        '83': '183'}),
    ('skr04', [
        ('sale', 'S', 19, '1000'), ('sale', 'S', 19, '-100'), ('sale', 'S', 7, '200'),
        ('sale', 'E', 0, '50'), ('sale', 'K', 0, '300'), ('sale', 'AE', 0, '400', 'domestic'),
        ('purchase', 'S', 19, '500'), ('purchase', 'S', 19, '-20'),
        ('purchase', 'AE', 19, '600'), ('purchase', 'AE', 19, '-60'), ('purchase', 'K', 7, '70'),
        ], {
        '81': '900', '86': '200', '48': '50', '41': '300', '60': '400', '46': '540', '93': '70',
        'BMG': '2460', '81St': '171', '86St': '14', '47': '102.60', '93St': '4.90', 'UST': '292.50',
        '66': '91.20', '67': '102.60', '61': '4.90', 'VST': '198.70', '83': '93.80'}),
    ('ekr', [
        ('sale', 'S', '4.9', '1000'), ('sale', 'S', 13, '-100'), ('sale', 'K', 0, '50'),
        ('purchase', 'K', '4.9', '200'), ('purchase', 'K', 13, '100'),
        ], {
        '000': '950', 'BMG': '950', '124': '1000', '006': '-100', '017': '50', 'ST': '950',
        '125': '200', '008': '100', '070': '300', '124St': '49', '006St': '-13', '125St': '9.80',
        '008St': '13', 'UST': '58.80', '065': '22.80', 'VST': '22.80', '095': '36'}),
    ('ekr', [
        ('sale', 'S', 20, '1000'), ('sale', 'S', 20, '-100'), ('sale', 'S', 10, '200'),
        ('sale', 'E', 0, '50', 'small_business'), ('sale', 'AE', 0, '400'),
        ('purchase', 'S', 20, '500'), ('purchase', 'AE', 20, '600'), ('purchase', 'K', 20, '70'),
        ], {
        '000': '1150', 'BMG': '1150', '022': '900', '029': '200', '016': '50', 'ST': '1150',
        '072': '70', '070': '70', '022St': '180', '029St': '20', '057': '120', '072St': '14',
        'UST': '334', '060': '100', '066': '120', '065': '14', 'VST': '234', '095': '100'}),
    ])
def test_boxes_of_the_month(pool, operator, chart, bookings, expected):
    country = tables.chart(chart)['country']
    tenant = operator.tenant(country, chart=chart)
    for booking in bookings:
        in_tenant(pool, tenant, post, tenant['company'], country, *booking)
    boxes = in_tenant(pool, tenant, vat_return, tenant['company'])
    assert boxes == {box: Decimal(amount) for box, amount in expected.items()}
