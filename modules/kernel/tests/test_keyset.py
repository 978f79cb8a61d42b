"""What follows a key, in any order of columns"""
import itertools

import pytest
from sql import Table

from trytond.modules.kernel.keyset import behind

TABLE = Table('row')


@pytest.mark.parametrize('order, key, text, values', [
        ([TABLE.id.desc], (7,), '("id" < %s)', (7,)),
        ([TABLE.name.asc, TABLE.id.desc], ('x', 7),
            '(("name" > %s) OR (("name" = %s) AND ("id" < %s)))', ('x', 'x', 7)),
        ([TABLE.a.asc, TABLE.b.asc, TABLE.c.desc], (1, 2, 3),
            '(("a" > %s) OR (("a" = %s) AND ("b" > %s)) OR (("b" = %s) AND ("a" = %s) AND ("c" < %s)))',
            (1, 1, 2, 2, 1, 3))])
def test_condition(order, key, text, values):
    condition = behind(order, key)
    assert (str(condition), condition.params) == (text, values)


def test_it_finds_what_sorting_finds(database):
    """In PostgreSQL, for every row as the last one"""
    from trytond.transaction import Transaction
    rows = list(itertools.product((1, 2, 3), (1, 2), (1, 2, 3)))
    with Transaction().start(database, 0, readonly=True) as transaction:
        cursor = transaction.connection.cursor()
        values = ', '.join(['(%s, %s, %s)'] * len(rows))
        cursor.execute(
            f'CREATE TEMPORARY TABLE "row" ON COMMIT DROP AS SELECT * FROM (VALUES {values}) AS v (a, b, c)',
            [number for row in rows for number in row])
        order = [TABLE.a.desc, TABLE.b.asc, TABLE.c.desc]
        wanted = sorted(rows, key=lambda row: (-row[0], row[1], -row[2]))
        for place, row in enumerate(wanted):
            cursor.execute(*TABLE.select(
                    TABLE.a, TABLE.b, TABLE.c, where=behind(order, row), order_by=order))
            assert cursor.fetchall() == wanted[place + 1:]
