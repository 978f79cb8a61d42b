"""Writes bills: the rows that Tryton's own posting would make, a few statements for any number of
invoices.

Everything was decided and checked before; foreign keys, checks and row-level security of PostgreSQL
hold as for everybody. A test posts the same drafts with Tryton's workflow and compares every row.
"""
import re
from decimal import Decimal

from sql.functions import CurrentTimestamp
from trytond.modules.account_dach.rows import insert, next_ids
from trytond.pool import Pool
from trytond.transaction import Transaction

from .printed import copy

ZERO = Decimal(0)
INVOICE, LINE, TAX = 'account.invoice', 'account.invoice.line', 'account.invoice.tax'
MOVE, MOVE_LINE, TAX_LINE = 'account.move', 'account.move.line', 'account.tax.line'


def reserve(bills):
    "Give each bill the ids of its invoice and its move"
    new = [bill for bill in bills if bill.draft.id is None and bill.id is None]
    for bill, id in zip(new, next_ids(INVOICE, len(new)), strict=True):
        bill.id = id
    for bill in bills:
        bill.id = bill.id or bill.draft.id
    for bill, id in zip(bills, next_ids(MOVE, len(bills)), strict=True):
        bill.move = id


def write(bills):
    "Write invoices, lines, taxes and posted moves of numbered bills"
    company = bills[0].books.company
    # Invoice and move point at each other: the keys are checked at COMMIT
    Transaction().connection.execute("SET CONSTRAINTS account_invoice_move_fkey DEFERRED")
    _write_invoices(company, bills)
    _write_lines(company, bills)
    taxes = _write_taxes(company, bills)
    insert(MOVE, company, [_move(bill) for bill in bills])
    _write_move_lines(company, bills, taxes)
    forget(INVOICE, LINE, TAX, MOVE, MOVE_LINE, TAX_LINE)


def forget(*models):
    "Let no record cached in this transaction hide what was written"
    transaction = Transaction()
    transaction.counter += 1
    for cache in transaction.cache.values():
        for model in models:
            if model in cache:
                cache[model].clear()


def update(model, id, values):
    "Write columns of one row"
    Model = Pool().get(model)
    table = Model.__table__()
    names = list(values)
    transaction = Transaction()
    transaction.connection.cursor().execute(*table.update(
            [getattr(table, name) for name in names] + [table.write_uid, table.write_date],
            [Model._fields[name].sql_format(values[name]) for name in names]
            + [transaction.user, CurrentTimestamp()],
            where=table.id == id))


# The invoice

def _write_invoices(company, bills):
    insert(INVOICE, company, [_new_invoice(bill) for bill in bills if bill.draft.id is None])
    for bill in bills:
        if bill.draft.id is not None:
            update(INVOICE, bill.id, _invoice(bill))


def _invoice(bill):
    "Return what issuing decides about an invoice"
    figures, own_term = bill.figures, bill.draft.due_date is None and bill.draft.payment_term
    return {
        'state': 'posted', 'number': bill.number, 'number_alnum': re.sub(r'[\W_]', '', bill.number),
        'number_digit': int(re.sub(r'\D', '', bill.number)[-18:]),
        'sequence': bill.period.invoices, 'sequence_type_cache': _series(bill),
        'invoice_date': bill.issue_date, 'supply_date': bill.supply_date, 'due_date': bill.due_date,
        'payment_term': bill.draft.payment_term.id if own_term else None,
        'payment_term_date': bill.draft.payment_term_date if own_term else bill.due_date,
        'move': bill.move, 'template': bill.template.id, 'party_tax_identifier': bill.identifier,
        'tax_identifier': bill.seller_identifier, 'invoice_address': bill.address,
        'credit_of': bill.credited.id if bill.credited else None, 'warnings': bill.warnings,
        'account': bill.account, 'tax_rate': bill.tax_rate, 'issued_at': bill.issued_at,
        'printed': copy(bill), 'untaxed_amount_cache': figures.untaxed, 'tax_amount_cache': figures.tax,
        'total_amount_cache': figures.total}


def _series(bill):
    "Return Tryton's own word: a credit note is negative, and so are all of its lines"
    negative = bill.figures.total < 0 and all(item.net <= 0 for item in bill.charged)
    return 'credit_note' if negative else 'invoice'


def _new_invoice(bill):
    draft, books = bill.draft, bill.books
    return _invoice(bill) | {
        'id': bill.id, 'type': books.side.type, 'self_billed': bill.is_self_billed,
        'party': draft.party.id, 'currency': books.currency,
        'journal': books.journal, 'accounting_date': draft.accounting_date,
        'reference': draft.reference, 'description': draft.description,
        'introduction': draft.introduction, 'comment': draft.comment}


# Its lines and taxes

def _write_lines(company, bills):
    new = []
    for bill in bills:
        for number, item in enumerate(bill.items, 1):
            item.id = item.record.id
            if item.id is None:
                new.append((item, _new_line(bill, item, number)))
            else:
                _write_line(bill, item)
    for (item, _), id in zip(new, insert(LINE, company, [row for _, row in new]), strict=True):
        item.id = id
    insert('account.invoice.line-account.tax', company, [
            {'line': item.id, 'tax': item.tax.tax}
            for bill in bills for item in bill.charged
            if item.record.id is None or not item.record.taxes])


def _issued_line(item):
    return {
        'account': item.account, 'net_amount': item.net, 'unit_label': item.unit_label or None,
        'unit_code': item.unit_code or None}


def _new_line(bill, item, number):
    line = item.record
    return _issued_line(item) | {
        'invoice': bill.id, 'type': line.type, 'invoice_type': bill.books.side.type,
        'currency': bill.books.currency,
        'sequence': number if line.sequence is None else line.sequence,
        'description': item.description, 'item_key': item.key or None, 'quantity': item.quantity,
        'unit_price': item.unit_price, 'unit': line.unit.id if line.unit else None,
        'custom_unit': line.custom_unit.id if line.custom_unit else None,
        'product': line.product.id if line.product else None, 'note': line.note,
        'origin': str(line.origin) if line.origin else None, 'taxes_date': line.taxes_date,
        'taxes_deductible_rate': Decimal(1)}


def _write_line(bill, item):
    if item.tax:
        update(LINE, item.id, _issued_line(item))


def _write_taxes(company, bills):
    "Write the taxes of the invoices anew; return {(invoice, Part): id}"
    stored = [bill.id for bill in bills if bill.draft.id is not None]
    if stored:
        table = Pool().get(TAX).__table__()
        Transaction().connection.cursor().execute(*table.delete(where=table.invoice.in_(stored)))
    keys = [
        (bill, taxed, share, part, amount) for bill in bills for taxed, share in bill.shares
        for part, amount in taxed.parts(share)]
    ids = insert(TAX, company, [
            {'invoice': bill.id, 'description': part.description,
                'account': part.account_for(share.base),
                'base': share.base, 'amount': amount, 'manual': False, 'tax': part.tax,
                'legal_notice': taxed.notice or None}
            for bill, taxed, share, part, amount in keys])
    return {(bill.id, part): id for (bill, _, _, part, _), id in zip(keys, ids, strict=True)}


# The move

def _move(bill):
    date = bill.draft.accounting_date or bill.issue_date
    return {
        'id': bill.move, 'number': bill.move_number, 'period': bill.period.id,
        'journal': bill.books.journal, 'date': date, 'post_date': bill.books.today,
        'origin': f'{INVOICE},{bill.id}', 'state': 'posted'}


def _write_move_lines(company, bills, taxes):
    partied = _accounts_with_party(bills)
    rows, tax_rows = [], []
    for bill in bills:
        for row, for_return in _move_lines(bill, taxes):
            row['party'] = bill.draft.party.id if row['account'] in partied else None
            rows.append(row)
            tax_rows.append(for_return)
    ids = insert(MOVE_LINE, company, rows)
    insert(TAX_LINE, company, [
            tax_row | {'move_line': id} for id, for_return in zip(ids, tax_rows, strict=True)
            for tax_row in for_return])


def _move_lines(bill, taxes):
    """Yield (move line, its tax lines): revenue or expense per line, tax per rate, what is owed.

    Amounts are those of a sale, in debit less credit; a self-bill is its mirror.
    """
    sign = bill.books.side.sign
    for item in bill.charged:
        yield (
            _move_line(bill, item.account, -sign * item.net, origin=f'{LINE},{item.id}'),
            [{'type': 'base', 'tax': tax, 'amount': item.net} for tax in item.tax.base_taxes])
    for taxed, share in bill.shares:
        for part, amount in taxed.parts(share):
            if amount:
                yield (
                    _move_line(
                        bill, part.account_for(share.base), -sign * amount, part.description,
                        f'{TAX},{taxes[bill.id, part]}'),
                    [{'type': 'tax', 'tax': part.tax, 'amount': amount}] if part.counts else [])
    for maturity, amount in bill.maturities:
        yield (
            _move_line(bill, bill.account, sign * amount, bill.draft.description, maturity=maturity), [])


def _move_line(bill, account, amount, description=None, origin=None, maturity=None):
    "Return a row; ``amount`` is debit where positive"
    return {
        'move': bill.move, 'account': account, 'debit': max(amount, ZERO), 'credit': max(-amount, ZERO),
        'description': description, 'origin': origin, 'maturity_date': maturity, 'state': 'valid'}


def _accounts_with_party(bills):
    "Return the ids of those accounts that want a party on each line"
    used = {bill.account for bill in bills}
    for bill in bills:
        used.update(item.account for item in bill.charged)
        used.update(
            part.account_for(share.base) for taxed, share in bill.shares for part, _ in taxed.parts(share))
    table = Pool().get('account.account').__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(table.id, where=table.id.in_(sorted(used)) & table.party_required))
    return {id for id, in cursor}
