"""Pages of a list: filters, order, and where the next page begins."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, func, or_, select

from leeboard.service.refusals import InvalidRequestError
from leeboard.state.columns import EPOCH, MICROSECOND

MOST = 1 << 63
"""Numbers of rows are less."""
_TOKEN = msgspec.json.Decoder(tuple[str, bool, int | str, int])


@dataclass(frozen=True, slots=True)
class Listing:
    """How one kind of list is asked for, in the words of the API.

    Attributes:
        table: whose rows are listed; each has an `id`.
        columns: what a row holds.
        sorts: column by the word in SortBy; the first is the default.
        equals: column by the parameter that asks for its value.
        times: column by the beginning of the parameters `...Before` and `...After`.
        name: column that NameContains searches.
        order: the default order.
        size: rows of a page if the request does not say.
    """

    table: Table
    columns: Sequence[ColumnElement[Any]]
    sorts: Mapping[str, ColumnElement[Any]]
    equals: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    times: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    name: ColumnElement[Any] | None = None
    order: str = "Descending"
    size: int = 10

    def page(
        self, connection: Connection, given: Mapping[str, Any], *where: ColumnElement[bool]
    ) -> tuple[Sequence[Row[Any]], str | None]:
        """The rows of one page, and the token of the next; None on the last one.

        Raises:
            InvalidRequestError: the token is not one of this list's.
        """
        by = given.get("SortBy") or next(iter(self.sorts))
        if by not in self.sorts:
            raise InvalidRequestError(f"SortBy {by} is not supported here; known: {', '.join(self.sorts)}")
        column, number = self.sorts[by], self.table.c.id
        is_rising = (given.get("SortOrder") or self.order) == "Ascending"
        size = given.get("MaxResults") or self.size
        sorted_by = (column.label("_sorted_by"), number.label("_number"))
        query: Select[Any] = select(*self.columns, *sorted_by).where(*self._filters(given), *where)
        if token := given.get("NextToken"):
            is_time = any(column is each for each in self.times.values())
            value, last = _read(token, by, is_rising, is_time=is_time)
            beyond, later = (column > value, number > last) if is_rising else (column < value, number < last)
            query = query.where(or_(beyond, and_(column == value, later)))
        order = (column.asc(), number.asc()) if is_rising else (column.desc(), number.desc())
        rows = connection.execute(query.order_by(*order).limit(size + 1)).all()
        more = len(rows) > size
        return rows[:size], _token(rows[size - 1], by, is_rising) if more else None

    def _filters(self, given: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        filters: list[ColumnElement[bool]] = []
        for parameter, column in self.equals.items():
            if (value := given.get(parameter)) is not None:
                filters.append(column == value)
        for beginning, column in self.times.items():
            if (before := given.get(f"{beginning}Before")) is not None:
                filters.append(column < before)
            if (after := given.get(f"{beginning}After")) is not None:
                filters.append(column > after)
        if self.name is not None and (part := given.get("NameContains")):
            filters.append(func.lower(self.name).contains(part.lower(), autoescape=True))
        return filters


def _token(row: Row[Any], by: str, is_rising: bool) -> str:
    value = row._sorted_by
    kept = (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value
    told = msgspec.json.encode((by, is_rising, kept, row._number))
    return base64.urlsafe_b64encode(told).decode()


def _read(token: str, by: str, is_rising: bool, *, is_time: bool) -> tuple[Any, int]:
    """Where a page begins; a token comes from outside, so it may hold anything."""
    try:
        asked_by, rising, kept, last = _TOKEN.decode(base64.urlsafe_b64decode(token.encode()))
        if (asked_by, rising, isinstance(kept, int)) != (by, is_rising, is_time) or not 0 <= last < MOST:
            raise ValueError(token)
        if isinstance(kept, str):
            return kept.replace("\0", ""), last  # no database takes that in a text
        return EPOCH + kept * MICROSECOND, last
    except (ValueError, OverflowError, msgspec.DecodeError):
        raise InvalidRequestError("NextToken is not one that this list gave out for this order") from None
