"""A Tryton client of the tests: JSON-RPC as the desktop client speaks it, to this process's application."""
import base64
import gzip
import itertools
import json

from trytond.protocols.jsonrpc import JSONDecoder, JSONEncoder
from werkzeug.test import Client as Browser


class Fault(Exception):
    """What a call was answered instead of a result: HTTP status and the error of the body"""

    def __init__(self, status, error, response):
        super().__init__(f'{status} {error}')
        self.status = status
        self.error = error
        self.response = response

    @property
    def kind(self):
        """UserError, UserWarning, LoginException …"""
        return self.error[0] if self.error else None

    @property
    def text(self):
        return json.dumps(self.error)


class Client:
    """One person's client; ``context`` goes with every call, as in the desktop client"""

    def __init__(self, application, database):
        self.browser = Browser(application, use_cookies=False)
        self.address = {'REMOTE_ADDR': '127.0.0.1'}
        self.database = database
        self.headers = {}
        self.context = {}
        self._ids = itertools.count(1)

    def login(self, user, password):
        """Open a session; returns self"""
        self.user, token, _ = self.ask('common.db.login', user, {'password': password}, 'en')
        self.headers['Authorization'] = session_header(user, self.user, token)
        self.context = self.ask('model.res.user.get_preferences', True, {})
        return self

    def post(self, body, path=None, **headers):
        """Send bytes; returns the response"""
        return self.browser.post(
            path or f'/{self.database}/rpc/', data=body, content_type='application/json',
            headers={**self.headers, **headers}, environ_base=self.address)

    def ask(self, method, *params):
        """Call a method with these very parameters; returns the result or raises Fault"""
        id_ = next(self._ids)
        response = self.post(json.dumps(
                {'id': id_, 'method': method, 'params': params}, cls=JSONEncoder))
        answer = read(response)
        if response.status_code != 200 or 'error' in answer:
            raise Fault(response.status_code, answer.get('error'), response)
        assert answer['id'] == id_
        return answer['result']

    def call(self, method, *params, **context):
        """Call ``model.…``; the client's context comes last"""
        return self.ask(f'model.{method}', *params, {**self.context, **context})

    def wizard(self, name, active_model, ids, data=None, state=None):
        """Run a wizard from its start (or ``state``) on records; returns the answer of the last step"""
        context = {
            'active_model': active_model, 'active_ids': ids, 'active_id': ids[0] if ids else None}
        session, start, end = self.ask(f'wizard.{name}.create', {**self.context, **context})
        return self.ask(
            f'wizard.{name}.execute', session, data or {}, state or start,
            {**self.context, **context})


def session_header(login, user, token):
    """Return the Authorization header of a session"""
    return 'Session ' + base64.b64encode(f'{login}:{user}:{token}'.encode()).decode()


def basic_header(login, password):
    return 'Basic ' + base64.b64encode(f'{login}:{password}'.encode()).decode()


def read(response):
    """Return the parsed JSON of a response, {} where there is none"""
    data = response.get_data()
    if response.headers.get('Content-Encoding') == 'gzip':
        data = gzip.decompress(data)
    if response.mimetype != 'application/json':
        return {}
    return json.loads(data, object_hook=JSONDecoder())


def application_of(database):
    """Return the application of a web worker over a database, without contracts; nothing is logged"""
    from trytond.modules.rest.application import assemble
    from trytond.modules.rest.gateway import Gateway
    from trytond.modules.rest.journal import Journal
    from trytond.modules.rpc.application import Rpc
    gateway = Gateway((database,))
    return assemble([], gateway, Journal(lambda entries: None), rpc=Rpc(gateway))
