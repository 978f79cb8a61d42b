"""Every model, view, action and menu of the house in Tryton's client, for each role, in both languages.

Nothing is listed by hand: what the modules bring along is read from the database, so a new model without
views, rights or German texts is found here.
"""
import json
from xml.etree import ElementTree

import pytest
from trytond.pyson import PYSONDecoder

from scripts.lib.install.bootstrap import ROOT
from tests.support import drawing
from tests.support.rpc import Fault

MODULES = ROOT / 'modules'
ROLES = ('owner', 'accountant', 'clerk', 'readonly')
HIDDEN = {
    'account.invoice.payment_link.account': "keys of the payment provider, which the operator sets",
    'account.invoice.payment_link.attempt': "what a retry of a request takes up again",
    'immutable.suspension': "written by the operator's migrations, for the auditor",
    'archive.content': "bytes, shown by their document",
    'rest.idempotency': "answers kept for a repeated request",
    'flat_rate.project.invoice': "links a project to its invoice, which the project shows",
    }
"""Model of the house → why nobody opens it in the client"""
FOR_SOME = {
    'account.invoice.payment_link.event': ('owner', 'accountant'),
    'rest.request': ('owner', 'accountant'),
    'tenant.credential': ('owner',),
    }
"""Model → roles that may read it, where not all may"""
MODES = ('read', 'write', 'create', 'delete')


@pytest.fixture(scope='module')
def modules():
    from trytond.modules.tenant_provision.install import kontor_modules
    return kontor_modules()


@pytest.fixture(scope='module')
def models(pool, superuser, modules):
    """Names of the models that the house brings along and that have rows"""
    from trytond.model import ModelSQL
    from trytond.modules.tenant.ownership import classify
    names = [name for name, in superuser.execute(
            "SELECT name FROM ir_model WHERE module = ANY(%s) ORDER BY name", (list(modules),))]
    return [
        name for name in names
        if issubclass(pool.get(name), ModelSQL) and classify(pool.get(name)) and name not in HIDDEN]


@pytest.fixture(scope='module')
def views(superuser, modules):
    """[(id, model, type)] of what the house shows: its own views, and those that it adds to"""
    return superuser.execute(
        "SELECT DISTINCT ON (b.id) b.id, b.model, b.type FROM ir_ui_view v"
        " JOIN ir_ui_view b ON b.id = coalesce(v.inherit, v.id)"
        " WHERE v.module = ANY(%s) AND b.type IS NOT NULL AND b.inherit IS NULL ORDER BY b.id",
        (list(modules),)).fetchall()


def readable(client, name):
    return client.call('ir.model.access.get_access', [name])[name]['read']


# Models

def test_every_model_has_a_form_and_a_list(models, views):
    kinds = {name: {kind for _, model, kind in views if model == name} for name in models}
    assert {name: found for name, found in kinds.items() if not {'form', 'tree'} <= found} == {}


def test_who_may_do_what(clients, models):
    rights = {role: clients[role].call('ir.model.access.get_access', models) for role in ROLES}
    readers = {}
    for name in models:
        granted = [{mode for mode in MODES if rights[role][name][mode]} for role in ROLES]
        owner, accountant, clerk, readonly = granted
        assert owner >= accountant >= clerk >= readonly, (name, granted)
        assert readonly <= {'read'}, name
        readers[name] = tuple(role for role, found in zip(ROLES, granted, strict=True) if 'read' in found)
    assert {name: roles for name, roles in readers.items() if roles != ROLES} == FOR_SOME


@pytest.mark.parametrize('role', ROLES)
def test_every_model_is_searched_by_name(clients, models, role):
    client = clients[role]
    for name in models:
        if not readable(client, name):
            continue
        ids = client.call(f'{name}.search', [('rec_name', 'ilike', '%a%')], 0, 5, None)
        assert len(client.call(f'{name}.read', ids, ['rec_name'])) == len(ids)


# Views

@pytest.mark.parametrize('language', ['en', 'de'])
@pytest.mark.parametrize('role', ROLES)
def test_every_view_opens(clients, views, role, language):
    client, opened = clients[role], 0
    for id, model, kind in drawing.draw(views, 1 / 3, (role, language)):
        if not model or not _may_open(client, model):
            continue
        view = client.call(f'{model}.fields_view_get', id, kind, language=language)
        tree = ElementTree.fromstring(view['arch'])
        assert tree.tag in {'form', 'tree', 'graph', 'calendar', 'board', 'list-form'}
        named = {e.get('name') for e in tree.iter('field')}
        assert named <= view['fields'].keys(), (model, id)
        _read(client, model, view['fields'])
        opened += 1
    assert opened > drawing.number(20, 4)


def _may_open(client, model):
    """A view of a wizard has no rights of its own"""
    try:
        return readable(client, model)
    except (Fault, KeyError):
        return True


def _read(client, model, fields):
    """Read the records as the client does for what it shows"""
    try:
        ids = client.call(f'{model}.search', [], 0, 5, None)
    except Fault as error:
        # A wizard's or a singleton's model is not searched
        assert error.status in {400, 403, 404}, (model, error)
        return
    client.call(f'{model}.read', ids, list(fields))


def test_every_button_of_a_view_exists(clients, views, pool):
    client = clients['owner']
    for id, model, kind in views:
        if not model or not _may_open(client, model):
            continue
        arch = client.call(f'{model}.fields_view_get', id, kind)['arch']
        buttons = {e.get('name') for e in ElementTree.fromstring(arch).iter('button')}
        assert buttons <= pool.get(model)._buttons.keys(), (model, id)


# Actions and menus

@pytest.fixture(scope='module')
def actions(superuser, modules):
    """[(id, model)] of the windows that the house opens"""
    return superuser.execute(
        "SELECT w.id, w.res_model FROM ir_action_act_window w JOIN ir_model_data d"
        " ON d.model = 'ir.action.act_window' AND d.db_id = w.id WHERE d.module = ANY(%s) ORDER BY w.id",
        (list(modules),)).fetchall()


@pytest.mark.parametrize('role', ROLES)
def test_every_window_opens(clients, actions, role):
    client = clients[role]
    for id, model in actions:
        if not readable(client, model):
            assert role not in FOR_SOME[model], model
            continue
        action, = client.call('ir.action.act_window.read', [id], [
                'pyson_domain', 'pyson_context', 'pyson_order', 'pyson_search_value', 'views', 'domains',
                'limit'])
        _open(client, model, action)


def _open(client, model, action):
    """Do what the client does with a window: search with its domain and each of its tabs"""
    decoder = PYSONDecoder({'context': client.context, 'active_id': -1, 'active_ids': [], **client.context})
    decoded = {
        name: decoder.decode(action[f'pyson_{name}'] or default)
        for name, default in [('domain', '[]'), ('context', '{}'), ('order', 'null')]}
    order = decoded['order'] or None
    for tab in [[], *(decoder.decode(domain) for _, domain, _ in action['domains'])]:
        ids = client.call(
            f'{model}.search', [decoded['domain'], tab], 0, 5, order, **decoded['context'])
        for view_id, kind in action['views']:
            fields = client.call(f'{model}.fields_view_get', view_id, kind, **decoded['context'])['fields']
            client.call(f'{model}.read', ids, list(fields))


@pytest.mark.parametrize('role', ROLES)
def test_no_menu_leads_to_a_closed_door(clients, superuser, modules, role):
    client = clients[role]
    ids = [id for id, in superuser.execute(
            "SELECT db_id FROM ir_model_data WHERE model = 'ir.ui.menu' AND module = ANY(%s)",
            (list(modules),))]
    seen = client.call('ir.ui.menu.search', [('id', 'in', ids)], 0, None, None)
    assert seen
    for menu in client.call('ir.ui.menu.read', seen, ['action', 'complete_name']):
        kind, _, id = (menu['action'] or '').partition(',')
        if kind == 'ir.action.act_window':
            window, = client.call('ir.action.act_window.read', [int(id)], ['res_model'])
            assert readable(client, window['res_model']), menu['complete_name']


# German

def test_every_text_is_translated(superuser, modules):
    missing = superuser.execute(
        "SELECT DISTINCT e.module, e.type, e.name, e.src FROM ir_translation e"
        " WHERE e.lang = 'en' AND coalesce(e.overriding_module, e.module) = ANY(%s) AND e.src <> ''"
        " AND NOT EXISTS (SELECT FROM ir_translation d WHERE d.lang = 'de' AND d.type = e.type"
        "   AND d.name = e.name AND d.module = e.module AND d.res_id = e.res_id AND d.src = e.src"
        "   AND d.value <> '' AND NOT coalesce(d.fuzzy, false))"
        " ORDER BY 1, 2, 3, 4", (list(modules),)).fetchall()
    assert not missing, '\n'.join(map(str, missing))


def test_nothing_is_translated_that_is_not_there(superuser, modules):
    stale = superuser.execute(
        "SELECT DISTINCT d.module, d.type, d.name, d.src FROM ir_translation d"
        " WHERE d.lang = 'de' AND coalesce(d.overriding_module, d.module) = ANY(%s) AND d.type <> 'view'"
        " AND NOT EXISTS (SELECT FROM ir_translation e WHERE e.lang = 'en' AND e.type = d.type"
        "   AND e.name = d.name AND e.module = d.module AND e.src = d.src)"
        " ORDER BY 1, 2, 3, 4", (list(modules),)).fetchall()
    assert not stale, '\n'.join(map(str, stale))


def test_every_text_of_a_view_is_translated(superuser, modules):
    known = set(superuser.execute(
        "SELECT module, name, src FROM ir_translation WHERE lang = 'de' AND type = 'view'"
        " AND module = ANY(%s) AND value <> '' AND NOT coalesce(fuzzy, false)", (list(modules),)).fetchall())
    shown = {
        (module, model, text)
        for module, model, name in superuser.execute(
            "SELECT module, model, name FROM ir_ui_view WHERE module = ANY(%s) AND name <> ''",
            (list(modules),))
        for text in _texts(MODULES / module / 'view' / f'{name}.xml')}
    assert (shown - known, known - shown) == (set(), set())


def _texts(path):
    """Return the texts that a view holds itself"""
    return {
        element.get(name) for element in ElementTree.parse(path).iter()
        for name in ('string', 'sum', 'confirm', 'help') if element.get(name)}


def test_the_views_speak_german(clients):
    view = clients['owner'].call('invoice.template.fields_view_get', None, 'form', language='de')
    assert view['fields']['tax_rate']['string'] == 'Steuersatz'
    assert 'Zahlung' in view['arch']
    assert json.loads(json.dumps(view['fields']['payment_qr_mode']['selection']))[0] == ['None', 'Keine']
