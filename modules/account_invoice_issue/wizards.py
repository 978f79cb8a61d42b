"""Wizards of Tryton that touch what an issued invoice claims"""
from trytond.i18n import gettext
from trytond.modules.document_issue.exceptions import IssueStateError
from trytond.pool import Pool, PoolMeta

from .queue import at_the_end


class RescheduleLines(metaclass=PoolMeta):
    __name__ = 'account.move.line.reschedule'

    @classmethod
    def reschedule_lines(cls, lines, journal, terms):
        """The claim is reconciled before the invoice knows of its instalments: it is not paid meanwhile"""
        with at_the_end():
            return super().reschedule_lines(lines, journal, terms)


class CancelMoves(metaclass=PoolMeta):
    __name__ = 'account.move.cancel'

    def transition_cancel(self):
        """What was issued is taken back by a document (§ 14c UStG: the tax it shows is owed), not by a move
        """
        issued = Pool().get('account.invoice').search([
                ('move', 'in', [move.id for move in self.records]), ('issued_at', '!=', None)], limit=1)
        if issued:
            raise IssueStateError(
                gettext('account_invoice_issue.msg_credit_instead', invoice=issued[0].rec_name), 'state')
        return super().transition_cancel()
