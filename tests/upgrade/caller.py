"""Callers over HTTP: of the billing contract with a key, of Tryton's protocol with a login"""
import http.client
import json

from tests.support.gunicorn import HOST
from tests.support.rpc import Client


class Answer:
    """Status, headers and bytes of an answer; as far as ``tests.support.rpc`` looks, a Werkzeug response"""

    def __init__(self, response):
        self.status_code = response.status
        self.headers = response.headers
        self.data = response.read()

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def mimetype(self):
        return self.headers.get_content_type()

    def get_data(self):
        return self.data


def ask(port, method, path, data=None, headers=None):
    """Return the Answer of a server of this machine"""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, data, headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


class Billing:
    """Calls with a key"""

    def __init__(self, port, key):
        self.port = port
        self.key = key

    def __call__(self, method, path, json_=None, **headers):
        headers = {
            'X-Api-Key': self.key, **{name.replace('_', '-'): value for name, value in headers.items()}}
        data = None
        if json_ is not None:
            data, headers['Content-Type'] = json.dumps(json_).encode(), 'application/json'
        return ask(self.port, method, path, data, headers)

    def get(self, path):
        return self('GET', path)

    def done(self, method, path, json_=None, **headers):
        """Call what has to succeed; return the record"""
        answer = self(method, path, json_, **headers)
        assert answer.status_code < 300, (method, path, answer.data)
        return answer.json if answer.data else None

    def made(self, path, json_, **headers):
        return self.done('POST', path, json_, **headers)


class _Browser:
    """What ``tests.support.rpc`` sends with"""

    def __init__(self, port):
        self.port = port

    def post(self, path, data, content_type, headers, environ_base):
        return ask(self.port, 'POST', path, data, {'Content-Type': content_type, **headers})


def member(port, database, login, password):
    """Return a client of Tryton's protocol, logged in"""
    client = Client(None, database)
    client.browser = _Browser(port)
    return client.login(login, password)
