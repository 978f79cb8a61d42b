"""The kill rounds look for halves, gaps and doubles: here each fault is made and found."""
import json

import pytest

from scripts.lib.bench import audit
from scripts.lib.bench.posting import Post


@pytest.fixture
def ask(postgres, database, new_biller):
    """Ask within a transaction that is rolled back; PostgreSQL's triggers and foreign keys are off in it"""
    import psycopg
    with psycopg.connect(postgres.superuser(database)) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")

        def ask(statement):
            cursor = connection.execute(statement, [[new_biller.api.tenant['company']]])
            return cursor.fetchall() if cursor.description else None
        yield ask
        connection.rollback()


@pytest.mark.parametrize('fault, finding', [
    ("UPDATE account_invoice SET move = NULL WHERE company = ANY(%s)", 'invoice without a posted move'),
    ("UPDATE account_move SET state = 'draft' WHERE company = ANY(%s)", 'invoice without a posted move'),
    ("UPDATE account_invoice SET state = 'draft' WHERE company = ANY(%s)",
        'invoice that is neither issued nor paid'),
    ("DELETE FROM account_invoice_line WHERE company = ANY(%s)", 'invoice without lines'),
    ("DELETE FROM archive_document WHERE company = ANY(%s)", 'invoice without its document'),
    ("DELETE FROM account_invoice WHERE company = ANY(%s)", 'document without its invoice'),
    ("UPDATE archive_content SET data = '\\x00' WHERE company = ANY(%s)",
        'document whose bytes are not the sealed ones'),
    ("DELETE FROM account_invoice WHERE company = ANY(%s)", 'move of no invoice'),
    ("DELETE FROM account_move_line WHERE company = ANY(%s) AND debit > 0", 'move that does not balance'),
    ("DELETE FROM account_move_line WHERE company = ANY(%s)", 'move that does not balance'),
    ("DELETE FROM outbox WHERE company = ANY(%s)", 'invoice that was not announced once'),
    ("INSERT INTO outbox (company, event, subject, payload, created_at) SELECT company, event, subject,"
        " payload, created_at FROM outbox WHERE company = ANY(%s)", 'invoice that was not announced once'),
    ("UPDATE rest_idempotency SET status = NULL WHERE company = ANY(%s)", 'key without its answer'),
    ])
def test_half_an_invoice_is_found(new_biller, ask, fault, finding):
    assert new_biller.post(headers={'Idempotency_Key': 'half'}).status_code == 201
    assert audit.halves(ask) == []
    ask(fault)
    assert finding in {text.partition(':')[0] for text in audit.halves(ask)}


@pytest.mark.parametrize('numbers, finding', [
    (['INV-2026-11-0001', 'INV-2026-12-0002'], None),
    (['INV-2026-11-0001'], 'missing [2]'),
    (['INV-2026-11-0001', 'INV-2026-11-0001', 'INV-2026-11-0002'], '3 numbers up to 2'),
    (['INV-2026-11-0001', 'INV-2026-11-0002', 'INV-2026-11-0003'], '3 numbers up to 2'),
    ])
def test_numbers_missing_or_twice_are_found(numbers, finding):
    found = audit.gaps('invoices', [(7, 3, numbers)])
    assert found == [] if finding is None else finding in found[0]


def test_numbers_and_chain_of_real_invoices_hold(new_biller, ask):
    for _ in range(3):
        new_biller.bill()
    assert audit.gaps('invoices', ask(audit._NUMBERS)) == []
    assert audit.gaps('moves', ask(audit._MOVES)) == []
    assert audit.broken_chain(ask(audit._CHAIN)) == []
    ask("UPDATE ir_sequence_strict SET number_next_internal = number_next_internal + 1"
        " WHERE company = ANY(%s)")
    assert 'missing [4]' in audit.gaps('invoices', ask(audit._NUMBERS))[0]
    assert 'missing [4]' in audit.gaps('moves', ask(audit._MOVES))[0]


@pytest.mark.parametrize('fault', [
    "DELETE FROM archive_document WHERE company = ANY(%s) AND position = 2",
    "UPDATE archive_document SET sha512 = reverse(sha512) WHERE company = ANY(%s) AND position = 2",
    "UPDATE archive_document SET issued_at = issued_at + interval '1 s' WHERE company = ANY(%s)"
    " AND position = 1"])
def test_broken_chain_is_found(new_biller, ask, fault):
    for _ in range(3):
        new_biller.bill()
    ask(fault)
    assert audit.broken_chain(ask(audit._CHAIN))


def post(*answers, replayed=1, refused=()):
    return Post('', '', 1, 'k', json.dumps({}).encode(), answers=list(answers), replayed=replayed,
        refused=list(refused))


@pytest.mark.parametrize('posts, findings', [
    ([post((1, 'A'), (1, 'A')), post((2, 'B'), (2, 'B'))], 0),
    ([post((1, 'A'), (2, 'B'))], 1),
    ([post((1, 'A'), (1, 'B'))], 1),
    ([post()], 1),
    ([post((1, 'A'), refused=[(500, 'broken')])], 1),
    ([post((1, 'A'), (1, 'A'), replayed=0)], 1),
    ([post((1, 'A')), post((1, 'A'))], 1),
    ])
def test_each_key_has_one_invoice_of_its_own(posts, findings):
    assert len(audit.answers(posts)) == findings


@pytest.mark.parametrize('rows, findings', [
    ({(1, 'A')}, []),
    (set(), ["answered but not stored: (1, 'A')"]),
    ({(1, 'A'), (2, 'B')}, ["stored but never answered: (2, 'B')"]),
    ])
def test_answers_and_rows_are_the_same(rows, findings):
    assert audit.mismatches([post((1, 'A'))], rows) == findings
