"""Drafts, and what an invoice has written"""
from decimal import Decimal

from trytond.pool import Pool
from trytond.transaction import Transaction

INVOICE, LINE, TAX = 'account.invoice', 'account.invoice.line', 'account.invoice.tax'


def customer(name="Acme GmbH", country='DE', **values):
    """Create a customer and return the party"""
    pool = Pool()
    country, = pool.get('country.country').search([('code', '=', country)])
    party, = pool.get('party.party').create([{
                'name': name, 'customer': True, 'addresses': [('create', [{
                                'street': "Hauptstraße 12, 1010 Wien", 'country': country.id}])], **values}])
    return party


def draft(party, rows, **values):
    """Return a draft that was never stored; rows: (quantity, unit price)"""
    pool = Pool()
    Line = pool.get(LINE)
    uom, = pool.get('product.uom').search([('unece_code', '=', 'HUR')])
    return pool.get(INVOICE)(party=party, lines=[
            Line(description=f"Line {n}", quantity=quantity, unit_price=Decimal(price), unit=uom)
            for n, (quantity, price) in enumerate(rows, 1)], **values)


def written(invoice):
    """Return {table: rows} of all that exists because of an invoice, comparable between two invoices.

    Ids, numbers and stamps are left out; a reference reads as table and place of the row it names.
    """
    ids = _ids(invoice)
    places = {
        (model, id): f'{model} {n}' for model, found in ids.items() for n, id in enumerate(found)}
    return {model: [_row(model, id, places) for id in found] for model, found in ids.items()}


def _ids(invoice):
    move = invoice.move.id
    return {
        INVOICE: [invoice.id],
        LINE: _select(LINE, 'invoice', [invoice.id]),
        'account.invoice.line-account.tax': _select(
            'account.invoice.line-account.tax', 'line', _select(LINE, 'invoice', [invoice.id])),
        TAX: _select(TAX, 'invoice', [invoice.id]),
        'account.move': [move],
        'account.move.line': _select('account.move.line', 'move', [move]),
        'account.tax.line': _select(
            'account.tax.line', 'move_line', _select('account.move.line', 'move', [move])),
        }


def _select(model, column, values):
    table = Pool().get(model).__table__()
    cursor = Transaction().connection.cursor()
    cursor.execute(*table.select(
            table.id, where=getattr(table, column).in_(values or [0]), order_by=table.id))
    return [id for id, in cursor]


SKIPPED = {'id', 'sealed_by', 'create_uid', 'create_date', 'write_uid', 'write_date'}


def _row(model, id, places):
    Model = Pool().get(model)
    with Transaction().connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{Model._table}" WHERE id = %s', (id,))
        values = dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))
    row = {}
    for name, value in values.items():
        if name in SKIPPED:
            continue
        field = Model._fields[name]
        if field._type == 'many2one':
            value = places.get((field.model_name, value), value)
        elif field._type == 'reference' and value:
            target, _, number = value.partition(',')
            value = places.get((target, int(number)), value)
        row[name] = value
    return row
