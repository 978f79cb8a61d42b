"""Whose a record is, and what the two database roles may do with it.

Every model with a table is one of three:

- tenant-owned: a subclass of :class:`TenantOwned`; each row has its company;
- the operator's: a subclass of :class:`OperatorOwned`; no tenant's, the class says which rights are given;
- shared: reference data of Tryton that all tenants read and none writes.

Rights stand on the class: ``__web_rights__`` and ``__worker_rights__`` for PostgreSQL, ``__member_rights__``
for Tryton where they are less than the role's. Tryton's own models have theirs in the table of ``stock``.
``classify`` and ``rights`` are the places that answer; the walls, the access rights and the tests ask them.
"""
from sql import Column
from sql.operators import Equal
from trytond.i18n import gettext
from trytond.model import Exclude, ModelSQL, Unique, fields
from trytond.model.exceptions import AccessError
from trytond.transaction import Transaction

from .role import check_writable
from .scope import current_company
from .stock import EVERYTHING, OPERATOR, OWNED, SHARED, STOCK

__all__ = [
    'HOUSE', 'NOTHING', 'OPERATOR', 'OWNED', 'READ', 'SHARED', 'OperatorOwned', 'TenantOwned', 'classify',
    'company_column', 'owned_models', 'rights']

HOUSE = 1
"""Company of the operators and of what modules bring along; made first in every database"""
READ = {'read': True, 'write': False, 'create': False, 'delete': False}
NOTHING = dict.fromkeys(READ, False)
"""For ``__member_rights__``"""


def classify(Model):
    """Return the kind of a model with a table of its own, None for any other.

    An undeclared model is an error: a new model must say whose it is.
    """
    if not issubclass(Model, ModelSQL) or Model._is_table_query():
        return None
    if issubclass(Model, TenantOwned):
        return OWNED
    if issubclass(Model, OperatorOwned):
        return OPERATOR
    if Model.__name__ in STOCK:
        return STOCK[Model.__name__].kind
    raise LookupError(
        f"{Model.__name__} is neither TenantOwned nor OperatorOwned, nor in the table of stock models")


def rights(Model):
    """Return (rights of the web role, rights of the worker role) on the table of a model, in SQL"""
    if issubclass(Model, TenantOwned | OperatorOwned):
        return Model.__web_rights__, Model.__worker_rights__
    declared = STOCK[Model.__name__]
    return declared.web, declared.worker


def owned_models(pool):
    """Return the tenant-owned models of a pool by name"""
    return {
        name: Model for name, Model in sorted(pool.iterobject()) if classify(Model) == OWNED}


def company_column(Model):
    """Return the column with the company of a row of the model"""
    return 'id' if Model.__name__ == 'company.company' else 'company'


def _is_column(field):
    return isinstance(field, fields.Many2One) and not isinstance(field, fields.Function)


class OperatorOwned:
    """A model of the operator's, unless its class opens more to tenants or their jobs"""
    __slots__ = ()
    __web_rights__ = ''
    __worker_rights__ = ''


class TenantOwned:
    """A model whose every row belongs to one tenant.

    Adds ``company``, filled from the connection and never from the client; makes unique and exclusion
    constraints per company. Rules, row-level security, foreign keys and the index of its rows
    follow from ``walls``.
    """
    __slots__ = ()
    __web_rights__ = EVERYTHING
    __worker_rights__ = EVERYTHING
    __never_copied__ = False
    """Rows are a person's or a process's, not the set-up that a new tenant gets a copy of"""
    __lasting_references__ = False
    """Its references may outlive their target"""
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
