"""What a recording of the billing contract stands on: tenants, callers, the names of ids, the date.

The only place here that knows the code beside the application itself: the movable clock, and through
``tests.support`` the operator and his hand in the database.
"""
import contextlib
import datetime as dt

from trytond.modules.kernel import clock

from tests.contracts.kit import golden
from tests.support.invoicing import ACME
from tests.contracts.billing.world import World

NOW = dt.datetime(2026, 5, 18, 10, 0, tzinfo=dt.UTC)
"""A Monday"""
EVERYWHERE = {
    'method_not_allowed', 'request_timeout', 'payload_too_large', 'uri_too_long', 'unsupported_media_type',
    'rate_limited', 'headers_too_large', 'internal_error', 'unavailable', 'conflict'}
"""Codes that the document has for all operations; each is recorded once, as far as it can be provoked"""
UNREACHABLE = {
    # Papers are final from the moment they exist
    ('GET', '/api/paushal-projects/{id}/offer/pdf', 400, 'not_finalized'),
    ('GET', '/api/paushal-projects/{id}/delivery-note/pdf', 400, 'not_finalized'),
    }
"""(method, path, status, code) that no request can provoke"""
REFERENCES = {
    'customerId': 'customer', 'invoiceTemplateId': 'template', 'customUnitId': 'unit',
    'projectId': 'project'}
NOUNS = {
    'customers': 'customer', 'items': 'item', 'units': 'unit', 'invoice-templates': 'template',
    'invoices': 'invoice', 'gutschriften': 'invoice', 'paushal-projects': 'project', 'offer': 'offer',
    'delivery-note': 'delivery note'}
PHRASES = {'archived document': r'archived document (\d+)', 'invoice': r'The invoice "\((\d+)\)"'}
PROJECT = '/api/paushal-projects/{id}'


def noun(path, keys, parent):
    """Return what a number under JSON keys of an answer is an id of"""
    if keys[-1] in REFERENCES:
        return REFERENCES[keys[-1]]
    if keys[-1] not in {'id', 'existingId'} or not path.startswith('/api/'):
        return None
    if path.startswith('/api/paushal-projects'):
        if 'sortOrder' in parent:
            return 'project item'
        return NOUNS.get(path.removeprefix(PROJECT).strip('/'), 'project')
    return NOUNS.get(path.split('/')[2])


def business_day():
    return clock.at(NOW)


def document_of(application):
    """Return the OpenAPI document that the application serves"""
    answer = golden.ask(application, 'GET', '/openapi/billing.json')
    assert answer.status_code == 200, answer.text
    return answer.json


class Stage:
    """Makes what the chapters need and performs them; closed in the end"""

    def __init__(self, application, document, operator, database, pool, superuser, postgres):
        self.application = application
        self.document = document
        self.operations = golden.operations(document)
        self.operator = operator
        self.database = database
        self.pool = pool
        self.superuser = superuser
        self.postgres = postgres
        self.world = World(pool, superuser, operator)
        self.recorder = None
        self._closing = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._closing.close()

    def enter(self, context):
        return self._closing.enter_context(context)

    def perform(self, chapter):
        """Return {name: entry} of a chapter: a module with ``play(stage)``"""
        names = golden.Names(noun, NOUNS, [clock.now, lambda: dt.datetime.now(dt.UTC)], PHRASES)
        names.learn(self.database, '<database>')
        self.recorder = golden.Recorder(self.application, names)
        chapter.play(self)
        return self.recorder.entries

    # Tenants

    def caller(self, country='AT', features=None, **seller):
        """Return a Caller with a tenant of its own; features: what differs from the full plan"""
        tenant = self.operator.tenant(country, **seller)
        if features:
            self.operator.call('tenant_provision.provision.set_features', tenant['company'], features)
        return Caller(self, tenant)

    def key(self, caller, scheme='billing', abilities=()):
        """Return (id, key) of a further key of a tenant"""
        id, _, key = self.operator.call(
            'tenant_provision.provision.issue_key', caller.tenant['company'], scheme, self.database,
            abilities=list(abilities))
        return id, key


class Caller:
    """Calls with a tenant's key.

    Also an ``api`` in the sense of ``tests.support``: call, get, post, made.
    """

    def __init__(self, stage, tenant):
        self.stage = stage
        self.tenant = tenant
        self.headers = {'X-Api-Key': tenant['credentials']['billing']}
        stage.recorder.names.learn(tenant['credentials']['billing'], '<key>')

    # Without a note

    def __call__(self, method, path, json=None, **headers):
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.stage.recorder.send(method, path, json, headers={**self.headers, **headers})

    def get(self, path):
        return self('GET', path)

    def post(self, path, json):
        return self('POST', path, json)

    def made(self, path, json):
        """POST and return the record; the ids in it get their names"""
        answer = self.post(path, json)
        assert answer.status_code == 201, answer.text
        self.stage.recorder.names.value(golden.parsed(answer.data), self._template(path))
        return answer.json

    def _template(self, path):
        parts = [('{id}' if part.isdigit() else part) for part in path.split('/')]
        return '/'.join(parts)

    def template(self):
        """Return the id of the default template"""
        return self.get('/api/invoice-templates').json[0]['id']

    def customer(self, **values):
        return self.made('/api/customers', {**ACME, **values})['id']

    # With a note

    def note(self, name, operation, json=None, query='', headers=None, **options):
        """Call an operation, note the answer and return it.

        name: what is special about the call; ``id`` and other parameters of the path among the options.
        """
        operation = self.stage.operations[operation]
        params = {n: options.pop(n) for n in operation.names('path') if n in options}
        shown = options.pop('shown', None) or operation.path + query
        return self.stage.recorder.record(
            f'{operation.id}: {name}', operation.method, operation.filled(**params) + query, shown,
            json_=json,
            headers={**self.headers, **(headers or {})}, **options)
