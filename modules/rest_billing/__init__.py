"""The billing contract: a file of operations for each of its resources.

A file holds shapes, small handlers between JSON and the domain modules, and ``OPERATIONS``.
"""
from trytond.modules.rest import Contract, Key, Repeats
from trytond.modules.tenant.contracts import of_module

from . import customers, gutschriften, invoices, items, projects, templates, units
from .dialect import DIALECT

DECLARED = of_module(__name__)
CONTRACT = Contract(
    name=DECLARED.name, title="Billing", dialect=DIALECT, roots=['/api'],
    description=(
        "Customers, items, custom units, invoice templates, invoices, Gutschriften and flat-rate"
        " projects. JSON in, JSON out; the key travels in `X-Api-Key`. Ids are integers, money is a"
        " decimal number, timestamps are UTC. Errors are `{error, message}`. In a PATCH a field that is"
        " not sent, or null, stays as it is; `\"\"` clears it."),
    ways=[Key(scheme=DECLARED.name, header='X-Api-Key')], repeats=Repeats(),
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
