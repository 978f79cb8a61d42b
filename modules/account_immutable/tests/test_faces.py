"""Changes of issued records by users and programs: refusals that name record and field.

Then the changes still allowed on an issued invoice, the owner's suspension, series, parties, retention.
"""
import datetime as dt

import psycopg
import pytest

from tests.support.billing import Api
from tests.support.invoicing import inside, item, supplier_draft
from tests.support.rpc import Client, Fault
from tests.support.sealed import unsealed


@pytest.fixture(scope='module')
def tenant(biller):
    return biller.api.tenant


@pytest.fixture(scope='module')
def member(application, database, tenant):
    """Tryton's client of the tenant's owner, who is an administrator of the books"""
    return Client(application, database).login(tenant['login']['user'], tenant['login']['password'])


@pytest.fixture
def made(biller):
    return biller.bill()


def row(owner, table, id):
    return owner.execute(
        psycopg.sql.SQL("SELECT to_jsonb(r) FROM {} r WHERE id = %s").format(psycopg.sql.Identifier(table)),
        (id,)).fetchone()[0]


# By RPC

@pytest.mark.parametrize('field, label, german', [
    ('comment', 'Comment', 'Kommentar'), ('description', 'Description', 'Beschreibung'),
    ('reference', 'Reference', 'Referenz')])
def test_a_member_cannot_write_what_was_printed(member, made, owner, field, label, german):
    before = row(owner, 'account_invoice', made['id'])
    with pytest.raises(Fault) as fault:
        member.call('account.invoice.write', [made['id']], {field: 'Afterwards'})
    assert (fault.value.status, fault.value.kind) == (200, 'UserError')
    assert made['invoiceNumber'] in fault.value.text and f'"{label}' in fault.value.text.replace('\\', '')
    with pytest.raises(Fault) as fault:
        member.call('account.invoice.write', [made['id']], {field: 'Danach'}, language='de')
    assert german in fault.value.text and 'ausgestellt' in fault.value.text
    assert row(owner, 'account_invoice', made['id']) == before


def test_what_stock_refuses_is_refused_as_ever(member, made):
    invoice, = member.call('account.invoice.read', [made['id']], ['lines', 'taxes', 'move'])
    lines = member.call('account.move.line.search', [('move', '=', invoice['move'])], 0, None, None)
    for method, *parameters in [
            ('account.invoice.draft', [made['id']]), ('account.invoice.delete', [made['id']]),
            ('account.invoice.line.write', invoice['lines'], {'description': 'x'}),
            ('account.invoice.line.delete', invoice['lines']),
            ('account.invoice.tax.write', invoice['taxes'], {'description': 'x'}),
            ('account.move.write', [invoice['move']], {'description': 'x'}),
            ('account.move.delete', [invoice['move']]),
            ('account.move.line.write', lines, {'description': 'x'}),
            ('account.move.line.delete', lines)]:
        with pytest.raises(Fault) as fault:
            member.call(method, *parameters)
        assert fault.value.status == 200 and fault.value.kind.startswith('User'), method


def test_a_rule_that_python_forgets_is_kept_by_the_database(pool, tenant, made):
    """A write by a method that bypasses Tryton's checks, in the transaction of a member"""
    with inside(pool, tenant, check_access=False) as transaction:
        table = pool.get('account.invoice.line').__table__()
        with pytest.raises(psycopg.DatabaseError) as error:
            transaction.connection.cursor().execute(*table.update(
                    [table.description], ["Something else"], where=table.invoice == made['id']))
        assert error.value.sqlstate == 'KS001'
        assert error.value.diag.table_name == 'account_invoice_line'
        assert error.value.diag.column_name == 'description'
        transaction.rollback()


# By REST

@pytest.fixture
def careless(database, pool, tenant):
    """A contract whose operations do forbidden things"""
    from trytond.modules.rest import Contract, Key, Operation
    from trytond.modules.rest.application import assemble
    from trytond.modules.rest.gateway import Gateway
    from trytond.modules.rest_billing.dialect import DIALECT
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    def rewrite(call):
        Invoice = Pool().get('account.invoice')
        Invoice.write([Invoice(call.params['id'])], {'comment': "Afterwards"})

    def unbalance(call):
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "INSERT INTO account_move (company, period, journal, date, state, number) SELECT company, period,"
            " journal, date, 'posted', 'M-1' FROM account_move ORDER BY id DESC LIMIT 1 RETURNING id")
        move, = cursor.fetchone()
        cursor.execute(
            "INSERT INTO account_move_line (company, move, account, debit, credit, state)"
            " SELECT company, %s, account, 10, 0, 'valid' FROM account_move_line LIMIT 1", (move,))
    contract = Contract(
        name='careless', title="Careless", roots=['/careless'], dialect=DIALECT, operations=[
            Operation(id=function.__name__, method='POST', path=path, handler=function, summary='', tag='')
            for function, path in [
                (rewrite, '/careless/rewrite/{id:int}'), (unbalance, '/careless/unbalance')]],
        ways=[Key(scheme='billing', header='X-Api-Key')])
    application = assemble([contract], Gateway([database]))
    yield Api(application, tenant)
    application.close()


def test_rest_answers_400_and_names_the_field(careless, made, owner):
    before = row(owner, 'account_invoice', made['id'])
    answer = careless.post(f"/careless/rewrite/{made['id']}", None, Accept_Language='en')
    assert (answer.status_code, answer.json['error']) == (400, 'invalid_state'), answer.text
    assert made['invoiceNumber'] in answer.json['message'] and 'Comment' in answer.json['message']
    assert row(owner, 'account_invoice', made['id']) == before


def test_what_fails_at_the_commit_is_answered_as_well(careless, made, owner):
    answer = careless.post('/careless/unbalance', None, Accept_Language='de')
    assert (answer.status_code, answer.json['error']) == (400, 'invalid_state'), answer.text
    assert answer.json['message'] == (
        "Die Buchung „M-1“ kann nicht festgeschrieben werden: Soll und Haben sind nicht gleich.")
    assert owner.execute("SELECT count(*) FROM account_move WHERE number = 'M-1'").fetchone() == (0,)


# Changes still allowed

def test_paid_open_and_paid_again(biller, member, pool, tenant, made):
    path = f"/api/invoices/{made['id']}"
    paid = biller.api.post(f'{path}/mark-paid', {'paidDate': '2026-11-20'}).json
    assert (paid['isPaid'], paid['paidDate']) == (True, '2026-11-20T00:00:00Z')
    lines = member.call('account.move.line.search', [
            ('account.type.receivable', '=', True), ('move.origin', '=', f"account.invoice,{made['id']}"),
            ], 0, None, None)
    found = member.call('account.move.line.read', lines, ['reconciliation'])
    reconciliation, = {line['reconciliation'] for line in found}
    member.call('account.move.reconciliation.delete', [reconciliation])
    opened = biller.api.get(path).json
    assert (opened['isPaid'], opened['paidDate']) == (False, None)
    with inside(pool, tenant):
        Line = pool.get('account.move.line')
        Line.reconcile(Line.browse(lines))
    assert biller.api.get(path).json['isPaid']


def test_the_day_a_claim_falls_due_may_change(member, made, owner):
    invoice, = member.call('account.invoice.read', [made['id']], ['lines_to_pay'])
    member.call('account.move.line.write', invoice['lines_to_pay'], {'maturity_date': dt.date(2027, 1, 31)})
    assert row(owner, 'account_move_line', invoice['lines_to_pay'][0])['maturity_date'] == '2027-01-31'


def test_cancelled_with_a_move_and_for_good(member, biller, made, owner, tenant):
    owner.execute("UPDATE company_company SET cancel_invoice_out = true WHERE id = %s", (tenant['company'],))
    before = row(owner, 'account_invoice', made['id'])
    member.call('account.invoice.cancel', [made['id']])
    after = row(owner, 'account_invoice', made['id'])
    assert {name for name in before if before[name] != after[name]} == {
        'state', 'cancel_move', 'write_uid', 'write_date'}
    assert after['state'] == 'cancelled'
    reconciliation, = owner.execute(
        "SELECT DISTINCT reconciliation FROM account_move_line WHERE move IN (%s, %s)"
        " AND reconciliation IS NOT NULL", (after['move'], after['cancel_move'])).fetchone()
    with pytest.raises(Fault, match=made['invoiceNumber']):
        member.call('account.move.reconciliation.delete', [reconciliation])
    assert row(owner, 'account_invoice', made['id']) == after


def test_supplier_invoices_are_sealed_when_posted(pool, tenant, biller, owner):
    with inside(pool, tenant, False, ['account_journal_period']):
        Invoice = pool.get('account.invoice')
        invoice = supplier_draft(pool, biller.customer)
        Invoice.validate_invoice([invoice])
        Invoice.write([invoice], {'description': "Seen by the boss"})
    with inside(pool, tenant, False, ['account_journal_period']):
        Invoice.post([Invoice(invoice.id)])
    posted = row(owner, 'account_invoice', invoice.id)
    assert (posted['state'], posted['description']) == ('posted', "Seen by the boss")
    with pytest.raises(psycopg.DatabaseError, match='is sealed'):
        owner.execute("UPDATE account_invoice SET reference = 'R-2' WHERE id = %s", (invoice.id,))


# The owner's way around

def test_the_owner_goes_around_in_the_open(owner, made, caplog):
    with unsealed(owner):
        owner.execute("UPDATE account_invoice SET comment = 'Mended' WHERE id = %s", (made['id'],))
    assert row(owner, 'account_invoice', made['id'])['comment'] == 'Mended'
    role, reason, started, ended = owner.execute(
        "SELECT role, reason, started, ended FROM immutable_suspension ORDER BY id DESC LIMIT 1").fetchone()
    assert (role, reason) == (owner.info.user, "broken on purpose by a test")
    assert started <= ended
    assert "broken on purpose" in caplog.text


def test_around_ends_with_its_block(owner, made):
    with pytest.raises(psycopg.DatabaseError, match='is sealed'), owner.transaction():
        with unsealed(owner):
            pass
        owner.execute("UPDATE account_invoice SET comment = 'x' WHERE id = %s", (made['id'],))


def test_around_needs_a_transaction(owner):
    from trytond.modules.immutable import triggers_off
    with pytest.raises(RuntimeError), triggers_off(owner.cursor(), "nobody says when it ends"):
        pass


@pytest.mark.parametrize('statement', [
    "UPDATE immutable_suspension SET reason = 'nothing'", "DELETE FROM immutable_suspension",
    "TRUNCATE immutable_suspension"])
def test_the_log_of_it_stays(owner, made, statement):
    """Even in the transaction that wrote it"""
    with unsealed(owner):
        pass
    with pytest.raises(psycopg.DatabaseError) as error, unsealed(owner):
        owner.execute(statement)
    assert error.value.sqlstate == 'KS001'


@pytest.mark.parametrize('role', ['web', 'worker'])
def test_nobody_else_goes_around(postgres, database, role):
    with psycopg.connect(postgres.role(role, database)) as connection, \
            pytest.raises(psycopg.errors.InsufficientPrivilege), unsealed(connection):
        pass


# Series

def test_a_series_that_has_given_numbers_counts_on(member, made, postgres, database, tenant, owner):
    series = row(owner, 'account_invoice', made['id'])['sequence']
    following = row(owner, 'ir_sequence_strict', series)['number_next_internal']
    for values in ({'number_next': 1}, {'number_next': following + 5}, {'number_increment': 2}):
        with pytest.raises(Fault, match='has given numbers'):
            member.call('ir.sequence.strict.write', [series], values)
    with pytest.raises(Fault):
        member.call('ir.sequence.strict.delete', [series])
    for role in ('web', 'worker'):
        with psycopg.connect(postgres.role(role, database)) as connection:
            connection.execute("SELECT set_config('app.company', %s, false)", (str(tenant['company']),))
            connection.commit()
            for statement in (
                    "UPDATE ir_sequence_strict SET number_next_internal = 1 WHERE id = %s",
                    "UPDATE ir_sequence_strict SET type = 'decimal timestamp' WHERE id = %s",
                    "DELETE FROM ir_sequence_strict WHERE id = %s"):
                with pytest.raises(psycopg.DatabaseError, match='has given numbers'):
                    connection.execute(statement, (series,))
                connection.rollback()
    member.call('ir.sequence.strict.write', [series], {'name': "Sales"})
    assert row(owner, 'ir_sequence_strict', series)['number_next_internal'] == following


def test_a_series_without_numbers_starts_where_one_wants(member):
    kind, = member.call('ir.sequence.type.search', [('name', '=', 'Invoice')], 0, 1, None)
    series, = member.call('ir.sequence.strict.create', [{'name': 'New', 'sequence_type': kind}])
    for number in (1000, 500):
        member.call('ir.sequence.strict.write', [series], {'number_next': number})
    member.call('ir.sequence.strict.delete', [series])


def test_a_second_series_cannot_give_a_number_again(made, owner):
    with pytest.raises(psycopg.errors.ExclusionViolation), unsealed(owner):
        owner.execute(
            "UPDATE account_invoice SET number = %s WHERE id <> %s AND company = (SELECT company FROM"
            " account_invoice WHERE id = %s) AND number IS NOT NULL",
            (made['invoiceNumber'], made['id'], made['id']))


# Parties

def test_a_party_with_posted_records_is_not_merged_away(biller, member, made, owner):
    other = biller.api.made('/api/customers', {'name': 'Acme GmbH', 'address': 'Musterstraße 1, 1010 Wien'})
    before = row(owner, 'account_invoice', made['id'])
    merge = {'ask': {'source': biller.customer, 'destination': other['id']}}
    with pytest.raises(Fault, match='stay in that name'):
        member.wizard('party.replace', 'party.party', [biller.customer], merge, 'replace')
    assert row(owner, 'account_invoice', made['id']) == before
    assert row(owner, 'party_party', biller.customer)['active']


def test_a_new_name_does_not_reach_what_was_printed(biller, made):
    biller.api.patch(f'/api/customers/{biller.customer}', {'name': 'Acme & Sons GmbH'})
    assert 'Acme GmbH' in biller.text(made)


# The retention

@pytest.fixture
def worker(postgres, database):
    with psycopg.connect(postgres.role('worker', database), autocommit=True) as connection:
        yield connection


def test_bytes_go_when_they_need_not_be_kept_and_the_chain_stays(
        biller, owner, worker, postgres, database, operator, tenant):
    old, new = biller.bill(item(price=1)), biller.bill(item(price=2))
    documents = [
        owner.execute(
            "SELECT id, content FROM archive_document WHERE owner = %s",
            (f"account.invoice,{invoice['id']}",)).fetchone() for invoice in (old, new)]
    for _, content in documents:
        with pytest.raises(psycopg.DatabaseError, match='is sealed'):
            worker.execute("DELETE FROM archive_content WHERE id = %s", (content,))
    with unsealed(owner):
        owner.execute(
            "UPDATE archive_document SET retention_until = CURRENT_DATE - 1 WHERE id = %s",
            (documents[0][0],))
    run_schedule(postgres, database)
    rows = [row(owner, 'archive_document', id) for id, _ in documents]
    assert [r['content'] for r in rows] == [None, documents[1][1]]
    assert [owner.execute(
                "SELECT count(*) FROM archive_content WHERE id = %s", (content,)).fetchone()[0]
            for _, content in documents] == [0, 1]
    answer = biller.api.get(f"/api/invoices/{old['id']}/pdf")
    assert (answer.status_code, answer.json['error']) == (404, 'not_found')
    assert 'had to be kept until' in answer.json['message']
    assert biller.pdf(new)
    assert operator.call('kernel.check.run', tenant['company']) == []
    for statement in ("DELETE FROM archive_document WHERE id = %s",
            "UPDATE archive_document SET sha512 = 'x' WHERE id = %s"):
        with pytest.raises(psycopg.DatabaseError, match='is sealed'):
            worker.execute(statement, (documents[0][0],))


def run_schedule(postgres, database):
    import json
    printed = postgres.run_as('worker', ['-m', 'tests.support.jobs', database, 'schedule'])
    results = json.loads(printed.splitlines()[-1])
    assert results['archive.content|delete_expired'] is None
