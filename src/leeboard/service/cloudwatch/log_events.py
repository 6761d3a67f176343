"""Lines of logs by page, forward and backward, bounded in number and size."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from leeboard.service.cloudwatch.log_terms import Terms
from leeboard.service.cloudwatch.periods import microseconds, time_of
from leeboard.service.refusals import InvalidRequestError
from leeboard.state.tables import log_events

MOST_LINES = 10_000
MOST_BYTES = 1024 * 1024
LINE_BYTES = 26
"""What CloudWatch counts for a line beside its text."""
MILLISECOND_US = 1000
LATEST_MS = 253_402_300_799_999
_TOKEN = re.compile(r"([fb])/(\d{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind a line going forward, before it going backward."""

    is_forward: bool
    line: int | None = None

    @classmethod
    def read(cls, token: str) -> Self:
        """Raises InvalidRequestError for a token that is none."""
        found = _TOKEN.fullmatch(token)
        if found is None or int(found[2]) >= 2**63:
            raise InvalidRequestError("The specified nextToken is invalid.")
        return cls(found[1] == "f", int(found[2]))


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, oldest first, and the tokens of what is behind and before them.

    At either end the token stays the same: pollers look at that, or ask until a page is empty.
    """

    lines: list[Row[Any]]
    forward: str
    backward: str


def stream_page(
    connection: Connection, group: str, stream: str, place: Place, *, start_ms: int | None,
    end_ms: int | None, limit: int,
) -> Page:  # fmt: skip
    """Lines of one stream."""
    where = [log_events.c.log_group == group, log_events.c.stream == stream, *_between(start_ms, end_ms)]
    number = log_events.c.id
    if place.line is not None:
        where.append(number > place.line if place.is_forward else number < place.line)
    lines = _bounded(connection, where, limit, is_forward=place.is_forward)
    if lines:
        return Page(lines, _token("f", lines[-1].id), _token("b", lines[0].id))
    if place.line is None:
        return Page([], _token("f", 0), _token("b", 0))
    if place.is_forward:
        return Page([], _token("f", place.line), _token("b", place.line + 1))
    return Page([], _token("f", max(place.line - 1, 0)), _token("b", place.line))


def filtered(
    connection: Connection, group: str, streams: Iterable[ColumnElement[bool]], terms: Terms, *, after: int,
    start_ms: int | None, end_ms: int | None, limit: int,
) -> tuple[list[Row[Any]], int | None]:  # fmt: skip
    """Lines of a group that have the words, and the number behind which the next page begins."""
    where = [log_events.c.log_group == group, log_events.c.id > after, *streams, *_between(start_ms, end_ms)]
    where += _with_terms(connection, terms)
    lines = _bounded(connection, where, limit + 1, is_forward=True)
    is_cut = len(lines) > limit or _size(lines) > MOST_BYTES
    kept = lines[:limit]
    return kept, kept[-1].id if is_cut else None


def time_ms(at: datetime) -> int:
    """As CloudWatch Logs writes times."""
    return microseconds(at) // MILLISECOND_US


def _token(direction: str, line: int) -> str:
    return f"{direction}/{line:019}"


def _between(start_ms: int | None, end_ms: int | None) -> list[ColumnElement[bool]]:
    """Times that are kept are finer than those that are told: whole milliseconds are compared."""
    found: list[ColumnElement[bool]] = []
    if start_ms is not None:
        found.append(log_events.c.at >= time_of(min(start_ms, LATEST_MS) * MILLISECOND_US))
    if end_ms is not None:
        found.append(log_events.c.at < time_of(min(end_ms, LATEST_MS) * MILLISECOND_US))
    return found


def _with_terms(connection: Connection, terms: Terms) -> list[ColumnElement[bool]]:
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr

    def has(text: str) -> ColumnElement[bool]:
        return place(log_events.c.message, text) > 0

    found = [has(text) for text in terms.all]
    found += [~has(text) for text in terms.none]
    return [*found, or_(*map(has, terms.any))] if terms.any else found


def _bounded(
    connection: Connection, where: Sequence[ColumnElement[bool]], limit: int, *, is_forward: bool
) -> list[Row[Any]]:
    """Lines until there are enough, oldest first; the last one may pass the size."""
    order = log_events.c.id.asc() if is_forward else log_events.c.id.desc()
    query = select(log_events).where(and_(*where)).order_by(order).limit(limit)
    lines: list[Row[Any]] = []
    size = 0
    with connection.execution_options(yield_per=200).execute(query) as rows:
        for row in rows:
            lines.append(row)
            size += _size([row])
            if size > MOST_BYTES:
                break
    return lines if is_forward else lines[::-1]


def _size(lines: Sequence[Row[Any]]) -> int:
    return sum(len(row.message) + LINE_BYTES for row in lines)
