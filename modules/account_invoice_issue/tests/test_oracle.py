"""Tryton's own workflow is the oracle: the door writes the rows that it would have written.

The same draft is posted twice, by stock Tryton and through the door, and every row is compared.
"""
import random
from decimal import Decimal as D

import pytest
from trytond.pool import Pool
from trytond.transaction import without_check_access

from tests.support.invoicing import inside

from .tools import customer, draft, written

OURS = {
    'template', 'supply_date', 'due_date', 'tax_rate', 'issued_at', 'printed', 'unit_label', 'unit_code',
    'net_amount', 'item_key', 'custom_unit'}
"Columns that stock Tryton does not have"
NUMBERS = {'number', 'number_alnum', 'number_digit'}


def stock_draft(party, rows):
    "Store the same draft as a person at Tryton's client would"
    pool = Pool()
    Invoice = pool.get('account.invoice')
    template = pool.get('invoice.template').standard()
    issued, = Invoice.issue([draft(party, rows)])
    line = issued.lines[0]
    return Invoice.create([{
                'type': 'out', 'party': party.id, 'invoice_address': issued.invoice_address.id,
                'account': issued.account.id, 'journal': issued.journal.id, 'template': template.id,
                'currency': issued.currency.id, 'invoice_date': issued.invoice_date,
                'payment_term_date': issued.due_date, 'lines': [('create', [{
                                'type': 'line', 'invoice_type': 'out', 'description': f"Line {n}",
                                'sequence': n, 'quantity': quantity, 'unit_price': D(price),
                                'unit': line.unit.id, 'account': line.account.id,
                                'taxes': [('add', [tax.id for tax in line.taxes])]}
                            for n, (quantity, price) in enumerate(rows, 1)])]}])[0]


def stock_post(invoice):
    "Post as trytond.modules.account_invoice does"
    from trytond.modules.account_invoice.invoice import Invoice as Stock
    with without_check_access():
        Stock._post.__func__(Pool().get('account.invoice'), [invoice])
    return Pool().get('account.invoice')(invoice.id)


def comparable(rows):
    return {model: sorted((_plain(row) for row in found), key=repr) for model, found in rows.items()}


def _plain(row):
    "0 and 0.00 are the same amount; each line that is reconciled has a reconciliation of its own"
    plain = {
        name: value.normalize() + 0 if isinstance(value, D) else value
        for name, value in sorted(row.items()) if name not in OURS | NUMBERS}
    if 'reconciliation' in plain:
        plain['reconciliation'] = plain['reconciliation'] is not None
    return plain


def at_random(seed):
    "Return the rows of an invoice as nobody would write it, yet with a total to pay"
    chance = random.Random(seed)
    rows = [
        (chance.randrange(-20000, 90000) / chance.choice([1, 10, 100, 1000, 10000]),
            D(chance.randrange(0, 10 ** chance.randrange(1, 8))) / 10000)
        for _ in range(chance.randrange(1, 12))]
    return [*rows, (1.0, D('99999999.99'))]


@pytest.mark.parametrize('rows', [
    [(8.0, '95.00'), (2.0, '110.00')],
    [(1.5, '0.3333')],
    [(3.0, '19.9900'), (-1.0, '5.00'), (0.0, '7.00')],
    [(0.3333, '33.33')] * 7,
    [(1.0, '0.00')],
    *map(at_random, range(12)),
    ])
def test_the_door_writes_what_tryton_would_have_written(pool, german, rows):
    with inside(pool, german) as transaction:
        party = customer()
        by_tryton = stock_post(stock_draft(party, rows))
        by_door, = pool.get('account.invoice').issue([draft(party, rows)])
        assert comparable(written(by_door)) == comparable(written(by_tryton))
        assert [m.state for m in (by_door.move, by_tryton.move)] == ['posted', 'posted']
        transaction.rollback()
