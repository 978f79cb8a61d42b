"""What a tenant may use, as data, and the state of the tenant itself.

A tenant's features are the plan's with what was agreed on top. They are checked at use, so a changed plan
holds from the next call on.
"""
import json

from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.model import fields
from trytond.pool import Pool, PoolMeta

from .scope import current_company

PLANS = {
    'full': {
        'api_access': True, 'template_limit': 1000, 'epc_qr': True, 'e_invoice': True,
        'flat_rate_documents': True, 'requests_per_second': 2000},
    'free': {
        'api_access': False, 'template_limit': 1, 'epc_qr': False, 'e_invoice': False,
        'flat_rate_documents': False, 'requests_per_second': 20},
    }
"""Plan → feature → on, off or a number"""
FEATURES = tuple(PLANS['full'])
STATES = [
    ('house', "House"),
    ('template', "Template"),
    ('active', "Active"),
    ('suspended', "Suspended"),
    ('offboarded', "Offboarded"),
    ]
CHARTS = [('skr03', "SKR03"), ('skr04', "SKR04"), ('ekr', "EKR")]


class PlanForbidden(UserError):
    """The tenant's plan lacks ``feature`` or its number is used up"""
    code = 'plan_forbidden'

    def __init__(self, message, feature):
        super().__init__(message)
        self.feature = feature


def parse_feature(text):
    """Return (feature, value) of ``FEATURE=on|off|N``.

    Raises ValueError for an unknown feature or value.
    """
    name, _, value = text.partition('=')
    if name not in FEATURES:
        raise ValueError(f"unknown feature {name!r}; known: {', '.join(FEATURES)}")
    switch = isinstance(PLANS['full'][name], bool)
    if switch and value in ('on', 'off'):
        return name, value == 'on'
    if not switch and value.isascii() and value.isdigit():
        return name, int(value)
    raise ValueError(f"{name} takes {'on or off' if switch else 'a number'}, not {value!r}")


def features():
    """Return feature → value of the tenant of the transaction"""
    Company = Pool().get('company.company')
    return json.loads(Company(current_company()).features or '{}')


def require_feature(name, known=None):
    """Raise PlanForbidden unless the feature is on; known: the tenant's features, if they were read already
    """
    if not (features() if known is None else known).get(name):
        raise PlanForbidden(gettext('tenant.msg_feature_missing', feature=name), name)


def require_room(name, used):
    """Raise PlanForbidden unless one more than ``used`` is within the number of the feature"""
    limit = features().get(name) or 0
    if used >= limit:
        raise PlanForbidden(gettext('tenant.msg_feature_limit', feature=name, limit=limit), name)


class Company(metaclass=PoolMeta):
    __name__ = 'company.company'

    tenant_state = fields.Selection(STATES, "Tenant State", required=True, readonly=True)
    plan = fields.Char("Plan", readonly=True)
    features = fields.Text("Features", readonly=True)
    chart = fields.Selection([(None, ""), *CHARTS], "Chart of Accounts", readonly=True)
    country = fields.Many2One('country.country', "Country", readonly=True)
    small_business = fields.Boolean("Small Business", readonly=True, help=(
            "Charges no VAT: § 19 UStG in Germany, § 6 (1) 27 UStG in Austria."))

    @classmethod
    def default_tenant_state(cls):
        return 'active'

    @classmethod
    def default_features(cls):
        return json.dumps(PLANS['full'])
