"""Process-wide caches: what holds a tenant's data is keyed by the tenant.

Selected by ``[cache] class``. Caches of the application itself (views, texts, rights) are shared by name;
every other is the tenant's, so that a new cache is safe before anybody thinks of it.
"""
from trytond.cache import MemoryCache
from trytond.transaction import Transaction

from .database import connection_company

SHARED_PREFIXES = (
    'ir.message', 'ir.model', 'ir_model', 'ir.translation', 'ir.lang', 'ir.calendar', 'ir.ui',
    'ir_ui', 'ir.action', 'ir_configuration', 'ir_trigger', 'party.address.', 'product.uom.', '_digits',
    '_dict_schema')

SAME_EVERYWHERE = (
    'ir.model.get_names', 'ir.model.field.get_name', 'ir.lang', 'ir_trigger.get_triggers',
    'party.address.format.', 'party.address.subdivision_type.')
"""Among these the ones that stock keys by the whole context, though no company makes a difference to them"""


class TenantCache(MemoryCache):
    """Memory cache with the company in the key of everything that is not shared"""

    def __init__(self, name, *args, **kwargs):
        super().__init__(name, *args, **kwargs)
        self.shared = name.startswith(SHARED_PREFIXES)
        if name.startswith(SAME_EVERYWHERE):
            self.context_ignored_keys.update(('company', 'companies', 'employee'))

    def _key(self, key):
        key = super()._key(key)
        return key if self.shared else (connection_company(Transaction().connection), key)
