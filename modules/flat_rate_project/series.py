"""The numbers of offers and delivery notes: one gapless series per tenant and kind.

New tenants are born with them; one that is older gets a series when its first number is needed.
"""
from trytond.modules.account_dach.fiscalyear import sequence, sequence_type
from trytond.modules.kernel.rows import insert
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.transaction import Transaction

KINDS = {
    'offer': ("Angebote", 'ANG-${date_Y}-${date_m}-'),
    'delivery_note': ("Lieferscheine", 'LS-${date_Y}-${date_m}-')}
"""Kind of document → (name of its series, prefix)"""
PADDING = 4


def series(kind):
    """Return the id of the ``ir.sequence.strict`` that numbers a kind of document.

    The tenant's lock on the table must be held: the series is made where there is none.
    """
    type_ = sequence_type('flat_rate_project', f'sequence_type_{kind}')
    table = Pool().get('ir.sequence.strict').__table__()
    cursor = Transaction().connection.cursor()
    company = current_company()
    cursor.execute(*table.select(
            table.id, where=(table.company == company) & (table.sequence_type == type_),
            order_by=table.id, limit=1))
    if found := cursor.fetchone():
        return found[0]
    name, prefix = KINDS[kind]
    id, = insert('ir.sequence.strict', company, [sequence(name, type_, prefix, PADDING)])
    return id
