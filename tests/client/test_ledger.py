"""The ledger in Tryton's client: what follows from posting, reconciling and closing cannot be said"""
import datetime as dt
from decimal import Decimal as D

import pytest

from tests.support.rpc import Client, Fault

DAY = dt.date(2026, 5, 16)


@pytest.fixture
def member(application, database, new_biller):
    login = new_biller.api.tenant['login']
    return Client(application, database).login(login['user'], login['password'])


def first(member, model, *domain):
    return member.call(f'{model}.search', list(domain), 0, 1, None)[0]


def field(member, model, id, name):
    return member.call(f'{model}.read', [id], [name])[0][name]


def claim(member, invoice):
    """Return the id of the line that asks for the money of an invoice"""
    return field(member, 'account.invoice', invoice['id'], 'lines_to_pay')[0]


def draft_move(member, **values):
    accounts = [first(member, 'account.account', ('code', '=', code)) for code in ('2800', '4000')]
    sides = zip(accounts, ('debit', 'credit'), strict=True)
    id, = member.call('account.move.create', [{
                'date': DAY, 'period': month(member),
                'journal': first(member, 'account.journal', ('type', '=', 'revenue')),
                'lines': [('create', [{'account': account, side: D(10)} for account, side in sides])],
                **values}])
    return id


def month(member):
    return first(member, 'account.period', ('start_date', '<=', DAY), ('end_date', '>=', DAY))


def shown(new_biller, invoice):
    return new_biller.api.get(f"/api/invoices/{invoice['id']}").json


def events(superuser, new_biller):
    return [event for event, in superuser.execute(
        'SELECT event FROM outbox WHERE company = %s ORDER BY id', (new_biller.api.tenant['company'],))]


# Moves

@pytest.mark.parametrize('values', [
    {'state': 'posted'}, {'number': '2026-000007'}, {'post_date': DAY}])
def test_a_move_is_posted_by_posting_alone(new_biller, member, values):
    new_biller.bill(issueDate='2026-05-16')
    id = draft_move(member)
    with pytest.raises(Fault, match='follow from posting'):
        member.call('account.move.write', [id], values)
    with pytest.raises(Fault, match='follow from posting|posted move'):
        draft_move(member, **values)
    member.call('account.move.write', [id], {'description': 'By hand'})
    member.call('account.move.post', [id])
    row, = member.call('account.move.read', [id], ['state', 'number', 'post_date'])
    assert row['state'] == 'posted' and row['number'] and row['post_date']
    copy, = member.call('account.move.copy', [id])
    assert field(member, 'account.move', copy, 'number') is None


@pytest.mark.parametrize('model, find', [
    ('account.period', month), ('account.fiscalyear', lambda member: first(member, 'account.fiscalyear'))])
def test_books_are_closed_and_opened_by_their_buttons(new_biller, member, model, find):
    new_biller.bill(issueDate='2026-05-16')
    id = find(member)
    for state in ('closed', 'locked', 'open'):
        with pytest.raises(Fault, match='by their buttons'):
            member.call(f'{model}.write', [id], {'state': state})
    period = month(member)
    member.call('account.period.close', [period])
    member.call('account.period.reopen', [period])
    assert field(member, 'account.period', period, 'state') == 'open'


# What settles an invoice

def test_a_claim_is_not_settled_by_nothing(new_biller, member):
    made = new_biller.bill(issueDate='2026-05-16')
    empty, = member.call('account.move.reconciliation.create', [{'date': DAY}])
    with pytest.raises(Fault, match='[Rr]econcil'):
        member.call('account.move.line.write', [claim(member, made)], {'reconciliation': empty})
    assert not shown(new_biller, made)['isPaid']
    with pytest.raises(Fault, match='released line by line'):
        draft_move(member, lines=[('create', [{
                        'account': first(member, 'account.account', ('code', '=', '2800')),
                        'debit': D(10), 'reconciliation': empty}])])


def test_what_is_settled_is_not_released_line_by_line(new_biller, member):
    made = new_biller.bill(issueDate='2026-05-16')
    line = claim(member, made)
    new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {})
    with pytest.raises(Fault, match='released line by line'):
        member.call('account.move.line.write', [line], {'reconciliation': None})
    assert shown(new_biller, made)['isPaid']


def test_who_else_may_pay_is_not_for_later(new_biller, member):
    made = new_biller.bill()
    other, = member.call('party.party.create', [{'name': 'Other'}])
    with pytest.raises(Fault, match='follow from issuing'):
        member.call('account.invoice.write', [made['id']], {'alternative_payees': [('add', [other])]})


# Wizards on what an invoice claims

def test_instalments_agreed_later_pay_nothing(new_biller, member, superuser):
    made = new_biller.bill(issueDate='2026-05-16')
    journal = first(member, 'account.journal', ('type', '=', 'revenue'))
    currency = first(member, 'currency.currency', ('code', '=', 'EUR'))
    terms = [
        {'date': day, 'amount': D(588), 'currency': currency} for day in (DAY, dt.date(2026, 6, 16))]
    member.wizard(
        'account.move.line.reschedule', 'account.move.line', [claim(member, made)], {
            'start': {}, 'preview': {'journal': journal, 'description': None, 'terms': terms}}, 'reschedule')
    assert not shown(new_biller, made)['isPaid']
    assert field(member, 'account.invoice', made['id'], 'amount_to_pay') == D(1176)
    assert 'invoice.paid' not in events(superuser, new_biller)
    paid = new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {})
    assert (paid.status_code, paid.json['isPaid']) == (200, True)
    assert field(member, 'account.invoice', made['id'], 'amount_to_pay') == 0
    assert events(superuser, new_biller).count('invoice.paid') == 1


def test_what_was_grouped_is_not_marked_as_paid_for_nothing(new_biller, member, superuser):
    made = [new_biller.bill(issueDate='2026-05-16') for _ in range(2)]
    journal = first(member, 'account.journal', ('type', '=', 'revenue'))
    member.wizard(
        'account.move.line.group', 'account.move.line', [claim(member, each) for each in made],
        {'start': {'journal': journal, 'description': None}}, 'group')
    answer = new_biller.api.post(f"/api/invoices/{made[0]['id']}/mark-paid", {})
    assert (answer.status_code, answer.json['error']) == (400, 'invalid_state'), answer.text
    assert not shown(new_biller, made[0])['isPaid'] and 'invoice.paid' not in events(superuser, new_biller)


def test_what_was_issued_is_not_cancelled_by_a_move(new_biller, member):
    made = new_biller.bill(issueDate='2026-05-16')
    move = field(member, 'account.invoice', made['id'], 'move')
    with pytest.raises(Fault, match='credit the invoice instead'):
        member.wizard(
            'account.move.cancel', 'account.move', [move],
            {'default': {'description': None, 'reversal': True}}, 'cancel')
    assert not shown(new_biller, made)['isPaid']
    by_hand = draft_move(member)
    member.call('account.move.post', [by_hand])
    member.wizard(
        'account.move.cancel', 'account.move', [by_hand],
        {'default': {'description': None, 'reversal': True}}, 'cancel')
