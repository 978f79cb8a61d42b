"""A tenant for tests of domain modules, below the contracts.

``tenant(language)`` is a transaction in a tenant of the test's own, undone at the end.
"""
import contextlib

import pytest


@pytest.fixture
def tenant(pool, database, operator):
    from trytond.transaction import Transaction

    from trytond.modules.tenant.scope import tenant_scope
    company = operator.tenant('AT')['company']

    @contextlib.contextmanager
    def tenant(language='en'):
        context = {'company': company, 'language': language}
        with tenant_scope(company), Transaction().start(database, 0, context=context) as transaction:
            yield transaction
            transaction.rollback()
    return tenant
