"""Credit notes as an accountant makes them: whole, in part, of what is paid; and what is refused"""
import datetime as dt
from decimal import Decimal as D

import psycopg
import pytest

from tests.support.invoicing import inside, item, make_template, posted
from tests.support.rpc import Client, Fault

MAY = dt.date(2026, 5, 16)


@pytest.fixture
def member(application, database, new_biller):
    login = new_biller.api.tenant['login']
    return Client(application, database).login(login['user'], login['password'])


def wizard(member, invoice, refund, date=MAY):
    """Credit by Tryton's wizard; return the id of the credit note"""
    _, data = member.wizard(
        'account.invoice.credit', 'account.invoice', [invoice['id']],
        {'start': {'with_refund': refund, 'invoice_date': date}}, 'credit')['actions'][0]
    id, = data['res_id']
    return id


def show(new_biller, id):
    return new_biller.api.get(f'/api/invoices/{id}').json


def fields(member, id, *names):
    row, = member.call('account.invoice.read', [id], list(names))
    return [row[name] for name in names]


def shorten(member, id, quantity):
    """Let a draft credit note take back only so much of its first line, and nothing of the others"""
    lines, = fields(member, id, 'lines')
    member.call('account.invoice.write', [id], {
            'lines': [('write', lines[:1], {'quantity': -quantity}), ('delete', lines[1:])]})


def test_an_open_invoice_is_taken_back_as_a_whole(new_biller, member, pool):
    made = new_biller.bill(issueDate='2026-05-16', dueDate='2026-05-30')
    credit = show(new_biller, wizard(member, made, True))
    assert credit['invoiceNumber'] == 'INV-2026-05-0002'
    assert (credit['totalAmount'], credit['totalWithTax'], credit['taxRate']) == (-980, -1176, 20)
    assert (credit['isFinalized'], len(credit['archivedPdfHash'])) == (True, 128)
    assert posted(pool, new_biller.api.tenant, credit) == [
        ('2000', 0, D('1176.00')), ('3500', D('196.00'), 0), ('4000', D('220.00'), 0),
        ('4000', D('760.00'), 0)]
    assert fields(member, made['id'], 'state', 'credits') == ['cancelled', [credit['id']]]
    assert fields(member, made['id'], 'amount_to_pay') == [0]
    assert fields(member, credit['id'], 'state', 'credit_of') == ['paid', made['id']]
    text = new_biller.text(credit)
    for needed in [
            'Rechnungskorrektur INV-2026-05-0002', 'INV-2026-05-0001 vom 16.05.2026', '-1.176,00', '-8',
            '-980,00']:
        assert needed in text.replace('−', '-'), (needed, text)
    assert 'Erstattung bis' not in text


def test_it_is_taken_back_once(new_biller, member):
    made = new_biller.bill()
    credit = wizard(member, made, True, None)
    for invoice, reason in [(made, 'credited already'), ({'id': credit}, 'credit note itself')]:
        for refund in (True, False):
            with pytest.raises(Fault, match=reason):
                wizard(member, invoice, refund, None)
    answer = new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {})
    assert (answer.status_code, answer.json['error']) == (400, 'invalid_state')
    assert new_biller.bill()['invoiceNumber'].endswith('-0003')


def test_a_part_lowers_what_is_left_to_pay(new_biller, member, pool):
    made = new_biller.bill(issueDate='2026-05-16')
    draft = wizard(member, made, False)
    assert fields(member, draft, 'state', 'number', 'total_amount') == ['draft', None, D('-1176.00')]
    shorten(member, draft, 2)
    member.call('account.invoice.post', [draft])
    credit = show(new_biller, draft)
    assert (credit['invoiceNumber'], credit['totalWithTax']) == ('INV-2026-05-0002', -228)
    assert fields(member, made['id'], 'state', 'amount_to_pay') == ['posted', D('948.00')]
    paid = new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {'paidDate': '2026-05-20'})
    assert paid.json['paidDate'] == '2026-05-20T00:00:00Z'
    assert fields(member, credit['id'], 'state') == ['paid']
    with inside(pool, new_biller.api.tenant, check_access=False):
        clearing = pool.get('account.move.line').search([('account.code', '=', '2880')])
        assert [(line.debit, line.credit) for line in clearing] == [(D('948.00'), 0)]
        open_ = pool.get('account.move.line').search([
                ('account.code', '=', '2000'), ('reconciliation', '=', None)])
        assert open_ == []


def test_parts_that_make_up_the_whole_cancel_the_invoice(new_biller, member):
    made = new_biller.bill(item(10, 100), issueDate='2026-05-16')
    for quantity, state in [(4, 'posted'), (6, 'cancelled')]:
        draft = wizard(member, made, False)
        shorten(member, draft, quantity)
        member.call('account.invoice.post', [draft])
        assert fields(member, made['id'], 'state') == [state]
    credits, = fields(member, made['id'], 'credits')
    assert [fields(member, id, 'state', 'total_amount') for id in sorted(credits)] == [
        ['paid', D('-480.00')], ['paid', D('-720.00')]]


def test_what_is_paid_is_refunded(new_biller, member, pool):
    made = new_biller.bill(issueDate='2026-05-16')
    new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {'paidDate': '2026-05-17'})
    credit = wizard(member, made, False)
    member.call('account.invoice.write', [credit], {'due_date': dt.date(2026, 6, 1)})
    member.call('account.invoice.post', [credit])
    assert fields(member, credit, 'state', 'amount_to_pay') == ['posted', D('-1176.00')]
    assert fields(member, made['id'], 'state') == ['paid']
    assert 'Erstattung bis' in new_biller.text(show(new_biller, credit))
    paid = new_biller.api.post(f'/api/invoices/{credit}/mark-paid', {'paidDate': '2026-05-20'})
    assert (paid.status_code, paid.json['isPaid']) == (200, True)
    with inside(pool, new_biller.api.tenant, check_access=False):
        clearing = pool.get('account.move.line').search([('account.code', '=', '2880')])
        assert sorted((line.debit, line.credit) for line in clearing) == [
            (0, D('1176.00')), (D('1176.00'), 0)]


def test_no_more_is_taken_back_than_was_charged(new_biller, member):
    made = new_biller.bill(item(10, 100), issueDate='2026-05-16')
    for quantity, reason in [(11, 'Only 1200.00 .* is left'), (-1, 'must not ask for money')]:
        draft = wizard(member, made, False)
        shorten(member, draft, quantity)
        with pytest.raises(Fault, match=reason):
            member.call('account.invoice.post', [draft])
    assert fields(member, made['id'], 'state') == ['posted']


def test_a_payment_and_a_credit_of_the_rest_settle_the_invoice(new_biller, member, pool, superuser):
    made = new_biller.bill(item(10, 100), issueDate='2026-05-16')
    with inside(pool, new_biller.api.tenant):
        Invoice = pool.get('account.invoice')
        Invoice.receive_payment(Invoice(made['id']), D(240), MAY)
    assert not show(new_biller, made['id'])['isPaid']
    credit = wizard(member, made, False)
    shorten(member, credit, 8)
    member.call('account.invoice.post', [credit])
    now = show(new_biller, made['id'])
    assert (now['isPaid'], now['paidDate']) == (True, f'{MAY}T00:00:00Z')
    assert fields(member, made['id'], 'state', 'amount_to_pay') == ['paid', 0]
    assert fields(member, credit, 'state') == ['paid']
    assert new_biller.api.get('/api/invoices?isPaid=false').json['total'] == 0
    told = superuser.execute(
        "SELECT count(*) FROM outbox WHERE company = %s AND event = 'invoice.paid'",
        (new_biller.api.tenant['company'],)).fetchone()
    assert told == (1,)


def test_the_link_to_the_invoice_is_not_the_clients_to_set(new_biller, member):
    first, other = new_biller.bill(), new_biller.bill()
    draft = wizard(member, first, False, None)
    with pytest.raises(Fault, match='follow from issuing'):
        member.call('account.invoice.write', [draft], {'credit_of': other['id']})


def test_a_template_that_was_deleted_still_prints_the_credit_note(new_biller, member, pool):
    template = make_template(pool, new_biller.api.tenant, tax_rate=D(20))
    made = new_biller.bill(invoiceTemplateId=template)
    with inside(pool, new_biller.api.tenant, locks=['invoice_template']):
        Template = pool.get('invoice.template')
        Template.write([Template(template)], {'active': False})
    assert 'Rechnungskorrektur' in new_biller.text(show(new_biller, wizard(member, made, True, None)))
    answer = new_biller.post(invoiceTemplateId=template)
    assert (answer.status_code, answer.json['error']) == (404, 'not_found')


def test_a_closed_period_takes_no_credit_note_and_keeps_the_invoice(new_biller, member, pool):
    made = new_biller.bill(issueDate='2025-05-16')
    with inside(pool, new_biller.api.tenant, False, ['account_move', 'account_period']):
        Period = pool.get('account.period')
        Period.write(Period.search([('name', '=', '2025-06')]), {'state': 'closed'})
    with pytest.raises(Fault, match='closed'):
        wizard(member, made, True, dt.date(2025, 6, 1))
    assert fields(member, made['id'], 'state', 'cancel_move') == ['posted', None]
    assert wizard(member, made, True, dt.date(2025, 7, 1))


def test_another_tenants_invoice_is_unknown(new_biller, pool, german):
    from trytond.exceptions import UserError
    made = new_biller.bill()
    with inside(pool, german) as transaction:
        Invoice = pool.get('account.invoice')
        with pytest.raises((UserError, psycopg.Error, KeyError)):
            Invoice.credit([Invoice(made['id'])], refund=True)
        transaction.rollback()
    assert show(new_biller, made['id'])['isFinalized']
