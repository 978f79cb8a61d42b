"""Statements through libpq: same rows, same errors, also after the server deallocated them"""
import psycopg
import pytest

from trytond.modules.backend import statements
from trytond.modules.backend.routine import Routine

ADD, TEXT = Routine("SELECT $1::int + 1, NULL"), Routine("SELECT 'ä' UNION ALL SELECT $1")


@pytest.fixture
def connection(postgres, database):
    with psycopg.connect(postgres.role('web', database), autocommit=True) as connection:
        yield connection


def test_rows_are_texts_and_sent_statements_are_counted(connection):
    with statements.counting() as sent:
        assert [ADD(connection, '1'), ADD(connection, '2')] == [[('2', None)], [('3', None)]]
        assert sorted(TEXT(connection, 'ß')) == [('ß',), ('ä',)]
    assert sent.count == 3


def test_a_statement_that_the_server_forgot_is_made_again(connection):
    """Also while another statement is still prepared"""
    ADD(connection, '1')
    connection.execute("DEALLOCATE ALL")
    TEXT(connection, 'x')
    for _ in range(2):
        assert ADD(connection, '1') == [('2', None)]
        assert len(TEXT(connection, 'x')) == 2


def test_errors_are_those_of_psycopg(connection, superuser):
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        ADD(connection, 'x')
    assert ADD(connection, '1') == [('2', None)]
    superuser.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        ADD(connection, '1')
    assert connection.closed
