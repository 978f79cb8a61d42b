"""The billing contract: a file of operations for each of its resources.

A file holds shapes, small handlers between JSON and the domain modules, and ``OPERATIONS``.
"""
from trytond.modules.rest import Authentication, Contract, Idempotency
from trytond.modules.rest.fields import camel

from . import customers, gutschriften, invoices, items, projects, templates, units

CONTRACT = Contract(
    name='billing', title="Billing", prefix='/api', json_name=camel,
    description=(
        "Customers, items, custom units, invoice templates, invoices, Gutschriften and flat-rate"
        " projects. JSON in, JSON out; the key travels in `X-Api-Key`. Ids are integers, money is a"
        " decimal number, timestamps are UTC. Errors are `{error, message}`. In a PATCH a field that is"
        " not sent, or null, stays as it is; `\"\"` clears it."),
    authentication=Authentication(scheme='billing', header='X-Api-Key'),
    idempotency=Idempotency(),
    codes={
        'not_found': 404, 'unit_in_use': 409, 'plan_forbidden': 403, 'stripe_key_invalid': 422,
        'stripe_unavailable': 422, 'archive_corrupt': 500, 'unavailable': 503},
    tags={
        'customers': "Customers",
        'templates': "Invoice templates",
        'items': "Reusable items",
        'units': "Custom units",
        'invoices': "Invoices",
        'paushal-projects': "Flat-rate projects",
        'gutschriften': "Self-billing",
        },
    operations=[
        *customers.OPERATIONS,
        *templates.OPERATIONS,
        *items.OPERATIONS,
        *units.OPERATIONS,
        *invoices.OPERATIONS,
        *projects.OPERATIONS,
        *gutschriften.OPERATIONS,
        ])
