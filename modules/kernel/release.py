"""Which state of the code a database is in: a hash over the files that make up the database.

The installer records it at its end; a process of another state knows that a migration is due.
"""
import functools
import hashlib
from importlib.metadata import entry_points
from pathlib import Path

from psycopg.sql import SQL, Identifier

SUFFIXES = {'.py', '.xml', '.cfg', '.po', '.tsv', '.csv'}


def kontor_modules():
    """Return the names of Kontor's own modules, found by the entry points of its distribution"""
    return sorted(
        ep.name for ep in entry_points(group='trytond.modules') if ep.dist.name == 'kontor')


@functools.cache
def fingerprint():
    """Return the state of the code this process runs"""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent.parent
    for name in kontor_modules():
        for path in sorted((root / name).rglob('*')):
            if path.suffix in SUFFIXES and 'tests' not in path.relative_to(root).parts:
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def recorded(connection):
    """Return the state that the database was brought to, None before its first installation ended"""
    row = connection.execute("SELECT fingerprint FROM kontor_release").fetchone()
    return row[0] if row else None


def record(connection, roles):
    """Record that the database is in the state of this code; the two roles may read it"""
    connection.execute("CREATE TABLE IF NOT EXISTS kontor_release (fingerprint text)")
    connection.execute("DELETE FROM kontor_release")
    connection.execute("INSERT INTO kontor_release VALUES (%s)", (fingerprint(),))
    for role in (roles.web, roles.worker):
        connection.execute(SQL("GRANT SELECT ON kontor_release TO {}").format(Identifier(role)))
