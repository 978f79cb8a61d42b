"""Which way an invoice is booked: by the engine, or by Tryton's own workflow.

The engine writes the rows that Tryton's workflow would write, past the methods that an operator's own module
may have changed. So where such a module has a say in one of MODELS, the workflow runs instead: slower, with
the same numbers, documents and events. Nothing else chooses between the two.
"""
import functools
import logging
import sys

from trytond.modules import get_module_info
from trytond.modules.kernel.release import kontor_modules
from trytond.pool import Pool

from . import engine, workflow
from .booking import INVOICE, LINE, MOVE, MOVE_LINE, TAX, TAX_LINE

logger = logging.getLogger(__name__)

MODELS = (INVOICE, LINE, TAX, MOVE, MOVE_LINE, TAX_LINE)
"""What is booked by methods that a module can extend"""


def posting_backend():
    """Return the module that books, ``engine`` or ``workflow``.

    Both have write, cancel, add_payment_lines, settle_invoices, pay and receive.
    """
    return _backend_of(Pool().get(INVOICE))


@functools.cache
def _backend_of(Invoice):
    """Looked for once per pool: each has classes of its own"""
    strangers = foreign_modules(Pool())
    if strangers:
        logger.warning(
            "invoices are booked by Tryton's own workflow, which is slower: %s", '; '.join(
                f"{module} extends {', '.join(models)}" for module, models in strangers.items()))
    return workflow if strangers else engine


def foreign_modules(pool):
    """Return {module: models} of those that are not Kontor's and extend one of MODELS"""
    known, found = known_modules(), {}
    for model in MODELS:
        for Class in pool.get(model).__mro__:
            module = module_of(Class)
            if module and module not in known and model not in found.setdefault(module, []):
                found[module].append(model)
    return found


@functools.cache
def known_modules():
    """Return the names of Kontor's modules and of those that they are built on"""
    found, left = set(), list(kontor_modules())
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += get_module_info(name).get('depends', [])
    return frozenset(found)


def module_of(Class):
    """Return the Tryton module that a class comes from, None for Tryton's kernel and Python itself"""
    parts = Class.__module__.split('.')
    if parts[:2] == ['trytond', 'modules']:
        return parts[2] if len(parts) > 2 else None
    return None if parts[0] == 'trytond' or parts[0] in sys.stdlib_module_names else parts[0]
