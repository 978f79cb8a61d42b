"""A tenant's account at Stripe: its API key and webhook secret, encrypted, and the address of its webhook.

There is no access over RPC; the operator's script sets the secrets, the code uses them.
"""
import secrets

from trytond.i18n import gettext
from trytond.model import ModelSQL, Unique, fields
from trytond.modules.account_invoice_issue.exceptions import PaymentLinkError
from trytond.modules.kernel import vault
from trytond.modules.tenant.ownership import NOTHING, TenantOwned
from trytond.modules.kernel.exceptions import TenantError
from trytond.modules.kernel.tenants import require_tenant
from trytond.modules.tenant.scope import current_company, entered
from trytond.modules.tenant.walls import allow_question
from trytond.pool import Pool
from trytond.transaction import Transaction

from .provider import KEY, WEBHOOK_SECRET

PATH = '/webhooks/stripe/'


class Account(TenantOwned, ModelSQL):
    """Stripe Account"""
    __name__ = 'account.invoice.payment_link.account'
    __web_rights__ = 'SELECT'
    __member_rights__ = NOTHING
    __never_copied__ = True
    __never_exported__ = True
    __global_unique__ = frozenset({'hook_unique'})

    hook = fields.Char("Webhook", required=True, readonly=True)
    key = fields.Binary("Key", readonly=True)
    webhook_secret = fields.Binary("Webhook Secret", readonly=True)
    key_hint = fields.Char("Key Hint", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_constraints += [
            ('hook_unique', Unique(table, table.hook),
                'account_invoice_payment_link.msg_hook_unique'),
            ('account_unique', Unique(table, table.company),
                'account_invoice_payment_link.msg_account_unique'),
            ]

    @classmethod
    def __raise_walls__(cls, cursor, roles):
        """Allow the lookup of a webhook's tenant, which a report identifies only by the random id in its path
        """
        allow_question(
            cursor, roles, 'kontor_webhook(text)', 'TABLE (company int, secret bytea, timezone varchar)',
            f"""SELECT a.company, a.webhook_secret, c.timezone
            FROM {cls._table} a JOIN company_company c ON c.id = a.company
            WHERE a.hook = $1 AND c.tenant_state IN ('active', 'suspended')""")

    @classmethod
    def own_key(cls):
        """Return the key of the tenant of the transaction.

        Raises PaymentLinkError if it is missing or cannot be decrypted.
        """
        table = cls.__table__()
        company = current_company()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(table.key, where=table.company == company))
        row = cursor.fetchone()
        if not row or not row[0]:
            raise PaymentLinkError(gettext('account_invoice_issue.msg_no_payment_link'))
        try:
            return vault.unseal(company, 'stripe_key', row[0])
        except vault.Unreadable as error:
            raise PaymentLinkError(
                gettext('account_invoice_payment_link.msg_key_unreadable')) from error


# Functions of the operator; on the owner's connection

def configure(company, shard, key=None, webhook_secret=None):
    """Set the given secrets; return :func:`describe`.

    shard: name of the database, the prefix of the webhook's id. Raises TenantError naming the argument.
    """
    require_tenant(company)
    _check('key', key, KEY)
    _check('webhook_secret', webhook_secret, WEBHOOK_SECRET)
    values = {}
    if key:
        values['key'] = vault.seal(company, 'stripe_key', key)
        values['key_hint'] = f"{key[:8]}…{key[-4:]}"
    if webhook_secret:
        values['webhook_secret'] = vault.seal(company, 'stripe_webhook', webhook_secret)
    with entered(company):
        Account = Pool().get('account.invoice.payment_link.account')
        # Row-level security does not apply to the owner
        accounts = Account.search([('company', '=', company)])
        if accounts:
            Account.write(accounts, values)
        else:
            Account.create([values | {'hook': f'{shard}_{secrets.token_urlsafe(32)}'}])
    return describe(company)


def _check(name, value, pattern):
    """Check the form of a secret; the value stays out of the message: it may be a key with a typing error"""
    if value and not pattern.fullmatch(value):
        raise TenantError(f"{name} does not look like one of Stripe's", name)


def describe(company):
    """Return {company, key (its ends only), webhook_secret, webhook}; None for a value that is not set"""
    require_tenant(company)
    with entered(company):
        accounts = Pool().get('account.invoice.payment_link.account').search(
            [('company', '=', company)])
    account = accounts[0] if accounts else None
    return {
        'company': company, 'key': account.key_hint if account else None,
        'webhook_secret': 'set' if account and account.webhook_secret else None,
        'webhook': PATH + account.hook if account else None}


def forget(company):
    """Delete the secrets and the webhook's address; idempotent"""
    require_tenant(company)
    with entered(company):
        Account = Pool().get('account.invoice.payment_link.account')
        Account.delete(Account.search([('company', '=', company)]))
    return describe(company)
