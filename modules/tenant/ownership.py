"""Whose a record is.

Every model with a table is one of three:

- tenant-owned: a subclass of :class:`TenantOwned`; each row has its company;
- shared: reference data all tenants read and none writes (``SHARED``);
- the operator's: neither read nor written by a tenant (``OPERATOR``).

``classify`` is the one place that answers; the walls, the access rights and the tests ask it.
"""
from sql import Column
from sql.operators import Equal
from trytond.i18n import gettext
from trytond.model import Exclude, ModelSQL, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.transaction import Transaction

from .role import check_writable
from .scope import current_company

SHARED = {
    'account.account.template': 'charts as delivered',
    'account.account.template-account.tax.template': 'charts as delivered',
    'account.account.type.template': 'charts as delivered',
    'account.tax.code.line.template': 'charts as delivered',
    'account.tax.code.template': 'charts as delivered',
    'account.tax.line.template': 'charts as delivered',
    'account.tax.rule.line.template': 'charts as delivered',
    'account.tax.rule.template': 'charts as delivered',
    'account.tax.template': 'charts as delivered',
    'country.country': 'ISO 3166',
    'country.organization': 'unions of countries',
    'country.organization.member': 'unions of countries',
    'country.postal_code': 'public post codes',
    'country.region': 'UN M49',
    'country.subdivision': 'ISO 3166-2',
    'currency.currency': 'ISO 4217',
    'currency.currency.rate': 'public rates, loaded by the operator',
    'ir.action': 'the application itself',
    'ir.action-res.group': 'the application itself',
    'ir.action.act_window': 'the application itself',
    'ir.action.act_window.domain': 'the application itself',
    'ir.action.act_window.view': 'the application itself',
    'ir.action.keyword': 'the application itself',
    'ir.action.report': 'the application itself',
    'ir.action.url': 'the application itself',
    'ir.action.wizard': 'the application itself',
    'ir.calendar.day': 'names of days',
    'ir.calendar.month': 'names of months',
    'ir.configuration': 'language and series of the database',
    'ir.email.template': 'the application itself',
    'ir.email.template-ir.action.report': 'the application itself',
    'ir.lang': 'languages',
    'ir.message': 'texts of the application',
    'ir.model': 'the application itself',
    'ir.model.access': 'rights per role',
    'ir.model.button': 'the application itself',
    'ir.model.button-button.reset': 'the application itself',
    'ir.model.button-res.group': 'rights per role',
    'ir.model.button.rule': 'rights per role',
    'ir.model.data': 'the application itself',
    'ir.model.field': 'the application itself',
    'ir.model.field.access': 'rights per role',
    'ir.module': 'the application itself',
    'ir.module.config_wizard.item': 'the application itself',
    'ir.module.dependency': 'the application itself',
    'ir.rule': 'rights per role',
    'ir.rule.group': 'rights per role',
    'ir.rule.group-res.group': 'rights per role',
    'ir.sequence.type': 'kinds of numbers',
    'ir.sequence.type-res.group': 'rights per role',
    'ir.translation': 'texts of the application',
    'ir.trigger': 'the application itself',
    'ir.ui.icon': 'the application itself',
    'ir.ui.menu': 'the application itself',
    'ir.ui.menu-res.group': 'rights per role',
    'ir.ui.view': 'the application itself',
    'party.address.format': 'address formats of the countries',
    'party.address.subdivision_type': 'address formats of the countries',
    'product.uom': 'units of measure, UN/ECE Rec 20',
    'product.uom.category': 'units of measure',
    'res.group': 'the roles',
    }
"""Model name → why all tenants may read it"""

OPERATOR = {
    'currency.cron': 'schedule of the rate import',
    'currency.cron-currency.currency': 'schedule of the rate import',
    'ir.cache': "the processes' own bookkeeping",
    'ir.cron': 'schedule of the server',
    'ir.cron-company.company': 'schedule of the server',
    'ir.cron.log': 'schedule of the server',
    'ir.error': "the server's errors, whose texts may hold anybody's data",
    'ir.filestore.queue': "the server's files",
    'ir.trigger.log': "the server's triggers",
    'res.user.login.attempt': 'kept in memory instead: the tenant is not known yet',
    }
"""Model name → why no tenant reaches it"""

HOUSE = 1
"""Company of the operators and of what modules bring along; made first in every database"""
OWNED, SHARED_KIND, OPERATOR_KIND = 'owned', 'shared', 'operator'


def classify(Model):
    """Return the kind of a model with a table of its own, None for any other.

    An unlisted model is an error: a new model must say whose it is.
    """
    if not issubclass(Model, ModelSQL) or Model._is_table_query():
        return None
    if issubclass(Model, TenantOwned):
        return OWNED
    if Model.__name__ in SHARED:
        return SHARED_KIND
    if Model.__name__ in OPERATOR:
        return OPERATOR_KIND
    raise LookupError(
        f"{Model.__name__} is neither tenant-owned nor listed as shared or the operator's")


def owned_models(pool):
    """Return the tenant-owned models of a pool by name"""
    return {
        name: Model for name, Model in sorted(pool.iterobject()) if classify(Model) == OWNED}


def company_column(Model):
    """Return the column that says whose a row of the model is"""
    return 'id' if Model.__name__ == 'company.company' else 'company'


def _is_column(field):
    return isinstance(field, fields.Many2One) and not isinstance(field, fields.Function)


class TenantOwned:
    """A model whose every row belongs to one tenant.

    Adds ``company``, filled from the connection and never from the client; makes unique and exclusion
    constraints per company. Rules, row-level security, foreign keys and the index of its rows
    follow from ``walls``.
    """
    __slots__ = ()
    __global_unique__ = frozenset()
    """Names of constraints that stay unique over all tenants"""

    @classmethod
    def __setup__(cls):
        super().__setup__()
        if cls.__name__ == 'company.company':
            return
        if not _is_column(getattr(cls, 'company', None)):
            cls.company = fields.Many2One(
                'company.company', "Company", required=True, readonly=True, ondelete='RESTRICT')
        cls.company.required = True

    @classmethod
    def __post_setup__(cls):
        super().__post_setup__()
        for field in cls._fields.values():
            # A tenant writes in his own language; the translations of the application are not his
            if getattr(field, 'translate', False):
                field.translate = False
        if cls.__name__ != 'company.company':
            cls._sql_constraints = [
                (name, cls.__per_company(name, constraint), message)
                for name, constraint, message in cls._sql_constraints]
            cls._defaults['company'] = cls.default_company

    @classmethod
    def __per_company(cls, name, constraint):
        if name in cls.__global_unique__ or not isinstance(constraint, (Unique, Exclude)):
            return constraint
        table = constraint.table
        if any(isinstance(c, Column) and c.name == 'company' for c in constraint.columns):
            return constraint
        if isinstance(constraint, Unique):
            return Unique(table, table.company, *constraint.columns)
        return Exclude(
            table, (table.company, Equal), *constraint.excludes, where=constraint.where)

    @classmethod
    def __register__(cls, module_name):
        cls.__drop_global_constraints()
        super().__register__(module_name)

    @classmethod
    def __drop_global_constraints(cls):
        """Constraints that stock made over all tenants go; registering adds ours under the same name"""
        handler = cls.__table_handler__()
        cursor = Transaction().connection.cursor()
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype IN ('u', 'x') AND conrelid = to_regclass(%s)"
            " AND pg_get_constraintdef(oid) !~ '\\mcompany\\M'", (f'"{cls._table}"',))
        stale = {name for name, in cursor.fetchall()}
        for name, constraint, _ in cls._sql_constraints:
            if (isinstance(constraint, (Unique, Exclude)) and name not in cls.__global_unique__
                    and handler.convert_name(f'{cls._table}_{name}') in stale):
                handler.drop_constraint(name)

    @classmethod
    def default_company(cls):
        return current_company()

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        # Before what a model itself has against it
        check_writable(cls)
        super().check_modification(mode, records, values=values, external=external)

    @classmethod
    def preprocess_values(cls, mode, values):
        check_writable(cls)
        values = super().preprocess_values(mode, values)
        company = current_company()
        if cls.__name__ == 'company.company':
            return values
        if mode == 'create' and values.get('company') is None:
            values['company'] = company
        given = values.get('company', company)
        if company and (given is None or int(given) != company):
            raise AccessError(gettext('tenant.msg_foreign_company', **cls.__names__('company')))
        return values
