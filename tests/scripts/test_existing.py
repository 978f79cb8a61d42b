"""KONTOR_DATABASE_URL: an existing server is looked at first, and what is missing is named."""
import psycopg
import pytest
from psycopg import sql

from scripts.lib.install.bootstrap import Failed
from scripts.lib.install.existing import Existing


@pytest.fixture
def role(postgres, worker_id):
    """Return a function that makes a role with some rights and returns its URL."""
    made = []

    def make(rights):
        name = f'test_{worker_id}_{len(made)}'
        made.append(name)
        with psycopg.connect(postgres.superuser('postgres'), autocommit=True) as connection:
            connection.execute(sql.SQL('DROP ROLE IF EXISTS {}').format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret' " + rights).format(
                sql.Identifier(name)))
        address = postgres.superuser('kontor').rpartition('@')[2]
        return f'postgresql://{name}:secret@{address}'

    yield make
    with psycopg.connect(postgres.superuser('postgres'), autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL('DROP ROLE {}').format(sql.Identifier(name)))


@pytest.mark.parametrize('rights, missing', [
    ('', ['CREATEROLE', 'CREATEDB']),
    ('CREATEDB', ['CREATEROLE']),
    ('CREATEROLE', ['CREATEDB']),
    ])
def test_missing_grant_is_named(role, rights, missing):
    with pytest.raises(Failed) as failed:
        Existing(role(rights)).check()
    text = str(failed.value)
    for grant in ('CREATEROLE', 'CREATEDB'):
        assert (f'{grant} (needed' in text) is (grant in missing)
    assert 'ALTER ROLE' in text


@pytest.mark.parametrize('rights', ['CREATEROLE CREATEDB', 'SUPERUSER'])
def test_enough_rights_pass(role, rights):
    Existing(role(rights)).check()


def test_wrong_password_is_told_without_it(role):
    url = role('').replace('secret', 'guessed')
    with pytest.raises(Failed, match='no connection to the server of KONTOR_DATABASE_URL') as failed:
        Existing(url).check()
    assert 'guessed' not in str(failed.value)


@pytest.mark.parametrize('url', ['mysql://a:b@c/d', 'postgresql://', 'kontor', ''])
def test_what_is_no_url_of_postgresql_is_refused(url):
    with pytest.raises(Failed, match='has to look like postgresql://'):
        Existing(url)


def test_roles_stand_on_the_same_server_with_its_options():
    server = Existing('postgres://boss:x%40y@db.example:6432/books?sslmode=require')
    assert server.database == 'books'
    assert server.owner('books') == (
        'postgresql://boss:x%40y@db.example:6432/books?sslmode=require')
    assert server.role('books_web', 'secret', 'books') == (
        'postgresql://books_web:secret@db.example:6432/books?sslmode=require')
    assert Existing('postgresql://boss:x@db.example').database == 'kontor'
