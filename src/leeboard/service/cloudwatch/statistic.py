"""Statistics of kept points by period, computed in the database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, Select, and_, func, select, type_coerce

from leeboard.service.cloudwatch.refused import BadValueError
from leeboard.service.metric_series import digest_of
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.tables import metric_points, metric_series

SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
SECOND_US = 1_000_000
_PERCENTILE = re.compile(r"p(\d{1,3}(?:\.\d{1,10})?)")
_AT: ColumnElement[int] = type_coerce(metric_points.c.at, BigInteger)


@dataclass(frozen=True, slots=True)
class Statistic:
    """One of the five simple statistics, or a percentile.

    Attributes:
        share: of a percentile, 0 to 1; None for a simple one.
    """

    name: str
    share: float | None = None

    @classmethod
    def read(cls, name: str) -> Self:
        """Raises BadValueError for what leeboard does not compute, such as trimmed means."""
        if name in SIMPLE:
            return cls(name)
        found = _PERCENTILE.fullmatch(name)
        if found and float(found[1]) <= 100:
            return cls(name, float(found[1]) / 100)
        raise BadValueError(
            f"The statistic {name[:64]!r} is not computed here; known: {', '.join(SIMPLE)} and percentiles "
            "such as p99.9"
        )

    def of(self, row: Row[Any]) -> float:
        """From the sums of a period."""
        if self.name == "Average":
            return float(row.total / row.n)
        column = {"SampleCount": row.n, "Sum": row.total, "Minimum": row.low, "Maximum": row.high}
        return float(column[self.name])


@dataclass(frozen=True, slots=True)
class Metric:
    """Which points.

    Attributes:
        dimensions: the key of all of them; other metrics have more or fewer.
        unit: None for any.
    """

    namespace: str
    name: str
    dimensions: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """Periods of equal length from a beginning on; all in microseconds."""

    start: int
    period: int

    @classmethod
    def of(cls, start_at: datetime, period_s: int) -> Self:
        """Begins with the whole minute, or with a whole period if that is shorter, as CloudWatch does.

        Raises:
            BadValueError: CloudWatch has no such period.
        """
        check_period(period_s)
        step = min(period_s, 60) * SECOND_US
        start = max(microseconds(start_at), 0)
        return cls(start - start % step, period_s * SECOND_US)

    def at_or_after(self, at: int) -> int:
        """The first period that begins then or later."""
        return self.start + -(-(at - self.start) // self.period) * self.period

    def at_or_before(self, at: int) -> int:
        """The last period that begins then or earlier."""
        return self.start + (at - self.start) // self.period * self.period


@dataclass(frozen=True, slots=True)
class Range:
    """Part of a grid that is read: from `low` on, before `high`, so many periods in one direction."""

    grid: Grid
    low: int
    high: int
    limit: int
    is_rising: bool = True


def check_period(period_s: int) -> None:
    """Raises BadValueError for a period that CloudWatch does not have."""
    if period_s not in (1, 5, 10, 20, 30) and (period_s <= 0 or period_s % 60):
        raise BadValueError(
            f"The parameter Period is {period_s}; it must be 1, 5, 10, 20, 30 or a multiple of 60."
        )


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - EPOCH) // MICROSECOND


def time_of(at: int) -> datetime:
    """The time that so many microseconds since 1970 are."""
    return EPOCH + timedelta(microseconds=at)


def sums(connection: Connection, metric: Metric, part: Range, *, by_unit: bool = False) -> Sequence[Row[Any]]:
    """Per period that has points: `at`, `n`, `total`, `low`, `high`, and `unit` if wanted apart."""
    points = _points(metric, part).subquery()
    keys = [points.c.at, points.c.unit] if by_unit else [points.c.at]
    query = select(
        *keys,
        func.sum(points.c.sample_count).label("n"),
        func.sum(points.c.sum).label("total"),
        func.min(points.c.minimum).label("low"),
        func.max(points.c.maximum).label("high"),
    ).group_by(*keys)
    return connection.execute(_ordered(query, points.c.at, part)).all()


def percentiles(
    connection: Connection, metric: Metric, part: Range, share: float
) -> Sequence[tuple[int, float]]:
    """The smallest value that so large a share of a period's values does not exceed.

    Periods with statistic sets have none, as their single values are not known.
    """
    points = _points(metric, part).subquery()
    ranked = select(
        points.c.at,
        points.c.minimum.label("value"),
        func.sum(points.c.sample_count)
        .over(partition_by=points.c.at, order_by=points.c.minimum)
        .label("rank"),
        func.sum(points.c.sample_count).over(partition_by=points.c.at).label("n"),
        func.max(points.c.maximum - points.c.minimum).over(partition_by=points.c.at).label("spread"),
    ).subquery()
    enough = ranked.c.rank >= (share - 1e-12) * ranked.c.n
    query = (
        select(ranked.c.at, func.min(ranked.c.value).label("value"))
        .where(and_(enough, ranked.c.spread == 0))
        .group_by(ranked.c.at)
    )
    return [(row.at, row.value) for row in connection.execute(_ordered(query, ranked.c.at, part))]


def series(
    connection: Connection, metric: Metric, part: Range, statistic: Statistic
) -> list[tuple[int, float]]:
    """Beginning and value of the periods that have one, in the order of the range."""
    if statistic.share is not None:
        return list(percentiles(connection, metric, part, statistic.share))
    return [(row.at, statistic.of(row)) for row in sums(connection, metric, part)]


def _points(metric: Metric, part: Range) -> Select[Any]:
    columns, grid = metric_points.c, part.grid
    digest = digest_of(metric.namespace, metric.name, metric.dimensions)
    number = select(metric_series.c.id).where(metric_series.c.digest == digest).scalar_subquery()
    begin = (_AT - (_AT - grid.start) % grid.period).label("at")
    query = select(
        begin, columns.sample_count, columns.sum, columns.minimum, columns.maximum, columns.unit
    ).where(
        columns.series_id == number,
        part.low <= _AT,
        part.high > _AT,
    )
    return query if metric.unit is None else query.where(columns.unit == metric.unit)


def _ordered(query: Select[Any], column: ColumnElement[int], part: Range) -> Select[Any]:
    return query.order_by(column.asc() if part.is_rising else column.desc()).limit(part.limit)
