"""The rows that a new tenant starts with: chart, taxes, journals, terms, defaults, three fiscal years.

Runs once per chart at installation, as the owner, in the company from which new tenants are copied.
"""
import datetime as dt

from trytond.modules.kernel.rows import delete_own, insert

from . import tables
from .chart_rows import add_accounts, add_code_lines, add_tax_codes, add_taxes, add_types
from .delivery import deliver
from .fiscalyear import create_years, sequence, sequence_type

_INHERITED = [
    'account.configuration.journal', 'account.configuration.sequence',
    'account.configuration.default_account', 'account.configuration.default_payment_term',
    'account.invoice.payment_term.line.delta', 'account.invoice.payment_term.line',
    'account.invoice.payment_term', 'account.journal']
"""Models with English records from stock Tryton, which are deleted"""


def fill(company, chart, today):
    """Fill a company that has no books yet.

    :param company: id of the company
    :param chart: 'skr03', 'skr04' or 'ekr'; KeyError for another
    :param today: its year, the one before and the one after become fiscal years
    """
    country = tables.chart(chart)['country']
    for model in _INHERITED:
        delete_own(model, company)
    types, accounts, codes = {}, {}, {}
    add_types(company, chart, types)
    add_accounts(company, chart, types, accounts)
    rows = tables.taxes(country)
    taxes = add_taxes(company, chart, country, rows, accounts, _tax_groups(company))
    add_tax_codes(company, country, codes)
    add_code_lines(company, rows, codes, taxes.pairs)
    journals = _journals(company)
    terms = _payment_terms(company)
    _defaults(company, chart, accounts, journals, terms)
    _payment_method(company, chart, accounts, journals)
    create_years(company, [
            (dt.date(year, 1, 1), dt.date(year, 12, 31))
            for year in range(today.year - 1, today.year + 2)])


def update(company, chart):
    """Bring a template company, and the tenants copied from it, to what the chart has got since"""
    deliver(company, chart)


def _tax_groups(company):
    rows = tables.read('tax_group')
    ids = insert('account.tax.group', company, [
            {'name': row['name_de'], 'code': row['code'], 'kind': row['kind']} for row in rows])
    return {row['kind']: id_ for row, id_ in zip(rows, ids, strict=True)}


# Journals, terms, defaults

def _journals(company):
    """Return {type: id} of the new journals"""
    rows = tables.read('journal')
    ids = insert('account.journal', company, [
            {'code': row['code'], 'type': row['type'], 'name': row['name']} for row in rows])
    return {row['type']: id_ for row, id_ in zip(rows, ids, strict=True)}


def _payment_terms(company):
    """Return [(row, id)] of the new payment terms"""
    rows = tables.read('payment_term')
    terms = insert('account.invoice.payment_term', company, [{'name': row['name']} for row in rows])
    lines = insert('account.invoice.payment_term.line', company, [
            {'payment': term, 'type': 'remainder', 'sequence': 10} for term in terms])
    insert('account.invoice.payment_term.line.delta', company, [
            {'line': line, 'months': 0, 'weeks': 0, 'days': int(row['days']), 'sequence': 10}
            for line, row in zip(lines, rows, strict=True)])
    return list(zip(rows, terms, strict=True))


def _defaults(company, chart, accounts, journals, terms):
    role = {name: accounts[number] for name, number in tables.roles(chart).items()}
    insert('account.configuration.default_account', company, [{
                'default_account_receivable': role['receivable'],
                'default_account_payable': role['payable'],
                'default_category_account_revenue': role['revenue'],
                'default_category_account_expense': role['expense'],
                'currency_exchange_credit_account': role['exchange_gain'],
                'currency_exchange_debit_account': role['exchange_loss'],
                } | {
                f'default_account_{name}': role[name]
                for name in ('bank', 'cash', 'clearing', 'opening', 'suspense')}])
    insert('account.configuration.journal', company, [
            {'currency_exchange_journal': journals['write-off']}])
    insert('account.configuration.default_payment_term', company, [
            {'default_customer_payment_term': term} for row, term in terms if row['default']])
    kind = sequence_type('account', 'sequence_type_account_move_reconciliation')
    number, = insert('ir.sequence', company, [sequence("Ausgleiche", kind, None, 0)])
    insert('account.configuration.sequence', company, [{'reconciliation_sequence': number}])


def _payment_method(company, chart, accounts, journals):
    """Payment method on the clearing account, which the later bank statement clears"""
    clearing = accounts[tables.roles(chart)['clearing']]
    insert('account.invoice.payment.method', company, [{
                'name': "Geldtransit", 'journal': journals['cash'], 'credit_account': clearing,
                'debit_account': clearing}])
