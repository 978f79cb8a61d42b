"""Immutable rows: all kinds of changes, by SQL in each role, by RPC, by REST.

An invoice is issued and paid once; a refused attempt leaves no trace. Then the changes still allowed.
"""
import contextlib
from decimal import Decimal as D

import psycopg
import pytest

from tests.support.sealed import columns, delete, insert_again, update

SEALED, UNBALANCED, NO_RIGHT = 'KS001', 'KS002', '42501'
ROLES = ('web', 'worker', 'owner')
LIVING = {'id', 'write_uid', 'write_date'}
"""Columns left out of the test of all columns: the stamps, and the key, which is no value of the row"""
TABLES = {
    # table: (the row of an issued invoice, columns that live on)
    'account_move': ("SELECT move FROM account_invoice WHERE id = %(invoice)s", set()),
    'account_move_line': (
        "SELECT max(id) FROM account_move_line WHERE move = %(account_move)s",
        {'reconciliation', 'maturity_date'}),
    'account_tax_line': (
        "SELECT min(id) FROM account_tax_line WHERE move_line IN"
        " (SELECT id FROM account_move_line WHERE move = %(account_move)s)", set()),
    'account_invoice': (
        "SELECT %(invoice)s", {
            'cancel_move', 'invoice_report_cache', 'invoice_report_cache_id', 'invoice_report_format',
            'paid_date'}),
    'account_invoice_line': (
        "SELECT min(id) FROM account_invoice_line WHERE invoice = %(invoice)s", set()),
    'account_invoice_line-account_tax': (
        'SELECT id FROM "account_invoice_line-account_tax" WHERE line = %(account_invoice_line)s', set()),
    'account_invoice_tax': (
        "SELECT id FROM account_invoice_tax WHERE invoice = %(invoice)s", set()),
    'archive_document': (
        "SELECT id FROM archive_document WHERE owner = 'account.invoice,' || %(invoice)s", set()),
    'archive_content': (
        "SELECT content FROM archive_document WHERE id = %(archive_document)s", set()),
    }
PARTS = (
    'account_move_line', 'account_tax_line', 'account_invoice_line', 'account_invoice_line-account_tax',
    'account_invoice_tax')
ARCHIVE = ('archive_document', 'archive_content')


@pytest.fixture(scope='module')
def ids(biller, owner):
    """Return {table: id}: a row of each table that belongs to an issued and paid invoice"""
    made = biller.bill()
    assert biller.api.post(f"/api/invoices/{made['id']}/mark-paid", {}).json['isPaid']
    found = {'invoice': made['id'], 'number': made['invoiceNumber']}
    for table, (query, _) in TABLES.items():
        found[table], = owner.execute(query, found).fetchone()
    return found


@pytest.fixture(scope='module')
def owner(postgres, database):
    with psycopg.connect(postgres.owner(database), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope='module')
def roles(postgres, database, owner, biller):
    """Return {role: connection} in autocommit; web and worker are in the biller's tenant"""
    with contextlib.ExitStack() as stack:
        found = {'owner': owner}
        for role in ('web', 'worker'):
            found[role] = stack.enter_context(
                psycopg.connect(postgres.role(role, database), autocommit=True))
            found[role].execute(
                "SELECT set_config('app.company', %s, false)", (str(biller.api.tenant['company']),))
        yield found


def outcome(connection, *statements):
    """Return the SQLSTATE of a refused transaction, None if it could be committed; rolled back in any case"""
    try:
        with connection.transaction(force_rollback=True):
            for statement in statements:
                connection.execute(statement)
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        return error.sqlstate
    return None


# By SQL: every column of every table, in every role

@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('table', TABLES)
def test_no_column_of_a_sealed_row_can_be_changed(roles, ids, owner, role, table):
    expected = NO_RIGHT if role == 'web' and table in ARCHIVE else SEALED
    outcomes = {
        column: outcome(roles[role], update(table, column, value, ids[table]))
        for column, value in columns(owner, table).items()
        if column not in LIVING | TABLES[table][1]}
    assert len(outcomes) >= 5
    assert {column: state for column, state in outcomes.items() if state != expected} == {}


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('table', TABLES)
def test_no_sealed_row_can_be_deleted(roles, ids, role, table):
    expected = NO_RIGHT if role == 'web' and table in ARCHIVE else SEALED
    assert outcome(roles[role], delete(table, ids[table])) == expected


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('table', PARTS)
def test_nothing_can_be_added_to_a_sealed_record(roles, ids, owner, role, table):
    others = {'tax': 'tax + 1'} if table == 'account_invoice_line-account_tax' else {}
    assert outcome(roles[role], insert_again(owner, table, ids[table], **others)) == SEALED


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('table', TABLES)
def test_no_table_can_be_emptied(roles, role, table):
    state = outcome(roles[role], f'TRUNCATE "{table}" CASCADE')
    assert state == (SEALED if role == 'owner' else NO_RIGHT)


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('state', ['draft', 'validated', None])
def test_an_issued_invoice_is_never_a_draft_again(roles, ids, role, state):
    value = f"'{state}'" if state else 'NULL'
    assert outcome(roles[role], update('account_invoice', 'state', value, ids['invoice'])) == SEALED


@pytest.mark.parametrize('role', ROLES)
def test_a_line_is_never_a_draft_again(roles, ids, role):
    assert outcome(
        roles[role], update('account_move_line', 'state', "'draft'", ids['account_move_line'])) == SEALED


def test_cancelled_is_the_end(roles, biller):
    id = biller.bill()['id']
    roles['owner'].execute(update('account_invoice', 'state', "'cancelled'", id))
    for connection in roles.values():
        for state in ('draft', 'posted', 'paid'):
            assert outcome(connection, update('account_invoice', 'state', f"'{state}'", id)) == SEALED
        assert outcome(connection, delete('account_invoice', id)) == SEALED


@pytest.mark.parametrize('role', ROLES)
def test_a_part_cannot_be_moved_away_nor_in(roles, ids, role):
    """Not into the tenant's own draft, and not from a draft into a posted record"""
    connection = roles[role]
    drafted = insert_again(connection, 'account_move', ids['account_move'], state="'draft'")
    into = "UPDATE account_move_line SET move = {} WHERE id = {}".format
    newest = '(SELECT max(id) FROM account_move)'
    assert outcome(connection, drafted) is None
    assert outcome(connection, drafted, into(newest, ids['account_move_line'])) == SEALED
    apart = insert_again(connection, 'account_move_line', ids['account_move_line'], move=newest)
    assert outcome(connection, drafted, apart) is None
    assert outcome(
        connection, drafted, apart,
        into(ids['account_move'], '(SELECT max(id) FROM account_move_line)')) == SEALED


def test_a_stamp_does_not_open_what_is_sealed(roles, ids, owner):
    """Nor does a write to the column of the sealing transaction"""
    stamp = update('account_move', 'write_date', 'now()', ids['account_move'])
    mine = update('account_move', 'sealed_by', 'pg_current_xact_id()', ids['account_move'])
    line = insert_again(owner, 'account_move_line', ids['account_move_line'])
    for connection in roles.values():
        assert outcome(connection, stamp) is None
        assert outcome(connection, stamp, line) == SEALED
        assert outcome(connection, mine) == SEALED


# Posted moves balance

def move(state, *amounts):
    """Return the statements that write a move with a line for each amount, debit if positive"""
    statements = [
        "INSERT INTO account_move (company, period, journal, date, state, number) SELECT company, period,"
        f" journal, date, '{state}', 'X' FROM account_move WHERE id = {{account_move}}"]
    for amount in amounts:
        statements.append(
            "INSERT INTO account_move_line (company, move, account, debit, credit, state) SELECT company,"
            f" (SELECT max(id) FROM account_move), account, {max(amount, 0)}, {max(-amount, 0)}, 'valid'"
            " FROM account_move_line WHERE id = {account_move_line}")
    return statements


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('expected, statements', [
    (None, move('posted', 10, -10)),
    (None, move('posted', 10, 20, -30)),
    (None, move('draft', 10)),
    (None, move('draft')),
    (UNBALANCED, move('posted', 10)),
    (UNBALANCED, move('posted', 10, D('-9.99'))),
    (UNBALANCED, [*move('draft', 10), "UPDATE account_move SET state = 'posted' WHERE number = 'X'"]),
    (None, [*move('draft', 10, -10), "UPDATE account_move SET state = 'posted' WHERE number = 'X'"]),
    (UNBALANCED, [
            *move('posted', 10, -10),
            "DELETE FROM account_move_line WHERE debit > 0 AND move = (SELECT max(id) FROM account_move)"]),
    (UNBALANCED, [*move('posted', 10), "SELECT set_config('app.company', '1', true)"]),
    (SEALED, [*move('posted', 10, -10), "SET CONSTRAINTS ALL IMMEDIATE", move('posted', 10)[1]]),
    (SEALED, [
            *move('posted', 10, -10), "SET CONSTRAINTS ALL IMMEDIATE",
            "UPDATE account_move SET sealed_by = pg_current_xact_id() WHERE number = 'X'",
            move('posted', 10)[1]]),
    ], ids=[
        'balanced', 'three lines', 'draft', 'empty draft', 'one side', 'a cent', 'posted later',
        'posted later, balanced', 'a line deleted', 'in another tenant', 'a line after the count',
        'opened after the count'])
def test_posted_moves_balance(roles, ids, role, expected, statements):
    assert outcome(roles[role], *(text.format(**ids) for text in statements)) == expected


def test_two_transactions_do_not_unbalance_a_move_together(roles, postgres, database, ids, biller):
    """One transaction adds a line to a draft while another posts it: the second must retry, in any order"""
    for first, second in [(0, 1), (1, 0)]:
        owner = roles['owner']
        with owner.transaction():
            for statement in move('draft', 10, -10):
                owner.execute(statement.format(**ids))
            draft, = owner.execute("SELECT max(id) FROM account_move").fetchone()
        line = (
            "INSERT INTO account_move_line (company, move, account, debit, credit, state) SELECT company,"
            f" {draft}, account, 5, 0, 'valid' FROM account_move_line WHERE id = {ids['account_move_line']}")
        post = f"UPDATE account_move SET state = 'posted' WHERE id = {draft}"
        connections = [psycopg.connect(postgres.role('web', database)) for _ in range(2)]
        try:
            for connection in connections:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                connection.execute(
                    "SELECT set_config('app.company', %s, false)", (str(biller.api.tenant['company']),))
            connections[first].execute((line, post)[first])
            connections[first].commit()
            with pytest.raises(psycopg.errors.SerializationFailure):
                connections[second].execute((line, post)[second])
        finally:
            for connection in connections:
                connection.close()


# Changes that the triggers allow

def test_a_migration_changes_the_tables(owner, ids):
    """Columns are added, dropped and change their type while rows are sealed; only rows are immutable"""
    with owner.transaction(force_rollback=True):
        owner.execute("ALTER TABLE account_invoice ADD COLUMN extra varchar DEFAULT 'x'")
        owner.execute("ALTER TABLE account_invoice ALTER COLUMN extra TYPE text")
        owner.execute("ALTER TABLE account_move_line ALTER COLUMN description TYPE text")
        assert outcome(owner, update('account_invoice', 'extra', "'y'", ids['invoice'])) == SEALED
        owner.execute("ALTER TABLE account_invoice DROP COLUMN extra, DROP COLUMN comment")


def test_making_the_guards_anew_changes_nothing(postgres, database, owner, ids, roles):
    def guards():
        return owner.execute(
            "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgname LIKE 'kontor%' ORDER BY 1, 2").fetchall()
    before = guards()
    postgres.run_as('owner', ['-c', _ANEW, database])
    assert guards() == before and len(before) >= 40
    assert outcome(roles['web'], update('account_move', 'number', "'x'", ids['account_move'])) == SEALED


_ANEW = """
import sys
from trytond.pool import Pool
from trytond.transaction import Transaction
Pool.start()
with Transaction().start(sys.argv[1], 0, readonly=True):
    Pool(sys.argv[1]).init()
with Transaction().start(sys.argv[1], 0) as transaction:
    Pool().get('immutable.suspension').__raise_walls__(transaction.connection.cursor(), None)
"""
