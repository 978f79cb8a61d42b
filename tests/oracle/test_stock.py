"""The door writes the rows that stock Tryton writes for a draft which a person stored at the client.

`test_oracle` tells Tryton what the door has decided; here it is told nothing, and both must come to the same.
"""
import random
from decimal import Decimal as D

import pytest
from trytond.pool import Pool
from trytond.transaction import without_check_access

from tests.support.invoicing import inside
from trytond.modules.account_invoice_issue.columns import INVOICE, LINE
from trytond.modules.account_invoice_issue.tests.tools import customer, draft, written

pytestmark = pytest.mark.drawn(1 / 3)
OURS = {
    name for columns in (INVOICE, LINE) for name, column in columns.table.items()
    if column.own and column.value} - {'introduction'}
"""Columns that stock Tryton does not have and issuing fills in; an introduction is that of the draft"""
NUMBERS = {'number', 'number_alnum', 'number_digit'}
ROWS = [
    [(8.0, '95.00'), (2.0, '110.00')],
    [(1.5, '0.3333')],
    [(3.0, '19.9900'), (-1.0, '5.00'), (0.0, '7.00')],
    [(0.3333, '33.33')] * 7,
    ]


def stock_draft(party, rows):
    """Store the same draft as a person at Tryton's client would"""
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
    """Post as trytond.modules.account_invoice does"""
    from trytond.modules.account_invoice.invoice import Invoice as Stock
    with without_check_access():
        Stock._post.__func__(Pool().get('account.invoice'), [invoice])
    return Pool().get('account.invoice')(invoice.id)


def comparable(rows):
    return {model: sorted((_plain(row) for row in found), key=repr) for model, found in rows.items()}


def _plain(row):
    """0 and 0.00 are the same amount; each line that is reconciled has a reconciliation of its own"""
    plain = {
        name: value.normalize() + 0 if isinstance(value, D) else value
        for name, value in sorted(row.items()) if name not in OURS | NUMBERS}
    if 'reconciliation' in plain:
        plain['reconciliation'] = plain['reconciliation'] is not None
    return plain


def at_random(seed):
    """Return the rows of an invoice as nobody would write it, yet with a total to pay"""
    chance = random.Random(seed)
    rows = [
        (chance.randrange(-20000, 90000) / chance.choice([1, 10, 100, 1000, 10000]),
            D(chance.randrange(0, 10 ** chance.randrange(1, 8))) / 10000)
        for _ in range(chance.randrange(1, 12))]
    return [*rows, (1.0, D('99999999.99'))]


@pytest.mark.parametrize('rows', [*ROWS, [(1.0, '0.00')], *map(at_random, range(12))])
def test_the_door_writes_what_tryton_would_have_written(pool, german, rows):
    with inside(pool, german) as transaction:
        party = customer()
        by_tryton = stock_post(stock_draft(party, rows))
        by_door, = pool.get('account.invoice').issue([draft(party, rows)])
        assert comparable(written(by_door)) == comparable(written(by_tryton))
        assert [m.state for m in (by_door.move, by_tryton.move)] == ['posted', 'posted']
        transaction.rollback()


# Credit notes

def stock_credit(invoice):
    """Credit with refund as trytond.modules.account_invoice does"""
    Invoice = Pool().get('account.invoice')
    credit = invoice._credit(invoice_date=invoice.invoice_date, payment_term_date=invoice.invoice_date)
    with without_check_access():
        Invoice.save([credit])
        stock_post(credit)
        invoice.cancel_move = credit.move
        Invoice.save([invoice])
        Invoice.cancel([invoice])
    return Invoice(credit.id)


def told(invoice):
    """Return the comparable rows of an invoice; what points at rows of another one only tells that it does"""
    rows = written(invoice)
    for row in rows['account.invoice']:
        row['cancel_move'] = row['cancel_move'] is not None
    for row in rows['account.invoice.line']:
        row['origin'] = row['origin'] is not None
    return comparable(rows)


@pytest.mark.parametrize('gross', [False, True])
@pytest.mark.parametrize('rows', [*ROWS, *map(at_random, range(6))])
def test_a_credit_note_takes_back_what_tryton_would_have_taken_back(pool, german, rows, gross):
    with inside(pool, german, locks=['invoice_template']) as transaction:
        Invoice, Template = pool.get('account.invoice'), pool.get('invoice.template')
        template, = Template.create([{'name': "Gross", 'language': 'de', 'is_tax_included': gross}])
        party = customer()
        ours, theirs = Invoice.issue([draft(party, rows, template=template) for _ in range(2)])
        by_tryton = stock_credit(theirs)
        by_door, = Invoice.credit([ours], refund=True, invoice_date=ours.invoice_date)
        assert told(by_door) == told(by_tryton)
        ours, theirs = Invoice.browse([ours, theirs])
        assert told(ours) == told(theirs)
        assert [i.state for i in (ours, theirs, by_door, by_tryton)] == [
            'cancelled', 'cancelled', 'paid', 'paid']
        assert (ours.cancel_move, by_door.credit_of) == (by_door.move, ours)
        assert by_door.total_amount == -ours.total_amount
        assert sorted(line.amount for line in by_door.lines) == sorted(-line.amount for line in ours.lines)
        transaction.rollback()


# Payments

def stock_pay(invoice, date):
    """Pay in full as Tryton's wizard does"""
    pool = Pool()
    Invoice, MoveLine = pool.get('account.invoice'), pool.get('account.move.line')
    method, = pool.get('account.invoice.payment.method').search([], limit=1)
    with without_check_access():
        paid = invoice.pay_invoice(invoice.amount_to_pay, method, date)
        invoice = Invoice(invoice.id)
        owed = [line for line in invoice.lines_to_pay if not line.reconciliation]
        MoveLine.reconcile([*owed, *(line for line in invoice.payment_lines if line not in paid), *paid])
    return Invoice(invoice.id)


def paying(invoice):
    """Return the comparable rows of an invoice and of the move that paid it"""
    pool = Pool()
    move, = pool.get('account.move').search([
            ('origin', '=', str(invoice)), ('id', '!=', invoice.move.id)])
    links = pool.get('account.invoice-account.move.line').search([('invoice', '=', invoice.id)])
    reconciliations = {line.reconciliation for line in (*invoice.move.lines, *move.lines)} - {None}
    own = {line.reconciliation for line in move.lines} - {None}
    assert len(own) == len(reconciliations) == 1
    return (
        comparable(written(invoice)),
        [move.journal, move.period, move.date, move.post_date, move.state, move.description],
        sorted((line.account.code, line.debit, line.credit, line.party, line.maturity_date, line.state,
                line.origin, line.description, bool(line.reconciliation)) for line in move.lines),
        [link.line in move.lines for link in links], [r.date for r in own])


@pytest.mark.parametrize('rows', [*ROWS, *map(at_random, range(4))])
def test_paying_writes_what_tryton_would_have_written(pool, german, rows):
    with inside(pool, german, locks=['account_journal_period']) as transaction:
        Invoice = pool.get('account.invoice')
        party = customer()
        ours, theirs = Invoice.issue([draft(party, rows) for _ in range(2)])
        date = ours.invoice_date
        by_tryton = stock_pay(theirs, date)
        by_door, = Invoice.mark_paid([ours], date)
        assert paying(by_door) == paying(by_tryton)
        assert [(i.state, i.paid_date, i.amount_to_pay) for i in (by_door, by_tryton)] == [
            ('paid', date, 0)] * 2
        transaction.rollback()


# Gutschriften

ANOTHER = {'sequence', 'sequence_type_cache', 'legal_notice'}
"""Tryton numbers a supplier's invoice in another series, and prints nothing on it"""
FRANCE = {'identifiers': [('create', [{'type': 'eu_vat', 'code': 'FR40303265045'}])]}


def stock_supplier_draft(issued, rows):
    """Store a supplier's invoice as a person at Tryton's client would, with accounts and taxes of a
    Gutschrift
    """
    line = issued.lines[0]
    return Pool().get('account.invoice').create([{
                'type': 'in', 'self_billed': True, 'template': issued.template.id,
                'party': issued.party.id, 'invoice_address': issued.invoice_address.id,
                'account': issued.account.id, 'journal': issued.journal.id,
                'currency': issued.currency.id, 'invoice_date': issued.invoice_date,
                'payment_term_date': issued.due_date, 'lines': [('create', [{
                                'type': 'line', 'invoice_type': 'in', 'description': f"Line {n}",
                                'sequence': n, 'quantity': quantity, 'unit_price': D(price),
                                'unit': line.unit.id, 'account': line.account.id,
                                'taxes': [('add', [tax.id for tax in line.taxes])]}
                            for n, (quantity, price) in enumerate(rows, 1)])]}])[0]


def told_by_supplier(invoice):
    rows = told(invoice)
    return {model: sorted(({k: v for k, v in row.items() if k not in ANOTHER} for row in found), key=repr)
        for model, found in rows.items()}


@pytest.mark.parametrize('rows', [*ROWS[:3], *map(at_random, range(4))])
@pytest.mark.parametrize('apply_tax, country, values', [
    (True, 'DE', {}), (False, 'DE', {}), (False, 'FR', FRANCE), (False, 'CH', {}),
    (False, 'DE', {'domestic_reverse_charge': True}), (True, 'DE', {'small_business': True})])
def test_a_gutschrift_writes_what_tryton_would_have_written_for_a_supplier(
        pool, german, rows, apply_tax, country, values):
    with inside(pool, german, locks=['invoice_template', 'account_journal_period']) as transaction:
        Invoice, Template = pool.get('account.invoice'), pool.get('invoice.template')
        template, = Template.create([{'name': "G", 'language': 'de', 'apply_tax': apply_tax}])
        party = customer(country=country, **values)
        by_door, = Invoice.issue([draft(party, rows, template=template, self_billed=True)])
        by_tryton = stock_post(stock_supplier_draft(by_door, rows))
        assert told_by_supplier(by_door) == told_by_supplier(by_tryton)
        assert by_door.number.startswith('GUT-') and by_tryton.number.startswith('ER-')
        transaction.rollback()
