"""How many SQL statements an operation sends: the same for one record and for a full page"""
import contextlib

import pytest

from tests.support.invoicing import Biller


@pytest.fixture
def sent(monkeypatch):
    """Statements per request, the last one at the end"""
    from trytond.modules.backend import statements
    counts, counting = [], statements.counting

    @contextlib.contextmanager
    def counted():
        with counting() as found:
            yield found
        counts.append(found.count)
    monkeypatch.setattr(statements, 'counting', counted)
    return counts


def customer(number):
    return {
        'name': f'Kunde {number}', 'address': f'Weg {number}', 'country': 'AT',
        'email': f'{number}@example.com', 'phone': str(number), 'vatId': f'GB9807806{number:02}',
        'iban': 'AT611904300234573201'}


def item(number):
    return {'itemKey': f'K{number:03}', 'description': 'x', 'defaultPrice': number, 'unit': 'Hour'}


@pytest.mark.parametrize('path, make, most', [
        ('/api/customers', customer, 9), ('/api/items', item, 6)])
def test_a_list(new_api, sent, path, make, most):
    counts = []
    for size in (1, 60):
        for number in range(0 if size == 1 else 1, size):
            new_api.made(path, make(number))
        for _ in range(2):
            page = new_api.get(f'{path}?limit=60').json
        assert len(page['items']) == size
        counts.append(sent[-1])
    # A full page asks for the total as well
    assert counts[1] <= counts[0] + 1
    assert counts[1] <= most


@pytest.mark.parametrize('path, make, change, most', [
        ('/api/customers', customer, {'email': 'x@example.com', 'address': 'y'}, (66, 9, 40)),
        ('/api/items', item, {'defaultPrice': 7, 'description': 'y'}, (38, 6, 34)),
        ('/api/units', lambda n: {'label': f'U{n}'}, {'label': 'y'}, (10, 5, 18)),
        (
            '/api/invoice-templates', lambda n: {'name': f'T{n}'}, {'name': 'y', 'isDefault': True},
            (12, 3, 16)),
        ])
def test_one_record(new_api, sent, path, make, change, most):
    for number in range(4):
        made = new_api.made(path, make(number))
        counts = [sent[-1]]
        # The first ones fill the caches
        new_api.patch(f'{path}/{made["id"]}', change)
    new_api.get(f'{path}/{made["id"]}')
    counts.append(sent[-1])
    assert new_api.patch(f'{path}/{made["id"]}', change).status_code == 200
    counts.append(sent[-1])
    assert all(count <= bound for count, bound in zip(counts, most, strict=True)), counts


def test_invoices(new_api, sent):
    biller, counts = Biller(new_api), []
    for size in (1, 12):
        while new_api.get('/api/invoices?limit=1').json['total'] < size:
            made = biller.bill()
        page = new_api.get('/api/invoices?limit=12').json
        assert len(page['items']) == size
        counts.append(sent[-1])
    # A full page asks for the total as well
    assert counts == [3, 4]
    for path, most in [('', 4), ('/pdf', 5)]:
        assert new_api.get(f"/api/invoices/{made['id']}{path}").status_code == 200
        assert sent[-1] == most


def test_all_templates(new_api, sent):
    counts = []
    for number in range(3):
        assert len(new_api.get('/api/invoice-templates').json) == number + 1
        counts.append(sent[-1])
        new_api.made('/api/invoice-templates', {'name': f'T{number}'})
    assert counts == [3, 3, 3]


@pytest.fixture
def planner(new_api):
    from tests.support.projecting import Planner
    return Planner(new_api)


def test_a_list_of_projects(planner, sent):
    counts = []
    for size in (1, 60):
        for number in range(0 if size == 1 else 1, size):
            planner.plan(name=f'P{number}')
        page = planner.api.get('/api/paushal-projects?limit=60').json
        assert len(page['items']) == size
        counts.append(sent[-1])
    # A full page asks for the total as well
    assert counts[0] <= 3 and counts[1] <= 4, counts


@pytest.mark.parametrize('what, most', [
    ('offer', (22, 5, 28)), ('delivery-note', (22, 5, 28)), ('invoices', (22, 5, 52))])
def test_a_project_and_its_documents(planner, sent, what, most):
    """Create, read, issue: as many for two hundred items as for one"""
    counts = []
    # The first one fills the caches
    for number in (1, 1, 200):
        project = planner.plan(
            pricingStrategy='Combined', totalPrice=1, items=[{'description': 'x', 'price': 1}] * number)
        created = sent[-1]
        planner.read(project)
        read = sent[-1]
        planner.issue(project, what)
        counts.append((created, read, sent[-1]))
    assert all(many <= one + 2 for one, many in zip(counts[1], counts[2], strict=True)), counts
    assert all(count <= bound for count, bound in zip(counts[2], most, strict=True)), counts


def test_items_of_a_project(planner, sent):
    project = planner.plan(items=[{'description': 'x', 'price': 1}] * 200)
    ids = [item['id'] for item in project['items']]
    here = f"/api/paushal-projects/{project['id']}"
    # The first ones fill the caches
    planner.api('PATCH', f'{here}/items/{ids[-1]}', {'price': 2})
    planner.api('DELETE', f'{here}/items/{ids[-2]}')
    for method, path, body, most in [
            ('POST', '/items', {'description': 'y'}, 15), ('PATCH', f'/items/{ids[0]}', {'price': 2}, 35),
            ('DELETE', f'/items/{ids[1]}', None, 24), ('POST', '/items/reorder', {'itemIds': ids[::-1]}, 7),
            ('PATCH', '', {'name': 'N'}, 21), ('GET', '/items', None, 5)]:
        answer = planner.api(method, here + path, body)
        assert answer.status_code < 300 and sent[-1] <= most, (method, path, sent[-1], answer.text)
