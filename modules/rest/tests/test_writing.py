"""JSON that goes out: exact digits, UTC, readable characters"""
import datetime as dt
import enum
import json
import uuid
from decimal import Decimal

import pytest
from pydantic import BaseModel

from trytond.modules.rest.writing import entity_tag, write_json

ID = uuid.UUID('3f2b8c1e-0000-4000-8000-000000000001')


class Colour(enum.Enum):
    RED = 'red'


class Record(BaseModel):
    price: Decimal


@pytest.mark.parametrize('value, text', [
        (None, 'null'), (True, 'true'), (0, '0'), (10 ** 30, '1' + '0' * 30),
        (Decimal('980.00'), '980.00'), (Decimal('1E+3'), '1000'), (Decimal('-0.0001'), '-0.0001'),
        (Decimal('999999999999.9999'), '999999999999.9999'), (1e22, '10000000000000000000000'),
        (0.1, '0.1'),
        ('Straße "7"\n', '"Straße \\"7\\"\\n"'), (Colour.RED, '"red"'), (ID, f'"{ID}"'),
        (dt.date(2026, 5, 16), '"2026-05-16"'),
        (dt.datetime(2026, 5, 16, 8, 12, 43, 999999), '"2026-05-16T08:12:43Z"'),
        (dt.datetime(2026, 5, 16, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            '"2026-05-15T23:00:00Z"'),
        ([], '[]'), ({}, '{}'), ((1, [2, {'a': None}]), '[1,[2,{"a":null}]]'),
        (Record(price=Decimal('1.50')), '{"price":1.50}'),
        ({'items': [Record(price=Decimal(2))], 'total': 1}, '{"items":[{"price":2}],"total":1}')])
def test_written(value, text):
    assert write_json(value).decode() == text
    json.loads(text)


@pytest.mark.parametrize('value', [Decimal('NaN'), Decimal('Infinity')])
def test_no_json_number(value):
    with pytest.raises(ValueError):
        write_json({'a': value})


def test_unknown_type():
    with pytest.raises(TypeError, match='object has no JSON form'):
        write_json([object()])


def test_entity_tag_is_of_the_bytes():
    assert entity_tag(b'a') == entity_tag(b'a') != entity_tag(b'b')
    assert len(entity_tag(b'')) == 32
