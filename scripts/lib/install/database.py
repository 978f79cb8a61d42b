"""Migrate the database to the present code and create the demo tenants; runs once per start as the owner.

Reads one JSON object on standard input: database, roles, web_password, worker_password, tenants (path of the
file of the tenants, with their keys). TRYTOND_CONFIG names the owner's configuration.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from scripts.lib.install.bootstrap import say
from scripts.lib.install.home import read_json, write_json
from scripts.lib.admin.tenant import create, issue_keys

SELLERS = (
    {
        'name': 'Musterwerkstatt GmbH', 'street': 'Werkstraße 12', 'postal_code': '10115',
        'city': 'Berlin', 'country': 'DE', 'chart': 'skr04', 'vat_id': 'DE123456788',
        'tax_number': '181/815/08155', 'iban': 'DE89370400440532013000', 'bic': 'COBADEFFXXX',
        'phone': '+49 30 5550100', 'email': 'rechnung@musterwerkstatt.example'},
    {
        'name': 'Musteragentur GmbH', 'street': 'Ringstraße 7', 'postal_code': '1010',
        'city': 'Wien', 'country': 'AT', 'chart': 'ekr', 'vat_id': 'ATU12345675',
        'tax_number': '59-119/9013', 'iban': 'AT611904300234573201', 'bic': 'GIBAATWWXXX',
        'phone': '+43 1 5550100', 'email': 'rechnung@musteragentur.example'},
    )


def tenants(database, path):
    """Create the missing demo tenants and store all of them in a file."""
    from trytond.modules.tenant.contracts import declared
    from trytond.modules.tenant.credential import authenticate
    known = [
        tenant for tenant in read_json(path) or []
        if all(authenticate(database, key, name) for name, key in tenant['credentials'].items())]
    for tenant in known:
        if missing := declared().keys() - tenant['credentials'].keys():
            tenant['credentials'] |= _as_owner(database, issue_keys, tenant['company'], missing)
    for seller in SELLERS:
        if not any(tenant['country'] == seller['country'] for tenant in known):
            say(f'making the demo tenant {seller["name"]}')
            known.append(_as_owner(database, _make, seller))
            write_json(path, known)
    write_json(path, known)


def _make(database, seller):
    from trytond.modules.tenant_provision.provision import Seller
    return create(database, Seller(plan='full', **seller))


def _as_owner(database, function, *arguments):
    """Return the result of function(database, …) in a transaction of the owner, after its COMMIT."""
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    if database not in Pool.database_list():
        with Transaction().start(database, 0, readonly=True):
            Pool(database).init()
    with Transaction().start(database, 0):
        return function(database, *arguments)


def main():
    request = json.load(sys.stdin)
    path = Path(request.pop('tenants'))
    from trytond.pool import Pool

    from trytond.modules.tenant_provision import install
    install.ensure(**request, progress=say)
    Pool.start()
    tenants(request['database'], path)


if __name__ == '__main__':
    main()
