"""The short-term income statement (BWA, kurzfristige Erfolgsrechnung): DATEV's form 01.

Every income account belongs to one line; sums add up lines. An amount is the line's contribution to the
result: revenue is positive, cost negative. The last line therefore equals the result of the profit and loss
account, however the accounts are assigned to lines.
"""
from decimal import Decimal

from sql import Null
from sql.aggregate import Sum
from trytond.pool import Pool
from trytond.transaction import Transaction

from . import tables


def figures(company, first, last):
    """Return [(row of tables.bwa_lines, amount in the company's currency)] from the first day to the last"""
    return statement(_contributions(company, first, last))


def statement(contributions):
    """Return [(row of tables.bwa_lines, amount)] for {line: amount}, with the sums computed"""
    amounts = {}
    for row in tables.bwa_lines():
        parts = row['parts'].split()
        amounts[row['line']] = (
            sum((amounts[part] for part in parts), Decimal(0)) if parts
            else contributions.get(row['line'], Decimal(0)))
    return [(row, amounts[row['line']]) for row in tables.bwa_lines()]


def _contributions(company, first, last):
    """Return {line: credit − debit} of the posted moves; moves that close a year are in other periods"""
    pool = Pool()
    account, move, line, period = (
        pool.get(name).__table__()
        for name in ('account.account', 'account.move', 'account.move.line', 'account.period'))
    query = line.join(move, condition=line.move == move.id)
    query = query.join(period, condition=move.period == period.id)
    query = query.join(account, condition=line.account == account.id)
    cursor = Transaction().connection.cursor()
    cursor.execute(*query.select(
            account.bwa_line, Sum(line.credit - line.debit),
            where=(account.company == company) & (move.state == 'posted')
            & (move.date >= first) & (move.date <= last)
            & (period.type == 'standard') & (account.bwa_line != Null),
            group_by=account.bwa_line))
    return dict(cursor.fetchall())
