"""The four roles of a tenant's members and the stock groups each brings along.

The rights themselves are data: ``ir.model.access`` rows of the modules, per group.
"""
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import Pool
from trytond.transaction import Transaction

OWNER, ACCOUNTANT, CLERK, READONLY = 'owner', 'accountant', 'clerk', 'readonly'
ROLES = {
    OWNER: [
        'tenant.group_owner', 'tenant.group_accountant', 'tenant.group_clerk', 'account.group_account',
        'account.group_account_admin', 'product.group_product_admin', 'party.group_party_admin',
        'bank.group_bank_admin'],
    ACCOUNTANT: [
        'tenant.group_accountant', 'tenant.group_clerk', 'account.group_account',
        'account.group_account_admin', 'product.group_product_admin', 'bank.group_bank_admin'],
    CLERK: ['tenant.group_clerk', 'account.group_account'],
    READONLY: ['tenant.group_readonly', 'account.group_account'],
    }
"""Role → groups (module.xml id)"""
PERSONAL = (
    'ir.ui.', 'ir.session', 'ir.note.read', 'res.user.device', 'res.user.warning', 'res.notification',
    'ir.model.button.click', 'ir.export', 'ir.avatar')
"""Models that even a read-only member writes: the state of the own client"""
UNCHECKED = (*PERSONAL, 'res.user', 'ir.model.log', 'ir.queue')
"""… and those that the server writes in the member's name"""


def group_ids(role):
    """Return the ids of the groups of a role; groups of modules that are not there are left out"""
    ModelData = Pool().get('ir.model.data')
    ids = []
    for fs_id in ROLES[role]:
        try:
            ids.append(ModelData.get_id(fs_id))
        except KeyError:
            continue
    return ids


def is_readonly():
    """Return whether the user of the transaction may only read"""
    pool = Pool()
    readonly = pool.get('ir.model.data').get_id('tenant.group_readonly')
    return readonly in pool.get('res.user').get_groups()


def check_writable(Model):
    """Refuse a read-only member whatever way he came.

    Wizards and some methods run without access rights in stock: the rights alone do not stop him there.
    """
    if Transaction().user and not Model.__name__.startswith(UNCHECKED) and is_readonly():
        raise AccessError(gettext('tenant.msg_readonly', model=Model.__names__()['model']))
