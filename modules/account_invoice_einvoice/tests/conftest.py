import pytest
from trytond.modules.account_invoice_einvoice.checker import Checker


@pytest.fixture(scope='session')
def checker():
    """The checker in this process; its sheets are compiled once for all tests"""
    return Checker()
