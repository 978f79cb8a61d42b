"""Access to a running installation as the owner: the base of the scripts that change tenants and keys."""
import os
from contextlib import contextmanager

from . import report
from ..install.bootstrap import Failed
from ..install.home import Home, read_json


def perform(commands, arguments):
    """Run the command named by the arguments, and report its result after the COMMIT"""
    with transaction(arguments.data) as database:
        content = commands[arguments.command](arguments, database)
    report.show(content, arguments.json)


@contextmanager
def transaction(data):
    """Open a transaction of the database owner, outside every tenant; yields the database name.

    data: the DATA folder of an installation that scripts/serve runs.
    Raises Failed when there is none or its database does not answer.
    """
    home = Home(data)
    configuration, demo = home.conf / 'owner.conf', read_json(home.demo)
    if not configuration.exists() or demo is None:
        raise Failed(f'{data} holds no installation: run scripts/serve --data {data} first')
    os.environ['TRYTOND_CONFIG'] = str(configuration)
    from trytond import backend
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    database = demo['database']
    try:
        Pool.start()
        with Transaction().start(database, 0, readonly=True):
            Pool(database).init()
    except backend.DatabaseOperationalError as error:
        raise Failed(f'the database does not answer: is scripts/serve running? ({error})') from error
    with Transaction().start(database, 0):
        yield database
