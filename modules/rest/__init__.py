"""The face to integrators: one Werkzeug application for all REST contracts.

How a contract module is written (``rest_billing`` is the first)
---------------------------------------------------------------- A contract module is a Tryton
module named ``rest_<name>`` that depends on ``rest`` and on the domain modules it speaks for. Its
package holds ``CONTRACT``, found by the application when the module is
activated in the database. It contains shapes and small functions, no business rule::

    # rest_billing/units.py
    from trytond.modules.rest import Operation, not_found
    from trytond.modules.rest.fields import Body, Id, Output, Stamp, text

    class CustomUnit(Output):                      # snake_case here, camelCase in JSON
        id: Id
        label: str
        e_invoice_code: UnitCode
        created_at: Stamp

    class CustomUnitCreate(Body):                  # strict, unknown members are refused
        label: text(30, minimum=1)
        e_invoice_code: UnitCode = 'LS'

    def create(call):
        Unit = Pool().get('product.custom_unit')
        unit, = Unit.create([{
                    'label': call.body.label, 'code': call.body.e_invoice_code}])
        return show(unit)

    OPERATIONS = [
        Operation(
            id='createUnit', method='POST', path='/api/units', status=201, tag='units',
            summary="Create a custom unit", request=CustomUnitCreate, response=CustomUnit,
            handler=create, ability='units:write', etag=True,
            problems={400: {'invalid_argument': "label missing or too long"}}),
        Operation(
            id='updateUnit', method='PATCH', path='/api/units/{id:int}', tag='units',
            summary="Change the fields sent", request=CustomUnitUpdate, response=CustomUnit,
            handler=update, current=read, ability='units:write', etag=True,
            problems={404: {'not_found': "unknown, or belongs to another account"}}),
        ]

    # rest_billing/__init__.py
    CONTRACT = Contract(
        name='billing', title="Billing", prefix='/api', json_name=camel, invalid='invalid_argument',
        authentication=Authentication(scheme='billing', header='X-Api-Key'),
        idempotency=Idempotency(), operations=[*units.OPERATIONS, *customers.OPERATIONS])

What the application has done before a handler runs: route, credential and ability, plan, rate
limit, body limit, strict JSON, the tenant's transaction (company, user, language, access checks
on, stock warnings skipped, the locks of ``Operation.locks``), the idempotency reservation, the
shape, ``If-Match``. What it does afterwards: the answer's JSON and ETag, COMMIT, tasks,
``Server-Timing``, the request log.

How a handler refuses
---------------------
``raise Problem(409, 'vatid_exists', "Customer with vatId … already exists", existingId=42)``, or
the short forms ``invalid(field, reason)`` and ``not_found(message)``. Domain modules raise
subclasses of UserError; a class attribute ``code`` becomes the machine word (its status comes
from ``Contract.codes``, else 400), ``field`` the named field (through ``Contract.json_name``),
``extra`` further members. A record that is not the tenant's is simply not found, and an id
outside 1 … 2^31 − 1 reads as 0, which nobody has.

A handler may run more than once (serialization failures are retried whole), so what leaves the
house waits for COMMIT: an outbox row, never a request inside a handler.
"""
from .answers import Page, Stream
from .contract import NEVER, OPTIONAL, REQUIRED, Answer, Contract, Operation, Repeats
from .cors import Cors
from .dialect import Dialect, Entry
from .exchange import Call
from .refusals import Kind, Reason, Refusal, invalid, not_found
from .ways import Key, Open, Session, SessionToken, Signed

__all__ = [
    'NEVER', 'OPTIONAL', 'REQUIRED', 'Answer', 'Call', 'Contract', 'Cors', 'Dialect', 'Entry', 'Key', 'Kind',
    'Open', 'Operation', 'Page', 'Reason', 'Refusal', 'Repeats', 'Session', 'SessionToken', 'Signed',
    'Stream', 'invalid', 'not_found']
