"""scripts/check: find inconsistencies in the books and the archive of a running installation."""
import argparse

from ..run import options
from . import report
from .owner import transaction


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/check', description='Look for what must never be: moves that do not balance, gaps in'
        ' numbers, documents that are missing or changed. Exit 1 with a finding, 0 without one.')
    parser.add_argument(
        '--tenant', type=int, metavar='ID', help='company id of the one tenant to look at (default: all)')
    parser.add_argument('--language', choices=['en', 'de'], default='en', help='language of the messages')
    options.add_data(parser)
    options.add_json(parser)
    return parser.parse_args(arguments)


def perform(arguments):
    """Print the findings; return the exit code"""
    with transaction(arguments.data):
        found = findings(arguments.tenant, arguments.language)
    report.show(found, arguments.json)
    return report.FINDING if found else report.DONE


def findings(tenant=None, language='en'):
    """Return the findings for a tenant, for all if None; raise TenantError for an unknown one"""
    from trytond.modules.kernel import check
    from trytond.modules.kernel.tenants import require_tenant
    from trytond.transaction import Transaction
    if tenant is not None:
        require_tenant(tenant)
    with Transaction().set_context(language=language):
        return check.run(tenant)
