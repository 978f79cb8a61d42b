"""How many SQL statements a call sends in all, also those for credential, tenant and locks.

BEGIN and COMMIT are none. The table may get stricter, never looser without a reason in its commit.
"""
import itertools
from decimal import Decimal

import pytest

from scripts.lib.bench.recorder import recording
from tests.support.invoicing import inside, item

MOST = {
    'GET /api/units/codes': 3,
    'GET one': 5,
    'GET list': 5,
    'GET pdf': 7,
    'GET templates': 4,
    'POST invoice': 18,
    'POST invoice with a key': 20,
    'batch at the door': 15,
    'POST mark-paid': 27,
    'POST mark-paid again': 11,
    }
"""Operation → statements at most, whatever the number of lines, invoices or tenants"""


@pytest.fixture
def count(new_api):
    """Return a function that counts the statements of a call"""
    def count(call, status=200):
        with recording() as sent:
            answer = call()
        assert answer.status_code == status, answer.text
        return len(sent)
    return count


def assert_within(name, counts):
    assert max(counts) <= MOST[name], counts
    assert len(set(counts)) == 1, counts


def test_statements_of_reading_do_not_grow_with_what_is_there(new_biller, count):
    api = new_biller.api
    calls = {
        'GET /api/units/codes': lambda: api.get('/api/units/codes'),
        'GET one': lambda: api.get(f"/api/invoices/{invoice['id']}"),
        'GET list': lambda: api.get('/api/invoices?limit=100'),
        'GET pdf': lambda: api.get(f"/api/invoices/{invoice['id']}/pdf"),
        'GET templates': lambda: api.get('/api/invoice-templates')}
    counts = {name: [] for name in calls}
    for lines in (1, 1, 30):
        invoice = new_biller.bill(*[item(price=n + 1) for n in range(lines)])
        for name, call in calls.items():
            call()
            counts[name].append(count(call))
    for name, found in counts.items():
        assert_within(name, found)


@pytest.mark.parametrize('name, headers', [
    ('POST invoice', {}), ('POST invoice with a key', {'Idempotency_Key': 'k{}'})])
def test_statements_of_issuing_do_not_grow_with_lines(new_biller, count, name, headers):
    new_biller.bill(), new_biller.bill()
    counts = []
    for lines in (2, 100):
        items = [item(price=n + 1) for n in range(lines)]
        keys = {key: value.format(lines) for key, value in headers.items()}
        counts.append(count(lambda items=items, keys=keys: new_biller.post(*items, headers=keys), 201))
    assert_within(name, counts)


def test_statements_of_paying(new_biller, count):
    counts, again = [], []
    for _ in range(3):
        invoice = new_biller.bill()
        path = f"/api/invoices/{invoice['id']}/mark-paid"
        counts.append(count(lambda path=path: new_biller.api.post(path, {})))
        again.append(count(lambda path=path: new_biller.api.post(path, {})))
    assert_within('POST mark-paid', counts[1:])
    assert_within('POST mark-paid again', again[1:])


def test_statements_of_a_batch_do_not_grow_with_the_invoices(new_biller, pool, monkeypatch):
    numbers = itertools.count()
    monkeypatch.setattr(
        'trytond.modules.document_render.render', lambda *_, **__: b'%%PDF-1.7 %d' % next(numbers))
    new_biller.bill()
    Invoice, Line = pool.get('account.invoice'), pool.get('account.invoice.line')
    counts = []
    for size in (2, 2, 100):
        with inside(pool, new_biller.api.tenant), recording() as sent:
            made = Invoice.issue([
                Invoice(party=new_biller.customer, template=new_biller.template, lines=[
                    Line(description='Work', quantity=2, unit_price=Decimal(number + line))
                    for line in range(2)])
                for number in range(1, size + 1)])
            assert len({invoice.number for invoice in made}) == size
        counts.append(len(sent))
    assert_within('batch at the door', counts[1:])
