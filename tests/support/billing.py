"""The billing contract as a caller meets it"""
import json as json_

from werkzeug.test import Client

PATIENCE = 5
"""Seconds within which bad input is refused"""


class Api:
    """Calls with one tenant's key"""

    def __init__(self, application, tenant):
        self.tenant = tenant
        self.client = Client(application)
        self.key = {'X-Api-Key': tenant['credentials']['billing']}

    def __call__(self, method, path, json=None, **headers):
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.client.open(path, method=method, json=json, headers={**self.key, **headers})

    def get(self, path, **headers):
        return self('GET', path, **headers)

    def post(self, path, json, **headers):
        return self('POST', path, json, **headers)

    def patch(self, path, json, **headers):
        return self('PATCH', path, json, **headers)

    def made(self, path, json):
        """POST and return the record"""
        answer = self.post(path, json)
        assert answer.status_code == 201, answer.text
        return answer.json

    def raw(self, method, path, data, **headers):
        """Send bytes as they are"""
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.client.open(path, method=method, data=data, headers={
                'Content-Type': 'application/json', **self.key, **headers})


def body_with(field, token, **others):
    """Return a JSON body with one member written literally: NaN, 1e30, a lone surrogate"""
    members = [f'{json_.dumps(name)}: {json_.dumps(value)}' for name, value in others.items()]
    return ('{' + ', '.join([*members, f'{json_.dumps(field)}: {token}']) + '}').encode()


def refused(answer, field, reason, status=400, code='invalid_argument'):
    """Assert that an answer names the field and the reason"""
    assert (answer.status_code, answer.json['error']) == (status, code), answer.text
    message = answer.json['message']
    assert message.startswith(field) and reason in message, message
