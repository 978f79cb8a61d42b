"""The database roles, and the trytond configuration of each. Standard library only.

The owner migrates and runs the scripts; web workers and background processes have a role each, and a
configuration with no other role.
"""
import configparser
import io
import os
from dataclasses import dataclass

from .bootstrap import CONFIG
from .home import write_private

WEB, WORKER, OWNER = 'web', 'worker', 'owner'


@dataclass(frozen=True)
class Access:
    """The database and the DSN of each role"""
    database: str
    dsns: dict

    def dsn(self, role):
        return self.dsns[role]


def prefix(database):
    """Return the prefix of the role names of a database."""
    return database


def role_name(database, role):
    return f'{prefix(database)}_{role}'


def write_configurations(home, access):
    """Write conf/ROLE.conf for each role: config/trytond.conf with the role's DSN."""
    for role in (WEB, WORKER, OWNER):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(CONFIG / 'trytond.conf')
        parser['database']['uri'] = access.dsn(role).replace('postgresql:', 'kontor:', 1)
        parser['database']['path'] = str(home.path / 'files')
        own = dict(parser['kontor']) if 'kontor' in parser else {}
        parser['kontor'] = own | _secret_key() | {'data': str(home.path), 'run': str(home.run)}
        text = io.StringIO()
        parser.write(text)
        write_private(home.conf / f'{role}.conf', text.getvalue())


def _secret_key():
    """The key of the tenants' secrets, if the environment replaces DATA/secret.key"""
    key = os.environ.get('KONTOR_SECRET_KEY')
    return {'secret_key': key} if key else {}
