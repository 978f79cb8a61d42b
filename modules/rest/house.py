"""The host's own contract: alive, ready, API documents and their reference pages, all of them open.

It refuses what belongs to no other contract.
"""
import functools
import json
from html import escape
from pathlib import Path

from .contract import Contract, Operation
from .dialect import Dialect, Entry, Finished
from .openapi import document
from .pages import HTML, cacheable, static
from .refusals import Kind
from .routes import public_path
from .ways import Open
from .writing import write_json

WORDS = {
    Kind.UNKNOWN_PATH: Entry(404, 'not_found'),
    Kind.WRONG_METHOD: Entry(405, 'method_not_allowed'),
    Kind.TOO_SLOW: Entry(408, 'request_timeout'),
    Kind.TOO_LARGE: Entry(413, 'payload_too_large'),
    Kind.LINE_TOO_LONG: Entry(414, 'uri_too_long'),
    Kind.WRONG_MEDIA_TYPE: Entry(415, 'unsupported_media_type'),
    Kind.EXPECTATION: Entry(417, 'expectation_failed'),
    Kind.TOO_MANY: Entry(429, 'rate_limited'),
    Kind.CROWDED: Entry(429, 'rate_limited'),
    Kind.HEADERS_TOO_LARGE: Entry(431, 'headers_too_large'),
    Kind.MALFORMED: Entry(400, 'invalid_request'),
    Kind.UNREADABLE: Entry(400, 'invalid_argument'),
    Kind.FLAWED: Entry(400, 'invalid_argument', most=1),
    Kind.UNFIT: Entry(400, 'invalid_argument'),
    Kind.BAD_SIGNATURE: Entry(400, 'invalid_signature'),
    Kind.INTERNAL: Entry(500, 'internal_error'),
    Kind.UNAVAILABLE: Entry(503, 'unavailable'),
    Kind.TIMED_OUT: Entry(503, 'unavailable'),
    }
DIALECT = Dialect(table=WORDS)
STATIC = Path(__file__).parent / 'static'
"""Where ``docs_build`` puts the reference page's script; not there before set-up has run"""
SCRIPT = 'reference.js'
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'")


def house(contracts, complaints):
    """Return the Contract of the host itself.

    complaints: function() → list of reasons why requests cannot be served.
    """
    pages = {'/healthz': healthz, '/readyz': functools.partial(readyz, complaints)}
    for contract in contracts:
        if contract.documented:
            pages[f'/openapi/{contract.name}.json'] = functools.partial(openapi, contract)
            pages[f'/docs/{contract.name}'] = functools.partial(reference, contract)
    for path in sorted(STATIC.glob('*.js')):
        pages[f'/docs/static/{path.name}'] = functools.partial(static, path, headers={})
    return Contract(
        name='house', title="Kontor", dialect=DIALECT, ways=[Open()], documented=False, operations=[
            Operation(
                id=path, method='GET', path=path, handler=page, summary='', tag='', logged=False)
            for path, page in pages.items()])


def healthz(call):
    """This process answers; nothing else is looked at"""
    return _json(200, {'status': 'ok'})


def readyz(complaints, call):
    """The databases can be reached and are of this code's state"""
    reasons = complaints()
    if reasons:
        finished = _json(503, {
                'error': 'unavailable', 'message': '; '.join(reasons), 'status': 'unavailable'})
        finished.headers['Retry-After'] = '2'
        return finished
    return _json(200, {'status': 'ready'})


def _json(status, value):
    return Finished(
        status, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'},
        write_json(value))


@functools.cache
def _openapi_text(contract):
    return json.dumps(document(contract), ensure_ascii=False, indent=1).encode()


def openapi(contract, call):
    """The OpenAPI 3.1 document of a contract"""
    return cacheable(call, _openapi_text(contract), 'application/json')


def reference(contract, call):
    """The reference page of a contract: interactive if its script was built, a plain list otherwise"""
    scripts = ''
    if (STATIC / SCRIPT).exists():
        scripts = (
            f'<script src="/docs/static/{SCRIPT}" defer></script>\n'
            '<script src="/docs/static/start.js" defer></script>')
    body = PAGE.format(
        title=escape(contract.title), name=escape(contract.name), scripts=scripts,
        description=escape(contract.description), operations=_plain(contract))
    return Finished(200, {
            'Content-Type': HTML, 'Content-Security-Policy': POLICY,
            'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-cache'}, body.encode())


def _plain(contract):
    return '\n'.join(
        f'<tr><td>{operation.method}</td><td><code>{escape(public_path(operation.path))}</code></td>'
        f'<td>{escape(operation.summary)}</td></tr>'
        for operation in contract.operations)


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – API reference</title>
<style>
body {{ margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1c1f23; }}
#plain {{ max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem; }}
td {{ padding: .3rem 1rem .3rem 0; vertical-align: top; }}
td:first-child {{ font-weight: 600; }}
</style>
</head>
<body>
<div id="reference" data-document="/openapi/{name}.json"></div>
<main id="plain">
<h1>{title}</h1>
<p>{description}</p>
<p>The document itself: <a href="/openapi/{name}.json">/openapi/{name}.json</a></p>
<table>
{operations}
</table>
</main>
{scripts}
</body>
</html>
"""
