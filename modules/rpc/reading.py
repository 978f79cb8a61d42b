"""Reading an RPC call: limits before parsing, checks before execution. Pure functions.

Tryton's client and proteus send small calls; the limits below are far above those, and far below a size that
would keep a worker busy. A refused call raises a werkzeug HTTPException: 400, 413 or 415.
"""
import io
import math
import re
import zlib
from decimal import Decimal

from trytond.protocols.jsonrpc import JSONRequest
from trytond.protocols.wrappers import Request
from trytond.protocols.xmlrpc import XMLRequest
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a body, as sent and after decompression: attachments are part of it"""
MAX_ELEMENTS = 200_000
"""Values in a call, counted before parsing"""
MAX_DEPTH = 64
MAX_LIST = 10_000
"""Members of a list: records to read, rows to import"""
MAX_CLAUSES = 1_000
"""Lists in a domain"""
MAX_TEXT = 1_000_000
"""Characters of a text"""
MAX_SEARCH_TEXT = 10_000
"""Characters of a search text"""
MAX_DOTS = 8
"""Steps of a field name: ``invoice.party.addresses`` has two"""
MAX_NAME = 200
"""Characters of a method name"""
MAX_INTEGER = 2 ** 63 - 1
MAX_EXPONENT = 100
"""Powers of ten of a number: beyond it no amount, but a decimal string of a gigabyte"""
_DOTTED = re.compile(r'\w+(\.\w+)+')
_ON_FORMS = ('on_change', 'on_scan_code', 'autocomplete', 'pre_validate', 'get_copy_to_resources')
"""Prefixes of the methods whose parameter is an unsaved or saved form"""


def read_request(environ, limit=MAX_BODY):
    """Return Tryton's request object of a WSGI environment, its body decompressed; a call is checked"""
    kind = environ.get('CONTENT_TYPE', '')
    data = unpack(read_body(environ, limit), environ.pop('HTTP_CONTENT_ENCODING', ''), limit)
    environ['wsgi.input'] = io.BytesIO(data)
    environ['CONTENT_LENGTH'] = str(len(data))
    if 'json' in kind:
        return _checked_json(JSONRequest(environ), data)
    if 'xml' in kind:
        return _checked_xml(XMLRequest(environ), data)
    return Request(environ)


def read_body(environ, limit):
    """Return the bytes of a body"""
    length = environ.get('CONTENT_LENGTH')
    if length and not (length.isascii() and length.isdigit()):
        raise BadRequest("Content-Length is not a number")
    if not length and not environ.get('wsgi.input_terminated'):
        return b''
    wanted = int(length) if length else limit + 1
    if length and wanted > limit:
        raise RequestEntityTooLarge(f"The body is larger than {limit} bytes")
    data = environ['wsgi.input'].read(wanted)
    if len(data) > limit:
        raise RequestEntityTooLarge(f"The body is larger than {limit} bytes")
    if length and len(data) < wanted:
        raise BadRequest(f"The body ended after {len(data)} of {wanted} bytes")
    return data


def unpack(data, encoding, limit):
    """Return a body without its Content-Encoding; at most ``limit`` bytes are decompressed"""
    encoding = encoding.strip().lower()
    if encoding in {'', 'identity'}:
        return data
    if encoding != 'gzip':
        raise UnsupportedMediaType("Content-Encoding must be gzip or identity")
    packed = zlib.decompressobj(wbits=31)
    try:
        unpacked = packed.decompress(data, limit + 1)
    except zlib.error:
        raise BadRequest("The body is not valid gzip") from None
    if len(unpacked) > limit:
        raise RequestEntityTooLarge(f"The body is larger than {limit} bytes")
    if not packed.eof or packed.unused_data:
        raise BadRequest("The body is not valid gzip")
    return unpacked


def _count(data, *marks):
    if sum(map(data.count, marks)) > MAX_ELEMENTS:
        raise RequestEntityTooLarge(f"A call has at most {MAX_ELEMENTS} values")


def _checked_json(request, data):
    _count(data, b',', b'[', b'{')
    try:
        data.decode()
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8") from None
    inspect(request.parsed_data)
    if not isinstance(request.parsed_data, dict):
        raise BadRequest("A call is a JSON object with id, method and params")
    return request


def _checked_xml(request, data):
    _count(data, b'<value', b'<member')
    inspect(request.parsed_data[0])
    return request


def check_call(request):
    """Check method and parameters of a request, independent of the method"""
    if not isinstance(request, JSONRequest | XMLRequest):
        raise UnsupportedMediaType("Content-Type must be application/json or text/xml")
    method, params = request.rpc_method, request.rpc_params
    if not isinstance(method, str) or not 0 < len(method) <= MAX_NAME:
        raise BadRequest("method must be the name of a method")
    if not isinstance(params, list | tuple):
        raise BadRequest("params must be a list")
    if params and isinstance(params[-1], dict):
        # Stock lets this key of the context run the call as another user
        params[-1].pop('user', None)


def check_method(verb, rpc, params):
    """Refuse parameters (without the context) that do not match the RPC definition of a method"""
    if verb.startswith(_ON_FORMS):
        return
    if rpc.instantiate is not None:
        check_records(rpc, params)
    if rpc.readonly:
        check_search(params)


def check_search(params):
    """Refuse searches without an end: domains, field names and texts longer than any a user would send"""
    clauses = 0
    for value in walk(params):
        clauses += isinstance(value, list | tuple)
        if clauses > MAX_CLAUSES:
            raise RequestEntityTooLarge(f"A domain has at most {MAX_CLAUSES} clauses")
        if not isinstance(value, str):
            continue
        if len(value) > MAX_SEARCH_TEXT:
            raise RequestEntityTooLarge(f"A text to look for has at most {MAX_SEARCH_TEXT} characters")
        if value.count('.') > MAX_DOTS and _DOTTED.fullmatch(value):
            raise BadRequest(f"A field name has at most {MAX_DOTS} steps")


def check_records(rpc, params):
    """Refuse record objects in place of ids of stored records.

    Stock makes a record of any object it is sent, for every method: ``ir.email.template.get`` would run the
    Python expressions of a template that the caller supplies.
    """
    chosen = params[rpc.instantiate] if isinstance(rpc.instantiate, slice) else params[:1]
    for records in chosen:
        ids = records if isinstance(records, list | tuple) else [records]
        if not all(type(id_) is int for id_ in ids):
            raise BadRequest("Records are named by their ids")


def walk(value):
    """Yield a value and all values in it, recursively"""
    stack = [value]
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, list | tuple):
            stack.extend(value)
        elif isinstance(value, dict):
            stack.extend(value)
            stack.extend(value.values())


def inspect(value):
    """Refuse values unexpected below: too deep, too long, invalid numbers, invalid text"""
    stack = [(value, 1)]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, list | tuple | dict):
            members = _members(value, depth)
            stack.extend((member, depth + 1) for member in members)
        else:
            _check_scalar(value)


def _members(value, depth):
    if depth > MAX_DEPTH:
        raise BadRequest(f"A call is nested at most {MAX_DEPTH} deep")
    if len(value) > MAX_LIST:
        raise RequestEntityTooLarge(f"A list has at most {MAX_LIST} members")
    return [*value, *value.values()] if isinstance(value, dict) else value


def _check_scalar(value):
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise BadRequest("A whole number is too large")
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadRequest("NaN and Infinity are no numbers")
    elif isinstance(value, Decimal):
        _check_decimal(value)


def _check_text(value):
    if len(value) > MAX_TEXT:
        raise RequestEntityTooLarge(f"A text has at most {MAX_TEXT} characters")
    if '\x00' in value:
        raise BadRequest("A text has the character U+0000")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest("A text has half a character (surrogate)") from None


def _check_decimal(value):
    if not value.is_finite():
        raise BadRequest("NaN and Infinity are no numbers")
    digits = value.as_tuple()
    if abs(digits.exponent) > MAX_EXPONENT or len(digits.digits) > MAX_EXPONENT:
        raise BadRequest("A decimal number is too long")
