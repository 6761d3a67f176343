"""Pages of metric data: series of many queries up to a common time, so that each page is bounded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from leeboard.service.cloudwatch.arithmetic import Budget, Series, Value, series_of
from leeboard.service.cloudwatch.expressions import Names, evaluate
from leeboard.service.cloudwatch.percentiles import n_rows_of
from leeboard.service.cloudwatch.periods import Grid, Range, microseconds
from leeboard.service.cloudwatch.queries import Query
from leeboard.service.cloudwatch.refused import BadCombinationError
from leeboard.service.cloudwatch.statistic import series
from leeboard.service.refusals import InvalidRequestError

MOST_POINTS = 100_800
MOST_CHAINED = 20
MOST_ROWS, MOST_ROWS_OF_ONE_PERIOD = 100_000, 500_000
"""Of latencies, as percentiles of these are not told by the database: in a page, and for a period of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What time is asked for.

    Attributes:
        most: points in one page, over all queries.
        cursor: beginning of the first period of this page; None for the first page.
    """

    start_at: datetime
    end_at: datetime
    is_rising: bool = True
    most: int = MOST_POINTS
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Series by the id of their query, several for an array; `cursor` is where the next page begins."""

    series: dict[str, list[Series]]
    cursor: int | None


def page(connection: Connection, queries: Sequence[Query], span: Span) -> Page:
    """Compute the queries.

    Raises:
        RefusalError: an expression cannot be computed.
    """
    found, cursor = _metrics(connection, queries, span)
    computing = _Computing({each.id: each for each in queries}, found)
    return Page(
        {each.id: computing.result(each) for each in queries if each.is_returned},
        cursor,
    )


def _metrics(
    connection: Connection, queries: Sequence[Query], span: Span
) -> tuple[dict[str, Series], int | None]:
    asked = [each for each in queries if each.metric is not None]
    limits = _limits(asked, span)
    found: dict[str, Series] = {}
    cuts: list[int] = []
    for query, limit in zip(asked, limits, strict=True):
        points = _points(connection, query, span, limit + 1)
        if len(points) > limit:
            cuts.append(points.pop()[0])
        found[query.id] = dict(points)
    if not cuts:
        return found, None
    cursor = min(cuts) if span.is_rising else max(cuts)
    kept = {
        name: {at: value for at, value in points.items() if (at < cursor) == span.is_rising and at != cursor}
        for name, points in found.items()
    }
    return kept, cursor


def _limits(asked: Sequence[Query], span: Span) -> list[int]:
    """How many periods of each query one page has; the others follow by its token.

    Raises:
        BadCombinationError: even one period of each query takes too long.
    """
    n_rows = [_n_rows(query, span) for query in asked]
    if sum(n_rows) > MOST_ROWS_OF_ONE_PERIOD:
        raise BadCombinationError(
            f"You have requested percentiles that take {sum(n_rows):,} rows for one period of each query, "
            f"which exceeds the limit of {MOST_ROWS_OF_ONE_PERIOD:,}. You may reduce them by fewer queries, "
            "by a shorter Period, or by a StartTime and a Period of whole hours."
        )
    n_slow = sum(n > 1 for n in n_rows)
    most = max(1, span.most // max(1, len(asked)))
    return [max(1, min(most, MOST_ROWS // n_slow // n)) if n > 1 else most for n in n_rows]


def _n_rows(query: Query, span: Span) -> int:
    assert query.metric is not None  # noqa: S101 - for the reader of types
    assert query.statistic is not None  # noqa: S101
    if query.statistic.share is None:
        return 1
    return n_rows_of(query.metric, Grid.of(span.start_at, query.period_s))


def _points(connection: Connection, query: Query, span: Span, limit: int) -> list[tuple[int, float]]:
    assert query.metric is not None  # noqa: S101 - for the reader of types
    assert query.statistic is not None  # noqa: S101
    grid = Grid.of(span.start_at, query.period_s)
    low, high = grid.start, microseconds(span.end_at)
    if span.cursor is not None and span.is_rising:
        low = max(low, grid.at_or_after(span.cursor))
    elif span.cursor is not None:
        high = min(high, grid.at_or_before(span.cursor) + grid.period)
    part = Range(grid, low, high, limit, span.is_rising)
    return series(connection, query.metric, part, query.statistic)


@dataclass(slots=True)
class _Computing:
    queries: dict[str, Query]
    metrics: dict[str, Series]
    budget: Budget = field(default_factory=Budget)
    done: dict[str, Value] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def result(self, query: Query) -> list[Series]:
        return series_of(self.find(query.id), query.expression or query.id)

    def find(self, name: str) -> Value:
        if name in self.metrics:
            return self.metrics[name]
        if name not in self.done:
            self.done[name] = self._computed(name)
        return self.done[name]

    def _computed(self, name: str) -> Value:
        query = self.queries.get(name)
        if query is None or query.expression is None:
            raise InvalidRequestError(f"An expression names {name!r}, which is the Id of no query.")
        if name in self.open or len(self.open) > MOST_CHAINED:
            chain = " -> ".join([*self.open, name])
            raise InvalidRequestError(f"Expressions need each other, or too many in a row: {chain[:256]}")
        self.open.append(name)
        names = Names(self.find, list(self.metrics.values()))
        value = evaluate(query.expression, names, self.budget)
        self.open.pop()
        return value
