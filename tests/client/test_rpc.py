"""The day of an accountant at Tryton's desktop client, and of an admin with a proteus script."""
import datetime as dt
import gzip
import json
import xmlrpc.client
from decimal import Decimal

import pytest

from tests.support.books import draft_move
from tests.support.rpc import Client, Fault, basic_header, read, session_header


# The desktop client

def test_the_client_asks_for_version_and_services_before_it_knows_a_database(application):
    client = Client(application, '')
    response = client.post('{"id": 1, "method": "common.server.version", "params": []}', '/rpc/')
    assert response.json == {'id': 1, 'result': '8.0'}
    response = client.post(
        '{"id": 2, "method": "common.authentication.services", "params": []}', '/rpc/')
    assert response.json == {'id': 2, 'result': []}


def test_a_password_is_asked_for_and_a_wrong_one_refused(application, database, members):
    client = Client(application, database)
    login, _ = members['clerk']
    with pytest.raises(Fault) as asked:
        client.ask('common.db.login', login, {}, 'en')
    assert asked.value.error[0] == 'LoginException'
    with pytest.raises(Fault) as refused:
        client.login(login, 'wrong')
    assert refused.value.status == 401
    assert refused.value.response.headers['X-Request-Id'].startswith('req_')


def test_preferences_name_the_own_company(client, german):
    assert client.context['company'] == german['company']
    assert client.context['company.rec_name'] == german['name']
    assert len(client.context['groups']) == 8


def test_the_first_screens_come_up(client):
    """What the client loads before anything is typed: menu, icons, a list, a form with its defaults"""
    menus = client.call('ir.ui.menu.search_read', [('parent', '=', None)], 0, 1000, None, ['name'])
    assert 'Financial' in {menu['name'] for menu in menus}
    assert len(client.call('ir.ui.icon.list_icons')) == 20
    view = client.call('party.party.fields_view_get', None, 'tree')
    assert view['type'] == 'tree' and 'name' in view['fields']
    defaults = client.call('party.party.default_get', ['active', 'name'])
    assert defaults['active'] is True


def test_a_customer_is_created_changed_found_and_deleted(client, german):
    id_, = client.call('party.party.create', [{
                'name': 'Röhren & Söhne', 'addresses': [('create', [{'city': 'Köln'}])]}])
    client.call('party.party.write', [id_], {'name': 'Röhren GmbH'})
    row, = client.call('party.party.search_read', [('rec_name', 'ilike', 'röhren%')], 0, 10, None, [
            'name', 'company', 'addresses'])
    assert (row['id'], row['name'], row['company']) == (id_, 'Röhren GmbH', german['company'])
    assert len(row['addresses']) == 1
    client.call('party.party.delete', [id_])
    assert client.call('party.party.search_count', [('id', '=', id_)]) == 0


def test_long_calls_are_packed_and_so_are_their_answers(client):
    names = [f'Kunde {number:03}' for number in range(100)]
    body = json.dumps({
        'id': 7, 'method': 'model.party.party.create',
        'params': [[{'name': name} for name in names], client.context]})
    response = client.post(
        gzip.compress(body.encode()), **{'Content-Encoding': 'gzip', 'Accept-Encoding': 'gzip'})
    ids = read(response)['result']
    assert len(ids) == 100
    body = json.dumps({
        'id': 8, 'method': 'model.party.party.read', 'params': [ids, ['name'], client.context]})
    packed = client.post(body, **{'Accept-Encoding': 'gzip'})
    assert packed.headers['Content-Encoding'] == 'gzip'
    assert {row['name'] for row in read(packed)['result']} == set(names)
    plain = client.post(body)
    assert 'Content-Encoding' not in plain.headers
    assert json.loads(plain.data)['id'] == 8


def test_a_warning_is_shown_and_accepted(client):
    """UserWarning keeps its form: the client shows it, the user says yes, the call goes through"""
    source, destination = client.call('party.party.create', [{'name': 'Alt'}, {'name': 'Neu'}])
    merge = {'ask': {'source': source, 'destination': destination}}
    with pytest.raises(Fault) as fault:
        client.wizard('party.replace', 'party.party', [source], merge, 'replace')
    kind, (name, message, _) = fault.value.error
    assert (fault.value.status, kind) == (200, 'UserWarning')
    assert 'Alt' in message
    client.call('res.user.warning.skip', name)
    client.wizard('party.replace', 'party.party', [source], merge, 'replace')
    assert client.call('party.party.read', [source], ['replaced_by'])[0]['replaced_by'] == destination


def test_a_stale_form_is_a_concurrency_error(client):
    id_, = client.call('party.party.create', [{'name': 'Zweimal offen'}])
    seen = client.call('party.party.read', [id_], ['_timestamp'])[0]['_timestamp']
    client.call('party.party.write', [id_], {'name': 'Der eine'})
    with pytest.raises(Fault) as fault:
        client.call(
            'party.party.write', [id_], {'name': 'Der andere'},
            _timestamp={f'party.party,{id_}': seen})
    assert (fault.value.status, fault.value.kind) == (200, 'ConcurrencyException')


def test_a_session_ends_with_logout(application, database, members):
    client = Client(application, database).login(*members['clerk'])
    assert client.call('party.party.search_count', []) > 0
    client.ask('common.db.logout')
    with pytest.raises(Fault) as fault:
        client.call('party.party.search_count', [])
    assert fault.value.status == 401


def test_a_session_counts_only_with_its_own_user(application, database, client, neighbour, german):
    """The token of one, the id of another: neither way round, nor with the token in a cookie"""
    token = _token(client)
    for login, user in [('x', neighbour.user), (german['login']['user'], german['login']['id'])]:
        forged = Client(application, database)
        forged.headers['Authorization'] = session_header(login, user, token)
        with pytest.raises(Fault) as fault:
            forged.call('party.party.search_count', [])
        assert fault.value.status == 401


def test_two_claims_at_once_are_one(application, database, client, neighbour, members):
    """A cookie of one tenant with the password of another: the cookie alone counts"""
    both = Client(application, database)
    both.headers = {
        'Cookie': f'tryton_session=x:{neighbour.user}:{_token(neighbour)}',
        'Authorization': basic_header(*members['owner'])}
    both.context = neighbour.context
    assert both.call('company.company.search', []) == [neighbour.context['company']]


def _token(client):
    import base64
    return base64.b64decode(client.headers['Authorization'].split()[1]).decode().split(':')[2]


def test_a_cookie_session(application, database, members):
    """What a browser does: log in, keep the cookie, log out"""
    client = Client(application, database)
    login, password = members['clerk']
    response = client.post(
        json.dumps({'params': [login, {'password': password}, 'en']}), f'/{database}/session/login')
    assert response.status_code == 200
    cookie = response.headers['Set-Cookie']
    assert 'Secure' in cookie and 'HttpOnly' in cookie and 'SameSite=Strict' in cookie
    client.headers['Cookie'] = cookie.split(';')[0]
    assert client.call('company.company.search_count', []) == 1
    assert client.post('{}', f'/{database}/session/logout').status_code == 200
    with pytest.raises(Fault) as fault:
        client.call('company.company.search_count', [])
    assert fault.value.status == 401


def test_records_as_csv(client, database, german):
    response = client.browser.get(
        f'/{database}/data/company.company?f=rec_name', headers=client.headers,
        environ_base=client.address)
    assert response.status_code == 200
    assert response.text.splitlines() == ['Record Name', german['name']]


def test_booking(client):
    """A move is made and posted; it has a number and cannot be changed any more"""
    move = draft_move(client, dt.date(2026, 1, 31))
    client.call('account.move.post', [move])
    row, = client.call('account.move.read', [move], ['state', 'number'])
    assert row['state'] == 'posted' and row['number']
    with pytest.raises(Fault) as fault:
        client.call('account.move.delete', [move])
    assert fault.value.kind == 'UserError'


# Proteus

def test_proteus_connects_with_a_demo_login(address, database, members):
    from proteus import Model, config
    login, password = members['accountant']
    url = address.replace('http://', f'http://{login.replace("@", "%40")}:{password}@')
    config.set_xmlrpc(f'{url}/{database}/')
    company, = Model.get('company.company').find([])
    assert company.rec_name == 'Test DE GmbH'


def test_proteus_reads_and_posts(address, database, members):
    """A script of an admin, in a session: reads the own books and posts to them"""
    from proteus import Model, config
    login, password = members['accountant']
    with config.set_xmlrpc_session(f'{address}/{database}/', login, password=password):
        Account, Period = Model.get('account.account'), Model.get('account.period')
        first, second = Account.find([
                ('type', '!=', None), ('closed', '=', False), ('party_required', '=', False)], limit=2)
        period, = Period.find([
                ('start_date', '<=', dt.date(2026, 2, 1)), ('end_date', '>=', dt.date(2026, 2, 1)),
                ('type', '=', 'standard')])
        journal, = Model.get('account.journal').find([('type', '=', 'general')], limit=1)
        move = Model.get('account.move')(period=period, journal=journal, date=dt.date(2026, 2, 28))
        line = move.lines.new(account=first)
        line.debit = Decimal('42.42')
        line = move.lines.new(account=second)
        line.credit = Decimal('42.42')
        move.save()
        move.click('post')
        move.reload()
        assert (move.state, bool(move.number)) == ('posted', True)


def test_proteus_hears_why(address, database, members):
    """Refusals are Faults with Tryton's number and a sentence"""
    login, password = members['readonly']
    server = xmlrpc.client.ServerProxy(
        address.replace('http://', f'http://{login.replace("@", "%40")}:{password}@')
        + f'/{database}/', allow_none=True)
    with pytest.raises(xmlrpc.client.Fault) as fault:
        server.model.party.party.create([{'name': 'Darf nicht'}], {})
    assert fault.value.faultCode == 1
    assert 'Traceback' not in fault.value.faultString
