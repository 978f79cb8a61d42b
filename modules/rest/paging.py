"""Lists in pages: ``?page=1&limit=50`` and ``{items, page, limit, total}``"""
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


def page_of(Model, query, domain, order, show):
    """Return one page of the records of a Tryton model as ``{items, page, limit, total}``.

    show: function from records to rows, in the same order.
    """
    records = Model.search(domain, offset=query.offset, limit=query.limit, order=order)
    total = query.offset + len(records)
    if not records or len(records) == query.limit:
        total = Model.search(domain, count=True)
    return {'items': show(records), 'page': query.page, 'limit': query.limit, 'total': total}
