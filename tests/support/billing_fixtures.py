"""The application of the billing contract on the worker's database, and callers of it.

``api`` calls as a German tenant, ``other`` as an Austrian one; ``new_api`` makes a tenant without any
records. ``biller`` bills as an Austrian tenant of the test module alone, ``new_biller`` as one of the test's
own.
"""
import pytest

from tests.support.billing import Api
from tests.support.invoicing import Biller


@pytest.fixture(scope='session')
def billing(database, pool):
    from trytond.modules.rest.application import assemble
    from trytond.modules.rest.gateway import Gateway
    from trytond.modules.rest.installed import contracts
    application = assemble(contracts(), Gateway([database]))
    yield application
    application.close()


@pytest.fixture(scope='session')
def api(billing, german):
    return Api(billing, german)


@pytest.fixture(scope='session')
def other(billing, austrian):
    return Api(billing, austrian)


@pytest.fixture
def new_api(billing, operator):
    return Api(billing, operator.tenant('AT'))


@pytest.fixture(scope='module')
def biller(billing, operator):
    return Biller(Api(billing, operator.tenant('AT')))


@pytest.fixture
def new_biller(new_api):
    return Biller(new_api)
