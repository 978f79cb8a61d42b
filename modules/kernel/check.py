"""Invariants of the whole database, looked for and never repaired: what scripts/check reports.

A module states its own in a file ``validate.py``: each function there whose name starts with ``validate_``
takes a company id, or None for all, and yields :class:`Finding`. It asks in a few statements whatever the
number of tenants, runs as the owner of the tables, writes nothing and raises nothing for what it finds.
"""
import importlib.util
from dataclasses import asdict, dataclass

from trytond.pool import Pool
from trytond.transaction import Transaction

from .release import kontor_modules

PREFIX = 'validate_'


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule; tenant: company id; model and id: the record it was found at; message: translated"""
    tenant: int
    model: str
    id: int
    message: str


def checks():
    """Return {name: function} of the modules of the database, in module order"""
    found = {}
    for module in Pool()._modules:
        name = f'trytond.modules.{module}.validate'
        if module in kontor_modules() and importlib.util.find_spec(name):
            for attribute, function in vars(importlib.import_module(name)).items():
                if attribute.startswith(PREFIX):
                    found[attribute.removeprefix(PREFIX)] = function
    return found


def run(company=None):
    """Return the findings of a tenant, None for all: dictionaries of check, tenant, model, id, message"""
    return [
        {'check': name, **asdict(finding)}
        for name, validate in checks().items() for finding in validate(company)]


def select(query, company):
    """Return the rows of a query as the owner of the tables.

    The query limits itself by ``%(company)s``, NULL for all: ``company = coalesce(%(company)s, company)``.
    """
    return Transaction().connection.execute(query, {'company': company}).fetchall()
