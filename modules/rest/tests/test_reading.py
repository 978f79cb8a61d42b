"""Strict JSON and query strings: what is refused, by name"""
from decimal import Decimal

import pytest

from trytond.modules.rest.dialect import bracketed
from trytond.modules.rest.reading import read_json, read_query
from trytond.modules.rest.refusals import Refusal

from .fakes import said


@pytest.mark.parametrize('data, value', [
        (b'{"a": 1}', {'a': 1}),
        (b'[1.10, -2, 1e3, 0.0, true, null, "\xc3\xa4"]',
            [Decimal('1.10'), -2, Decimal('1e3'), Decimal(0), True, None, 'ä']),
        (b'"\\ud83d\\ude00"', '\U0001F600'),
        (b'1000000000000000000000000000000', 10 ** 30),
        (b'1e30', Decimal('1e30')),
        (b'0e999999999', Decimal(0)),
        (b' \t\r\n{} ', {})])
def test_value(data, value):
    assert read_json(data) == value


def test_fractions_are_decimals():
    assert str(read_json(b'[9007199254740993.01]')[0]) == '9007199254740993.01'


@pytest.mark.parametrize('data, message', [
        (b'', "body: is not JSON: Expecting value at line 1, column 1"),
        (b'{', "body: is not JSON: Expecting property name enclosed in double quotes"
            " at line 1, column 2"),
        (b'{} {}', "body: is not JSON: Extra data at line 1, column 4"),
        (b"{'a': 1}", "body: is not JSON: Expecting property name enclosed in double quotes"
            " at line 1, column 2"),
        (b'{"a": 01}', "body: is not JSON: Expecting ',' delimiter at line 1, column 8"),
        (b'"a\nb"', "body: is not JSON: Invalid control character at at line 1, column 3"),
        (b'\xef\xbb\xbf{}', "body: must not begin with a byte order mark"),
        (b'{"a": "\xff"}', "body: is not UTF-8: invalid byte at position 7"),
        (b'\xff\xfe{\x00}\x00', "body: is not UTF-8: invalid byte at position 0"),
        (b'{"a": "\xed\xa0\x80"}', "body: is not UTF-8: invalid byte at position 7"),
        (b'{"name": 1, "b": {"name": 2}, "name": 3}', "name: is given twice"),
        (b'{"b": [{}, {"c": 1, "c": 1}]}', "b[1].c: is given twice"),
        (b'{"price": NaN}', "price: must be a number, NaN is none"),
        (b'{"price": -Infinity}', "price: must be a number, -Infinity is none"),
        (b'{"lines": [{"price": 1e400}]}', "lines[0].price: is out of range"),
        (b'{"price": 1e-400}', "price: is out of range"),
        (b'{"id": ' + b'9' * 5000 + b'}', "id: is out of range"),
        (b'{"price": 0.' + b'1' * 5000 + b'}', "price: has too many digits"),
        (b'{"name": "a\\u0000b"}', "name: must not contain NUL"),
        (b'{"name": "\\ud800"}', "name: must not contain a lone surrogate"),
        (b'{"name": "\\ude00\\ud83d"}', "name: must not contain a lone surrogate"),
        (b'{"\\ud800": 1}', '"\\ud800": the name must not contain a lone surrogate'),
        (b'{"a b": NaN}', '"a b": must be a number, NaN is none'),
        (b'{"a": [' * 40 + b']}' * 40, "body: is nested more than 64 levels deep"),
        (b'[' * 10_000 + b']' * 10_000, "body: is nested more than 64 levels deep"),
        (b'{"a":' * 10_000, "body: is nested more than 64 levels deep")])
def test_refused(data, message):
    with pytest.raises(Refusal) as raised:
        read_json(data)
    assert said(raised.value) == message


def test_sixty_four_levels_are_fine():
    assert read_json(b'[' * 64 + b']' * 64)


def test_a_long_name_does_not_flood_the_message():
    with pytest.raises(Refusal) as raised:
        read_json(b'{"' + b'x' * 10_000 + b'": NaN}')
    assert len(said(raised.value)) < 120


@pytest.mark.parametrize('query, values', [
        ('', {}), ('search=&page=1&limit=50', {'page': '1', 'limit': '50'}),
        ('search=a+b%20c%2B', {'search': 'a b c+'}), ('a', {}), ('a=%C3%A4', {'a': 'ä'}),
        ('&&a=1', {'a': '1'})])
def test_query(query, values):
    assert read_query(query) == values


@pytest.mark.parametrize('query, message', [
        ('a=1&a=2', "a: is given twice"), ('a=1&a=', "a: is given twice"),
        ('a=%FF', "query: is not UTF-8"), ('a=%00', "a: must not contain NUL"),
        ('&'.join(f'a{n}=1' for n in range(101)), "query: has more than 100 parameters")])
def test_query_refused(query, message):
    with pytest.raises(Refusal) as raised:
        read_query(query)
    assert said(raised.value) == message


@pytest.mark.parametrize('steps, text', [
        ((), ''), (('a',), 'a'), (('items', 0, 'price'), 'items[0].price'),
        ((0, 'a'), '[0].a'), (('a.b', 'c'), '"a.b".c')])
def test_path_text(steps, text):
    assert bracketed(steps) == text
