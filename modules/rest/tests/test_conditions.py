"""If-Match and If-None-Match"""
import pytest

from trytond.modules.rest.conditions import if_match_holds, not_modified


@pytest.mark.parametrize('header, holds', [
        ('"abc"', True), ('*', True), ('"x", "abc"', True), ('"x","abc","y"', True),
        ('W/"abc"', False), ('"x"', False), ('abc', False), ('', False), ('"abc', False),
        ('"ABC"', False)])
def test_if_match(header, holds):
    assert if_match_holds(header, 'abc') is holds


@pytest.mark.parametrize('header, same', [
        ('"abc"', True), ('*', True), ('W/"abc"', True), ('"x", W/"abc"', True), ('"x"', False),
        (None, False), ('', False)])
def test_if_none_match(header, same):
    assert not_modified(header, 'abc') is same
