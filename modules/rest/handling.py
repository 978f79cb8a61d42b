"""From a request's parts to a Call, and from a handler's result to the bytes that go out. Pure."""
from .conditions import if_match_holds, not_modified
from .contract import Answer
from .dialect import Finished
from .reading import read_json, read_query
from .refusals import HEADER, QUERY, Kind, refused_field
from .shapes import fit
from .writing import entity_tag, write_json

NO_BODY = frozenset({204, 304})


def read_call(call, query, data):
    """Fill query, body and sent of a Call from a query string and the bytes of a body.

    Raises Refusal.
    """
    operation = call.operation
    values = read_query(query)
    if operation.query:
        call.query = fit(operation.query, values, QUERY)
    if operation.request and (data or operation.body_required):
        value = read_json(data)
        call.body = fit(operation.request, value)
        call.sent = frozenset(value) if isinstance(value, dict) else frozenset()
    return call


def handle(call):
    """Run the handler of a Call, after If-Match; returns Finished"""
    operation = call.operation
    wanted = call.headers.get('If-Match')
    if wanted is not None and operation.current:
        tag = finish(operation, operation.current(call)).headers['ETag'].strip('"')
        if not if_match_holds(wanted, tag):
            raise refused_field(Kind.CHANGED_SINCE, 'record_changed', 'If-Match', place=HEADER)
    finished = finish(operation, operation.handler(call))
    return _conditional(call, finished)


def finish(operation, result):
    """Return what a handler's result looks like on the wire"""
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or operation.status
    headers = dict(answer.headers)
    body = _body(operation, answer, status, headers)
    if operation.etag or answer.etag:
        headers['ETag'] = f'"{answer.etag or entity_tag(body)}"'
    return Finished(status, headers, body)


def _body(operation, answer, status, headers):
    if status in NO_BODY:
        return b''
    if isinstance(answer.body, bytes | bytearray | memoryview):
        headers['Content-Type'] = answer.media_type or operation.media_type
        return bytes(answer.body)
    headers['Content-Type'] = 'application/json'
    return write_json(answer.body)


def _conditional(call, finished):
    """Return 304 where the caller has this very version"""
    tag = finished.headers.get('ETag')
    if (tag and finished.status == 200 and call.operation.method == 'GET'
            and not_modified(call.headers.get('If-None-Match'), tag.strip('"'))):
        return Finished(304, {'ETag': tag})
    return finished
