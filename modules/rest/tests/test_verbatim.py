"""Members that are given back byte for byte"""
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trytond.modules.rest.fields import Body, Output, verbatim
from trytond.modules.rest.reading import read_json
from trytond.modules.rest.refusals import Refusal
from trytond.modules.rest.shapes import fit
from trytond.modules.rest.verbatim import Verbatim, cut, places
from trytond.modules.rest.writing import write_json


class Row(Body):
    data: verbatim(list) | None = None


class Order(Body):
    metadata: verbatim(maximum=1000) | None = None
    name: str = ''
    rows: list[Row] = []


class Checkout(Body):
    order: Order | None = None
    extra: verbatim() | None = None


class Shown(Output):
    metadata: verbatim() | None


def taken(data, model=Order):
    tree = places(model)
    return fit(model, cut(data.decode(), read_json(data), tree))


@pytest.mark.parametrize('model, tree', [
        (Order, {'metadata': True, 'rows': {'[]': {'data': True}}}),
        (Checkout, {'order': {'metadata': True, 'rows': {'[]': {'data': True}}}, 'extra': True}),
        (list[Row], {'[]': {'data': True}}), (Body, {}), (str, {})])
def test_places(model, tree):
    assert places(model) == tree


@pytest.mark.parametrize('text', [
        '{}', '{ }', '{"b":1,"a":2}', '{"a": 1.0, "b": 1e3, "c": -0, "d": 1E+3, "e": 0.10}',
        '{"n": 12345678901234567890123}', '{"": {"": []}}', '{"a":"\\u00e4\\/ä\\"}"}',
        '{\n\t"a" :\r [ 1 , {} ]\n}',
        '{"metadata": {"metadata": {}}}', '{"a":true,"b":false,"c":null}', '{"\\u006detadata": "]}{["}'])
def test_a_member_comes_and_goes_as_it_is_spelled(text):
    for body in ('{"metadata":%s}', ' { "name" : "x" , "metadata" :\n%s\t, "rows" : [ ] } ',
            '{"\\u006detadata":%s,"name":"{\\""}'):
        order = taken((body % text).encode())
        assert order.metadata.text == text
        assert order.metadata.value == read_json(text.encode())
        assert write_json({'x': order.metadata}) == f'{{"x":{text}}}'.encode()
        assert write_json(Shown(metadata=Verbatim(text))) == f'{{"metadata":{text}}}'.encode()
    body = f'{{"order":{{"rows":[{{}},{{"data": [{text} ] }}], "metadata": {text}}}}}'
    nested = taken(body.encode(), Checkout)
    assert nested.order.metadata.text == text and nested.order.rows[0].data is None
    assert nested.order.rows[1].data.text == f'[{text} ]'


def test_null_and_nothing_are_none():
    for body in (b'{"metadata": null}', b'{}', b'{"rows": [{"data": null}]}'):
        assert taken(body).metadata is None


@pytest.mark.parametrize('text, reason', [
        ('[]', 'dict_type'), ('1', 'dict_type'), ('"{}"', 'dict_type'), ('{"a":1,"a":1}', 'twice'),
        ('{"a":{"b":1,"b":1}}', 'twice'), ('{"a":NaN}', 'not_finite'), ('{"a":1e400}', 'out_of_range'),
        ('{"a":"\\ud800"}', 'surrogate'), ('{"a":"\\u0000"}', 'nul'),
        ('{"a":"%s"}' % ('x' * 1000), 'text_too_long')])
def test_it_is_as_strict_as_the_rest(text, reason):
    with pytest.raises(Refusal) as raised:
        taken(b'{"metadata":%s}' % text.encode())
    found, = raised.value.reasons
    assert (found.name, found.path[0]) == (reason, 'metadata')


def test_a_value_that_did_not_come_as_json_is_refused():
    with pytest.raises(Refusal):
        fit(Order, {'metadata': {}})


def test_a_stored_text_has_a_value():
    assert Verbatim('{"a":1}').value == {'a': 1}
    assert Verbatim('{}') == Verbatim('{}', {}) != Verbatim('{ }')
    assert len({Verbatim('{}'), Verbatim('{}', {})}) == 1 and repr(Verbatim('{}')) == "Verbatim('{}')"


NAMES = st.text(st.characters(codec='utf-8', exclude_characters='\0'), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10 ** 20, 10 ** 20) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(NAMES, VALUES, max_size=4),
    st.sampled_from([None, 1]), st.booleans())
def test_it_is_found_in_any_document(metadata, others, indent, ascii_only):
    """What stands around it does not matter, nor how it is set"""
    document = {**others, 'metadata': metadata, 'rows': [others, {'data': [metadata]}]}
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    found = cut(text, read_json(text.encode()), places(Order))
    assert json.loads(found['metadata'].text) == metadata
    assert found['metadata'].text in text
    assert json.loads(found['rows'][1]['data'].text) == [metadata]
    assert {n: v for n, v in found.items() if n not in {'metadata', 'rows'}} == {
        n: v for n, v in read_json(text.encode()).items() if n not in {'metadata', 'rows'}}


def test_numbers_beside_it_are_decimals_as_ever():
    found = cut('{"a": 1.10, "metadata": {}}', read_json(b'{"a": 1.10, "metadata": {}}'), places(Order))
    assert found['a'] == Decimal('1.10')
