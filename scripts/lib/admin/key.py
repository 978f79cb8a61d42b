"""scripts/key: make, list and revoke the keys of a tenant."""
import argparse

from ..run import options

CONTRACTS = ('billing', 'teams', 'ledger', 'trades')


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/key', description="The keys of a tenant. TENANT is a company id, ID a key's.")
    commands = parser.add_subparsers(dest='command', required=True)
    create = options.command(commands, 'create', 'make a key; it is shown this once')
    create.add_argument('tenant', type=int, metavar='TENANT')
    create.add_argument('--contract', choices=CONTRACTS, required=True)
    create.add_argument(
        '--abilities', default='', metavar='a,b', help='what the key may do (default: everything)')
    options.command(commands, 'list', 'list the keys of a tenant').add_argument(
        'tenant', type=int, metavar='TENANT')
    options.command(commands, 'revoke', 'revoke a key').add_argument('id', type=int, metavar='ID')
    return parser.parse_args(arguments)


def _create(arguments, database):
    from trytond.modules.tenant_provision.provision import issue_key
    abilities = [name.strip() for name in arguments.abilities.split(',') if name.strip()]
    id, prefix, key = issue_key(arguments.tenant, arguments.contract, database, abilities)
    return {'id': id, 'prefix': prefix, 'key': key}


def _list(arguments, database):
    from trytond.modules.tenant_provision.provision import list_keys
    return list_keys(arguments.tenant)


def _revoke(arguments, database):
    from trytond.modules.tenant_provision.provision import revoke_key
    revoke_key(arguments.id)
    return {'id': arguments.id, 'revoked': True}


COMMANDS = {'create': _create, 'list': _list, 'revoke': _revoke}
