"""The three policies of lists, each with one call of its reader"""
import datetime as dt
import uuid
from decimal import Decimal

import pytest

from trytond.modules.rest.cursors import CursorList, CursorQuery, page_behind
from trytond.modules.rest.offsets import OffsetQuery, rows_of
from trytond.modules.rest.paging import PageQuery, page_of
from trytond.modules.rest.refusals import QUERY, Kind, Refusal
from trytond.modules.rest.shapes import fit

ROWS = list(range(1, 8))


class Reader:
    """Rows of a domain, by number or behind a key; counts how often it was asked"""

    def __init__(self):
        self.calls = 0

    def part(self, offset, limit):
        self.calls += 1
        return ROWS[offset:offset + limit], len(ROWS)

    def behind(self, key, number):
        self.calls += 1
        return [row for row in ROWS if key is None or (row,) > key][:number]


# Pages and offsets

@pytest.mark.parametrize('page, limit, items', [
        (1, 3, [10, 20, 30]), (3, 3, [70]), (4, 3, []), (1, 200, [10, 20, 30, 40, 50, 60, 70]),
        (2 ** 31 - 1, 200, [])])
def test_a_page(page, limit, items):
    reader = Reader()
    found = page_of(PageQuery(page=page, limit=limit), reader.part, lambda row: row * 10)
    assert found == {'items': items, 'page': page, 'limit': limit, 'total': 7}
    assert reader.calls == 1


@pytest.mark.parametrize('offset, limit, rows', [
        (0, 100, ROWS), (2, 2, [3, 4]), (6, 1, [7]), (7, 1, []), (10 ** 9, 1000, [])])
def test_a_part(offset, limit, rows):
    query, reader = OffsetQuery(offset=offset, limit=limit), Reader()
    assert rows_of(query, reader.part, str) == [str(row) for row in rows]
    assert rows_of(query, reader.part, int, 'entries') == {'entries': rows, 'total': 7}
    assert reader.calls == 2


@pytest.mark.parametrize('query, defaults, outside', [
        (PageQuery, {'page': 1, 'limit': 50}, {'page': '0', 'limit': '201'}),
        (OffsetQuery, {'limit': 100, 'offset': 0}, {'limit': '0', 'offset': '-1'}),
        (OffsetQuery, {'limit': 100, 'offset': 0}, {'limit': '1001', 'offset': 'x'}),
        (CursorQuery, {'limit': 25, 'cursor': None}, {'limit': '101', 'cursor': 'x' * 501}),
        (CursorQuery, {'limit': 25, 'cursor': None}, {'limit': '1.5'})])
def test_limits_of_queries(query, defaults, outside):
    assert query().model_dump() == defaults
    with pytest.raises(Refusal) as raised:
        fit(query, outside, QUERY)
    assert {reason.path for reason in raised.value.reasons} == {(name,) for name in outside}


# Cursors

SECRET = b'k' * 32
LIST = CursorList(
    contract='teams', name='clients', company=7, filters={'include': 'rate', 'from': None}, key=SECRET)
KEY = (dt.datetime(2026, 5, 16, 8, 12, 43, 123456), 'Ä"]', 17)


@pytest.mark.parametrize('limit', range(1, 9))
def test_pages_behind_each_other_are_the_whole_list(limit):
    found, cursor, reader, pages = [], None, Reader(), 0
    while pages == 0 or cursor:
        items, cursor = page_behind(
            LIST, CursorQuery(limit=limit, cursor=cursor), reader.behind, lambda row: (row,), str)
        assert len(items) == limit or cursor is None
        found += items
        pages += 1
    assert found == [str(row) for row in ROWS]
    assert reader.calls == pages == -(-len(ROWS) // limit)


@pytest.mark.parametrize('key', [
        KEY, (1,), (-5,), ('',), (dt.date(2026, 5, 16), 1), (Decimal('12.50'),),
        (uuid.UUID(int=5), 2 ** 63), (dt.datetime(2026, 5, 16, tzinfo=dt.UTC),)])
def test_a_key_comes_back_as_it_was(key):
    cursor = LIST.write(key)
    assert LIST.read(cursor) == key
    assert [type(value) for value in LIST.read(cursor)] == [type(value) for value in key]
    assert cursor.isascii() and not set(cursor) & set('+/=&? ')


@pytest.mark.parametrize('key', [(None,), (1.5,), (b'x',)])
def test_no_key(key):
    with pytest.raises(TypeError):
        LIST.write(key)


def refused(cursor, list_=LIST):
    with pytest.raises(Refusal) as raised:
        list_.read(cursor)
    reason, = raised.value.reasons
    assert (raised.value.kind, reason.path, reason.name, reason.place) == (
        Kind.UNFIT, ('cursor',), 'cursor', QUERY)
    return True


def test_a_cursor_with_one_bit_changed_is_refused():
    """Every bit of every character, as far as it stays a character"""
    cursor = LIST.write(KEY)
    changed = [
        cursor[:at] + chr(ord(cursor[at]) ^ 1 << bit) + cursor[at + 1:]
        for at in range(len(cursor)) for bit in range(7)]
    assert len(set(changed)) == 7 * len(cursor)
    assert all(refused(text) for text in changed)


def test_a_cursor_that_is_cut_or_longer_is_refused():
    cursor = LIST.write(KEY)
    assert all(refused(cursor[:length]) for length in range(len(cursor)))
    assert all(refused(cursor + more) for more in ('A', '=', 'AAAA', ' ', '\n', 'ä'))
    assert refused(cursor.replace(cursor[5], '+'))


@pytest.mark.parametrize('change', [
        {'contract': 'trades'}, {'name': 'invoices'}, {'company': 8}, {'filters': {}},
        {'filters': {'include': 'rate'}}, {'filters': {'include': 'rates', 'from': None}},
        {'key': b'l' * 32}])
def test_a_cursor_counts_for_its_own_list_only(change):
    members = {'contract': 'teams', 'name': 'clients', 'company': 7, 'filters': LIST.filters, 'key': SECRET}
    assert refused(LIST.write(KEY), CursorList(**{**members, **change}))


def test_the_order_of_filters_does_not_matter():
    other = CursorList(
        contract='teams', name='clients', company=7, filters=dict(reversed(LIST.filters.items())), key=SECRET)
    assert other.read(LIST.write(KEY)) == KEY
    dated = CursorList(contract='a', name='b', company=1, filters={'from': dt.date(2026, 1, 1)}, key=SECRET)
    assert dated.read(dated.write((1,))) == (1,)


def test_the_key_is_the_instances_own(monkeypatch):
    monkeypatch.setattr('trytond.modules.kernel.vault._key', lambda: b'i' * 32)
    own = CursorList(contract='teams', name='clients', company=7)
    cursor = own.write(KEY)
    assert own.read(cursor) == KEY
    monkeypatch.setattr('trytond.modules.kernel.vault._key', lambda: b'j' * 32)
    assert refused(cursor, own)
