"""HTML pages and the files they load.

A page is an operation whose handler returns ``answers.Page``: the name of a template and its values.
Templates are Jinja2 with autoescape; a name that is missing is an error. They know besides their values:

    language       of the caller            csrf_token     of the session, '' without one
    csrf_field()   the form's hidden field  say(name, …)   a sentence of the contract's dialect
    caller, path   of the request           static(name)   the address of a static file
"""
import functools
import hashlib
import mimetypes
from pathlib import Path

from .conditions import not_modified
from .dialect import Finished
from .writing import entity_tag

HTML = 'text/html; charset=utf-8'
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
HEADERS = {
    'Content-Type': HTML, 'Content-Security-Policy': STRICT, 'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store'}
"""Of a page that does not say otherwise"""
FOREVER = 'public, max-age=31536000, immutable'
HASH = 16
"""Hexadecimal digits of a file's hash in its address"""


class Templates:
    """The templates of a contract.

    folder: of the templates; files: StaticFiles that they refer to.
    """

    def __init__(self, folder, files=None):
        self.folder = Path(folder)
        self.files = files

    @functools.cached_property
    def environment(self):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        return Environment(
            loader=FileSystemLoader(self.folder), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True)

    def render(self, call, page):
        """Return the bytes of a Page in the language of a Call"""
        return self.environment.get_template(page.template).render(
            self.known(call), **page.values).encode()

    def known(self, call):
        """Return what every template knows"""
        from markupsafe import Markup
        token = csrf_token_of(call)
        field = getattr(call.way, 'csrf_field', '')
        hidden = Markup('<input type="hidden" name="{}" value="{}">').format(field, token)

        def say(name, **values):
            return call.contract.dialect.say(name, values, call.language)
        return {
            'language': call.language, 'path': call.exchange.path, 'caller': call.caller,
            'csrf_token': token, 'csrf_field': lambda: hidden, 'say': say,
            'static': self.files.address if self.files else None}


def csrf_token_of(call):
    """Return the CSRF token of the session that calls, '' without one"""
    token = getattr(call.way, 'csrf_token', None)
    return token(call.exchange) if token else ''


class StaticFiles:
    """Files of a folder, each at an address that holds its hash, so that it never changes.

    prefix: ``/static``; a file ``app.js`` is served at ``/static/app.3f2b8c1e….js``.
    """

    def __init__(self, folder, prefix):
        self.prefix = prefix
        self.paths = {
            path.name: path for path in sorted(Path(folder).iterdir()) if path.is_file()}

    def address(self, name):
        """Return the address of a file"""
        digest = hashlib.sha256(self.paths[name].read_bytes()).hexdigest()[:HASH]
        stem, dot, ending = name.rpartition('.')
        return f'{self.prefix}/{stem}.{digest}{dot}{ending}'

    def operations(self, **values):
        """Return the operations that serve the files: ``id``, ``tag``, ``ways`` … come with ``values``"""
        from .contract import Operation
        return [
            Operation(
                id=f'static {name}', method='GET', path=self.address(name), summary=name, logged=False,
                handler=functools.partial(static, path, cache_control=FOREVER), response=bytes,
                media_type=media_type(path), **values)
            for name, path in self.paths.items()]


def static(path, call, cache_control='public, no-cache', headers=None):
    """Answer with a file"""
    return cacheable(
        call, path.read_bytes(), media_type(path), cache_control,
        {'Content-Security-Policy': STRICT} if headers is None else headers)


def media_type(path):
    return mimetypes.guess_type(path.name)[0] or 'application/octet-stream'


def cacheable(call, body, media_type, cache_control='public, no-cache', headers=None):
    """Return bytes with an ETag, or 304 for who has them"""
    tag = entity_tag(body)
    headers = {'ETag': f'"{tag}"', 'Cache-Control': cache_control, **(headers or {})}
    if not_modified(call.headers.get('If-None-Match'), tag):
        return Finished(304, headers)
    return Finished(200, {**headers, 'Content-Type': media_type}, body)
