"""Minimal XML writer: a document as nested calls, in which empty elements are omitted.

Both syntaxes forbid empty elements, and most of an invoice is optional; so an element without content is
None, and None counts as no content. Text is escaped, element names are constants of the writers.
Well-formedness is checked by the validation, before the document leaves the system.
"""
from decimal import Decimal

_ESCAPES = str.maketrans({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;'})


class Markup(str):
    """Text that is already XML"""
    __slots__ = ()


def element(name, *content, **attributes):
    """Return an element, None if it would be empty; content: texts, elements, None, or lists of them"""
    inner = ''.join(_parts(content))
    if not inner:
        return None
    said = ''.join(f' {key}="{value.translate(_ESCAPES)}"' for key, value in attributes.items())
    return Markup(f'<{name}{said}>{inner}</{name}>')


def _parts(content):
    for part in content:
        if isinstance(part, Markup):
            yield part
        elif isinstance(part, str):
            yield part.translate(_ESCAPES)
        elif part is not None:
            yield from _parts(part)


def document(name, namespaces, *content):
    """Return the bytes of a document whose root is ``name``; namespaces: prefix → URI, '' for the default"""
    declared = {f'xmlns:{prefix}' if prefix else 'xmlns': uri for prefix, uri in namespaces.items()}
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element(name, *content, **declared)}\n'.encode()


def amount(value):
    """Two decimals, no minus sign on zero (BR-DEC-…)"""
    return f'{value or abs(value):.2f}'


def number(value):
    """Only the significant decimals: 2.5000 → 2.5, 100 → 100"""
    text = f'{value or abs(value):f}'
    return text.rstrip('0').rstrip('.') if '.' in text else text


def price(value):
    """At least two decimals"""
    return amount(value) if value == value.quantize(Decimal('0.01')) else number(value)
