"""The tenant as a property of the connection, and locks that wait: in whatever order things happen."""
import datetime as dt
import threading
import time

import pytest
from trytond import backend
from trytond.transaction import Transaction

from tests.support.books import draft_move
from tests.support.parallel import together
from tests.support.rpc import Fault
from trytond.modules.backend import database as waiting
from trytond.modules.backend.database import LockTimeout, lock_key
from trytond.modules.backend.routine import Routine
from trytond.modules.tenant.scope import current_company, tenant_scope

MOVES, NUMBERS = 'account_move', 'ir_sequence_strict'


@pytest.fixture
def tenants(german, austrian):
    return german['company'], austrian['company']


def seen(transaction):
    """Return what the database takes the transaction's tenant for, and whose companies it shows"""
    connection = transaction.connection
    setting, = connection.execute("SELECT current_setting('app.company', true)").fetchone()
    companies = connection.execute("SELECT id FROM company_company").fetchall()
    assert companies == ([(int(setting),)] if setting else [])
    assert (str(current_company() or '')) == setting
    return int(setting) if setting else None


# The tenant

def test_the_tenant_of_a_user_is_his_membership(database, pool, german, austrian):
    """Whatever the client's context says"""
    context = {
        'company': austrian['company'], 'companies': [austrian['company']],
        '_companies': [austrian['company']]}
    with Transaction().start(database, german['login']['id'], context=context) as transaction:
        assert seen(transaction) == german['company']
        User = pool.get('res.user')
        assert User.get_companies() == (german['company'],)


def test_nobody_has_no_tenant_and_sees_nothing(database):
    with Transaction().start(database, 0) as transaction:
        assert seen(transaction) is None
        assert transaction.connection.execute("SELECT count(*) FROM party_party").fetchone() == (0,)


def test_a_scope_decides_for_what_starts_within(database, tenants):
    first, second = tenants
    with tenant_scope(first):
        with Transaction().start(database, 0) as transaction:
            assert seen(transaction) == first
        with tenant_scope(second), Transaction().start(database, 0) as transaction:
            assert seen(transaction) == second
        with Transaction().start(database, 0) as transaction:
            assert seen(transaction) == first


@pytest.mark.parametrize('readonly', [False, True])
def test_after_rollback_and_commit(database, tenants, readonly):
    with tenant_scope(tenants[0]), Transaction().start(database, 0, readonly=readonly) as transaction:
        transaction.rollback()
        assert seen(transaction) == tenants[0]
        transaction.commit()
        assert seen(transaction) == tenants[0]


def test_in_new_transactions(database, tenants):
    """Nested ones are of the same tenant, when they commit, and after they failed"""
    with tenant_scope(tenants[0]), Transaction().start(database, 0) as transaction:
        for _ in range(2):
            with transaction.new_transaction() as nested:
                assert seen(nested) == tenants[0]
                nested.commit()
                assert seen(nested) == tenants[0]
                with nested.new_transaction(readonly=True) as third:
                    assert seen(third) == tenants[0]
        with pytest.raises(ZeroDivisionError), transaction.new_transaction():
            raise ZeroDivisionError
        assert seen(transaction) == tenants[0]


def test_in_new_transactions_of_a_user(database, german):
    """Without a scope the surrounding transaction decides, also when the user is put aside"""
    with Transaction().start(database, german['login']['id']) as transaction, \
            transaction.set_user(0), transaction.new_transaction() as nested:
        assert seen(nested) == german['company']


def test_in_autocommit(database, tenants):
    with tenant_scope(tenants[0]), Transaction().start(database, 0, autocommit=True) as transaction:
        assert seen(transaction) == tenants[0]


def test_a_connection_that_another_tenant_used_before(database, tenants):
    """The pool hands out the same connection; nothing of the one before is left on it"""
    pids = []
    for company in [*tenants, None] * 25:        # more often than the pool can have connections
        with _scoped(company), Transaction().start(database, 0) as transaction:
            assert seen(transaction) == company
            pids.append(transaction.connection.info.backend_pid)
    assert len(set(pids)) < len(pids)
    _check_pool_is_clean(database)


def test_a_connection_that_failed_before(database, tenants):
    """After an error, an error at commit and a lost connection"""
    for failure in [
            "SELECT 1/0", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT pg_sleep(1)"]:
        with pytest.raises(Exception), tenant_scope(tenants[0]), \
                Transaction().start(database, 0, timeout=0.1) as transaction:  # noqa: B017
            transaction.connection.execute(failure)
        with tenant_scope(tenants[1]), Transaction().start(database, 0) as transaction:
            assert seen(transaction) == tenants[1]
    _check_pool_is_clean(database)


def test_connections_that_died_in_the_pool(database, tenants, superuser):
    """Whoever comes next gets a living one and does not notice, in a transaction as before it"""
    def kill():
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS dead (pid)", (pids,))
        time.sleep(0.1)
    pids = []
    with tenant_scope(tenants[0]), Transaction().start(database, 0) as transaction, \
            transaction.new_transaction() as nested:
        pids += [t.connection.info.backend_pid for t in (transaction, nested)]
    kill()
    with tenant_scope(tenants[0]), Transaction().start(database, 0) as transaction:
        assert seen(transaction) == tenants[0]
        pids = [transaction.connection.info.backend_pid]
    kill()
    assert backend.Database(database).ask(Routine("SELECT 1")) == [('1',)]
    # Later tests look at the connections of the pool without asking whether they live
    backend.Database(database)._connpool.check()


def _scoped(company):
    import contextlib
    return tenant_scope(company) if company else contextlib.nullcontext()


def _check_pool_is_clean(database):
    """A connection in the pool has no tenant, no time limit and no lock"""
    with backend.Database(database)._connpool.connection() as connection:
        assert connection.execute(
            "SELECT coalesce(current_setting('app.company', true), ''), current_setting('statement_timeout'),"
            " current_setting('lock_timeout'), (SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid = pg_backend_pid())").fetchone() == ('', '0', '0', 0)


# Locks

def held(superuser, table):
    """Return the companies for which a lock of a table is held or awaited: {(company, granted)}"""
    return set(superuser.execute(
            "SELECT objid::int, granted FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid::bigint = %s", (lock_key(table) % 2 ** 32,)).fetchall())


def test_a_lock_is_the_tenants(database, tenants, superuser):
    """Taken at the start, when stock knows no company yet; gone at the end"""
    for locks in [{'_lock_tables': [MOVES]}, {'_lock_records': {MOVES: [1, 2, 3]}}]:
        with tenant_scope(tenants[0]), Transaction().start(database, 0, **locks) as transaction:
            assert seen(transaction) == tenants[0]
            assert held(superuser, MOVES) == {(tenants[0], True)}
            transaction.commit()
            assert held(superuser, MOVES) == {(tenants[0], True)}
        assert held(superuser, MOVES) == set()


def test_two_tenants_do_not_wait_for_each_other(database, tenants, superuser):
    with tenant_scope(tenants[0]), Transaction().start(database, 0, _lock_tables=[MOVES]):
        started = time.monotonic()
        answers = _in_threads(1, lambda n: _locked(database, tenants[1], lambda t: seen(t)))
        assert answers == [tenants[1]]
        assert time.monotonic() - started < 2
        assert held(superuser, MOVES) == {(tenants[0], True)}


def test_twenty_callers_wait_and_all_succeed(database, tenants, superuser):
    """Each reads a number, works on it and writes the next: nobody fails, no number is lost.

    Inside a transaction at REPEATABLE READ waiting would be in vain: the snapshot is older than the change.
    """
    company = tenants[0]
    party, = superuser.execute(
        "INSERT INTO party_party (company, name, active) VALUES (%s, '0', true) RETURNING id",
        (company,)).fetchone()

    def count(transaction):
        connection = transaction.connection
        number, = connection.execute("SELECT name FROM party_party WHERE id = %s", (party,)).fetchone()
        time.sleep(0.02)
        connection.execute("UPDATE party_party SET name = %s WHERE id = %s", (int(number) + 1, party))
        transaction.commit()
        return int(number) + 1

    numbers = _in_threads(20, lambda n: _locked(database, company, count))
    assert sorted(numbers) == list(range(1, 21))


def test_numbers_of_parallel_callers_are_consecutive(database, pool, tenants, rows):
    sequence = rows.of('ir.sequence.strict')
    Sequence = pool.get('ir.sequence.strict')

    def take(transaction):
        number = Sequence(sequence).get()
        transaction.commit()
        return number

    numbers = _in_threads(8, lambda n: _locked(database, tenants[0], take, NUMBERS))
    digits = sorted(int(''.join(filter(str.isdigit, number))[-6:]) for number in numbers)
    assert digits == list(range(digits[0], digits[0] + 8))


def test_who_waits_too_long_is_told(database, tenants, superuser, monkeypatch):
    monkeypatch.setattr(waiting, 'LOCK_WAIT', 0.2)
    with tenant_scope(tenants[0]), Transaction().start(database, 0, _lock_tables=[MOVES]):
        started = time.monotonic()
        outcome, = _in_threads(1, lambda n: _failure(
                lambda: _locked(database, tenants[0], seen, timeout=0.1)))
        assert isinstance(outcome, LockTimeout) and outcome.table == MOVES
        assert 0.15 < time.monotonic() - started < 2
    assert held(superuser, MOVES) == set()
    _check_pool_is_clean(database)


def test_waiting_is_no_slow_statement(database, tenants, monkeypatch):
    """A time limit for statements does not end the wait for a lock, and holds again afterwards"""
    release = threading.Event()

    def hold(transaction):
        release.wait(5)

    holder = threading.Thread(target=_locked, args=(database, tenants[0], hold))
    holder.start()
    time.sleep(0.1)
    threading.Timer(0.6, release.set).start()

    def check(transaction):
        return transaction.connection.execute("SHOW statement_timeout").fetchone()[0]
    started = time.monotonic()
    assert _locked(database, tenants[0], check, timeout=0.2) == '200ms'
    assert time.monotonic() - started > 0.3
    holder.join()


def test_a_lock_held_by_others_is_429_by_rpc(client, neighbour, database, tenants, monkeypatch):
    """And the neighbour posts meanwhile"""
    move = draft_move(client, dt.date(2026, 5, 31))
    other = draft_move(neighbour, dt.date(2026, 5, 31))
    monkeypatch.setattr(waiting, 'LOCK_WAIT', 0.2)
    with tenant_scope(tenants[0]), Transaction().start(database, 0, _lock_tables=[NUMBERS]):
        fault, = _in_threads(1, lambda n: _failure(lambda: client.call('account.move.post', [move])))
        assert isinstance(fault, Fault) and fault.status == 429
        assert fault.response.headers['Retry-After'] == '5'
        _in_threads(1, lambda n: neighbour.call('account.move.post', [other]))
    client.call('account.move.post', [move])
    for who, id_ in [(client, move), (neighbour, other)]:
        assert who.call('account.move.read', [id_], ['state'])[0]['state'] == 'posted'


def _locked(database, company, work, table=MOVES, timeout=None):
    """Run work(transaction) under a tenant's lock of a table"""
    with tenant_scope(company), Transaction().start(
            database, 0, timeout=timeout, _lock_tables=[table]) as transaction:
        return work(transaction)


def _in_threads(number, work):
    """Run work(n) in parallel; a refusal is a result, anything else is raised"""
    def kept(n):
        try:
            return work(n)
        except (Fault, LockTimeout) as error:
            return error
    return together(number, kept)


def _failure(work):
    """Return the exception of work()"""
    try:
        work()
    except Exception as error:
        return error
    raise AssertionError("went through")
