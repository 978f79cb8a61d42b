"""Transactions in a tenant, and a small set of books for comparisons"""
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

from trytond.modules.tenant.scope import tenant_scope

BOOKS = [
    (-400, [('1800', 25000, 0), ('2900', 0, 25000)]),
    (-300, [('1200', Decimal('1190.00'), 0), ('4400', 0, 1000), ('3806', 0, 190)]),
    (-290, [('1800', Decimal('500.00'), 0), ('1200', 0, Decimal('500.00'))]),
    (-40, [('5400', Decimal('333.33'), 0), ('1406', Decimal('63.33'), 0), ('3300', 0, Decimal('396.66'))]),
    (-30, [('3300', Decimal('396.66'), 0), ('1800', 0, Decimal('396.66'))]),
    (-20, [('1200', Decimal('59.50'), 0), ('4400', 0, 50), ('3806', 0, Decimal('9.50'))]),
    (-10, [('4400', 100, 0), ('3806', 19, 0), ('1200', 0, 119)]),
    (-5, [('6815', 42, 0), ('1800', 0, 42)]),
    ]
"""[(days from the figures' day, [(account, debit, credit)])]: capital, sales, purchases, a credit note"""
WITH_PARTY = {'1200', '3300'}


def in_company(database, user, company, function, *arguments):
    """Return the result of ``function`` in a committed transaction; the locks it needs are taken first"""
    extras = {}
    while True:
        with Transaction().start(
                database, user, context={'company': company}, **extras) as transaction:
            try:
                result = function(*arguments)
                transaction.commit()
                return result
            except TransactionError as error:
                transaction.rollback()
                error.fix(extras)


def in_tenant(pool, tenant, function, *arguments):
    """Return the result of ``function`` as a member of the tenant, with the rights of a web worker"""
    company = tenant['company']
    with tenant_scope(company):
        user = in_company(pool.database_name, 0, company, _member)
        return in_company(pool.database_name, user, company, function, *arguments)


def _member():
    return Pool().get('res.user').search([], order=[('id', 'ASC')], limit=1)[0].id


def book(company, today):
    """Post BOOKS"""
    pool = Pool()
    party, = pool.get('party.party').create([{'name': "Muster GmbH"}])
    journal, = pool.get('account.journal').search([('type', '=', 'general')], limit=1)
    codes = {a.code: a.id for a in pool.get('account.account').search([('company', '=', company)])}
    Move, Period = pool.get('account.move'), pool.get('account.period')
    moves = Move.create([{
                'company': company, 'journal': journal.id, 'date': today + relativedelta(days=days),
                'period': Period.find(company, date=today + relativedelta(days=days)).id,
                'lines': [('create', [{
                                'account': codes[code], 'debit': Decimal(debit),
                                'credit': Decimal(credit),
                                'party': party.id if code in WITH_PARTY else None}
                            for code, debit, credit in lines])]}
            for days, lines in BOOKS])
    Move.post(moves)
    return party.id


def figures(company, party, today):
    """Return an accountant's figures of the books, by account number, as text.

    Party balances are those of the user's company; stock reads none for a user who is no member.
    """
    assert Pool().get('res.user')(Transaction().user).company.id == company
    accounts = sorted({code for _, lines in BOOKS for code, *_ in lines})
    year = Pool().get('account.fiscalyear').find(company, date=today)
    contexts = {
        'year': {'fiscalyear': year.id},
        'until today': {'date': today},
        'year, cumulated': {'fiscalyear': year.id, 'cumulate': True},
        'last month': {'from_date': today + relativedelta(months=-1), 'to_date': today},
        }
    with Transaction().set_context(date=today):
        parties = _party(party)
    result = {'parties': parties, 'children': _children(company, accounts)}
    for name, context in contexts.items():
        with Transaction().set_context(company=company, **context):
            result[name] = _balances(company, accounts)
    with Transaction().set_context(
            company=company, fiscalyear=year.id, from_date=year.start_date, to_date=year.end_date):
        result['trial balance'] = _trial_balance(accounts)
    return result


def _balances(company, codes):
    accounts = Pool().get('account.account').search([('company', '=', company), ('code', 'in', codes)])
    return {a.code: [str(a.balance), str(a.debit), str(a.credit)] for a in accounts}


def _trial_balance(codes):
    lines = Pool().get('account.general_ledger.account').search([('account.code', 'in', codes)])
    return {
        line.account.code: [
            str(line.start_balance), str(line.debit), str(line.credit), str(line.end_balance)]
        for line in lines}


def _party(party):
    party = Pool().get('party.party')(party)
    return [str(party.receivable), str(party.payable), str(party.receivable_today)]


def _children(company, codes):
    Account = Pool().get('account.account')
    accounts = Account.search([('company', '=', company), ('code', 'in', codes)])
    return {
        a.code: sorted(child.code for child in Account.search([('parent', 'child_of', [a.id])]))
        for a in accounts}
