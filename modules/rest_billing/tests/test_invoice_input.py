"""What integrators send by mistake or on purpose: refused by name, or printed literally"""
import json
import time

import pytest

from tests.support.billing import PATIENCE, body_with, refused
from tests.support.invoicing import item

MARKUP = """'; DROP TABLE account_invoice; -- #set text(red) $x$ *b* @ref [x] %(y)s {{z}} #panic("no")"""


def number_of_invoices(biller):
    return int(biller.bill(issueDate='2026-05-16')['invoiceNumber'].rpartition('-')[2])


BAD_FIELDS = [
    # field, what is sent instead, what the message says
    ('customerId', 'x', 'must be an integer'),
    ('customerId', None, 'must be an integer'),
    ('customerId', 1.5, 'must be an integer'),
    ('customerId', True, 'must be an integer'),
    ('customerId', [], 'must be an integer'),
    ('invoiceTemplateId', '1', 'must be an integer'),
    ('issueDate', 20260516, 'must be a date'),
    ('issueDate', '', 'must be a date'),
    ('issueDate', '2026-02-30', 'is no date of the calendar'),
    ('issueDate', '0000-01-01', 'is no date of the calendar'),
    ('issueDate', '9999-12-31', '1900 to 2199'),
    ('issueDate', '16.05.2026', 'must be a date'),
    ('issueDate', '2026-05-16T25:00:00Z', 'is no date of the calendar'),
    ('dueDate', {}, 'must be a date'),
    ('dueDate', '2026-13-01', 'is no date of the calendar'),
    ('notes', 5, 'must be a string'),
    ('notes', 'x' * 10_001, 'at most 10000'),
    ('notes', 'a\x01b', 'U+0001'),
    ('introductionText', ['x'], 'must be a string'),
    ('introductionText', 'x' * 5_000_00, 'at most 10000'),
    ('customItems', [], 'must have at least 1'),
    ('customItems', {}, 'must be a list'),
    ('customItems', None, 'must be a list'),
    ('customItems', ['x'], 'must be an object'),
    ('customItems', [[]], 'must be an object'),
    ]


@pytest.mark.parametrize('field, value, reason', BAD_FIELDS)
def test_a_wrong_field_is_named(biller, field, value, reason):
    started = time.perf_counter()
    refused(biller.api.post('/api/invoices', biller.body() | {field: value}), field, reason)
    assert time.perf_counter() - started < PATIENCE


BAD_LINE_FIELDS = [
    ('description', None, 'must be a string'),
    ('description', '', 'must not be empty'),
    ('description', '   ', 'must not be empty'),
    ('description', 'x' * 201, 'at most 200'),
    ('itemKey', 'x' * 17, 'at most 16'),
    ('itemKey', 7, 'must be a string'),
    ('quantity', '8', 'must be a number'),
    ('quantity', None, 'must be a number'),
    ('quantity', True, 'must be a number'),
    ('quantity', 0.00001, 'at most 4 decimals'),
    ('quantity', 10 ** 12 + 1, 'at most'),
    ('quantity', -10 ** 13, 'at least'),
    ('unit', None, 'must be one of'),
    ('unit', 'hour', 'must be one of'),
    ('unit', 'HUR', 'must be one of'),
    ('unit', 1, 'must be one of'),
    ('customUnitId', 'x', 'must be an integer'),
    ('pricePerUnit', '95', 'must be a number'),
    ('pricePerUnit', 95.00001, 'at most 4 decimals'),
    ('pricePerUnit', 10 ** 30, 'at most'),
    ('pricePerUnit', [], 'must be a number'),
    ('sortOrder', 1.5, 'must be an integer'),
    ('sortOrder', 2 ** 31, 'must be an integer'),
    ('discount', 5, 'not a known field'),
    ]


@pytest.mark.parametrize('field, value, reason', BAD_LINE_FIELDS)
def test_a_wrong_field_of_a_line_is_named(biller, field, value, reason):
    refused(biller.post(item(), item(**{field: value})), f'customItems[1].{field}', reason)


@pytest.mark.parametrize('field', ['customerId', 'invoiceTemplateId', 'customItems'])
def test_what_is_missing_is_named(biller, field):
    body = biller.body()
    del body[field]
    refused(biller.api.post('/api/invoices', body), field, 'is required')


@pytest.mark.parametrize('field', ['description', 'quantity', 'unit', 'pricePerUnit'])
def test_what_is_missing_in_a_line_is_named(biller, field):
    line = item()
    del line[field]
    refused(biller.post(line), f'customItems[0].{field}', 'is required')


def test_unknown_fields_are_named(biller):
    refused(biller.post(items=[]), 'items', 'not a known field')
    refused(biller.post(customeritems=1), 'customeritems', 'not a known field')


@pytest.mark.parametrize('token, reason', [
    ('NaN', 'NaN'), ('Infinity', 'Infinity'), ('-Infinity', 'Infinity'), ('1e30', 'at most'),
    ('1e999', 'out of range'), ('1' * 200, 'out of range'), ('1e-50', 'out of range')])
def test_numbers_that_are_none(biller, token, reason):
    body = json.dumps(biller.body(item(price=4711))).replace('4711', token)
    answer = biller.api.raw('POST', '/api/invoices', body.encode())
    refused(answer, 'customItems[0].pricePerUnit', reason)


@pytest.mark.parametrize('token, reason', [
    (b'"a\\u0000b"', 'NUL'), (b'"\\ud800"', 'lone surrogate'), (b'"\xff"', 'UTF-8'),
    (b'[' * 10_000 + b']' * 10_000, '64 levels')])
def test_texts_that_are_none(biller, token, reason):
    body = json.dumps(biller.body() | {'notes': 'HERE'}).encode().replace(b'"HERE"', token)
    answer = biller.api.raw('POST', '/api/invoices', body)
    assert answer.status_code == 400 and reason in answer.json['message'], answer.text


def test_a_field_given_twice(biller):
    answer = biller.api.raw('POST', '/api/invoices', body_with(
            'customerId', '1', **biller.body()))
    refused(answer, 'customerId', 'twice')


@pytest.mark.parametrize('items, field', [
    ([item(10 ** 12, 10 ** 12)], 'customItems[0]'),
    ([item(1, 10 ** 12), item(1, 1)], 'customItems'),
    ])
def test_amounts_beyond_a_million_millions(biller, items, field):
    refused(biller.post(*items), field, 'larger than 1000000000000')


def test_a_quantity_that_no_float_holds_is_not_changed_silently(biller):
    body = json.dumps(biller.body(item(1, 1), item(4711, 0.001))).replace('4711', '999999999999.9903')
    answer = biller.api.raw('POST', '/api/invoices', body.encode())
    refused(answer, 'customItems[1].quantity', 'too many digits')


def test_the_largest_amount_is_fine(biller, pool):
    from tests.support.invoicing import make_template
    free = make_template(pool, biller.api.tenant, apply_tax=False, name='free')
    made = biller.bill(item(1, 10 ** 12), invoiceTemplateId=free)
    assert made['totalWithTax'] == 10 ** 12
    assert '1.000.000.000.000,00' in biller.text(made)


def test_markup_is_printed_as_it_was_written(biller):
    made = biller.bill(
        item(description=MARKUP, itemKey='#x[y]$z$'), notes=MARKUP + ' notes',
        introductionText=MARKUP + ' intro')
    text = biller.text(made).replace(' ', '')
    for suffix in ('', ' notes', ' intro'):
        assert (MARKUP + suffix).replace(' ', '') in text
    assert '#x[y]$z$' in text


@pytest.mark.parametrize('text', [
    'Grüße 你好 مرحبا שלום 😀👩‍👩‍👧 ǅ ﷽', 'x' * 200, '\u202eabc\u202c',
     'a\u200bb', 'Zeile 1\nZeile 2\n\n\tdrei', '𝕬', '\ue000'])
def test_no_text_stops_an_invoice(biller, text):
    made = biller.bill(item(description=text), notes=text, introductionText=text)
    assert biller.pdf(made).startswith(b'%PDF')


def test_long_notes_go_on_to_the_next_page(biller):
    made = biller.bill(notes='Lorem ipsum dolor sit amet. ' * 357, introductionText='W' * 10_000)
    assert biller.pdf(made).startswith(b'%PDF')


def test_nothing_refused_left_anything(biller):
    before = number_of_invoices(biller)
    for field, value, _ in BAD_FIELDS[::5]:
        assert biller.api.post('/api/invoices', biller.body() | {field: value}).status_code == 400
    assert number_of_invoices(biller) == before + 1


def test_more_lines_than_a_body_holds(biller):
    line = json.dumps(item(description='x' * 200)).encode()
    body = json.dumps(biller.body(item(description='HERE'))).encode()
    whole = body.replace(json.dumps(item(description='HERE')).encode(), b','.join([line] * 1001))
    refused(biller.api.raw('POST', '/api/invoices', whole), 'customItems', 'at most 1000')
    whole = body.replace(json.dumps(item(description='HERE')).encode(), b','.join([line] * 20_000))
    answer = biller.api.raw('POST', '/api/invoices', whole)
    assert (answer.status_code, answer.json['error']) == (413, 'payload_too_large')
