"""What the operator does for tests: makes tenants, members and keys with the owner's rights.

The tests themselves run with the rights of a web worker, so this runs in a process of its own (one per test
worker, started when first needed). Run as a program it takes one JSON call per line,
{"function": "tenant_provision.provision.set_state", "arguments": [4, "suspended"], "options": {}},
and answers each with
{"result": …} or {"error": …}.
"""
import importlib
import json
import os
import subprocess
import sys

from tests.support.stock import Stock

SELLER = {
    'DE': {
        'street': 'Werkstraße 12', 'postal_code': '10115', 'city': 'Berlin', 'country': 'DE',
        'vat_id': 'DE123456788', 'tax_number': '181/815/08155',
        'iban': 'DE89370400440532013000', 'bic': 'COBADEFFXXX'},
    'AT': {
        'street': 'Ringstraße 7', 'postal_code': '1010', 'city': 'Wien', 'country': 'AT',
        'vat_id': 'ATU12345675', 'tax_number': '59-119/9013',
        'iban': 'AT611904300234573201', 'bic': 'GIBAATWWXXX'},
    }


class Refused(Exception):
    """A call failed in the operator's process; the text is its error."""


class Operator:
    """Calls functions of Kontor's modules on a database as the owner.

    stocked: tenants that are to be like all others come from a stock.
    """

    def __init__(self, server, database, stocked=False):
        self.database = database
        self._stock = Stock(server.superuser(database), database, self._made) if stocked else None
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'tests.support.operator', database], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            env=os.environ | {'TRYTOND_CONFIG': str(server.configuration('owner'))})

    def close(self):
        self._process.kill()
        self._process.wait()

    def call(self, function, *arguments, **options):
        """Return the result of a function in a transaction of its own.

        function: module and name, below trytond.modules unless it begins with ``trytond.``.
        """
        self._process.stdin.write(json.dumps({
            'function': function, 'arguments': arguments, 'options': options}) + '\n')
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise Refused('the process of the operator has ended; its error stands above')
        answer = json.loads(line)
        if 'error' in answer:
            raise Refused(answer['error'])
        return answer['result']

    def tenant(self, country='DE', name=None, **seller):
        """Make a tenant with a member and a key of each contract.

        Returns the tenant object of demo.json: name, company, country, credentials, login.
        """
        if self._stock and not name and not seller:
            return self._stock.take(country)
        return self._made(country, name, **seller)

    def _made(self, country, name=None, **seller):
        seller = SELLER[country] | {'name': name or f'Test {country} GmbH'} | seller
        return self.call('tenant', **seller)


def _tenant(**seller):
    from trytond.transaction import Transaction

    from trytond.modules.tenant.contracts import declared
    from trytond.modules.tenant_provision import provision
    database = Transaction().database.name
    company = provision.create_tenant(provision.Seller(**seller))
    login = f'member-{company}'
    user, password = provision.add_member(company, login, 'owner')
    keys = {name: provision.issue_key(company, name, database)[1:] for name in declared()}
    return {
        'name': seller['name'], 'company': company, 'country': seller['country'],
        'credentials': {name: key for name, (_, key) in keys.items()}, 'prefix': keys['billing'][0],
        'login': {'user': login, 'password': password, 'id': user}}


def _answer(database, request):
    from trytond.transaction import Transaction
    module, _, name = request['function'].rpartition('.')
    function = _tenant
    if module:
        path = module if module.startswith('trytond.') else f'trytond.modules.{module}'
        function = getattr(importlib.import_module(path), name)
    with Transaction().start(database, 0):
        return function(*request['arguments'], **request['options'])


def main():
    database, = sys.argv[1:]
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    Pool.start()
    with Transaction().start(database, 0, readonly=True):
        Pool(database).init()
    for line in sys.stdin:
        try:
            answer = {'result': _answer(database, json.loads(line))}
        except Exception as error:
            answer = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer, default=list), flush=True)


if __name__ == '__main__':
    main()
