"""scripts/check: clean over a tenant that has done everything, and a finding for each rule that is broken"""
import pytest

from tests.support.invoicing import Biller, item
from tests.support.sealed import unsealed


@pytest.fixture
def biller(new_api):
    """Someone with four invoices: paid, of last year, over nothing, open"""
    biller = Biller(new_api)
    made = [biller.bill(), biller.bill(issueDate='2025-05-16'), biller.bill(item(price=0)), biller.bill()]
    paid = biller.api.post(f"/api/invoices/{made[0]['id']}/mark-paid", {})
    assert paid.json['isPaid']
    biller.made = made
    return biller


def findings(operator, company=None):
    """Return {(check, model, id)} of what is found"""
    found = operator.call('kernel.check.run', company)
    assert company is None or {f['tenant'] for f in found} <= {company}
    assert all(len(f['message']) > 20 and '%' not in f['message'] for f in found)
    assert len({tuple(f.values()) for f in found}) == len(found)
    return {(f['check'], f['model'], f['id']) for f in found}


def test_nothing_is_found_where_nothing_is_wrong(biller, operator):
    assert findings(operator, biller.api.tenant['company']) == set()


FAULTS = {
    # name: (statement, what is found: check, model, whose id)
    'a move off balance': (
        "UPDATE account_move_line SET credit = credit + 1 WHERE id = %(revenue)s",
        [('moves_balanced', 'account.move', 'move')]),
    'a move without a side': (
        "DELETE FROM account_move_line WHERE id = %(claim)s",
        [('moves_balanced', 'account.move', 'move'), ('control_accounts', 'account.invoice', 'invoice')]),
    'another claim than invoiced': (
        "UPDATE account_move_line SET debit = debit + sign(debit), credit = credit + sign(credit)"
        " WHERE id IN (%(claim)s, %(revenue)s)", [('control_accounts', 'account.invoice', 'invoice')]),
    'another total than booked': (
        "UPDATE account_invoice SET total_amount_cache = total_amount_cache + 1 WHERE id = %(invoice)s",
        [('control_accounts', 'account.invoice', 'invoice')]),
    'a claim against nobody': (
        "UPDATE account_move_line SET party = NULL WHERE id = %(claim)s",
        [('control_accounts', 'account.account', 'account')]),
    'a reconciliation with a rest': (
        "UPDATE account_move_line SET reconciliation = (SELECT reconciliation FROM account_move_line"
        " WHERE move = %(paid_move)s AND reconciliation IS NOT NULL) WHERE id = %(claim)s", [
            ('reconciliations_zero', 'account.move.reconciliation', 'reconciliation'),
            ('invoices_settled', 'account.invoice', 'invoice')]),
    'paid by word only': (
        "UPDATE account_invoice SET state = 'paid' WHERE id = %(invoice)s",
        [('invoices_settled', 'account.invoice', 'invoice')]),
    'open although paid': (
        "UPDATE account_invoice SET state = 'posted' WHERE id = %(paid)s",
        [('invoices_settled', 'account.invoice', 'paid')]),
    'a number twice': (
        "UPDATE account_move SET number = replace(number, '0003', '0002') WHERE id = %(move)s",
        [('numbers', 'account.move', 'before_move'), ('numbers', 'account.move', 'move')]),
    'a series set back': (
        "UPDATE ir_sequence_strict SET number_next_internal = 4 WHERE id = %(series)s",
        [('numbers', 'account.invoice', 'invoice')]),
    'a series set ahead': (
        "UPDATE ir_sequence_strict SET number_next_internal = 8 WHERE id = %(series)s",
        [('numbers', 'account.invoice', 'invoice')]),
    'a number of a move gone': (
        "UPDATE account_move SET number = replace(number, '0002', '0007') WHERE id = %(before_move)s",
        [('numbers', 'account.move', whose) for whose in ('paid_move', 'payment', 'before_move')]),
    'a position left out': (
        'UPDATE account_invoice SET "position" = "position" + 1 WHERE id = %(invoice)s',
        [('positions', 'account.invoice', 'invoice')]),
    'the last document gone': (
        "DELETE FROM archive_document WHERE id = %(document)s",
        [('documents', 'account.invoice', 'invoice')]),
    'a document gone': (
        "DELETE FROM archive_document WHERE id = %(before_document)s",
        [('documents', 'account.invoice', 'before'), ('archive_chain', 'archive.document', 'document')]),
    'a document of a draft': (
        "UPDATE account_invoice SET state = 'draft' WHERE id = %(invoice)s",
        [('documents', 'archive.document', 'document')]),
    'another moment': (
        "UPDATE archive_document SET issued_at = issued_at + interval '1 second'"
        " WHERE id = %(before_document)s",
        [('archive_chain', 'archive.document', 'before_document')]),
    'another hash': (
        "UPDATE archive_document SET sha256 = repeat('0', 64) WHERE id = %(document)s",
        [('archive_bytes', 'archive.document', 'document')]),
    'another byte': (
        "UPDATE archive_content SET data = set_byte(data, 100, 255 - get_byte(data, 100)) WHERE id = ("
        " SELECT content FROM archive_document WHERE id = %(document)s)",
        [('archive_bytes', 'archive.document', 'document')]),
    }


@pytest.mark.parametrize('fault', FAULTS)
def test_what_is_broken_is_found_and_nothing_else(biller, operator, owner, fault):
    statement, expected = FAULTS[fault]
    names = records(owner, biller)
    with unsealed(owner):
        owner.execute(statement, names)
    assert findings(operator, biller.api.tenant['company']) == {
        (check, model, names[whose]) for check, model, whose in expected}


def records(owner, biller):
    """Return {name: id} of the records that faults are about: the last invoice, the one before, the paid
    one
    """
    paid, _, before, last = (invoice['id'] for invoice in biller.made)
    found = {'invoice': last, 'before': before, 'paid': paid}
    for name, query in {
            'move': "SELECT move FROM account_invoice WHERE id = %(invoice)s",
            'before_move': "SELECT move FROM account_invoice WHERE id = %(before)s",
            'paid_move': "SELECT move FROM account_invoice WHERE id = %(paid)s",
            'series': "SELECT sequence FROM account_invoice WHERE id = %(invoice)s",
            'account': "SELECT account FROM account_invoice WHERE id = %(invoice)s",
            'claim': "SELECT id FROM account_move_line WHERE move = %(move)s AND debit > 0",
            'revenue': "SELECT min(id) FROM account_move_line WHERE move = %(move)s AND credit > 0",
            'reconciliation': "SELECT max(reconciliation) FROM account_move_line WHERE move = %(paid_move)s",
            'document': "SELECT id FROM archive_document WHERE owner = 'account.invoice,' || %(invoice)s",
            'before_document':
                "SELECT id FROM archive_document WHERE owner = 'account.invoice,' || %(before)s",
            'payment': "SELECT max(id) FROM account_move WHERE origin = 'account.invoice,' || %(paid)s",
            }.items():
        found[name], = owner.execute(query, found).fetchone()
    return found
