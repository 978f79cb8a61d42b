"""The billing contract against requests that nobody wrote.

No 5xx, no undocumented answer, nothing taken that the document forbids.

``scripts/bench --fuzz MINUTES`` goes on for longer.
"""
import os
import random

import pytest

from tests.contracts.billing.cases import invoices, projects
from tests.contracts.billing.cases.customers import somebody
from tests.support import drawing
from tests.support.billing import Api
from tests.contracts.kit.table import Board
from tests.contracts.kit.fuzz import MODES, Fuzzer, fuzz
from trytond.modules.rest_billing import CONTRACT

EXAMPLES = 10
"""Requests per operation and mode"""
MINUTES = float(os.environ.get('KONTOR_FUZZ_MINUTES', 0))
SEED = int(os.environ.get('KONTOR_FUZZ_SEED') or drawing.seed())
BOARD = Board(CONTRACT)
IDS = drawing.draw(sorted(BOARD.operations), 1 / 3, 'fuzz')


@pytest.fixture(scope='module')
def fuzzer(billing, operator):
    api = Api(billing, operator.tenant('AT'))
    customer, unit = somebody(api)['id'], api.made('/api/units', {'label': 'Sprint'})['id']
    template = api.get('/api/invoice-templates').json[0]['id']
    item = api.made('/api/items', {'itemKey': 'A', 'description': 'B'})['id']
    project = projects.planned()(api)
    invoice = invoices.issued(api)['id']
    return Fuzzer(billing, BOARD.document, api.key, {
            'customers': [customer], 'templates': [template], 'items': [item], 'units': [unit],
            'invoices': [invoice], 'paushal-projects': [project['id']], 'itemId': [project['itemId']],
            'customerId': [customer], 'invoiceTemplateId': [template], 'customUnitId': [unit]})


@pytest.mark.parametrize('mode', MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize('id', IDS)
def test_operation(fuzzer, id, mode):
    operation = next(o for o in fuzzer.operations if o.definition.raw['operationId'] == id)
    fuzzer.run(operation, mode, EXAMPLES, SEED)


def test_most_of_it_got_through(fuzzer):
    """A fuzzer that is only ever refused shows nothing; how many it reaches depends on the ids that exist"""
    good = {label for (label, status), count in fuzzer.statuses.items() if status < 300}
    assert len(good) >= drawing.number(12, 2), sorted(good)


if MINUTES:
    def test_until_the_time_is_up(fuzzer):
        fuzz(fuzzer, MINUTES * 60, random.Random(SEED).randrange(2 ** 31), 3 * EXAMPLES)
