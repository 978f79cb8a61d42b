"""Writes bills: the rows that Tryton's own posting would make, a few statements for any number of
invoices.

Everything was decided and checked before; foreign keys, checks and row-level security of PostgreSQL
hold as for everybody. A test posts the same drafts with Tryton's workflow and compares every row. Each step
says in brackets whose effect it has, of ``account_invoice`` and ``account``.
"""
import re
from dataclasses import dataclass
from itertools import chain, islice
from decimal import Decimal

from trytond.cache import Cache
from trytond.modules.document_issue.rounding import TaxShare
from trytond.modules.document_issue.taxation import Part
from trytond.modules.kernel.rows import forget, insert_all, next_ids, update
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction

from .printed import copy

ZERO = Decimal(0)
INVOICE, LINE, TAX = 'account.invoice', 'account.invoice.line', 'account.invoice.tax'
LINE_TAX = 'account.invoice.line-account.tax'
MOVE, MOVE_LINE, TAX_LINE = 'account.move', 'account.move.line', 'account.tax.line'


@dataclass(slots=True)
class BookedTax:
    """A tax of a bill as it is booked; notice: the sentence the law asks for"""
    part: Part
    share: TaxShare
    amount: Decimal
    notice: str
    id: int | None = None

    @property
    def account(self):
        """The id of the account that it goes to"""
        return self.part.account_for(self.share.base)


def reserve(bills):
    """Decide what taxes each bill books, and give it and all its new records their ids, in one statement.

    [Invoice._get_taxes]
    """
    for bill in bills:
        bill.taxes = [
            BookedTax(part, share, amount, taxed.notice) for taxed, share in bill.shares
            for part, amount in taxed.parts(share)]
    new = [bill for bill in bills if bill.draft.id is None and bill.id is None]
    for item in chain.from_iterable(bill.items for bill in bills):
        item.id = item.record.id
    items = [item for bill in bills for item in bill.items if item.id is None]
    taxes = [tax for bill in bills for tax in bill.taxes]
    ids = next_ids({
            INVOICE: len(new), MOVE: len(bills), LINE: len(items), TAX: len(taxes),
            MOVE_LINE: sum(map(_count_move_lines, bills))})
    for model, records in [(INVOICE, new), (LINE, items), (TAX, taxes)]:
        for record, id in zip(records, ids[model], strict=True):
            record.id = id
    move_lines = iter(ids[MOVE_LINE])
    for bill, id in zip(bills, ids[MOVE], strict=True):
        bill.id, bill.move = bill.id or bill.draft.id, id
        bill.move_lines = list(islice(move_lines, _count_move_lines(bill)))


def write(bills):
    """Write invoices, lines, taxes and posted moves of numbered bills. [Invoice._post, Move.post]"""
    company = bills[0].books.company
    stored = [bill for bill in bills if bill.draft.id is not None]
    _forget_taxes(stored)
    move_lines, tax_lines = _move_lines(bills)
    insert_all(company, {
            INVOICE: [_new_invoice(bill) for bill in bills if bill.draft.id is None],
            LINE: [
                _new_line(bill, item, number) for bill in bills
                for number, item in enumerate(bill.items, 1) if item.record.id is None],
            LINE_TAX: [
                {'line': item.id, 'tax': item.tax.tax} for bill in bills for item in bill.charged
                if item.record.id is None or not item.record.taxes],
            TAX: [_tax(bill, tax) for bill in bills for tax in bill.taxes],
            MOVE: [_move(bill) for bill in bills], MOVE_LINE: move_lines, TAX_LINE: tax_lines})
    for bill in stored:
        for item in bill.charged:
            if item.record.id is not None:
                update(LINE, item.id, _issued_line(item))
        update(INVOICE, bill.id, _invoice(bill))
    forget(INVOICE, LINE, TAX, MOVE, MOVE_LINE, TAX_LINE)


# The invoice

def _invoice(bill):
    """Return what issuing decides about an invoice.

    [Invoice.set_number, get_tax_identifier, compute_fields, _store_cache, _post]
    """
    figures, own_term = bill.figures, bill.draft.due_date is None and bill.draft.payment_term
    return {
        'state': 'posted', 'number': bill.number, 'position': bill.position,
        'number_alnum': re.sub(r'[\W_]', '', bill.number),
        'number_digit': int(re.sub(r'\D', '', bill.number)[-18:]),
        'sequence': bill.period.invoices, 'sequence_type_cache': _series(bill),
        'invoice_date': bill.issue_date, 'supply_date': bill.supply_date, 'due_date': bill.due_date,
        'payment_term': bill.draft.payment_term.id if own_term else None,
        'payment_term_date': bill.draft.payment_term_date if own_term else bill.due_date,
        'move': bill.move, 'template': bill.template.id, 'party_tax_identifier': bill.identifier,
        'tax_identifier': bill.books.seller.identifier, 'invoice_address': bill.address,
        'credit_of': bill.credited.id if bill.credited else None, 'warnings': bill.warnings,
        'account': bill.account, 'tax_rate': bill.tax_rate, 'issued_at': bill.issued_at,
        'printed': copy(bill), 'untaxed_amount_cache': figures.untaxed, 'tax_amount_cache': figures.tax,
        'total_amount_cache': figures.total}


def _series(bill):
    """Return Tryton's own word: a credit note is negative, and so are all of its lines. [_sequence_type]"""
    negative = bill.figures.total < 0 and all(item.net <= 0 for item in bill.charged)
    return 'credit_note' if negative else 'invoice'


def _new_invoice(bill):
    """Return a whole invoice. [Invoice.create, set_journal, on_change_party]"""
    draft, books = bill.draft, bill.books
    return _invoice(bill) | {
        'id': bill.id, 'type': books.side.type, 'self_billed': bill.is_self_billed,
        'party': draft.party.id, 'currency': books.currency,
        'journal': books.journal, 'accounting_date': draft.accounting_date,
        'reference': draft.reference, 'description': draft.description,
        'introduction': draft.introduction, 'comment': draft.comment}


# Its lines and taxes

def _issued_line(item):
    """Return what issuing decides about a line. [InvoiceLine.on_change_product, get_amount]"""
    return {
        'account': item.account, 'net_amount': item.net, 'unit_label': item.unit_label or None,
        'unit_code': item.unit_code or None}


def _new_line(bill, item, number):
    """Return a whole line; ``number`` counts from 1. [InvoiceLine.create]"""
    line = item.record
    return _issued_line(item) | {
        'id': item.id, 'invoice': bill.id, 'type': line.type, 'invoice_type': bill.books.side.type,
        'currency': bill.books.currency,
        'sequence': number if line.sequence is None else line.sequence,
        'description': item.description, 'item_key': item.key or None, 'quantity': item.quantity,
        'unit_price': item.unit_price, 'unit': line.unit.id if line.unit else None,
        'custom_unit': line.custom_unit.id if line.custom_unit else None,
        'product': line.product.id if line.product else None, 'note': line.note,
        'origin': str(line.origin) if line.origin else None, 'taxes_date': line.taxes_date,
        'taxes_deductible_rate': Decimal(1)}


def _tax(bill, tax):
    """Return a tax of an invoice. [Invoice._compute_taxes]"""
    return {
        'id': tax.id, 'invoice': bill.id, 'description': tax.part.description, 'account': tax.account,
        'base': tax.share.base, 'amount': tax.amount, 'manual': False, 'tax': tax.part.tax,
        'legal_notice': tax.notice or None}


def _forget_taxes(bills):
    """Delete the taxes that stored drafts had so far. [Invoice.update_taxes]"""
    if bills:
        table = Pool().get(TAX).__table__()
        Transaction().connection.cursor().execute(
            *table.delete(where=table.invoice.in_([bill.id for bill in bills])))


# The move

def _move(bill):
    """Return a posted move. [Invoice.get_move, Move.post]"""
    date = bill.draft.accounting_date or bill.issue_date
    return {
        'id': bill.move, 'number': bill.move_number, 'period': bill.period.id,
        'journal': bill.books.journal, 'date': date, 'post_date': bill.books.today,
        'origin': f'{INVOICE},{bill.id}', 'state': 'posted'}


def _count_move_lines(bill):
    return len(bill.charged) + sum(1 for tax in bill.taxes if tax.amount) + len(bill.maturities)


def _move_lines(bills):
    """Return (move lines, tax lines) of bills"""
    partied = accounts_with_party()
    rows, tax_rows = [], []
    for bill in bills:
        party = bill.draft.party.id
        for id, (row, for_return) in zip(bill.move_lines, _postings(bill), strict=True):
            row['id'], row['party'] = id, party if row['account'] in partied else None
            rows.append(row)
            tax_rows += [tax_row | {'move_line': id} for tax_row in for_return]
    return rows, tax_rows


def _postings(bill):
    """Yield (move line, its tax lines): revenue or expense per line, tax per rate, what is owed.

    Amounts are those of a sale, in debit less credit; a self-bill is its mirror. [InvoiceLine.get_move_lines,
    InvoiceTax.get_move_lines, Invoice._get_move_line; tax lines: InvoiceLine._compute_taxes]
    """
    sign = bill.books.side.sign
    for item in bill.charged:
        yield (
            _posting(bill, item.account, -sign * item.net, origin=f'{LINE},{item.id}'),
            [{'type': 'base', 'tax': tax, 'amount': item.net} for tax in item.tax.base_taxes])
    for tax in bill.taxes:
        if tax.amount:
            yield (
                _posting(
                    bill, tax.account, -sign * tax.amount, tax.part.description, f'{TAX},{tax.id}'),
                [{'type': 'tax', 'tax': tax.part.tax, 'amount': tax.amount}] if tax.part.counts else [])
    for maturity, amount in bill.maturities:
        yield _posting(bill, bill.account, sign * amount, bill.draft.description, maturity=maturity), []


def _posting(bill, account, amount, description=None, origin=None, maturity=None):
    """Return a row; ``amount`` is debit where positive"""
    return {
        'move': bill.move, 'account': account, 'debit': max(amount, ZERO), 'credit': max(-amount, ZERO),
        'description': description, 'origin': origin, 'maturity_date': maturity, 'state': 'valid'}


def accounts_with_party():
    """Return the ids of those accounts of the tenant that want a party on each line; kept until one changes.

    [Line.party, Account.party_required]
    """
    Account = Pool().get('account.account')
    found = Account._with_party_cache.get(None)
    if found is None:
        table = Account.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(
                table.id, where=(table.company == current_company()) & table.party_required))
        found = Account._with_party_cache.set(None, frozenset(id for id, in cursor))
    return found


class Account(metaclass=PoolMeta):
    __name__ = 'account.account'
    _with_party_cache = Cache('account.account.with_party', context=False)

    @classmethod
    def on_modification(cls, mode, accounts, field_names=None):
        super().on_modification(mode, accounts, field_names=field_names)
        cls._with_party_cache.clear()
