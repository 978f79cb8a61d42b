"""Members of a JSON text that are given back byte for byte: order, spelling of numbers, blanks.

A model declares such a member as ``fields.verbatim()``; ``cut`` puts its exact text in its place after the
whole has been read, and checked, as any other JSON. ``writing`` writes the text as it is.
"""
import json
import re
from json.decoder import scanstring
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import core_schema

_BLANK = re.compile(r'[ \t\n\r]*')
_SCAN = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode


class Verbatim:
    """The text of a JSON value, and the value itself, which is read from the text when it is not given"""
    __slots__ = ('_value', 'text')

    def __init__(self, text, value=...):
        self.text = text
        self._value = value

    @property
    def value(self):
        if self._value is ...:
            self._value = json.loads(self.text)
        return self._value

    def __eq__(self, other):
        return isinstance(other, Verbatim) and other.text == self.text

    def __hash__(self):
        return hash(self.text)

    def __repr__(self):
        return f'Verbatim({self.text!r})'

    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.is_instance_schema(cls)


ITEMS = '[]'
"""In a tree of places: every item of a list"""


def places(model):
    """Return the places of verbatim members as a tree {member: tree or True}, {} if there are none"""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return _places_in(model)
    found = {}
    for name, field in model.model_fields.items():
        if tree := _places_in(field.annotation):
            found[field.validation_alias or field.alias or name] = tree
    return found


def _places_in(annotation):
    if annotation is Verbatim:
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return places(annotation)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is list:
        tree = _places_in(parts[0])
        return {ITEMS: tree} if tree else {}
    if origin is Annotated:
        return _places_in(parts[0])
    if origin in {Union, UnionType}:
        return next((tree for part in parts if (tree := _places_in(part))), {})
    return {}


def cut(text, value, tree):
    """Return a value with a Verbatim at each of its places.

    text: the JSON text that ``value`` was read from, without a flaw; null stays None.
    """
    return _cut(text, _BLANK.match(text).end(), value, tree)[0]


def _cut(text, start, value, tree):
    """Return (value, index behind it) of the value that begins at an index"""
    if isinstance(tree, dict) and isinstance(value, dict) and value:
        return _cut_object(text, start, value, tree)
    if isinstance(tree, dict) and isinstance(value, list) and value and ITEMS in tree:
        return _cut_array(text, start, value, tree[ITEMS])
    end = _SCAN(text, start)[1]
    if tree is True and value is not None:
        value = Verbatim(text[start:end], value)
    return value, end


def _cut_object(text, start, value, tree):
    found, at = dict(value), start
    for _ in value:
        name, at = scanstring(text, _next(text, at) + 1)
        found[name], at = _cut(text, _next(text, at), value[name], tree.get(name))
        at = _BLANK.match(text, at).end()
    return found, at + 1


def _cut_array(text, start, value, tree):
    found, at = [], start
    for item in value:
        item, at = _cut(text, _next(text, at), item, tree)
        found.append(item)
        at = _BLANK.match(text, at).end()
    return found, at + 1


def _next(text, at):
    """Return the index of what follows the next of ``{``, ``[``, ``,``, ``:``"""
    at = _BLANK.match(text, at).end() + 1
    return _BLANK.match(text, at).end()
