"""Which request of a caller is being worked on: the same in every repetition of its transaction.

What has to be done once per request outside its transaction, such as a call to another service, is found
again by its token. A face sets it; where none did (a job, a script) there is no request.

A request is any object with these attributes:

    token         what tells it from all others of the tenant, at most 64 characters; equal for a repeated
                  request with its idempotency key
    fingerprint   of the body, empty without a key
"""
import contextlib
from contextvars import ContextVar

_request = ContextVar('kontor_request', default=None)


@contextlib.contextmanager
def request_scope(request):
    """Run the block as work on a request"""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def current_request():
    """Return the request that is being worked on, or None"""
    return _request.get()
