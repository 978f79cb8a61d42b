"""The door: many at once, all or nothing, once per key, sealed, and the same for the client's Post button."""
import base64
import concurrent.futures
import datetime as dt
import hashlib
import threading
import uuid
from decimal import Decimal as D

import psycopg
import pytest

from tests.support.billing import Api
from tests.support.invoicing import (
    ITEMS, Biller, client_draft, inside, item, make_template, posted, supplier_draft)
from tests.support.sealed import unsealed


@pytest.fixture
def member(application, database, new_biller):
    """Tryton's client of the biller's owner"""
    from tests.support.rpc import Client
    login = new_biller.api.tenant['login']
    return Client(application, database).login(login['user'], login['password'])


def count(owner, company, table):
    return owner.execute(
        psycopg.sql.SQL('SELECT count(*) FROM {} WHERE company = %s').format(
            psycopg.sql.Identifier(table)), (company,)).fetchone()[0]


TABLES = (
    'account_invoice', 'account_invoice_line', 'account_invoice_tax', 'account_move', 'account_move_line',
    'account_tax_line', 'archive_document', 'archive_content', 'outbox')


def counts(owner, company):
    return {table: count(owner, company, table) for table in TABLES}


# Many at once

def at_once(number, function):
    with concurrent.futures.ThreadPoolExecutor(number) as threads:
        return [future.result() for future in [threads.submit(function, n) for n in range(number)]]


def test_forty_at_once_are_forty_invoices(new_biller, owner, billing):
    apis = [Api(billing, new_biller.api.tenant) for _ in range(40)]
    body = new_biller.body(issueDate='2026-05-16')
    answers = at_once(40, lambda n: apis[n].post('/api/invoices', body))
    assert [a.status_code for a in answers] == [201] * 40
    assert sorted(a.json['invoiceNumber'] for a in answers) == [
        f'INV-2026-05-{n:04}' for n in range(1, 41)]
    company = new_biller.api.tenant['company']
    found = counts(owner, company)
    assert found['account_invoice'] == found['account_move'] == found['archive_document'] == 40
    moves = owner.execute(
        "SELECT m.number, sum(l.debit - l.credit) FROM account_move m"
        " JOIN account_move_line l ON l.move = m.id WHERE m.company = %s"
        " GROUP BY m.id ORDER BY m.number", (company,)).fetchall()
    assert moves == [(f'2026-{n:06}', 0) for n in range(1, 41)]


def test_two_tenants_do_not_wait_for_each_other(new_biller, billing, operator, pool):
    neighbour = Biller(Api(billing, operator.tenant('DE')))
    with inside(pool, new_biller.api.tenant):
        made, = at_once(1, lambda n: neighbour.bill())
    assert made['invoiceNumber'].endswith('-0001')


def test_what_a_call_sends_to_the_database_is_bounded(new_biller, pool):
    from trytond.modules.backend import statements
    sent = []
    for lines in (1, 100):
        new_biller.bill(item())
        with statements.counting() as counter:
            new_biller.bill(*[item()] * lines)
        sent.append(counter.count)
    assert sent[0] <= 70
    assert sent[1] == sent[0]


# Once per key

def test_the_same_key_twice_is_one_invoice(new_biller):
    key = {'Idempotency_Key': str(uuid.uuid4())}
    first, second = (new_biller.post(headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert new_biller.bill()['invoiceNumber'].endswith('-0002')
    other = new_biller.post(item(), headers=key)
    assert (other.status_code, other.json['error']) == (409, 'idempotency_key_request_mismatch')


def test_one_key_at_the_same_time_is_one_invoice(new_biller, billing):
    key, body = str(uuid.uuid4()), new_biller.body()
    apis = [Api(billing, new_biller.api.tenant) for _ in range(8)]
    answers = at_once(8, lambda n: apis[n].post('/api/invoices', body, Idempotency_Key=key))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json['id'] for a in answers}) == 1
    assert new_biller.bill()['invoiceNumber'].endswith('-0002')


# All or nothing

@pytest.mark.parametrize('broken', ['render', 'seal'])
def test_a_failure_at_any_step_leaves_nothing(new_biller, owner, monkeypatch, broken):
    company = new_biller.api.tenant['company']
    new_biller.bill()
    before = counts(owner, company)

    def fail(*arguments):
        raise RuntimeError("the power went out")
    if broken == 'render':
        monkeypatch.setattr('trytond.modules.document_render.render', fail)
    else:
        monkeypatch.setattr('trytond.modules.archive.document.insert', fail)
    answer = new_biller.post()
    assert (answer.status_code, answer.json['error']) == (500, 'internal_error')
    monkeypatch.undo()
    assert counts(owner, company) == before
    assert new_biller.bill()['invoiceNumber'].endswith('-0002')


def test_an_overloaded_typesetter_is_503(new_biller, monkeypatch):
    from trytond.modules.document_render import DocumentBusy

    def busy(document):
        raise DocumentBusy("too many")
    monkeypatch.setattr('trytond.modules.document_render.render', busy)
    answer = new_biller.post()
    assert (answer.status_code, answer.json['error']) == (503, 'unavailable')


def test_the_document_is_made_while_the_rows_are_written(new_biller, monkeypatch):
    from trytond.modules import document_render
    from trytond.modules.account_invoice_issue import engine
    begun, written = threading.Event(), threading.Event()
    render, write = document_render.render, engine.write

    def rendering(document):
        begun.set()
        assert written.wait(10)
        return render(document)

    def writing(bills):
        assert begun.wait(10)
        write(bills)
        written.set()
    monkeypatch.setattr(document_render, 'render', rendering)
    monkeypatch.setattr(engine, 'write', writing)
    assert new_biller.bill()['invoiceNumber'].endswith('-0001')


def test_rows_that_cannot_be_written_leave_nothing(new_biller, owner, monkeypatch):
    from trytond.modules.account_invoice_issue import engine
    company = new_biller.api.tenant['company']
    new_biller.bill()
    before = counts(owner, company)

    def fail(bills):
        raise RuntimeError("the power went out")
    monkeypatch.setattr(engine, 'write', fail)
    answer = new_biller.post()
    assert (answer.status_code, answer.json['error']) == (500, 'internal_error')
    monkeypatch.undo()
    assert counts(owner, company) == before
    assert new_biller.bill()['invoiceNumber'].endswith('-0002')


# Sealed

def test_the_archive_has_the_chain(new_biller, owner):
    from trytond.modules.archive.chain import START, link
    made = [new_biller.bill(issueDate='2026-05-16') for _ in range(3)]
    rows = owner.execute(
        "SELECT position, sha512, sha256, chain, owner, issued_at, name, media_type, size, retention_until"
        " FROM archive_document WHERE company = %s ORDER BY position",
        (new_biller.api.tenant['company'],)).fetchall()
    chain = START
    for position, (invoice, row) in enumerate(zip(made, rows, strict=True), 1):
        pdf = new_biller.pdf(invoice)
        chain = link(chain, row[1], row[4], row[5])
        assert row[:4] == (
            position, hashlib.sha512(pdf).hexdigest(), hashlib.sha256(pdf).hexdigest(), chain)
        assert row[4] == f"account.invoice,{invoice['id']}"
        assert row[6:9] == (f"{invoice['invoiceNumber']}.pdf", 'application/pdf', len(pdf))
        assert row[9] == dt.date(row[5].year + 7, 12, 31)


def test_a_changed_byte_is_never_handed_out(new_biller, postgres, database, caplog):
    made = new_biller.bill()
    path = f"/api/invoices/{made['id']}/pdf"
    with psycopg.connect(postgres.superuser(database), autocommit=True) as connection, \
            unsealed(connection):
        connection.execute(
            "UPDATE archive_content SET data = set_byte(data, 100, 0) WHERE sha512 = %s",
            (made['archivedPdfHash'],))
    answer = new_biller.api.get(path)
    assert (answer.status_code, answer.json['error']) == (500, 'archive_corrupt')
    assert any('archive corrupt' in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize('statement', [
    'UPDATE archive_document SET name = name', 'DELETE FROM archive_document',
    'UPDATE archive_content SET data = data', 'DELETE FROM archive_content',
    'TRUNCATE archive_content CASCADE'])
def test_the_web_role_can_only_insert_and_read(postgres, database, statement):
    with psycopg.connect(postgres.role('web', database), autocommit=True) as connection, \
            pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


# The client's way in

def test_post_in_the_client_goes_through_the_door(new_biller, member, pool):
    id = client_draft(member, new_biller, comment='Danke')
    draft = new_biller.api.get(f'/api/invoices/{id}').json
    assert (draft['isFinalized'], draft['invoiceNumber'], draft['archivedPdfHash']) == (False, None, None)
    answer = new_biller.api.get(f'/api/invoices/{id}/pdf')
    assert (answer.status_code, answer.json['error']) == (400, 'not_finalized')
    member.call('account.invoice.post', [id])
    issued = new_biller.api.get(f'/api/invoices/{id}').json
    assert (issued['totalAmount'], issued['totalWithTax'], issued['isFinalized']) == (50, 60, True)
    assert issued['invoiceNumber'].endswith('-0001')
    assert posted(pool, new_biller.api.tenant, issued) == [
        ('2000', D('60.00'), 0), ('3500', 0, D('10.00')), ('4000', 0, D('50.00'))]
    text = new_biller.text(issued)
    assert 'By hand' in text and 'Danke' in text and '60,00' in text
    assert new_biller.bill()['invoiceNumber'].endswith('-0002')


def test_the_address_chosen_in_the_client_is_printed(new_biller, member):
    id = client_draft(member, new_biller)
    address, = member.call('party.address.create', [{
                'party': new_biller.customer, 'street': 'Lagerweg 9', 'postal_code': '4020', 'city': 'Linz'}])
    member.call('account.invoice.write', [id], {'invoice_address': address})
    member.call('account.invoice.post', [id])
    text = new_biller.text(new_biller.api.get(f'/api/invoices/{id}').json)
    assert 'Lagerweg 9' in text and '4020 Linz' in text and 'Musterstraße' not in text


def test_a_draft_with_prices_that_include_tax_shows_what_will_be_issued(new_biller, member, pool):
    template = make_template(pool, new_biller.api.tenant, is_tax_included=True, tax_rate=D(20))
    tax, = member.call('account.tax.search', [
            ('kind', '=', 'sale'), ('rate', '=', D('0.2')), ('category', '=', 'S')], 0, None, None)
    id = client_draft(member, new_biller, 3, '9.99', template=template)
    line, = member.call('account.invoice.line.search', [('invoice', '=', id)], 0, None, None)
    member.call('account.invoice.write', [id], {
            'lines': [('write', [line], {'taxes': [('add', [tax])]})]})
    draft, = member.call('account.invoice.read', [id], ['untaxed_amount', 'tax_amount', 'total_amount'])
    member.call('account.invoice.post', [id])
    issued, = member.call('account.invoice.read', [id], ['untaxed_amount', 'tax_amount', 'total_amount'])
    assert draft == issued
    assert [draft[name] for name in ('untaxed_amount', 'tax_amount', 'total_amount')] == [
        D('24.97'), D('5.00'), D('29.97')]


@pytest.mark.parametrize('values', [
    {'number': 'INV-1'}, {'state': 'posted'}, {'paid_date': dt.date(2026, 5, 16)}, {'issued_at': None},
    {'position': 9}])
def test_the_client_can_set_neither_number_nor_state(new_biller, member, values):
    from tests.support.rpc import Fault
    id = client_draft(member, new_biller)
    with pytest.raises(Fault, match='follow from issuing'):
        member.call('account.invoice.write', [id], values)
    with pytest.raises(Fault, match='no longer in a draft state|follow from issuing'):
        client_draft(member, new_biller, state='posted', number='INV-7')
    moment = {'issued_at': dt.datetime(2026, 5, 16), 'position': 2 ** 31 - 1}
    with pytest.raises(Fault, match='follow from issuing'):
        client_draft(member, new_biller, **moment)
    with pytest.raises(Fault, match='follow from issuing'):
        member.call('account.invoice.copy', [id], moment)


@pytest.mark.parametrize('name, value', [
    ('paid_date', dt.date(2026, 5, 16)), ('printed', '{}'), ('tax_rate', D(19)),
    ('total_amount_cache', D(1)), ('untaxed_amount_cache', D(0)), ('warnings', ['untaxed_unexplained']),
    ('number_digit', 7)])
def test_a_client_makes_no_draft_with_what_follows_from_issuing(new_biller, member, name, value):
    from tests.support.rpc import Fault
    with pytest.raises(Fault, match='follow from issuing'):
        client_draft(member, new_biller, **{name: value})


def test_the_client_adds_no_claim_to_an_invoice(new_biller, member):
    from tests.support.rpc import Fault
    made, other = new_biller.bill(), new_biller.bill()
    move, = member.call('account.invoice.read', [other['id']], ['move'])
    added = [('add', [move['move']])]
    with pytest.raises(Fault, match='follow from issuing'):
        member.call('account.invoice.write', [made['id']], {'additional_moves': added})
    with pytest.raises(Fault, match='follow from issuing'):
        client_draft(member, new_biller, additional_moves=added)
    with pytest.raises(Fault, match='There is no method'):
        member.call('account.invoice-additional-account.move.create', [
                {'invoice': made['id'], 'move': move['move']}])
    paid = new_biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {}).json
    assert (paid['isPaid'], new_biller.api.get(f"/api/invoices/{other['id']}").json['isPaid']) == (
        True, False)


def test_only_what_a_supplier_bills_can_be_billed_by_us(new_biller, member):
    from tests.support.rpc import Fault
    with pytest.raises(Fault, match='Self-Billed'):
        client_draft(member, new_biller, self_billed=True)


def test_print_gives_the_archived_bytes(new_biller, member):
    made = new_biller.bill()
    kind, data, _, name = member.ask(
        'report.account.invoice.execute', [made['id']], {'model': 'account.invoice'}, member.context)
    assert kind == 'pdf' and made['invoiceNumber'] in name
    data = data if isinstance(data, bytes) else base64.b64decode(data)
    assert hashlib.sha512(data).hexdigest() == made['archivedPdfHash']


def test_a_draft_has_nothing_to_print(new_biller, member):
    from tests.support.rpc import Fault
    id = client_draft(member, new_biller)
    with pytest.raises(Fault, match='not issued yet'):
        member.ask('report.account.invoice.execute', [id], {'model': 'account.invoice'}, member.context)


def test_the_client_reads_the_pdf_of_an_invoice(new_biller, member):
    made = new_biller.bill()
    row, = member.call('account.invoice.read', [made['id']], ['pdf', 'pdf_name', 'document', 'due_date'])
    assert hashlib.sha512(row['pdf']).hexdigest() == made['archivedPdfHash']
    assert row['pdf_name'] == f"{made['invoiceNumber']}.pdf"
    document, = member.call('archive.document.read', [row['document']], ['sha512', 'owner', 'data'])
    assert document['sha512'] == made['archivedPdfHash']


def test_what_is_issued_cannot_be_issued_again(new_biller, pool):
    from trytond.exceptions import UserError
    made = new_biller.bill()
    with inside(pool, new_biller.api.tenant):
        Invoice = pool.get('account.invoice')
        with pytest.raises(UserError, match='no draft'):
            Invoice.issue([Invoice(made['id'])])
        with pytest.raises(UserError, match='can not call "post"'):
            Invoice.post([Invoice(made['id'])])
    assert new_biller.api.get(f"/api/invoices/{made['id']}").json == made


def test_supplier_invoices_keep_trytons_workflow(new_biller, pool):
    with inside(pool, new_biller.api.tenant, False, ['account_journal_period']):
        Invoice = pool.get('account.invoice')
        invoice = supplier_draft(pool, new_biller.customer)
        Invoice.post([invoice])
        assert (invoice.state, invoice.move.state) == ('posted', 'posted')
        assert invoice.number.startswith('ER-') and not invoice.document
    assert new_biller.bill()['invoiceNumber'].endswith('-0001')


def test_several_drafts_at_once_share_one_transaction(new_biller, pool):
    with inside(pool, new_biller.api.tenant):
        Invoice, Line = pool.get('account.invoice'), pool.get('account.invoice.line')
        drafts = [
            Invoice(party=new_biller.customer, invoice_date=dt.date(year, 5, 16), lines=[
                    Line(description=i['description'], quantity=i['quantity'], unit_price=D(price))
                    for i in ITEMS])
            for year, price in [(2026, 10), (2025, 20), (2026, 30)]]
        issued = Invoice.issue(drafts)
        assert [i.number for i in issued] == ['INV-2026-05-0001', 'INV-2025-05-0002', 'INV-2026-05-0003']
        assert [i.untaxed_amount for i in issued] == [100, 200, 300]
        assert [i.move.number for i in issued] == ['2026-000001', '2025-000001', '2026-000002']
        assert Invoice.issue([]) == []
