"""Refusals of PostgreSQL as messages for people.

The guards raise a SQLSTATE of their own with table, column and the name of the record; these become a
:class:`SealedError` that names model and field in the caller's language.
"""
from trytond.exceptions import UserError
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction

from .triggers import HIDDEN, SEALED, UNBALANCED


class SealedError(UserError):
    """An issued or posted record is immutable; ``code`` is the error code for contracts"""
    code = 'invalid_state'


def to_user_error(error, database, language=None):
    """Return the SealedError of a guard's refusal, None for any other error.

    error: a psycopg error; its transaction is over, the texts are read in a transaction of their own.
    language: code, None for the default one.
    """
    if getattr(error, 'sqlstate', None) not in (SEALED, UNBALANCED):
        return None
    context = {'language': language} if language else {}
    with Transaction().start(database, 0, readonly=True, context=context):
        return SealedError(_words(error))


def _words(error):
    diagnosis = error.diag
    if error.sqlstate == UNBALANCED:
        return gettext('immutable.msg_unbalanced', move=diagnosis.message_detail)
    Model = next(
        (M for _, M in Pool().iterobject() if getattr(M, '_table', None) == diagnosis.table_name), None)
    field = diagnosis.column_name if diagnosis.column_name != HIDDEN else None
    if Model is None:
        return gettext('immutable.msg_sealed', record=diagnosis.message_detail)
    if field in Model._fields:
        return gettext(
            'immutable.msg_sealed_field', record=diagnosis.message_detail, **Model.__names__(field))
    return gettext(
        'immutable.msg_sealed_record', record=diagnosis.message_detail, **Model.__names__())
