"""New tenants, created like an operator's. Run as a program with the owner's configuration."""
import os
import time

from .inside import answer


def create(times):
    """Create tenants, each in a transaction of its own with key and login; return the seconds of each"""
    from trytond.transaction import Transaction

    from trytond.modules.tenant_provision.provision import Seller

    from ..admin import tenant as tenants
    from ..install.database import SELLERS
    database, seconds = os.environ['TRYTOND_DATABASE_NAMES'], []
    for n in range(times):
        started = time.perf_counter()
        with Transaction().start(database, 0):
            tenants.create(database, Seller(**SELLERS[n % len(SELLERS)]))
        seconds.append(time.perf_counter() - started)
    return seconds


if __name__ == '__main__':
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(os.environ['TRYTOND_DATABASE_NAMES'], 0, readonly=True):
        Pool(os.environ['TRYTOND_DATABASE_NAMES']).init()
    answer({'create': create})
