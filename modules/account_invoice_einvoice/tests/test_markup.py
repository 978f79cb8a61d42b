"""XML: escaped, no empty elements, figures in the norm's format"""
from decimal import Decimal as D

import pytest
from lxml import etree

from trytond.modules.account_invoice_einvoice.markup import amount, document, element, number, price


@pytest.mark.parametrize('function, value, text', [
    (amount, '1234.5', '1234.50'), (amount, '0', '0.00'), (amount, '-0.00', '0.00'),
    (amount, '-3.1', '-3.10'),
    (amount, '1E+3', '1000.00'), (amount, '123456789012.34', '123456789012.34'),
    (number, '2.5000', '2.5'), (number, '100', '100'), (number, '-3', '-3'), (number, '0.0001', '0.0001'),
    (number, '1E+2', '100'), (number, '-0', '0'),
    (price, '10', '10.00'), (price, '0.0042', '0.0042'), (price, '8.1230', '8.123'), (price, '0', '0.00')])
def test_figures(function, value, text):
    assert function(D(value)) == text


def test_what_is_empty_leaves_no_trace():
    assert element('a', '', None, [], element('b', '')) is None
    assert element('a', element('b', ''), [element('c', 'x'), None]) == '<a><c>x</c></a>'


def test_text_comes_back_as_it_was():
    text = 'a & b < c > d "e" \'f\' ]]> ä 日 😀\nzwei\r\ndrei\t'
    read = etree.fromstring(document('a', {'': 'urn:a', 'x': 'urn:x'}, element('x:b', text, key=text)))
    assert read.tag == '{urn:a}a' and read[0].tag == '{urn:x}b' and read[0].text == text


def test_an_attribute_comes_back_as_it_was():
    read = etree.fromstring(document('a', {}, element('b', 'x', key='a & "b" <c>')))
    assert read[0].get('key') == 'a & "b" <c>'
