"""Company = tenant: ownership of every record, the two walls, members, credentials, plans.

Start at ``ownership``, which knows the kind of each model; ``walls`` turns that into rules, row-level
security, foreign keys and grants.
"""
from trytond.pool import Pool

from .extension import owned_classes

__all__ = ['register']


def register():
    Pool.register(*owned_classes(), module='tenant', type_='model')
