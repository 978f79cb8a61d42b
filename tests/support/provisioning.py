"""Making tenants by the number, as the operator: for the tests and the benchmark of provisioning.

Run as a program with the owner's configuration: ``… DATABASE (grow|parallel) NUMBER`` prints one JSON object
{"companies": […], "seconds": […]}, one value per tenant.
"""
import json
import sys
import time

from tests.support.parallel import together


def load(database):
    """Load the pool of a database into this process"""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()


def create(database, number):
    """Create one tenant in a transaction of its own; returns (company, seconds)"""
    from trytond.transaction import Transaction

    from tests.support.operator import SELLER
    from trytond.modules.tenant_provision import provision
    seller = SELLER['AT' if number % 2 else 'DE'] | {'name': f'Tenant {number}'}
    started = time.perf_counter()
    with Transaction().start(database, 0):
        company = provision.create_tenant(provision.Seller(**seller))
    return company, time.perf_counter() - started


def grow(database, number):
    """Create tenants one after the other; returns [(company, seconds)]"""
    return [create(database, n) for n in range(number)]


def parallel(database, number):
    """Create tenants all at once; returns [(company, seconds)], raises what one of them raised"""
    return together(number, lambda n: create(database, n))


def main():
    database, how, number = sys.argv[1:]
    load(database)
    results = {'grow': grow, 'parallel': parallel}[how](database, int(number))
    print(json.dumps({
                'companies': [company for company, _ in results],
                'seconds': [round(seconds, 4) for _, seconds in results]}))


if __name__ == '__main__':
    main()
