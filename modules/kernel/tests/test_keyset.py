"""What follows a key, in any order of columns"""
import itertools

import pytest
from sql import Table

from trytond.modules.kernel.keyset import behind

TABLE = Table('row')


@pytest.mark.parametrize('order, key, text, values', [
        ([TABLE.id.desc], (7,), '"id" < %s', (7,)),
        ([TABLE.name.asc, TABLE.id.desc], ('x', 7),
            '("name" >= %s) AND ((("name" > %s)) OR (("name" = %s) AND ("id" < %s)))', ('x', 'x', 'x', 7))])
def test_condition(order, key, text, values):
    condition = behind(order, key)
    assert (str(condition), condition.params) == (text, values)


def test_it_finds_what_sorting_finds(database):
    """In PostgreSQL, for every row as the last one"""
    from trytond.transaction import Transaction
    rows = list(itertools.product((1, 2, 3), (1, 2), (1, 2, 3)))
    given = 'WITH "row" (a, b, c) AS (VALUES ' + ', '.join(['(%s, %s, %s)'] * len(rows)) + ') '
    order = [TABLE.a.desc, TABLE.b.asc, TABLE.c.desc]
    wanted = sorted(rows, key=lambda row: (-row[0], row[1], -row[2]))
    with Transaction().start(database, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        for place, row in enumerate(wanted):
            query = TABLE.select(TABLE.a, TABLE.b, TABLE.c, where=behind(order, row), order_by=order)
            cursor.execute(given + str(query), (*itertools.chain(*rows), *query.params))
            assert cursor.fetchall() == wanted[place + 1:]
