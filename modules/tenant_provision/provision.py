"""Tenants: made from the template company of their chart, suspended, resumed, sent off.

Runs with the owner's connection, outside every tenant, and enters the new one by its scope.
"""
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from stdnum import bic, iban
from stdnum.eu import vat as eu_vat
from trytond.exceptions import UserError
from trytond.pool import Pool
from trytond.transaction import Transaction

from .copy_company import copy_company
from trytond.modules.kernel.exceptions import TenantError
from trytond.modules.kernel.tenants import require_tenant
from trytond.modules.tenant.contracts import declared
from trytond.modules.tenant.plan import PLANS
from trytond.modules.tenant.role import OWNER, group_ids
from trytond.modules.tenant.scope import entered

CHART_OF = {'DE': 'skr04', 'AT': 'ekr'}
TIMEZONE_OF = {'DE': 'Europe/Berlin', 'AT': 'Europe/Vienna'}
TAX_NUMBER_OF = {'DE': 'de_stnr', 'AT': 'at_tin'}
"""Country → type of party.identifier"""


@dataclass
class Seller:
    """A new tenant as asked for; everything but name and country may be missing"""
    name: str
    country: str
    street: str = ''
    postal_code: str = ''
    city: str = ''
    vat_id: str = ''
    tax_number: str = ''
    iban: str = ''
    bic: str = ''
    phone: str = ''
    email: str = ''
    chart: str = ''
    plan: str = 'full'
    small_business: bool = False
    features: dict = field(default_factory=dict)

    def missing(self):
        """Return the names of the legal data still missing: a seller needs a tax number or a VAT id"""
        gone = [n for n in ('street', 'postal_code', 'city') if not getattr(self, n)]
        if not (self.vat_id or self.tax_number):
            gone.append('vat_id or tax_number')
        return gone


def create_tenant(seller):
    """Create a tenant and return its company id.

    Copies the template company of the chart, then writes the seller's own data.
    Raises TenantError naming the argument.
    """
    chart = seller.chart or CHART_OF.get(seller.country)
    if seller.country not in CHART_OF:
        raise TenantError(f"country must be one of {', '.join(CHART_OF)}", 'country')
    if seller.plan not in PLANS:
        raise TenantError(f"plan must be one of {', '.join(PLANS)}", 'plan')
    if not seller.name.strip():
        raise TenantError("name must not be empty", 'name')
    connection = Transaction().connection
    company = copy_company(connection, Pool(), _template(connection, chart, seller.country))
    _describe(connection, company, seller)
    with entered(company):
        _seller(company, seller)
    return company


def _template(connection, chart, country):
    """Return the id of the template company of a chart, which must be one of the country's: its taxes are"""
    row = connection.execute(
        "SELECT c.id, n.code FROM company_company c LEFT JOIN country_country n ON n.id = c.country"
        " WHERE c.tenant_state = 'template' AND c.chart = %s", (chart,)).fetchone()
    if row is None:
        raise TenantError(f"there is no chart {chart!r}", 'chart')
    if row[1] != country:
        raise TenantError(f"the chart {chart!r} is one of {row[1]}, not of {country}", 'chart')
    return row[0]


def _describe(connection, company, seller):
    """The columns of the company that a copy does not have right"""
    connection.execute(
        "UPDATE company_company SET tenant_state = 'active', plan = %s, features = %s, timezone = %s,"
        " small_business = %s, country = (SELECT id FROM country_country WHERE code = %s) WHERE id = %s",
        (seller.plan, json.dumps(PLANS[seller.plan] | seller.features), TIMEZONE_OF[seller.country],
            seller.small_business, seller.country, company))


def _seller(company, seller):
    """Write name, address, identifiers, contacts and bank account of a tenant; Tryton checks them"""
    pool = Pool()
    party = pool.get('company.company')(company).party
    party.name = seller.name.strip()
    party.save()
    _address(party, seller)
    _identifiers(party, seller)
    _contacts(party, seller)
    if seller.iban:
        _bank_account(party, seller)


def _address(party, seller):
    pool = Pool()
    country, = pool.get('country.country').search([('code', '=', seller.country)])
    pool.get('party.address').create([{
                'party': party.id, 'street': seller.street or None,
                'postal_code': seller.postal_code or None, 'city': seller.city or None,
                'country': country.id, 'invoice': True}])


def _identifiers(party, seller):
    rows = []
    if seller.vat_id:
        if not eu_vat.is_valid(seller.vat_id):
            raise TenantError(f"vat-id {seller.vat_id!r} is not valid", 'vat_id')
        rows.append({'party': party.id, 'type': 'eu_vat', 'code': eu_vat.compact(seller.vat_id)})
    if seller.tax_number:
        rows.append({'party': party.id, 'type': TAX_NUMBER_OF[seller.country], 'code': seller.tax_number})
    if rows:
        try:
            Pool().get('party.identifier').create(rows)
        except UserError as error:
            raise TenantError(f"tax-number {seller.tax_number!r}: {error}", 'tax_number') from error


def _contacts(party, seller):
    rows = [
        {'party': party.id, 'type': type_, 'value': value}
        for type_, value in [('email', seller.email), ('phone', seller.phone)] if value]
    if rows:
        Pool().get('party.contact_mechanism').create(rows)


def _bank_account(party, seller):
    """The seller's own IBAN is checked: documents and payment codes carry it"""
    if not iban.is_valid(seller.iban):
        raise TenantError(f"iban {seller.iban!r} is not valid", 'iban')
    if seller.bic and not bic.is_valid(seller.bic):
        raise TenantError(f"bic {seller.bic!r} is not valid", 'bic')
    pool = Pool()
    bank = None
    if seller.bic:
        holder, = pool.get('party.party').create([{'name': seller.bic}])
        bank, = pool.get('bank').create([{'party': holder.id, 'bic': bic.compact(seller.bic)}])
    pool.get('bank.account').create([{
                'bank': bank.id if bank else None, 'owners': [('add', [party.id])],
                'numbers': [('create', [{'type': 'iban', 'number': iban.compact(seller.iban)}])]}])


class Password:
    """A password whose hash is being made: in a thread, since a good hash takes as long as a tenant.

    text: random unless given.
    """

    def __init__(self, text=None):
        self.text = text or secrets.token_urlsafe(18)
        thread = ThreadPoolExecutor(1)
        self._hash = thread.submit(Pool().get('res.user').hash_password, self.text)
        thread.shutdown(wait=False)

    @property
    def hash(self):
        return self._hash.result()


def add_member(company, login, role, name=None, password=None):
    """Create a user of a tenant; return (user id, password), the password random unless given.

    password: str or Password.
    """
    if not isinstance(password, Password):
        password = Password(password)
    with entered(company):
        user, = Pool().get('res.user').create([{
                    'login': login, 'name': name or login, 'password_hash': password.hash,
                    'company': company, 'companies': [('add', [company])],
                    'groups': [('add', group_ids(role))]}])
    return user.id, password.text


def api_user(company, role=OWNER):
    """Return the user that a tenant's keys of a role act as, whom nobody can log in as"""
    login = f'api@{company}' if role == OWNER else f'api-{role}@{company}'
    with entered(company):
        User = Pool().get('res.user')
        users = User.search([('login', '=', login)])
        if users:
            return users[0].id
        user, = User.create([{
                    'login': login, 'name': "API", 'company': company,
                    'companies': [('add', [company])],
                    'groups': [('add', group_ids(role))]}])
        return user.id


def issue_key(company, scheme, shard, abilities=()):
    """Create a key of a contract for a tenant; return (credential id, prefix, key)"""
    require_tenant(company)
    contract = declared().get(scheme)
    user = api_user(company, contract.role if contract else OWNER)
    with entered(company):
        credential, key = Pool().get('tenant.credential').issue(scheme, user, shard, abilities)
        return credential.id, credential.prefix, key


def set_state(company, state):
    """Suspend ('suspended'), resume ('active') or send off ('offboarded') a tenant"""
    require_tenant(company)
    Transaction().connection.execute(
        "UPDATE company_company SET tenant_state = %s WHERE id = %s", (state, company))
    if state != 'active':
        Transaction().connection.execute("DELETE FROM ir_session WHERE company = %s", (company,))


def list_tenants():
    """Return the tenants as dictionaries: company, name, country, chart, plan, state, features, missing
    data
    """
    rows = Transaction().connection.execute(
        "SELECT c.id, p.name, n.code, c.chart, c.plan, c.tenant_state, c.features"
        " FROM company_company c JOIN party_party p ON p.id = c.party"
        " LEFT JOIN country_country n ON n.id = c.country"
        " WHERE c.tenant_state NOT IN ('house', 'template') ORDER BY c.id")
    return [
        {'company': id, 'name': name, 'country': country, 'chart': chart, 'plan': plan,
            'state': state, 'features': json.loads(features or '{}')}
        for id, name, country, chart, plan, state, features in rows]


def list_keys(company):
    """Return the keys of a tenant as dictionaries, newest first, without their secret"""
    require_tenant(company)
    rows = Transaction().connection.execute(
        "SELECT id, scheme, prefix, abilities, create_date, last_use, revoked"
        " FROM tenant_credential WHERE company = %s ORDER BY id DESC", (company,))
    names = ('id', 'contract', 'prefix', 'abilities', 'created', 'last_use', 'revoked')
    return [dict(zip(names, row, strict=True)) for row in rows]


def revoke_key(id):
    """Revoke a key; it fails from its next call on. May be repeated."""
    if not Transaction().connection.execute(
            "UPDATE tenant_credential SET revoked = coalesce(revoked, CURRENT_TIMESTAMP) WHERE id = %s",
            (id,)).rowcount:
        raise TenantError(f"there is no key {id}", 'key')


def set_features(company, changes):
    """Change features of a tenant (feature → value); return all of them"""
    require_tenant(company)
    row = Transaction().connection.execute(
        "UPDATE company_company SET features = (coalesce(features, '{}')::jsonb || %s::jsonb)::text"
        " WHERE id = %s RETURNING features", (json.dumps(changes), company)).fetchone()
    return json.loads(row[0])
