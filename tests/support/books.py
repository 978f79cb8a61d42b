"""Bookings the way a client makes them"""
from decimal import Decimal


def draft_move(client, date, amount=Decimal('119.00')):
    """Create a draft move of two lines, on the first two accounts that take lines; returns its id"""
    first, second = client.call('account.account.search', [
            ('type', '!=', None), ('closed', '=', False), ('party_required', '=', False)], 0, 2)
    period, = client.call('account.period.search', [
            ('start_date', '<=', date), ('end_date', '>=', date), ('type', '=', 'standard')])
    journal, = client.call('account.journal.search', [('type', '=', 'general')], 0, 1)
    move, = client.call('account.move.create', [{
                'period': period, 'journal': journal, 'date': date, 'lines': [('create', [
                            {'account': first, 'debit': amount, 'credit': Decimal(0)},
                            {'account': second, 'debit': Decimal(0), 'credit': amount}])]}])
    return move
