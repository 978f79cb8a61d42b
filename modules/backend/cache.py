"""Process-wide caches with the tenant in the key.

Selected by ``[cache] class``. Caches of the application itself (views, texts, rights) are shared, selected by
name; every other cache is per tenant, so that a new one is safe by default.
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
"""Shared caches that Tryton keys by the whole context although their values do not depend on the company"""


class TenantCache(MemoryCache):
    """Memory cache with the company in the key of all caches that are not shared"""

    def __init__(self, name, *args, **kwargs):
        super().__init__(name, *args, **kwargs)
        self.shared = name.startswith(SHARED_PREFIXES)
        if name.startswith(SAME_EVERYWHERE):
            self.context_ignored_keys.update(('company', 'companies', 'employee'))

    def _key(self, key):
        key = super()._key(key)
        return key if self.shared else (connection_company(Transaction().connection), key)
