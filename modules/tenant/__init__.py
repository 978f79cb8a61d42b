"""Company = tenant: ownership of every record, the two walls, members, credentials, plans.

The way in: ``ownership`` says whose each model is, ``walls`` turns that list into rules, row-level
security, foreign keys and grants.
"""
from trytond.pool import Pool

from .extension import owned_classes

__all__ = ['register']


def register():
    Pool.register(*owned_classes(), module='tenant', type_='model')
