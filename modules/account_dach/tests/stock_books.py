"""The same books in stock Tryton, whose accounts are a nested set.

``python -m trytond.modules.account_dach.tests.stock_books DATABASE TODAY`` installs stock Tryton with the
module account in an empty database, posts the books and prints their figures as JSON.
"""
import datetime as dt
import json
import sys

from trytond import backend
from trytond.pool import Pool
from trytond.transaction import Transaction

from trytond.modules.account_dach.tests.tools import BOOKS, book, figures, in_company

TYPES = {
    '1': {'statement': 'balance', 'assets': True}, '2': {'statement': 'balance'},
    '3': {'statement': 'balance'}, '4': {'statement': 'income'}, '5': {'statement': 'income'},
    '6': {'statement': 'income'}, '1200': {'statement': 'balance', 'assets': True, 'receivable': True},
    '3300': {'statement': 'balance', 'payable': True}}


def make(database, today):
    instance = backend.Database(database).connect()
    instance.init()
    Pool(database).init(update=['account'], activatedeps=True)
    company = in_company(database, 0, None, _company, today)
    party = in_company(database, 0, company, book, company, today)
    return in_company(database, 0, company, figures, company, party, today)


def _company(today):
    pool = Pool()
    euro, = pool.get('currency.currency').create([{'name': "Euro", 'symbol': "€", 'code': 'EUR'}])
    party, = pool.get('party.party').create([{'name': "Stock"}])
    company, = pool.get('company.company').create([{'party': party.id, 'currency': euro.id}])
    with Transaction().set_context(company=company.id):
        _fiscalyears(company.id, today)
        _nested_accounts(company.id)
    return company.id


def _fiscalyears(company, today):
    pool = Pool()
    FiscalYear, Sequence = pool.get('account.fiscalyear'), pool.get('ir.sequence.strict')
    kind = pool.get('ir.model.data').get_id('account', 'sequence_type_account_move')
    for year in range(today.year - 2, today.year + 1):
        sequence, = Sequence.create([{
                    'name': str(year), 'sequence_type': kind, 'company': company}])
        created = FiscalYear.create([{
                    'name': str(year), 'company': company, 'move_sequence': sequence.id,
                    'start_date': dt.date(year, 1, 1), 'end_date': dt.date(year, 12, 31)}])
        FiscalYear.create_period(created)


def _nested_accounts(company):
    pool = Pool()
    Type, Account = pool.get('account.account.type'), pool.get('account.account')
    types = {
        key: Type.create([{'name': key, 'company': company, 'sequence': 1, **values}])[0].id
        for key, values in TYPES.items()}
    root, = Account.create([{'name': "Root", 'company': company}])
    for code in sorted({code for _, lines in BOOKS for code, *_ in lines}):
        Account.create([{
                    'code': code, 'name': code, 'company': company, 'parent': root.id,
                    'type': types.get(code) or types[code[0]], 'party_required': code in TYPES}])


if __name__ == '__main__':
    print(json.dumps(make(sys.argv[1], dt.date.fromisoformat(sys.argv[2]))))
