"""Prepared statements: the same rows as when built anew, with other values each time."""
from sql import Literal
from trytond.model import fields

from tests.support.invoicing import inside


def statements(pool):
    from trytond.modules.backend.prepared import Prepared, Slot
    table = pool.get('country.country').__table__()
    made = []

    def make():
        made.append(1)
        return table.select(
            table.code, Literal(7), where=fields.SQL_OPERATORS['in'](table.code, [Slot('codes')])
            & table.code3.in_(['AUT', 'DEU', Slot('other')]) & (table.code != Slot('without')),
            order_by=table.code)
    return Prepared(make), made


def test_slots_are_filled_anew_at_each_use_and_the_text_is_made_once(pool, german):
    ask, made = statements(pool)
    with inside(pool, german):
        assert list(ask(codes=['AT', 'DE', 'CH'], other='FRA', without='XX')) == [('AT', 7), ('DE', 7)]
        assert list(ask(codes=['AT', 'CH'], other='CHE', without='AT')) == [('CH', 7)]
        assert list(ask(codes=[], other='CHE', without='AT')) == []
    assert made == [1]


def test_value_that_is_missing_is_an_error(pool, german):
    import pytest
    ask, _ = statements(pool)
    with inside(pool, german), pytest.raises(KeyError, match='without'):
        ask(codes=['AT'], other='CHE')
