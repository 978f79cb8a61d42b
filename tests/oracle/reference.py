"""The switch between the engine and Tryton's own workflow, which only tests have"""
import contextlib
from unittest import mock


@contextlib.contextmanager
def engine():
    """Book by the engine, also where a module extends the booking that is not Kontor's"""
    from trytond.modules.account_invoice_issue import engine, posting
    with mock.patch.object(posting, '_backend_of', lambda Invoice: engine):
        yield


@contextlib.contextmanager
def reference():
    """Book by Tryton's own workflow, and let Tryton's sequences count"""
    from trytond.modules.document_issue import numbering
    from trytond.modules.account_invoice_issue import posting, workflow
    with mock.patch.object(posting, '_backend_of', lambda Invoice: workflow), \
            mock.patch.object(numbering, 'take', _take):
        yield


def _take(wanted, model='ir.sequence.strict'):
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    numbers = {}
    for sequence, dates in wanted.items():
        numbers[sequence] = []
        for date in dates:
            with Transaction().set_context(date=date):
                numbers[sequence].append(Pool().get(model)(sequence).get())
    return numbers
