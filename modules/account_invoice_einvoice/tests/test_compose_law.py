"""Invariants of Kontor's electronic invoices: for any bill, no official rule is violated, and all figures
agree.

KONTOR_EXAMPLES is the number of drawn invoices.
"""
import os
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from trytond.modules.account_invoice_einvoice import cii, ubl, validate
from trytond.modules.account_invoice_einvoice.compose import einvoice

from tests.support import drawing

from .bills import bills
from .reading import drafthorse_figures, figures, read

CASES = int(os.environ.get('KONTOR_EXAMPLES') or drawing.number(60, 20))


@pytest.mark.slow
@settings(
    max_examples=CASES, deadline=None, derandomize=True, print_blob=False,
    suppress_health_check=list(HealthCheck))
@given(bills())
def test_what_is_billed_breaks_no_rule_and_agrees_in_every_figure(bill):
    invoice = einvoice(bill)
    xml = cii.write(invoice)
    assert validate.check(xml, 'cii', invoice.profile) == []
    second = ubl.write(invoice)
    if invoice.profile != 'Basic':
        assert validate.check(second, 'ubl', invoice.profile) == []
    agrees(bill, invoice)
    assert drafthorse_figures(xml) == figures(invoice)
    for data in (read(xml), read(second)):
        shows(bill, data)


def agrees(bill, invoice):
    """Assert that the lines and taxes are those of the ledger, and add up"""
    sign = -1 if bill.credited else 1
    assert [line.net for line in invoice.lines] == [sign * item.net for item in bill.charged]
    assert sum(line.net for line in invoice.lines) == invoice.net == sum(tax.base for tax in invoice.taxes)
    assert sum(tax.tax for tax in invoice.taxes) == invoice.tax
    assert invoice.net + invoice.tax == invoice.gross >= 0
    for line in invoice.lines:
        assert line.price >= 0 and line.price_quantity > 0
        assert abs(line.quantity * line.price / line.price_quantity - line.net) <= D('0.005')


def shows(bill, data):
    """Assert that another program reads the printed totals"""
    sign = -1 if bill.credited else 1
    totals = bill.document.totals
    assert [D(data[name]) for name in ('BT-109', 'BT-110', 'BT-112', 'BT-115')] == [
        sign * amount for amount in (totals.net, totals.tax, totals.gross, totals.gross)]
    assert [D(line['BT-131']) for line in data['BG-25']] == [sign * item.net for item in bill.charged]
    if not bill.gross:
        printed = [sign * line.amount for line in bill.document.lines if line.amount is not None]
        assert [D(line['BT-131']) for line in data['BG-25']] == printed
