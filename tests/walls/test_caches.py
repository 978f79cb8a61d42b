"""Two workers, two tenants: what one changes here, the other worker knows at once, and only where it belongs.

Each process keeps caches; they hear of a change by LISTEN and NOTIFY and are keyed by the tenant.
"""
import datetime as dt

import pytest
from trytond.cache import BaseCache

from tests.support.books import draft_move
from tests.support.other_worker import OtherWorker, eventually
from trytond.modules.backend.cache import TenantCache
from trytond.modules.backend.database import lock_key


@pytest.fixture(scope='module')
def worker(database, pool, members, austrian):
    """The other worker, where the German owner, accountant and clerk and the Austrian owner are logged in"""
    worker = OtherWorker(database)
    for login, password in members.values():
        worker.login(login, password)
    worker.login(austrian['login']['user'], austrian['login']['password'])
    yield worker
    worker.close()


@pytest.fixture
def german_there(worker, members):
    return lambda method, *parameters, **context: worker.call(
        members['owner'][0], method, *parameters, **context)


@pytest.fixture
def austrian_there(worker, austrian):
    return lambda method, *parameters, **context: worker.call(
        austrian['login']['user'], method, *parameters, **context)


def test_every_cache_is_keyed_by_the_tenant(pool):
    """But for those of the application itself: texts, views, rights, names"""
    caches = BaseCache._instances
    assert {name for name, cache in caches.items() if not isinstance(cache, TenantCache)} == {
        'ir_ui_view.validator', 'ir.action.report.template'}
    own = {name for name, cache in caches.items() if not getattr(cache, 'shared', True)}
    assert {'account.fiscalyear.find', 'account.period.find', 'modelview.view_toolbar_get'} <= own
    assert {name for name in caches if 'values' in name or 'user' in name or 'rule' in name} - own <= {
        'ir.model.button.rules'}


def test_a_closed_period_is_closed_everywhere_for_the_one_alone(
        client, neighbour, german_there, austrian_there):
    """A closes a period here; on the other worker A can no longer post to it, B can"""
    date = dt.date(2026, 8, 31)
    moves = {who: [draft_move(who, date) for _ in range(2)] for who in (client, neighbour)}
    first, second = moves[client]
    assert german_there('account.move.post', [first]) == {'result': None}
    client.call('account.move.delete', [second])
    period, = client.call('account.period.search', [
            ('start_date', '<=', date), ('end_date', '>=', date), ('type', '=', 'standard')])
    client.call('account.period.close', [period])
    refused = german_there('account.move.create', [{
                'period': period, 'date': '2026-08-31',
                'journal': client.call('account.journal.search', [('type', '=', 'general')], 0, 1)[0]}])
    assert 'fault' in refused
    assert austrian_there('account.move.post', [moves[neighbour][0]]) == {'result': None}
    neighbour.call('account.move.post', [moves[neighbour][1]])
    client.call('account.period.reopen', [period])


def test_closing_waits_for_nobody_elses_posting(client, superuser, austrian):
    """Stock locks account_move of all companies: one closing stopped every posting"""
    locks = [(lock_key(table), austrian['company']) for table in ('account_move', 'account_journal_period')]
    date = dt.date(2026, 9, 30)
    period, = client.call('account.period.search', [
            ('start_date', '<=', date), ('end_date', '>=', date), ('type', '=', 'standard')])
    for lock in locks:
        superuser.execute("SELECT pg_advisory_lock(%s, %s)", lock)
    try:
        client.call('account.period.close', [period])
    finally:
        superuser.execute("SELECT pg_advisory_unlock_all()")
    client.call('account.period.reopen', [period])


def test_a_changed_setting_is_known_to_the_other_worker(client, neighbour, german_there, austrian_there):
    """A value kept in the process: the tenant's default payment term"""
    def there(who):
        return who('account.configuration.read', [1], ['default_customer_payment_term'])['result'][0][
            'default_customer_payment_term']
    own, foreign = there(german_there), there(austrian_there)
    term, = client.call('account.invoice.payment_term.create', [{
                'name': '14 Tage', 'lines': [('create', [{'type': 'remainder'}])]}])
    client.call('account.configuration.write', [1], {'default_customer_payment_term': term})
    assert eventually(lambda: there(german_there), term) == term
    assert there(austrian_there) == foreign != term
    client.call('account.configuration.write', [1], {'default_customer_payment_term': own})
    assert eventually(lambda: there(german_there), own) == own


def test_a_changed_customer_is_known_to_the_other_worker(client, german_there, austrian_there):
    party, = client.call('party.party.create', [{'name': 'Vorher'}])
    assert german_there('party.party.read', [party], ['name'])['result'][0]['name'] == 'Vorher'
    client.call('party.party.write', [party], {'name': 'Nachher'})
    assert german_there('party.party.read', [party], ['name'])['result'][0]['name'] == 'Nachher'
    assert austrian_there('party.party.read', [party], ['name'])['fault'][0] == 200


def test_a_changed_template_is_known_to_the_other_worker(client, german_there, austrian_there):
    """The texts of the tenant's invoice template, changed here, read there; the neighbour keeps his own"""
    template, = client.call('invoice.template.search', [], 0, 1)
    before = german_there('invoice.template.read', [template], ['name'])['result'][0]['name']
    client.call('invoice.template.write', [template], {'name': 'Neue Vorlage'})
    assert german_there('invoice.template.read', [template], ['name'])['result'][0]['name'] == (
        'Neue Vorlage')
    names = austrian_there('invoice.template.search_read', [], 0, None, None, ['name'])['result']
    assert 'Neue Vorlage' not in {row['name'] for row in names}
    client.call('invoice.template.write', [template], {'name': before})


def test_a_revoked_key_is_revoked_everywhere(operator, worker, german, austrian, database):
    credential, _, key = operator.call(
        'tenant_provision.provision.issue_key', german['company'], 'billing', database)
    assert worker.company_of_key(key) == german['company']
    operator.call('tenant_provision.provision.revoke_key', credential)
    assert worker.company_of_key(key) is None
    assert worker.company_of_key(austrian['credentials']['billing']) == austrian['company']
    assert worker.company_of_key(german['credentials']['billing'], 'teams') is None


def test_exports_in_the_toolbar_are_the_tenants(client, german_there, austrian_there):
    """The toolbar of a view lists the saved exports, and is kept in the process"""
    assert austrian_there('party.party.view_toolbar_get')['result']['exports'] == []
    export = client.call('ir.export.set', {'name': 'Liste', 'resource': 'party.party'})
    for there, names in [(german_there, ['Liste']), (austrian_there, [])]:
        found = eventually(lambda there=there: [
                e['name'] for e in there('party.party.view_toolbar_get')['result']['exports']], names)
        assert found == names
    client.call('ir.export.unset', export)
