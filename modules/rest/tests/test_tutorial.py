"""The tutorial of the package runs as it stands"""
import doctest

import trytond.modules.rest


def test_the_tutorial():
    result = doctest.testmod(trytond.modules.rest)
    assert result.attempted > 10
    assert result.failed == 0
