"""The face to integrators: one Werkzeug application for all REST contracts.

How a contract module is written (``rest_billing`` is the first)
----------------------------------------------------------------
A contract module is a Tryton module named ``rest_<name>`` that depends on ``rest`` and on the domain modules
it speaks for. Its package holds ``CONTRACT``. It contains shapes and small functions, no business rule. Here
a dictionary takes the place of the domain; this text runs as a test:

>>> from trytond.modules.rest import (
...     Contract, Dialect, Entry, Key, Kind, Operation, Repeats, not_found)
>>> from trytond.modules.rest.fields import Body, Output, camel, text
>>> from trytond.modules.rest.house import WORDS

Shapes are pydantic models: snake_case here, camelCase in JSON. What comes in is strict, unknown members are
refused:

>>> class UnitCreate(Body, alias_generator=camel):
...     label: text(30, minimum=1)
...     e_invoice_code: text(3) = 'LS'
>>> class Unit(Output, alias_generator=camel):
...     id: int
...     label: str
...     e_invoice_code: str

A handler is a plain function from a Call to an answer. It runs in the tenant's transaction, and raises
Refusals and the domain's errors, never a status or a sentence:

>>> UNITS = {}
>>> def create(call):
...     id = len(UNITS) + 1
...     UNITS[id] = Unit(
...         id=id, label=call.body.label, e_invoice_code=call.body.e_invoice_code)
...     return UNITS[id]
>>> def read(call):
...     if call.params['id'] not in UNITS:
...         raise not_found()
...     return UNITS[call.params['id']]

The dialect says how the contract refuses: kind → status and word. The sentences are the core's, in English
and German:

>>> DIALECT = Dialect(case=camel, table={
...     **WORDS,
...     Kind.NO_CREDENTIAL: Entry(401, 'missing_api_key'),
...     Kind.BAD_CREDENTIAL: Entry(401, 'invalid_api_key'),
...     Kind.UNKNOWN_RECORD: Entry(404, 'not_found')})

The contract puts it together:

>>> CONTRACT = Contract(
...     name='units', title="Units", roots=['/api'], dialect=DIALECT,
...     ways=[Key(scheme='billing', header='X-Api-Key')], repeats=Repeats(), operations=[
...         Operation(
...             id='createUnit', method='POST', path='/api/units', status=201, tag='units',
...             summary="Create a unit", request=UnitCreate, response=Unit, handler=create),
...         Operation(
...             id='getUnit', method='GET', path='/api/units/{id:int}', tag='units',
...             summary="One unit", response=Unit, handler=read, etag=True)])

That is all; the application answers (the gateway is the way to the database, here one without any):

>>> from trytond.modules.rest.tests.fakes import KEY, application
>>> from werkzeug.test import Client
>>> client = Client(application(contracts=[CONTRACT]))
>>> key = {'X-Api-Key': KEY}
>>> client.post('/api/units', json={'label': "Pauschal"}, headers=key).text
'{"id":1,"label":"Pauschal","eInvoiceCode":"LS"}'
>>> client.get('/api/units/1', headers=key).status_code
200
>>> client.get('/api/units/2', headers=key).text
'{"error":"not_found","message":"Unknown id, or not yours"}'
>>> client.post('/api/units', json={'label': ''}, headers={**key, 'Accept-Language': 'de'}).text
'{"error":"invalid_argument","message":"label: darf nicht leer sein"}'

What the application has done before a handler runs: route, way in, plan and ability, rate, kind and size of
the body, the tenant's transaction (company, user, language, access checks on, stock warnings skipped, the
locks of ``Operation.locks``), the reservation of the idempotency key, the shape, ``If-Match``. What it does
afterwards: the answer's bytes and ETag, COMMIT, tasks, ``Server-Timing``, CORS, the request log.

A handler may run more than once (serialization failures are retried whole), so what leaves the house waits
for COMMIT: an outbox row, never a request inside a handler.

Where things are
----------------
=================  ==========================================================================================
contract           Contract, Operation, Repeats, Answer: all that a contract says of itself
refusals           kinds and reasons, as data; ``sentences``: the core's; ``dialect``: a contract's manner
ways               keys, sessions, signatures, open doors; ``cors``: pages of other hosts
routes             from method and path to an operation; whose an unknown path is
exchange           Exchange (the wire's facts) and Call (one request, as handlers and the domain see it)
bodies, answers    what comes in (JSON, forms, bytes) and what goes out (bytes, streams, pages)
paging             lists by page; ``offsets``, ``cursors``
pages              HTML from templates, static files
application        the way of a request, through ``admission``, ``handling``, ``gateway``, ``transaction``
idempotency        repeated requests; ``replay``: the decision
openapi            the document of a contract; ``house``: the host's own pages
=================  ==========================================================================================

Domain modules raise subclasses of UserError: the class attribute ``code`` is the word that the dialect's
table knows, ``path`` leads to the field in the domain's names, which ``Dialect.names``, ``Operation.names``
and ``Call.places`` turn into the contract's. A record that is not the tenant's is simply not found, and an id
outside 1 … 2^31 − 1 reads as 0, which nobody has.
"""
from .answers import Page, Stream
from .contract import NEVER, OPTIONAL, REQUIRED, Answer, Contract, Operation, Repeats
from .cors import Cors
from .dialect import Dialect, Entry
from .exchange import Call
from .refusals import Kind, Reason, Refusal, invalid, not_found
from .ways import Key, Open, OpenForm, Session, SessionToken, Signed

__all__ = [
    'NEVER', 'OPTIONAL', 'REQUIRED', 'Answer', 'Call', 'Contract', 'Cors', 'Dialect', 'Entry', 'Key', 'Kind',
    'Open', 'OpenForm', 'Operation', 'Page', 'Reason', 'Refusal', 'Repeats', 'Session', 'SessionToken',
    'Signed', 'Stream', 'invalid', 'not_found']
