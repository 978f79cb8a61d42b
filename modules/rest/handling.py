"""From a request's parts to what a handler reads, and from its result to the bytes that go out"""
from .answers import Page, Stream
from .conditions import if_match_holds, not_modified
from .contract import Answer
from .dialect import Finished
from .pages import HEADERS as PAGE_HEADERS
from .reading import read_query
from .refusals import HEADER, QUERY, Kind, refused_field
from .shapes import fit
from .ways import FromPage
from .writing import entity_tag, write_json

NO_BODY = frozenset({204, 304})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def read_call(call):
    """Fill query, body and sent of a Call from its query string and from what was received.

    Raises Refusal.
    """
    operation = call.operation
    if operation.query or call.contract.documented:
        values = read_query(call.exchange.request.environ.get('QUERY_STRING', ''))
        if operation.query:
            call.query = fit(operation.query, values, QUERY)
    if call.received:
        call.body, call.sent = call.received.value()


def handle(call):
    """Run the handler of a Call, after If-Match; returns Finished"""
    operation = call.operation
    wanted = call.headers.get('If-Match')
    if wanted is not None and operation.current:
        tag = finish(call, operation.current(call)).headers['ETag'].strip('"')
        if not if_match_holds(wanted, tag):
            raise refused_field(Kind.CHANGED_SINCE, 'record_changed', 'If-Match', place=HEADER)
    finished = finish(call, operation.handler(call))
    return _conditional(call, finished)


def finish(call, result):
    """Return what a handler's result looks like on the wire"""
    if isinstance(result, Finished):
        return result
    operation = call.operation
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or operation.status
    headers = dict(answer.headers)
    body = _body(call, answer, status, headers)
    if answer.etag or operation.etag and not isinstance(body, Stream):
        headers['ETag'] = f'"{answer.etag or entity_tag(body)}"'
    cookies = answer.cookies
    if isinstance(answer.body, Page) and isinstance(call.way, FromPage):
        cookies = [*cookies, *call.way.page_cookies(call.exchange)]
    return Finished(status, headers, body, cookies, answer.record)


def _body(call, answer, status, headers):
    body = answer.body
    if status in NO_BODY or body is None and status in REDIRECTS:
        return b''
    if isinstance(body, bytes | bytearray | memoryview):
        headers['Content-Type'] = answer.media_type or call.operation.media_type
        return bytes(body)
    if isinstance(body, Stream):
        headers['Content-Type'] = answer.media_type or call.operation.media_type
        return body
    if isinstance(body, Page):
        for name, value in PAGE_HEADERS.items():
            headers.setdefault(name, value)
        return call.contract.templates.render(call, body)
    headers['Content-Type'] = 'application/json'
    return write_json(body)


def _conditional(call, finished):
    """Return 304 where the caller has this very version"""
    tag = finished.headers.get('ETag')
    if (tag and finished.status == 200 and call.operation.method == 'GET'
            and not_modified(call.headers.get('If-None-Match'), tag.strip('"'))):
        if isinstance(finished.body, Stream):
            finished.body.close()
        return Finished(304, {'ETag': tag})
    return finished
