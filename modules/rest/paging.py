"""Lists in pages: ``?page=1&limit=50`` and ``{items, page, limit, total}``.

The other two policies are ``offsets`` and ``cursors``. Each takes a function that reads rows of the domain,
and calls it once.
"""
from typing import Generic, TypeVar

from pydantic import Field

from .fields import Output, Query, query_integer

LIMIT, MAX_LIMIT = 50, 200

Row = TypeVar('Row')


class PageQuery(Query):
    """page: counted from 1; limit: rows per page"""
    page: query_integer(1) = Field(1, description="1-based")
    limit: query_integer(1, MAX_LIMIT) = Field(LIMIT, description="Page size")

    @property
    def offset(self):
        return (self.page - 1) * self.limit


class Page(Output, Generic[Row]):
    """One page of a list; total: rows on all pages"""
    items: list[Row]
    page: int
    limit: int
    total: int


def page_of(query, read, show):
    """Return one page as ``{items, page, limit, total}``.

    read: function(offset, limit) → (rows, number of all rows); show: function(row) → item.
    """
    rows, total = read(query.offset, query.limit)
    return {
        'items': [show(row) for row in rows], 'page': query.page, 'limit': query.limit, 'total': total}
