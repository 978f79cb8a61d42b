"""Tenants of the module tests: theirs alone.

The tests of the walls put rows of every kind into the tenants of tests/, sense or not.
"""
import pytest


@pytest.fixture(scope='session')
def german(operator):
    """A German tenant on SKR04"""
    return operator.tenant('DE', name="Modultest DE GmbH")


@pytest.fixture(scope='session')
def austrian(operator):
    """An Austrian tenant on the EKR"""
    return operator.tenant('AT', name="Modultest AT GmbH")
