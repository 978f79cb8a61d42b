"""The tenant of the transactions started in this context.

One context variable, read once when a connection is checked out. ``None`` means that the tenant is not set
here: it is then that of the surrounding transaction, else that of the transaction's user, else there is none.
"""
import contextlib
from contextvars import ContextVar

_company = ContextVar('kontor_company', default=None)


@contextlib.contextmanager
def tenant_scope(company):
    """Transactions started within belong to ``company`` (id of company.company)"""
    token = _company.set(int(company))
    try:
        yield
    finally:
        _company.reset(token)


def scoped_company():
    """Return the company id set by the innermost tenant_scope, or None"""
    return _company.get()
