"""Lists by number of rows: ``?limit=100&offset=0`` and a bare array, or ``{<name>: […], total}``"""
from pydantic import Field

from .fields import Query, query_integer

LIMIT, MAX_LIMIT = 100, 1000


class OffsetQuery(Query):
    """limit: rows at most; offset: rows passed over"""
    limit: query_integer(1, MAX_LIMIT) = Field(LIMIT, description="Rows at most")
    offset: query_integer(0) = Field(0, description="Rows passed over")


def rows_of(query, read, show, name=None):
    """Return the rows asked for: a list, or ``{name: list, 'total': number}``.

    read: function(offset, limit) → (rows, number of all rows); show: function(row) → item.
    """
    rows, total = read(query.offset, query.limit)
    items = [show(row) for row in rows]
    return items if name is None else {name: items, 'total': total}
