"""Merging parties: refused for a party with posted invoices or move lines, which keep its name"""
from trytond.i18n import gettext
from trytond.model.exceptions import AccessError
from trytond.pool import PoolMeta
from trytond.transaction import Transaction

_POSTED = """
SELECT (SELECT count(*) FROM account_invoice WHERE party = %(party)s AND (state IN ('posted', 'paid')
        OR state = 'cancelled' AND move IS NOT NULL)),
    (SELECT count(*) FROM account_move_line l JOIN account_move m ON m.id = l.move
        WHERE l.party = %(party)s AND m.state = 'posted')
"""


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    def check_similarity(self):
        source = self.ask.source
        invoices, lines = Transaction().connection.execute(_POSTED, {'party': source.id}).fetchone()
        if invoices or lines:
            raise AccessError(gettext(
                    'account_immutable.msg_party_posted', party=source.rec_name, invoices=invoices,
                    lines=lines))
        super().check_similarity()
