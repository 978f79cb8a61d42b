"""A caller's words: the names he knows, where domain modules speak of their own fields, and his days"""
import contextlib
import datetime as dt
from zoneinfo import ZoneInfo

from trytond.modules.account_invoice_einvoice.exceptions import EInvoiceInvalid
from trytond.modules.kernel.exceptions import FieldError, spell
from trytond.modules.rest import Problem
from trytond.modules.rest.fields import camel


@contextlib.contextmanager
def renamed(call, name):
    """Give refusals the caller's names; name: function(domain field) → JSON name"""
    try:
        yield
    except EInvoiceInvalid as error:
        raise Problem(400, type(error).code, error.message, violations=[
                {'rule': each['rule'], 'field': name(spell(each['path'])), 'message': each['message']}
                for each in error.extra['violations']]) from error
    except FieldError as error:
        if not error.field:
            raise
        code = type(error).code
        raise Problem(
            call.contract.codes.get(code, 400), code,
            f'{name(error.field)}: {error.message}') from error


def json_name(field, names):
    """Return the JSON name of a domain field; ``names`` has those that are not only spelt in another way"""
    return '.'.join(camel(names.get(part, part)) for part in field.split('.'))


def day_of(call, moment):
    """Return the date that a moment means to the account, None for none.

    Midnight UTC, which a bare date is as well, means that date; any other moment is one of the
    account's own days.
    """
    if moment is None:
        return None
    if moment.timetz() == dt.time(tzinfo=dt.UTC):
        return moment.date()
    return moment.astimezone(ZoneInfo(call.credential.timezone)).date()
