"""Shared field types: what they take, what they refuse and the words for it"""
import datetime as dt
from decimal import Decimal
from typing import Literal

import pytest

from trytond.modules.rest.fields import (
    Body,
    DateTimeOrDate,
    Id,
    LongText,
    Midnight,
    Money,
    Output,
    Percent,
    Price,
    Query,
    QueryBoolean,
    QueryId,
    Stamp,
    Text,
    camel,
    integer,
    text,
)
from trytond.modules.rest.paging import PageQuery
from trytond.modules.rest.refusals import QUERY, Refusal
from trytond.modules.rest.shapes import fit
from trytond.modules.rest.writing import write_json

from .fakes import said

UTC = dt.UTC


class Line(Body, alias_generator=camel):
    quantity: Price
    unit: Literal['Piece', 'Hour'] = 'Piece'


class Everything(Body, alias_generator=camel):
    name: text(16, minimum=1) = 'x'
    note: Text | None = None
    long_note: LongText = ''
    amount: Money = Decimal(0)
    unit_price: Price | None = None
    tax_rate: Percent = Decimal(0)
    customer_id: Id | None = None
    sort_order: integer() = 0
    is_default: bool = False
    issue_date: DateTimeOrDate | None = None
    custom_items: list[Line] = ()


class Filter(PageQuery, alias_generator=camel):
    customer_id: QueryId | None = None
    is_paid: QueryBoolean | None = None
    search: Text | None = None


@pytest.mark.parametrize('value, name, expected', [
        ({'name': 'a' * 16}, 'name', 'a' * 16),
        ({'note': '#set text(red) \\ $x$ *a* _b_'}, 'note', '#set text(red) \\ $x$ *a* _b_'),
        ({'note': "'; DROP TABLE party_party; --"}, 'note', "'; DROP TABLE party_party; --"),
        ({'note': ''}, 'note', ''), ({'note': None}, 'note', None),
        ({'note': 'a\tb\nc'}, 'note', 'a\tb\nc'),
        ({'note': '\U0001F600' * 500}, 'note', '\U0001F600' * 500),
        ({'amount': 8}, 'amount', Decimal(8)),
        ({'amount': Decimal('95.50')}, 'amount', Decimal('95.50')),
        ({'amount': Decimal('95.5000000')}, 'amount', Decimal('95.5')),
        ({'amount': Decimal('1e3')}, 'amount', Decimal(1000)),
        ({'amount': 10 ** 12}, 'amount', Decimal(10 ** 12)),
        ({'unitPrice': Decimal('0.0001')}, 'unit_price', Decimal('0.0001')),
        ({'customerId': 42}, 'customer_id', 42), ({'customerId': Decimal('42.0')},
            'customer_id', 42),
        ({'customerId': 0}, 'customer_id', 0), ({'customerId': -1}, 'customer_id', 0),
        ({'customerId': 2 ** 63}, 'customer_id', 0), ({'customerId': 2 ** 31}, 'customer_id', 0),
        ({'issueDate': '2026-05-16'}, 'issue_date', dt.datetime(2026, 5, 16, tzinfo=UTC)),
        ({'issueDate': '2026-05-16T00:00:00Z'}, 'issue_date',
            dt.datetime(2026, 5, 16, tzinfo=UTC)),
        ({'issueDate': '2026-05-16T01:30:00+02:00'}, 'issue_date',
            dt.datetime(2026, 5, 15, 23, 30, tzinfo=UTC)),
        ({'issueDate': '2026-05-16T10:00:00.123456789'}, 'issue_date',
            dt.datetime(2026, 5, 16, 10, 0, 0, 123456, tzinfo=UTC)),
        ({'issueDate': '2028-02-29'}, 'issue_date', dt.datetime(2028, 2, 29, tzinfo=UTC))])
def test_taken(value, name, expected):
    assert getattr(fit(Everything, value), name) == expected


@pytest.mark.parametrize('value, message', [
        ([], "body: must be an object"), (None, "body: must be an object"),
        ('x', "body: must be an object"),
        ({'nmae': 'x'}, "nmae: is not a known field"),
        ({'long_note': 'x'}, "long_note: is not a known field"),
        ({'name': 5}, "name: must be a string"), ({'name': None}, "name: must be a string"),
        ({'name': ['x']}, "name: must be a string"),
        ({'name': ''}, "name: must not be empty"), ({'name': ' \n'}, "name: must not be empty"),
        ({'name': 'a' * 17}, "name: must have at most 16 characters"),
        ({'note': 'a' * 501}, "note: must have at most 500 characters"),
        ({'note': 'a' * 5_000_000}, "note: must have at most 500 characters"),
        ({'longNote': 'a' * 10_001}, "longNote: must have at most 10000 characters"),
        ({'note': 'a\x00b'}, "note: must not contain the character U+0000"),
        ({'note': 'a\x1bb'}, "note: must not contain the character U+001B"),
        ({'note': '\ud800'}, "note: must not contain the character U+D800"),
        ({'amount': '8'}, "amount: must be a number"),
        ({'amount': True}, "amount: must be a number"),
        ({'amount': None}, "amount: must be a number"),
        ({'amount': 10 ** 30}, "amount: must be at most 1000000000000"),
        ({'amount': Decimal('1e40')}, "amount: must be at most 1000000000000"),
        ({'amount': Decimal('-1e13')}, "amount: must be at least -1000000000000"),
        ({'amount': Decimal('0.005')}, "amount: must have at most 2 decimals"),
        ({'unitPrice': Decimal('1.00001')}, "unitPrice: must have at most 4 decimals"),
        ({'unitPrice': Decimal('1e-40')}, "unitPrice: must have at most 4 decimals"),
        ({'unitPrice': Decimal('95.' + '0' * 28 + '1')}, "unitPrice: must have at most 4 decimals"),
        ({'taxRate': 101}, "taxRate: must be at most 100"),
        ({'taxRate': Decimal('-0.01')}, "taxRate: must be at least 0"),
        ({'customerId': '42'}, "customerId: must be an integer"),
        ({'customerId': True}, "customerId: must be an integer"),
        ({'customerId': Decimal('42.5')}, "customerId: must be an integer"),
        ({'customerId': {}}, "customerId: must be an integer"),
        ({'sortOrder': -1}, "sortOrder: must be an integer from 0 to 2147483647"),
        ({'sortOrder': 2 ** 31}, "sortOrder: must be an integer from 0 to 2147483647"),
        ({'isDefault': 1}, "isDefault: must be true or false"),
        ({'isDefault': 'true'}, "isDefault: must be true or false"),
        ({'issueDate': 20260516}, "issueDate: must be a date (2026-05-16)"
            " or date-time (2026-05-16T00:00:00Z)"),
        ({'issueDate': ''}, "issueDate: must be a date (2026-05-16)"
            " or date-time (2026-05-16T00:00:00Z)"),
        ({'issueDate': '16.05.2026'}, "issueDate: must be a date (2026-05-16)"
            " or date-time (2026-05-16T00:00:00Z)"),
        ({'issueDate': '٢٠٢٦-05-16'}, "issueDate: must be a date (2026-05-16)"
            " or date-time (2026-05-16T00:00:00Z)"),
        ({'issueDate': '0000-01-01'}, "issueDate: is no date of the calendar"),
        ({'issueDate': '2026-02-30'}, "issueDate: is no date of the calendar"),
        ({'issueDate': '2026-05-16T24:00:00Z'}, "issueDate: is no date of the calendar"),
        ({'issueDate': '2026-05-16T10:00:00+99:00'}, "issueDate: is no date of the calendar"),
        ({'issueDate': '0001-01-01T00:00:00+14:00'}, "issueDate: is no date of the calendar"),
        ({'issueDate': '0001-01-01'}, "issueDate: must be a date from 1900 to 2199"),
        ({'issueDate': '9999-12-31'}, "issueDate: must be a date from 1900 to 2199"),
        ({'customItems': {}}, "customItems: must be a list"),
        ({'customItems': [{}]}, "customItems[0].quantity: is required"),
        ({'customItems': [{'quantity': 1}, {'quantity': 'x'}]},
            "customItems[1].quantity: must be a number"),
        ({'customItems': [{'quantity': 1, 'unit': 'hour'}]},
            "customItems[0].unit: must be one of 'Piece' or 'Hour'"),
        ({'customItems': [{'quantity': 1, 'x': 1}]}, "customItems[0].x: is not a known field"),
        ({'name': 1, 'note': 2}, "name: must be a string; note: must be a string"),
        ({f'x{n}': n for n in range(9)}, "x0: is not a known field; x1: is not a known field;"
            " x2: is not a known field; x3: is not a known field; x4: is not a known field;"
            " and 4 more")])
def test_refused(value, message):
    with pytest.raises(Refusal) as raised:
        fit(Everything, value)
    assert said(raised.value) == message


@pytest.mark.parametrize('value, name, expected', [
        ({}, 'page', 1), ({}, 'limit', 50), ({'limit': '200'}, 'limit', 200),
        ({'page': '3', 'limit': '20'}, 'offset', 40), ({'isPaid': 'true'}, 'is_paid', True),
        ({'isPaid': 'False'}, 'is_paid', False), ({'customerId': '42'}, 'customer_id', 42),
        ({'customerId': '9223372036854775808'}, 'customer_id', 0), ({'unknown': 'x'}, 'page', 1)])
def test_query(value, name, expected):
    assert getattr(fit(Filter, value, QUERY), name) == expected


@pytest.mark.parametrize('value, message', [
        ({'limit': '0'}, "limit: must be an integer from 1 to 200"),
        ({'limit': '201'}, "limit: must be an integer from 1 to 200"),
        ({'limit': 'abc'}, "limit: must be an integer"),
        ({'limit': '1.0'}, "limit: must be an integer"),
        ({'limit': '١'}, "limit: must be an integer"),
        ({'limit': ' 1'}, "limit: must be an integer"),
        ({'page': '0'}, "page: must be an integer from 1 to 2147483647"),
        ({'page': '-1'}, "page: must be an integer from 1 to 2147483647"),
        ({'page': '9' * 30}, "page: must be an integer from 1 to 2147483647"),
        ({'page': '9' * 50}, "page: must be an integer"),
        ({'isPaid': '1'}, "isPaid: must be true or false"),
        ({'customerId': 'x'}, "customerId: must be an integer"),
        ({'search': 'a' * 501}, "search: must have at most 500 characters")])
def test_query_refused(value, message):
    with pytest.raises(Refusal) as raised:
        fit(Filter, value, QUERY)
    assert said(raised.value) == message


class Shown(Output, alias_generator=camel):
    issue_date: Midnight
    created_at: Stamp
    paid_date: Midnight | None = None


def test_output():
    shown = Shown(issue_date=dt.date(2026, 5, 16), created_at=dt.datetime(2026, 5, 16, 8))
    assert write_json(shown) == (
        b'{"issueDate":"2026-05-16T00:00:00Z","createdAt":"2026-05-16T08:00:00Z",'
        b'"paidDate":null}')


def test_query_is_a_model_of_texts():
    assert issubclass(PageQuery, Query)
