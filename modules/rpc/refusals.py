"""Conversion of exceptions into answers for a Tryton client and proteus, without internal details.

Errors that a user can act on keep Tryton's form (UserError, UserWarning, ConcurrencyException,
LoginException). Refusals of the database become a UserError in plain words. Other errors are logged and
answered with the request id. An answer contains no traceback and no SQL.
"""
import json
import logging

from trytond import backend, config
from trytond.exceptions import (
    ConcurrencyException, LoginException, MissingDependenciesException, RateLimitException,
    UserError, UserWarning)
from trytond.model.exceptions import AccessError, ValidationError
from trytond.modules.backend.database import LockTimeout
from trytond.protocols.jsonrpc import JSONProtocol, JSONRequest
from trytond.protocols.xmlrpc import XMLProtocol, XMLRequest
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from trytond.modules.rest.house import DIALECT
from trytond.modules.rest.lifeline import is_lost
from trytond.modules.rest.refusals import Refusal

logger = logging.getLogger(__name__)

PERMISSION, SERIALIZATION = '42501', {'40001', '40P01', '55P03'}
"""SQLSTATE: permission or row-level security refused the row; serialization failure, deadlock or lock"""
RETRY_AFTER = 5
KEPT_HEADERS = ('WWW-Authenticate', 'Allow', 'Retry-After')
TEXTS = {
    401: "The session or the password is not valid",
    404: "There is nothing at this address",
    405: "The method is not allowed at this address",
    }
"""Replacements of werkzeug's texts, which are written for browsers"""
_TRYTON_EXCEPTIONS = (UserError, UserWarning, ConcurrencyException, LoginException)
_PROTOCOLS = {JSONRequest: JSONProtocol, XMLRequest: XMLProtocol}


def refusal(error, request, request_id):
    """Return the Response of an exception; request is None if it could not be read"""
    if isinstance(error, Refusal):
        problem = DIALECT.problem(error)
        return _plain(problem.status, problem.message, request, problem.headers)
    if isinstance(error, HTTPException):
        return _http(error, request, request_id)
    status = _status(error)
    if status:
        return _plain(*status, request, {'Retry-After': str(RETRY_AFTER)})
    return _tryton_response(to_tryton_exception(error, request_id), request)


def _status(error):
    """Return (HTTP status, text) of an error to be retried, None for any other error"""
    if isinstance(error, LockTimeout):
        return 429, "Other requests of this account are still being worked on"
    if isinstance(error, RateLimitException):
        return 429, "Too many attempts"
    if getattr(error, 'sqlstate', None) in SERIALIZATION:
        return 429, "Other requests changed the same records at the same time"
    if isinstance(error, backend.DatabaseOperationalError) and is_lost(error):
        return 503, "The service is not available at the moment"
    return None


def to_tryton_exception(error, request_id):
    """Return the TrytonException with the user's message for an error"""
    if isinstance(error, _TRYTON_EXCEPTIONS):
        return error
    if isinstance(error, MissingDependenciesException):
        return UserError("Some modules are missing on the server.")
    if getattr(error, 'sqlstate', None) == PERMISSION:
        logger.warning("rpc %s refused by the database", request_id, exc_info=error)
        return AccessError("You are not allowed to access these records.")
    if isinstance(error, backend.DatabaseIntegrityError):
        return ValidationError("A value clashes with another record, or with one that is not yours.")
    if isinstance(error, backend.DatabaseTimeoutError):
        return UserError("The call took too long and was given up; nothing was changed.")
    if isinstance(error, backend.DatabaseDataError | backend.DatabaseOperationalError):
        return ValidationError("A value is too large or of the wrong kind.")
    logger.error("rpc %s failed", request_id, exc_info=error)
    return UserError(
        "The call could not be carried out: its model, method or arguments do not fit.", request_id)


def _tryton_response(error, request):
    protocol = _PROTOCOLS.get(type(request))
    if protocol is None:
        return _plain(400, error.message, None, {})
    if protocol is JSONProtocol and not _is_call(request):
        return _plain(400, error.message, request, {})
    return protocol.response(error, request)


def _is_call(request):
    """Tell if a JSON body is a call that Tryton answers with {id, error} and status 200"""
    return set(request.parsed_data) == {'id', 'method', 'params'}


def _http(error, request, request_id):
    answer = error.get_response(request.environ if request else None)
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    status = answer.status_code
    if status == 504:
        return _tryton_response(to_tryton_exception(backend.DatabaseTimeoutError(), request_id), request)
    if status >= 500 and status != 503:
        logger.error("rpc %s failed", request_id, exc_info=error)
        return _plain(400, "The request does not fit", request, headers)
    if status == 503:
        headers.setdefault('Retry-After', str(RETRY_AFTER))
        return _plain(503, "The service is not available at the moment", request, headers)
    if status == 429:
        # Only logins are counted; failed attempts expire with the session's time-out
        headers.setdefault('Retry-After', str(config.getint('session', 'timeout')))
    own = error.description if error.description != type(error).description else None
    return _plain(status, own or TEXTS.get(status) or answer.status, request, headers)


def _plain(status, message, request, headers):
    """Return a refusal with an HTTP status, in the form of a JSON-RPC error"""
    call_id = None
    if isinstance(request, JSONRequest) and isinstance(request.parsed_data, dict):
        call_id = request.parsed_data.get('id')
    body = {'id': call_id, 'error': ['UserError', [str(message), '', None]]}
    return Response(json.dumps(body), status, headers, content_type='application/json')
