"""Gapless series of numbers, one per tenant and kind of document.

New tenants are born with them; an older one gets a series when its first number is needed.
"""
from dataclasses import dataclass

from trytond.modules.account_dach.fiscalyear import sequence, sequence_type
from trytond.modules.kernel.rows import insert
from trytond.modules.tenant.scope import current_company
from trytond.pool import Pool
from trytond.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of a kind of document.

    module, type: XML id of its ``ir.sequence.type``; prefix: as Tryton fills it in, ``ANG-${date_Y}-``;
    padding: digits of the number.
    """
    module: str
    type: str
    name: str
    prefix: str
    padding: int = 4

    def find_or_create(self):
        """Return the id of the tenant's ``ir.sequence.strict``.

        The tenant's lock on the table must be held: the series is created where there is none.
        """
        type_ = sequence_type(self.module, self.type)
        table = Pool().get('ir.sequence.strict').__table__()
        cursor = Transaction().connection.cursor()
        company = current_company()
        cursor.execute(*table.select(
                table.id, where=(table.company == company) & (table.sequence_type == type_),
                order_by=table.id, limit=1))
        if found := cursor.fetchone():
            return found[0]
        id, = insert('ir.sequence.strict', company, [sequence(self.name, type_, self.prefix, self.padding)])
        return id
