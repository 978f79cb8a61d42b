"""Addresses at which other services report to a tenant: operations whose way in is a signature"""
from trytond.modules.rest import Contract
from trytond.modules.rest.house import DIALECT

from . import stripe

CONTRACT = Contract(
    name='hooks', title="Reports of other services", dialect=DIALECT, ways=(), documented=False,
    operations=stripe.OPERATIONS)
