"""Rights of a tenant's member, whatever the role: shared data is read, the operator's is not even that.

Comes on top of the stock rights per role; the database's grants say the same a second time.
"""
from trytond.model import ModelSQL
from trytond.pool import Pool, PoolMeta

from .ownership import HOUSE, NOTHING, OPERATOR, OWNED, READ, SHARED, classify
from .role import PERSONAL, is_readonly
from .scope import current_company


class ModelAccess(metaclass=PoolMeta):
    __name__ = 'ir.model.access'

    @classmethod
    def get_access(cls, models):
        access = super().get_access(models)
        company = current_company()
        if not company or company == HOUSE:
            return access
        pool = Pool()
        readonly = is_readonly()
        return {
            name: _restrict(pool.get(name), rights, readonly) for name, rights in access.items()}


def _restrict(Model, rights, readonly):
    """Return the rights that are left of ``rights`` for a member"""
    if not issubclass(Model, ModelSQL) or Model._is_table_query():
        return dict(rights)
    most = _most(Model, readonly)
    return {mode: bool(rights[mode] and most.get(mode, True)) for mode in rights}


def _most(Model, readonly):
    granted = getattr(Model, '__member_rights__', None)
    if granted is not None:
        return granted
    kind = classify(Model)
    if kind == OWNED:
        return READ if readonly and not Model.__name__.startswith(PERSONAL) else {}
    return {SHARED: READ, OPERATOR: NOTHING}[kind]
