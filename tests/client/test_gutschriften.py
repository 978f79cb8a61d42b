"""Gutschriften in Tryton's client: drafts, the buttons that are refused, objections, views and roles"""
import datetime as dt
from decimal import Decimal as D

import psycopg
import pytest

from tests.support.invoicing import inside, posted
from tests.support.rpc import Client, Fault
from tests.support.self_billing import SelfBiller, give_tax_number

MAY, JUNE = dt.date(2026, 5, 16), dt.date(2026, 6, 2)


@pytest.fixture
def biller(new_api):
    return SelfBiller(new_api)


@pytest.fixture
def member(application, database, biller):
    login = biller.api.tenant['login']
    return Client(application, database).login(login['user'], login['password'])


def draft(member, biller, self_billed=True):
    address, = member.call('party.address.search', [('party', '=', biller.customer)], 0, None, None)
    payable, expense = (
        member.call('account.account.search', [('code', '=', code)], 0, None, None)[0]
        for code in ('3300', '5010'))
    journal, = member.call('account.journal.search', [('type', '=', 'expense')], 0, 1, None)
    currency, = member.call('currency.currency.search', [('code', '=', 'EUR')], 0, None, None)
    id, = member.call('account.invoice.create', [{
                'type': 'in', 'self_billed': self_billed, 'party': biller.customer,
                'invoice_address': address, 'account': payable, 'journal': journal, 'currency': currency,
                'invoice_date': MAY, 'lines': [('create', [{
                                'type': 'line', 'description': 'Provision', 'quantity': 2,
                                'unit_price': D('50.00'), 'account': expense, 'currency': currency}])]}])
    return id


def fields(member, id, *names):
    row, = member.call('account.invoice.read', [id], list(names))
    return [row[name] for name in names]


def object_to(member, id, date=JUNE, reason='Es waren nur 12 Abschlüsse.'):
    return member.wizard(
        'account.invoice.object', 'account.invoice', [id], {'start': {'date': date, 'reason': reason}},
        'record')


def test_post_issues_a_gutschrift(biller, member, pool):
    id = draft(member, biller)
    member.call('account.invoice.post', [id])
    assert fields(member, id, 'state', 'number', 'total_amount', 'warnings') == [
        'posted', 'GUT-2026-05-0001', D('120.00'), ['no_agreement', 'no_tax_number']]
    assert posted(pool, biller.api.tenant, {'id': id}) == [
        ('2500', D('20.00'), 0), ('3300', 0, D('120.00')), ('5010', D('100.00'), 0)]
    pdf, = fields(member, id, 'pdf')
    assert pdf.startswith(b'%PDF')


def test_an_invoice_takes_no_gutschrift_back(biller, pool):
    from trytond.exceptions import UserError
    from trytond.modules.account_invoice_issue.draft import Draft, DraftLine, RecordId
    made = biller.bill()
    with inside(pool, biller.api.tenant), pytest.raises(UserError, match='Unknown id'):
        pool.get('account.invoice').issue([
            Draft(party=RecordId(biller.customer), credit_of=RecordId(made['id']), lines=[
                DraftLine(description='Provision', quantity=-1.0, unit_price=D(10))])])


@pytest.mark.parametrize('button', ['validate_invoice', 'draft', 'cancel'])
def test_the_ways_round_the_door_are_refused(biller, member, button):
    made = biller.bill()
    waiting = draft(member, biller)
    for id in [made['id'], *([waiting] if button == 'validate_invoice' else [])]:
        with pytest.raises(Fault):
            member.call(f'account.invoice.{button}', [id])
    assert fields(member, made['id'], 'state', 'number') == ['posted', made['gutschriftNumber']]
    assert fields(member, waiting, 'state', 'number', 'move') == ['draft', None, None]


def test_a_supplier_invoice_that_was_validated_cannot_become_a_gutschrift(biller, member):
    id = draft(member, biller, self_billed=False)
    member.call('account.invoice.validate_invoice', [id])
    with pytest.raises(Fault):
        member.call('account.invoice.write', [id], {'self_billed': True})
        member.call('account.invoice.post', [id])
    assert fields(member, id, 'state')[0] == 'validated'


# Objection

def test_an_objection_takes_the_posting_back_and_prints_a_correction(biller, member, pool):
    made = biller.bill(issueDate='2026-05-16')
    object_to(member, made['id'])
    state, credits, objections, note, number = fields(
        member, made['id'], 'state', 'credits', 'objections', 'objection_note', 'number')
    assert (state, len(credits), len(objections)) == ('cancelled', 1, 1)
    assert '§ 11 (8) UStG 1994' in note and '§ 11 (12)' in note
    correction, = credits
    assert fields(member, correction, 'number', 'state', 'invoice_date', 'total_amount', 'credit_of') == [
        'GUT-2026-06-0002', 'paid', JUNE, D('-936.00'), made['id']]
    assert posted(pool, biller.api.tenant, {'id': correction}) == [
        ('2500', 0, D('156.00')), ('3300', D('936.00'), 0), ('5010', 0, D('150.00')),
        ('5010', 0, D('630.00'))]
    text = biller.text({'id': correction})
    for needed in [
            'Korrektur der Gutschrift GUT-2026-06-0002', f'{number} vom 16.05.2026',
            'Sie haben am 02.06.2026 widersprochen: Es waren nur 12 Abschlüsse.',
            '936,00']:
        assert needed in text, (needed, text)
    assert 'Auszahlung an' not in text
    row, = member.call('account.invoice.objection.read', objections, ['date', 'reason', 'correction'])
    assert (row['date'], row['reason'], row['correction']) == (
        JUNE, 'Es waren nur 12 Abschlüsse.', correction)


def test_an_objection_is_made_once_with_a_day_and_a_reason(biller, member):
    made = biller.bill(issueDate='2026-05-16')
    for values, reason in [
            ({'date': dt.date(2026, 5, 15)}, 'can object from'), ({'date': dt.date(2030, 1, 1)}, 'to 20'),
            ({'reason': ' '}, 'reason')]:
        with pytest.raises(Fault, match=reason):
            object_to(member, made['id'], **values)
    assert fields(member, made['id'], 'state', 'credits') == ['posted', []]
    object_to(member, made['id'])
    with pytest.raises(Fault, match='objected'):
        object_to(member, made['id'])
    correction, = fields(member, made['id'], 'credits')[0]
    with pytest.raises(Fault):
        object_to(member, correction)
    assert biller.bill(issueDate='2026-06-03')['gutschriftNumber'].endswith('-0003')


def test_an_objection_to_what_is_paid_is_owed_back(biller, member, pool):
    made = biller.bill(issueDate='2026-05-16')
    biller.api.post(f"/api/gutschriften/{made['id']}/mark-paid", {'paidDate': '2026-05-20'})
    object_to(member, made['id'])
    assert fields(member, made['id'], 'state') == ['paid']
    correction, = fields(member, made['id'], 'credits')[0]
    assert fields(member, correction, 'state', 'amount_to_pay') == ['posted', D('-936.00')]
    biller.api.post(f'/api/gutschriften/{correction}/mark-paid', {'paidDate': '2026-06-10'})
    with inside(pool, biller.api.tenant, check_access=False):
        clearing = pool.get('account.move.line').search([('account.code', '=', '2880')])
        assert sorted((line.debit, line.credit) for line in clearing) == [
            (0, D('936.00')), (D('936.00'), 0)]


def test_a_correction_under_a_profile_is_261(biller, member, pool):
    from tests.support.invoicing import make_template
    from trytond.modules.account_invoice_einvoice.embed import extract
    give_tax_number(pool, biller)
    template = make_template(pool, biller.api.tenant, e_invoice_profile='EN16931', tax_rate=D(20))
    made = biller.bill(issueDate='2026-05-16', invoiceTemplateId=template)
    object_to(member, made['id'])
    correction, = fields(member, made['id'], 'credits')[0]
    xml = extract(biller.pdf({'id': correction}))[1].decode()
    assert '<ram:TypeCode>261</ram:TypeCode>' in xml and made['gutschriftNumber'] in xml


@pytest.mark.parametrize('statement', [
    'UPDATE account_invoice_objection SET date = date', 'DELETE FROM account_invoice_objection'])
def test_an_objection_stays_as_it_was_recorded(postgres, database, statement):
    with psycopg.connect(postgres.role('web', database), autocommit=True) as connection, \
            pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


# Views and roles

@pytest.fixture(scope='module')
def made(billing, german):
    from tests.support.billing import Api
    return SelfBiller(Api(billing, german)).bill()


@pytest.mark.parametrize('role', ['owner', 'accountant', 'clerk', 'readonly'])
@pytest.mark.parametrize('model', [
    'party.self_billing_agreement', 'account.invoice.objection', 'account.invoice', 'outbox'])
def test_every_role_opens_every_view(clients, role, model, made):
    for kind in ('form', 'tree'):
        view = clients[role].call(f'{model}.fields_view_get', None, kind)
        ids = clients[role].call(f'{model}.search', [], 0, 10, None)
        assert len(clients[role].call(f'{model}.read', ids, list(view['fields']))) == len(ids)


@pytest.mark.parametrize('role, may', [
    ('owner', True), ('accountant', True), ('clerk', False), ('readonly', False)])
def test_who_may_record_an_objection(clients, billing, german, role, may):
    from tests.support.billing import Api
    biller = SelfBiller(Api(billing, german))
    made = biller.bill(issueDate='2026-05-16')
    if may:
        object_to(clients[role], made['id'])
        return
    with pytest.raises(Fault):
        object_to(clients[role], made['id'])


@pytest.mark.parametrize('role, may', [
    ('owner', True), ('accountant', True), ('clerk', True), ('readonly', False)])
def test_who_may_file_an_agreement(clients, billing, german, role, may):
    from tests.support.billing import Api
    party = SelfBiller(Api(billing, german)).customer
    values = [{'party': party, 'start_date': MAY}]
    if may:
        assert clients[role].call('party.self_billing_agreement.create', values)
        return
    with pytest.raises(Fault):
        clients[role].call('party.self_billing_agreement.create', values)


def test_an_agreement_does_not_end_before_it_begins(member, biller):
    with pytest.raises(Fault):
        member.call('party.self_billing_agreement.create', [{
                    'party': biller.customer, 'start_date': JUNE, 'end_date': MAY}])


def test_it_speaks_german(clients):
    view = clients['owner'].call('account.invoice.fields_view_get', None, 'form', language='de')
    assert view['fields']['objections']['string'] == 'Widerspruch'
    assert 'Widerspruch' in view['arch']


# What scripts/check says about all of it

def test_nothing_is_wrong_with_gutschriften_corrections_and_credit_notes(biller, member, operator, pool):
    from tests.support.invoicing import Biller
    open_, paid, objected, objected_paid = (biller.bill(issueDate='2026-05-16') for _ in range(4))
    for made in (paid, objected_paid):
        biller.api.post(f"/api/gutschriften/{made['id']}/mark-paid", {'paidDate': '2026-05-20'})
    for made in (objected, objected_paid):
        object_to(member, made['id'])
    sales = Biller(biller.api, {'name': 'Acme'})
    invoices = [sales.bill(issueDate='2026-05-16') for _ in range(2)]
    with inside(pool, biller.api.tenant):
        Invoice = pool.get('account.invoice')
        Invoice.credit([Invoice(invoices[0]['id'])], refund=True, invoice_date=JUNE)
        part, = Invoice.credit([Invoice(invoices[1]['id'])], invoice_date=JUNE)
        pool.get('account.invoice.line').delete(part.lines[1:])
        Invoice.post([part])
    biller.api.post(f"/api/invoices/{invoices[1]['id']}/mark-paid", {'paidDate': '2026-06-10'})
    assert operator.call('kernel.check.run', biller.api.tenant['company']) == []


def test_tenants_from_before_there_were_gutschriften_get_the_series(superuser, biller):
    from trytond.modules.account_invoice_issue import series
    company = biller.api.tenant['company']
    with superuser.transaction():
        superuser.execute(
            "UPDATE account_fiscalyear_invoice_sequence SET self_billing_sequence = NULL WHERE company = %s",
            (company,))
        superuser.execute(
            "DELETE FROM ir_sequence_strict WHERE company = %s AND prefix LIKE 'GUT-%%'", (company,))
        for _ in range(2):
            superuser.execute(series._OLDER, (series.NAME, series.PREFIX, series.PADDING))
    rows = superuser.execute(
        "SELECT DISTINCT s.prefix, s.company FROM account_fiscalyear_invoice_sequence i"
        " JOIN ir_sequence_strict s ON s.id = i.self_billing_sequence WHERE i.company = %s",
        (company,)).fetchall()
    assert rows == [(series.PREFIX, company)]
    assert biller.bill(issueDate='2026-05-16')['gutschriftNumber'] == 'GUT-2026-05-0001'


def test_an_agreement_follows_its_party_when_two_are_merged(member, biller):
    target = biller.api.made('/api/customers', {'name': 'Vermittlung Huber'})['id']
    id, = member.call('party.self_billing_agreement.create', [{'party': biller.customer, 'start_date': MAY}])
    member.wizard('party.replace', 'party.party', [biller.customer], {
            'ask': {'source': biller.customer, 'destination': target}}, 'replace')
    row, = member.call('party.self_billing_agreement.read', [id], ['party'])
    assert row['party'] == target
