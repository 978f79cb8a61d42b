"""scripts/tenant: create, list, suspend, resume and offboard tenants, and change the features of a plan."""
import argparse
import datetime as dt

from ..run import options
from ..install.bootstrap import say

_TEXTS = (
    'name', 'street', 'postal-code', 'city', 'country', 'vat-id', 'tax-number', 'iban', 'bic', 'phone',
    'email')


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog='scripts/tenant', description='The tenants of an installation. TENANT is a company id.')
    commands = parser.add_subparsers(dest='command', required=True)
    create = options.command(commands, 'create', 'make a tenant with its books, a key and a login')
    for name in _TEXTS:
        create.add_argument(f'--{name}', required=name in ('name', 'country'), default='')
    create.add_argument('--chart', choices=['skr03', 'skr04', 'ekr'], default='')
    create.add_argument('--plan', default='full')
    create.add_argument('--small-business', action='store_true', help='charges no VAT')
    options.command(commands, 'list', 'list the tenants')
    for name, text in [
            ('suspend', 'refuse its calls with plan_forbidden'), ('resume', 'end a suspension'),
            ('offboard', 'end its access, keep its books, write its zip to DATA/offboard')]:
        options.command(commands, name, text).add_argument('tenant', type=int, metavar='TENANT')
    plan = options.command(commands, 'plan', 'change what its plan includes')
    plan.add_argument('tenant', type=int, metavar='TENANT')
    plan.add_argument('feature', nargs='+', metavar='FEATURE=on|off|N')
    return parser.parse_args(arguments)


def create(database, seller):
    """Create a tenant; return its object of demo.json. Nothing is committed.

    seller: provision.Seller
    """
    from trytond.modules.tenant.contracts import declared
    from trytond.modules.tenant_provision import provision
    password = provision.Password()
    company = provision.create_tenant(seller)
    keys = issue_keys(database, company, declared())
    login = f'owner-{company}'
    _, password = provision.add_member(company, login, 'owner', name=seller.name, password=password)
    return {
        'name': seller.name, 'company': company, 'country': seller.country,
        'chart': seller.chart or provision.CHART_OF[seller.country], 'plan': seller.plan,
        'credentials': keys, 'login': {'user': login, 'password': password}}


def issue_keys(database, company, contracts):
    """Create a key of each contract (name) for a tenant (company id); return {contract: key}"""
    from trytond.modules.tenant_provision.provision import issue_key
    return {contract: issue_key(company, contract, database)[2] for contract in sorted(contracts)}


def _create(arguments, database):
    from trytond.modules.tenant_provision.provision import Seller
    values = {name.replace('-', '_'): getattr(arguments, name.replace('-', '_')) for name in _TEXTS}
    seller = Seller(
        **values, chart=arguments.chart, plan=arguments.plan,
        small_business=arguments.small_business)
    tenant = create(database, seller)
    missing = seller.missing()
    if missing:
        say(f'before it can issue invoices it needs: {", ".join(missing)}')
    return tenant | {'missing': missing}


def _list(arguments, database):
    from trytond.modules.tenant_provision.provision import list_tenants
    return list_tenants()


def _set_state(state):
    def command(arguments, database):
        from trytond.modules.tenant_provision.provision import set_state
        set_state(arguments.tenant, state)
        return {'company': arguments.tenant, 'state': state}
    return command


def _offboard(arguments, database):
    from trytond.modules.tenant_provision.offboard import offboard
    folder = arguments.data / 'offboard'
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f'{arguments.tenant}-{dt.date.today()}.zip'
    offboard(arguments.tenant, path)
    path.chmod(0o600)
    return {'company': arguments.tenant, 'state': 'offboarded', 'zip': str(path)}


def _plan(arguments, database):
    from trytond.modules.tenant.plan import parse_feature
    from trytond.modules.kernel.exceptions import TenantError
    from trytond.modules.tenant_provision.provision import set_features
    try:
        changes = dict(map(parse_feature, arguments.feature))
    except ValueError as error:
        raise TenantError(str(error), 'feature') from error
    return {'company': arguments.tenant, 'features': set_features(arguments.tenant, changes)}


COMMANDS = {
    'create': _create, 'list': _list, 'suspend': _set_state('suspended'),
    'resume': _set_state('active'), 'offboard': _offboard, 'plan': _plan}
