"""Two tenants with a row in every table, sense or not; the tests of the walls have them for themselves.

The fixtures of the same names that other tests use are made a second time here, for these tenants.
"""
import pytest

from tests.support.client_fixtures import client, clients, members, neighbour  # noqa: F401
from tests.support.ground_fixtures import austrian, german  # noqa: F401
from tests.support.rows import rows_of_every_table

SECRET = 'geheim'


@pytest.fixture(scope='session')
def rows(superuser, pool, german):  # noqa: F811
    """Rows of the German tenant, one at least of every table."""
    return rows_of_every_table(superuser, pool, german['company'])


@pytest.fixture(scope='session')
def foreign_rows(superuser, pool, austrian):  # noqa: F811
    """Rows of the Austrian tenant, one at least of every table; their texts begin with SECRET."""
    return rows_of_every_table(superuser, pool, austrian['company'], SECRET)
