"""Insert the rows of a chart's tables: account types, accounts, taxes, boxes of the VAT return.

Each ``add_…`` inserts the rows that a company lacks and returns the new ones. The first filling of a company
and later deliveries consist of these functions.
"""
from dataclasses import dataclass
from decimal import Decimal

from trytond.modules.kernel.rows import fresh_ids, insert

from . import tables

_TYPE_FLAGS = ('assets', 'receivable', 'payable', 'debt', 'revenue', 'expense')
_OPPOSITE = {'+': '-', '-': '+'}


def add_types(company, chart, known):
    """Insert the account types missing in {key: id}, add them to it and return their ids"""
    numbered = [
        (number, row) for number, row in enumerate(tables.account_types(chart), 1)
        if not known.get(row['key'])]
    ids = fresh_ids('account.account.type', len(numbered))
    known.update(zip([row['key'] for _, row in numbered], ids, strict=True))
    insert('account.account.type', company, [
            {'id': known[row['key']], 'name': row['name_de'], 'name_en': row['name_en'],
                'parent': known.get(row['parent']), 'statement': row['statement'], 'law': row['law'],
                'sequence': 10 * number, 'stock': False, 'template_override': False}
            | {flag: flag in row['flags'].split() for flag in _TYPE_FLAGS}
            for number, row in numbered])
    return ids


def add_accounts(company, chart, types, known):
    """Insert the accounts missing in {number: id}, add them to it and return their ids"""
    rows = [row for row in tables.accounts(chart) if row['number'] not in known]
    new = fresh_ids('account.account', len(rows))
    ids = dict(zip([row['number'] for row in rows], new, strict=True))
    known.update(ids)
    insert('account.account', company, [
            {'id': ids[row['number']], 'code': row['number'], 'name': row['name_de'],
                'name_en': row['name_en'], 'type': types[row['type']],
                'datev_key': row['datev_key'] or None, 'bwa_line': row['bwa'] or None,
                'datev_automatic': 'auto' in row['flags'].split(),
                'left': 2 * ids[row['number']], 'right': 2 * ids[row['number']] + 1,
                'closed': 'closed' in row['flags'].split(),
                'reconcile': 'reconcile' in row['flags'].split(),
                'party_required': 'party' in row['flags'].split(),
                'general_ledger_balance': False, 'template_override': False}
            for row in rows])
    return new


# Taxes

@dataclass(frozen=True)
class Made:
    """New taxes: their ids; pairs: {key of the row: (id, id of the tax due)} for the VAT return"""
    ids: list
    pairs: dict


def add_taxes(company, chart, country, rows, accounts, groups):
    """Insert taxes and return them as Made.

    A self-assessed tax (§ 13b UStG, § 19 UStG 1994, acquisitions) is a parent with two children: the
    deductible tax and, negative, the tax due. Its first id in a pair is that of the deductible child.
    """
    places = {row['id']: number for number, row in enumerate(tables.taxes(country), 1)}
    ids = fresh_ids('account.tax', len(rows))
    insert('account.tax', company, [
            {'id': id_} | _tax(row, chart, accounts) | {
                'group': groups[row['kind']], 'sequence': 10 * places[row['id']]}
            for id_, row in zip(ids, rows, strict=True)])
    due = [(id_, row) for id_, row in zip(ids, rows, strict=True) if row[f'due_{chart}']]
    children = iter(insert('account.tax', company, [
                child for id_, row in due for child in _children(id_, row, chart, accounts)]))
    pairs = {id_: (next(children), next(children)) for id_, _ in due}
    return Made(ids, {row['id']: pairs.get(id_, (id_, None)) for id_, row in zip(ids, rows, strict=True)})


def _tax(row, chart, accounts):
    """Return the columns of a tax that come from the table"""
    assessed = bool(row[f'due_{chart}'])
    account = None if assessed else accounts[row[f'tax_{chart}']]
    return {
        'name': row['name_de'], 'description': row['text_de'], 'description_en': row['text_en'],
        'legal_notice': row['notice_de'] or None, 'legal_notice_en': row['notice_en'] or None,
        'country_code': row['country'], 'kind': row['kind'], 'category': row['category'],
        'reason': row['reason'] or None, 'datev_key': row['datev_key'] or None,
        'vat_box': row['vat_box'] or None, 'source': row['source'],
        'start_date': row['valid_from'], 'end_date': row['valid_to'],
        'type': 'none' if assessed else 'percentage',
        'rate': None if assessed else row['rate'] / Decimal(100),
        'invoice_account': account, 'credit_note_account': account,
        'base_account': accounts[row[f'base_{chart}']],
        'update_unit_price': False, 'template_override': False}


def _children(parent, row, chart, accounts):
    for sign, column, name in [(1, 'tax', "Vorsteuer"), (-1, 'due', "Umsatzsteuer")]:
        account = accounts[row[f'{column}_{chart}']]
        yield {
            'parent': parent, 'name': f"{row['name_de']}: {name}",
            'description': f"{row['text_de']}: {name}", 'type': 'percentage',
            'rate': sign * row['rate'] / Decimal(100), 'invoice_account': account,
            'credit_note_account': account, 'sequence': None,
            'update_unit_price': False, 'template_override': False}


def add_tax_codes(company, country, known):
    """Insert the boxes missing in {code: id}, add them to it and return their ids"""
    rows = [row for row in tables.tax_codes(country) if row['code'] not in known]
    ids = fresh_ids('account.tax.code', len(rows))
    known.update(zip([row['code'] for row in rows], ids, strict=True))
    insert('account.tax.code', company, [
            {'id': known[row['code']], 'code': row['code'], 'name': row['name_de'],
                'name_en': row['name_en'], 'parent': known.get(row['parent']),
                'template_override': False}
            for row in rows])
    return ids


def add_code_lines(company, rows, codes, pairs):
    """Insert the lines by which taxes (rows of the table) count in the boxes {code: id}"""
    insert('account.tax.code.line', company, [
            {'code': codes[code], 'tax': tax, 'operator': operator, 'amount': amount, 'type': type_,
                'template_override': False}
            for row in rows for code, tax, operator, amount, type_ in code_lines(row, *pairs[row['id']])])


def code_lines(row, tax, due):
    """Yield (code, tax, operator, amount, type) of all lines of the VAT return for a row of the tax table.

    A credit note subtracts the amount that an invoice adds. The tax due of a self-assessed tax is booked
    negative, so Tryton counts its invoices under the type 'credit'.
    """
    for column, id_, amount, plain, back in [
            ('base_box', tax, 'base', 'invoice', 'credit'),
            ('tax_box', tax, 'tax', 'invoice', 'credit'),
            ('due_box', due, 'tax', 'credit', 'invoice')]:
        for code, operator in tables.boxes(row[column]):
            yield code, id_, operator, amount, plain
            yield code, id_, _OPPOSITE[operator], amount, back
