"""Statistics of kept points by period, computed in the database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, Row, func, select

from leeboard.service.cloudwatch.percentiles import percentiles
from leeboard.service.cloudwatch.periods import Metric, Range, in_order, points_in
from leeboard.service.cloudwatch.refused import BadValueError

SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_PERCENTILE = re.compile(r"p(\d{1,3}(?:\.\d{1,10})?)")


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


def sums(connection: Connection, metric: Metric, part: Range, *, by_unit: bool = False) -> Sequence[Row[Any]]:
    """Per period that has points: `at`, `n`, `total`, `low`, `high`, and `unit` if wanted apart."""
    points = points_in(metric, part).subquery()
    keys = [points.c.at, points.c.unit] if by_unit else [points.c.at]
    query = select(
        *keys,
        func.sum(points.c.sample_count).label("n"),
        func.sum(points.c.sum).label("total"),
        func.min(points.c.minimum).label("low"),
        func.max(points.c.maximum).label("high"),
    ).group_by(*keys)
    return connection.execute(in_order(query, points.c.at, part)).all()


def series(
    connection: Connection, metric: Metric, part: Range, statistic: Statistic
) -> list[tuple[int, float]]:
    """Beginning and value of the periods that have one, in the order of the range."""
    if statistic.share is not None:
        return list(percentiles(connection, metric, part, statistic.share)[0])
    return [(row.at, statistic.of(row)) for row in sums(connection, metric, part)]
