"""Which companies are tenants"""
from trytond.transaction import Transaction

from .exceptions import TenantError


def require_tenant(company):
    """Raise TenantError unless a company (id) is a tenant, neither the house nor a template company"""
    if not Transaction().connection.execute(
            "SELECT 1 FROM company_company WHERE id = %s AND tenant_state NOT IN ('house', 'template')",
            (company,)).fetchone():
        raise TenantError(f"there is no tenant {company}", 'tenant')
