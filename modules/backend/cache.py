"""Process-wide caches: what holds a tenant's data is keyed by the tenant.

Selected by ``[cache] class``. Caches of the application itself (views, texts, rights) are shared by name;
every other is the tenant's, so that a new cache is safe before anybody thinks of it.
"""
from trytond.cache import MemoryCache
from trytond.transaction import Transaction

from .database import connection_company

SHARED_PREFIXES = (
    'ir.message', 'ir.model', 'ir_model', 'ir.translation', 'ir.lang', 'ir.calendar', 'ir.ui',
    'ir_ui', 'ir.action', 'ir_configuration', 'party.address.', 'product.uom.', '_digits', '_dict_schema')


class TenantCache(MemoryCache):
    "Memory cache with the company in the key of everything that is not shared"

    def __init__(self, name, *args, **kwargs):
        super().__init__(name, *args, **kwargs)
        self.shared = name.startswith(SHARED_PREFIXES)

    def _key(self, key):
        key = super()._key(key)
        return key if self.shared else (connection_company(Transaction().connection), key)
