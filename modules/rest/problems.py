"""From exceptions to the contract's own refusals.

One table for what is the same in every contract; ``contract.codes`` for what its domain modules
say.
"""
from trytond.exceptions import UserError, UserWarning
from trytond.model.exceptions import AccessError

from .contract import Invalid, Problem

FORBIDDEN = 'plan_forbidden'
CROWD_RETRY_AFTER = 5
"""Seconds"""


def invalid(field, reason, code='invalid_argument', status=400):
    """Return the refusal of one field: its JSON name and what is wrong"""
    return Problem(status, code, f'{field}: {reason}')


def not_found(message="Unknown id, or not yours"):
    return Problem(404, 'not_found', message)


def conflict(code, message, **extra):
    return Problem(409, code, message, **extra)


def forbidden(message, code=FORBIDDEN):
    return Problem(403, code, message)


def unknown_path(path):
    return Problem(404, 'not_found', f"There is nothing at {shown(path)}")


def wrong_method(method, path, allowed):
    return Problem(
        405, 'method_not_allowed', f"{shown(method, 20)} is not allowed at {shown(path)}",
        headers={'Allow': allowed})


def too_large(limit):
    return Problem(413, 'payload_too_large', f"The body is larger than {limit} bytes")


def unsupported(message):
    return Problem(415, 'unsupported_media_type', message)


def rate_limited(message, seconds):
    return Problem(429, 'rate_limited', message, headers={'Retry-After': str(seconds)})


def crowded():
    """The refusal of who has waited long enough for others of the same tenant"""
    return rate_limited("Other requests of this account are still being worked on", CROWD_RETRY_AFTER)


def unavailable(seconds=2):
    return Problem(
        503, 'unavailable', "The service is not available at the moment; please try again",
        headers={'Retry-After': str(seconds)})


def timed_out():
    return Problem(
        503, 'unavailable', "The request took too long and was given up; nothing was changed",
        headers={'Retry-After': '5'})


def internal_error(request_id):
    return Problem(
        500, 'internal_error', f"Something went wrong on our side (request {request_id})")


def shown(text, length=100):
    """Return a piece of a request for a message: printable, short"""
    clean = ''.join(c if c.isprintable() else '?' for c in text)
    return clean if len(clean) <= length else clean[:length] + '…'


def from_error(contract, error):
    """Return the Problem of an exception that a caller can do something about, else None."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Invalid):
        return Problem(400, contract.invalid, str(error))
    if isinstance(error, AccessError):
        return forbidden(error.message, contract.authentication.forbidden)
    if isinstance(error, UserError | UserWarning):
        return _from_domain(contract, error)
    return None


def _from_domain(contract, error):
    """Return the refusal of a domain module.

    Tryton sets a number as ``code`` on each instance, so a word may stand on the class as well.
    """
    code = next(
        (c for c in (error.code, getattr(type(error), 'code', None)) if isinstance(c, str)),
        contract.invalid)
    field = getattr(error, 'field', None)
    message = f'{contract.json_name(field)}: {error.message}' if field else error.message
    return Problem(
        contract.codes.get(code, 400), code, message, **getattr(error, 'extra', {}))
