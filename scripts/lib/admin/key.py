"""scripts/key: create, list and revoke the keys of a tenant."""
import argparse

from ..run import options


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/key', description="The keys of a tenant. TENANT is a company id, ID a key's.")
    commands = parser.add_subparsers(dest='command', required=True)
    create = options.command(commands, 'create', 'make a key; it is shown this once')
    create.add_argument('tenant', type=int, metavar='TENANT')
    create.add_argument('--contract', required=True, help='name of a contract, e.g. billing')
    create.add_argument(
        '--abilities', default='', metavar='a,b', help='what the key may do (default: everything)')
    options.command(commands, 'list', 'list the keys of a tenant').add_argument(
        'tenant', type=int, metavar='TENANT')
    options.command(commands, 'revoke', 'revoke a key').add_argument('id', type=int, metavar='ID')
    return parser.parse_args(arguments)


def abilities_of(name, text):
    """Return the abilities of a text a,b.

    Raises FieldError for an unknown contract, and for an ability that no operation of it requires.
    """
    from trytond.modules.kernel.exceptions import FieldError
    from trytond.modules.rest.installed import contracts
    installed = {contract.name: contract for contract in contracts()}
    if name not in installed:
        raise FieldError(f"there is no contract {name!r}, only {_listed(installed)}", 'contract')
    abilities = [ability.strip() for ability in text.split(',') if ability.strip()]
    known = installed[name].abilities
    if unknown := [ability for ability in abilities if ability not in known]:
        raise FieldError(
            f"no operation of {name} asks for {_listed(unknown)}, only for {_listed(known)}", 'abilities')
    return abilities


def _listed(names):
    return ', '.join(sorted(names))


def _create(arguments, database):
    from trytond.modules.tenant_provision.provision import issue_key
    abilities = abilities_of(arguments.contract, arguments.abilities)
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
