"""Invoices, templates and the archive in Tryton's client, for each role"""
import pytest

from tests.support.billing import Api
from tests.support.invoicing import ACME, Biller
from tests.support.rpc import Fault

ROLES = ['owner', 'accountant', 'clerk', 'readonly']
VIEWS = [
    ('account.invoice', 'form'), ('account.invoice', 'tree'), ('account.invoice.line', 'form'),
    ('invoice.template', 'form'), ('invoice.template', 'tree'), ('archive.document', 'form'),
    ('archive.document', 'tree')]


@pytest.fixture(scope='module')
def made(billing, german):
    # Other tests have a customer of the example's VAT id there
    return Biller(Api(billing, german), ACME | {'vatId': 'ATU87654321'}).bill()


@pytest.mark.parametrize('role', ROLES)
@pytest.mark.parametrize('model, kind', VIEWS)
def test_every_role_opens_every_view(clients, role, model, kind, made):
    view = clients[role].call(f'{model}.fields_view_get', None, kind)
    assert view['type'] == kind
    ids = clients[role].call(f'{model}.search', [], 0, 10, None)
    rows = clients[role].call(f'{model}.read', ids, list(view['fields']))
    assert len(rows) == len(ids) > 0


def test_views_speak_german(clients):
    view = clients['owner'].call('invoice.template.fields_view_get', None, 'form', language='de')
    assert view['fields']['tax_rate']['string'] == 'Steuersatz'
    assert 'Zahlung' in view['arch']


@pytest.mark.parametrize('role, may', [
    ('owner', True), ('accountant', True), ('clerk', False), ('readonly', False)])
def test_who_may_change_templates(clients, role, may):
    client = clients[role]
    id, = client.call('invoice.template.search', [], 0, 1, None)
    if may:
        client.call('invoice.template.write', [id], {'tax_label': 'MwSt'})
        return
    with pytest.raises(Fault):
        client.call('invoice.template.write', [id], {'tax_label': 'MwSt'})
    with pytest.raises(Fault):
        client.call('invoice.template.create', [{'name': 'Mine'}])


@pytest.mark.parametrize('role', ROLES)
def test_nobody_writes_the_archive(clients, role, made):
    client = clients[role]
    id, = client.call('archive.document.search', [], 0, 1, None)
    for call in [
            lambda: client.call('archive.document.write', [id], {'name': 'x'}),
            lambda: client.call('archive.document.delete', [id]),
            lambda: client.call('archive.document.copy', [id]),
            lambda: client.call('archive.content.search', [], 0, 1, None)]:
        with pytest.raises(Fault):
            call()


def test_a_read_only_member_issues_nothing(clients, made):
    with pytest.raises(Fault):
        clients['readonly'].call('account.invoice.post', [made['id']])
