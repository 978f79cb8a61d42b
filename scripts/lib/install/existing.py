"""An external PostgreSQL server, named by KONTOR_DATABASE_URL."""
from urllib.parse import urlsplit

import psycopg

from .bootstrap import Failed

VARIABLE = 'KONTOR_DATABASE_URL'
DATABASE = 'kontor'
"""Default name of the database, for a URL without one"""
OLDEST = 15
_GRANTS = {
    'rolcreaterole': 'CREATEROLE (needed to create the roles of the web workers)',
    'rolcreatedb': 'CREATEDB (needed to create the database)',
    }


class Existing:
    """The server behind a URL; its user becomes the owner of the database"""

    def __init__(self, url):
        self._url = urlsplit(url)
        if self._url.scheme not in {'postgresql', 'postgres'} or not self._url.hostname:
            raise Failed(
                f'{VARIABLE} has to look like postgresql://user:password@host:port/database')
        self.database = self._url.path.strip('/') or DATABASE

    def owner(self, database):
        return self._with(self._url.netloc, database)

    def role(self, name, password, database):
        """Return the DSN of another role on the same server."""
        address = self._url.netloc.rpartition('@')[2]
        return self._with(f'{name}:{password}@{address}', database)

    def _with(self, netloc, database):
        return self._url._replace(
            scheme='postgresql', netloc=netloc, path='/' + database).geturl()

    def check(self):
        """Raise Failed with the reason: no connection, an old server, a missing grant."""
        with self._connect() as connection:
            version = connection.info.server_version // 10000
            if version < OLDEST:
                raise Failed(
                    f'{VARIABLE} names PostgreSQL {version}; Kontor needs {OLDEST} or newer')
            rights = connection.execute(
                'SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles'
                ' WHERE rolname = current_user').fetchone()
            if rights[0]:
                return
            missing = [
                text for held, text in zip(rights[1:], _GRANTS.values(), strict=True) if not held]
            if missing:
                raise Failed(
                    f'the user {self._url.username} of {VARIABLE} lacks ' + ' and '.join(missing)
                    + f'; a superuser can say: ALTER ROLE "{self._url.username}"'
                    ' CREATEROLE CREATEDB')

    def _connect(self):
        """Return a connection to a database that accepts this user."""
        problem = None
        for database in (self.database, 'postgres', 'template1'):
            try:
                return psycopg.connect(self.owner(database), autocommit=True, connect_timeout=10)
            except psycopg.OperationalError as error:
                problem = problem or error
        raise Failed(f'no connection to the server of {VARIABLE}: {str(problem).strip()}')
