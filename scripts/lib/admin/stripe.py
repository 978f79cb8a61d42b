"""scripts/stripe: a tenant's Stripe key and the address of its webhook."""
import argparse
import os
import sys

from ..run import options
from ..install.bootstrap import Failed

VARIABLES = {'key': 'KONTOR_STRIPE_KEY', 'webhook_secret': 'KONTOR_STRIPE_WEBHOOK_SECRET'}
"""Secret → environment variable, an alternative to the command line"""
_EPILOG = (
    "A secret given as - is read from a line of standard input, first the key, then the webhook secret;"
    f" one that is not given is taken from {' or '.join(VARIABLES.values())}. Set the key first: the"
    " printed path, after your own address, is the endpoint to create at Stripe, which then shows its"
    " signing secret. Events: checkout.session.completed, checkout.session.async_payment_succeeded,"
    " payment_intent.succeeded, charge.refunded, charge.dispute.created.")


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/stripe', description='The Stripe account of a tenant. TENANT is a company id.',
        epilog=_EPILOG)
    commands = parser.add_subparsers(dest='command', required=True)
    change = options.command(commands, 'set', 'set the key, the webhook secret, or both')
    change.epilog = _EPILOG
    change.add_argument('--key', metavar='KEY', help='restricted or secret key (rk_…, sk_…), or -')
    change.add_argument('--webhook-secret', metavar='SECRET', help='signing secret (whsec_…), or -')
    others = [
        options.command(commands, 'show', 'show what is set, without the secrets'),
        options.command(commands, 'unset', 'delete the secrets; the address ends as well')]
    for command in (change, *others):
        command.add_argument('tenant', type=int, metavar='TENANT')
    return parser.parse_args(arguments)


def secrets_of(arguments, environment, lines):
    """Return {name: secret or None}; ``lines``: iterator over standard input"""
    found = {}
    for name, variable in VARIABLES.items():
        value = getattr(arguments, name)
        if value == '-':
            value = next(lines, '').strip()
        found[name] = value or environment.get(variable) or None
    if not any(found.values()):
        raise Failed(
            f"nothing to set: give --key or --webhook-secret, or set {' or '.join(VARIABLES.values())}")
    return found


def _set(arguments, database):
    from trytond.modules.account_invoice_payment_link.account import configure
    values = secrets_of(arguments, os.environ, iter(sys.stdin))
    return configure(arguments.tenant, database, **values)


def _show(arguments, database):
    from trytond.modules.account_invoice_payment_link.account import describe
    return describe(arguments.tenant)


def _unset(arguments, database):
    from trytond.modules.account_invoice_payment_link.account import forget
    return forget(arguments.tenant)


COMMANDS = {'set': _set, 'show': _show, 'unset': _unset}
