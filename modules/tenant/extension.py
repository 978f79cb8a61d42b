"""Tryton's own models become a tenant's: each owned one is extended with :class:`TenantOwned`"""
from trytond.pool import PoolMeta

from .ownership import TenantOwned
from .scope import current_company
from .stock import OWNED, STOCK


class TenantValues(TenantOwned):
    """The values of a configuration's fields, one row per company.

    Stock reads those of all companies and picks one; the owner, whom no wall stops, would read everybody's.
    """
    __slots__ = ()

    @classmethod
    def values(cls):
        company = current_company()
        if not company:
            return super().values()
        cache = cls._values_cache()
        ids = cache.get(None)
        if ids is None:
            ids = cache.set(None, [value.id for value in cls.search([('company', '=', company)])])
        return cls.browse(ids)


def owned_classes():
    """Return one extension class per model of Tryton that a tenant owns"""
    return [
        _extension(name, declared) for name, declared in STOCK.items() if declared.kind == OWNED]


def _extension(name, declared):
    base = TenantValues if '.configuration.' in name else TenantOwned
    return PoolMeta(name, (base,), {
            '__name__': name,
            '__module__': __name__,
            '__web_rights__': declared.web,
            '__worker_rights__': declared.worker,
            '__never_copied__': not declared.copied,
            '__lasting_references__': declared.lasting,
            '__global_unique__': frozenset({'login_key'} if name == 'res.user' else ()),
            })
