"""Which points are asked for, and the periods they are put into."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Select, select, type_coerce

from leeboard.service.cloudwatch.refused import BadValueError
from leeboard.service.metric_series import digest_of
from leeboard.state.columns import EPOCH, MICROSECOND
from leeboard.state.tables import metric_points, metric_series

SECOND_US = 1_000_000
POINT_AT: ColumnElement[int] = type_coerce(metric_points.c.at, BigInteger)


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

    def split(self, at: int) -> tuple[Self, Self]:
        """What is before a moment, and what is not."""
        middle = min(max(at, self.low), self.high)
        return replace(self, high=middle), replace(self, low=middle)


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


def points_in(metric: Metric, part: Range) -> Select[Any]:
    """Points with the beginning of their period as `at`."""
    columns, grid = metric_points.c, part.grid
    digest = digest_of(metric.namespace, metric.name, metric.dimensions)
    number = select(metric_series.c.id).where(metric_series.c.digest == digest).scalar_subquery()
    begin = (POINT_AT - (POINT_AT - grid.start) % grid.period).label("at")
    numbers = (columns.sample_count, columns.sum, columns.minimum, columns.maximum, columns.sketch)
    query = select(begin, columns.unit, *numbers)
    query = query.where(columns.series_id == number, part.low <= POINT_AT, part.high > POINT_AT)
    return query if metric.unit is None else query.where(columns.unit == metric.unit)


def in_order(query: Select[Any], column: ColumnElement[int], part: Range) -> Select[Any]:
    """As many periods as the range wants, by the column with their beginnings."""
    return query.order_by(column.asc() if part.is_rising else column.desc()).limit(part.limit)
