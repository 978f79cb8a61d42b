"The names a caller knows: refusals of domain modules speak of their own fields"
import contextlib

from trytond.modules.account_dach.exceptions import FieldError
from trytond.modules.account_invoice_einvoice.exceptions import EInvoiceInvalid
from trytond.modules.rest import Problem


@contextlib.contextmanager
def renamed(call, name):
    "Give refusals the caller's names; name: function(domain field) → JSON name"
    try:
        yield
    except EInvoiceInvalid as error:
        raise Problem(400, type(error).code, error.message, violations=[
                {**each, 'field': name(each['field'])} for each in error.violations]) from error
    except FieldError as error:
        if not error.field:
            raise
        code = type(error).code
        raise Problem(
            call.contract.codes.get(code, 400), code,
            f'{name(error.field)}: {error.message}') from error
