"""Tallies by the minute, and the points that they are kept as."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, update

from leeboard.service.latency.names import NAMESPACE
from leeboard.service.metric_series import numbers_of
from leeboard.service.metrics import dimensions_key
from leeboard.service.traffic.tallies import Sums, Tally, Variant
from leeboard.state.columns import EPOCH
from leeboard.state.tables import metric_points

MINUTE_S = 60

Key = tuple[Variant, int]
"""Of one minute of one variant; minutes are counted from 1970."""


@dataclass(slots=True)
class Minute:
    """What one process counted of one minute.

    Attributes:
        points: numbers of the points that have it so far, by metric.
        is_written: whether they have all of it.
    """

    tally: Tally = field(default_factory=Tally)
    points: dict[str, int] = field(default_factory=dict)
    is_written: bool = False


class Made(NamedTuple):
    """A point that is new: it counts as such once its transaction has ended."""

    minute: Minute
    metric: str
    point: int


def write(connection: Connection, minutes: Sequence[tuple[Key, Minute]]) -> list[Made]:
    """Keep minutes as they are now: one point a metric, which grows with its minute."""
    fresh: list[tuple[Minute, dict[str, Any]]] = []
    grown: list[dict[str, Any]] = []
    for key, minute in minutes:
        for sums in minute.tally.sums():
            if (number := minute.points.get(sums.name)) is not None:
                grown.append({"point": number, **_numbers(sums, "new_")})
            else:
                fresh.append((minute, _point(key, sums)))
    if grown:
        connection.execute(_GROW, grown)
    return list(_insert(connection, fresh)) if fresh else []


def _insert(connection: Connection, fresh: Sequence[tuple[Minute, dict[str, Any]]]) -> Iterator[Made]:
    series = numbers_of(connection, NAMESPACE, [point for _, point in fresh])
    rows = [
        {
            "series_id": series[point["name"], point["dimensions"]],
            **{name: point[name] for name in _KEPT},
        }
        for _, point in fresh
    ]
    made = connection.execute(_INSERT, rows).scalars()
    for (minute, point), number in zip(fresh, made, strict=True):
        yield Made(minute, point["name"], number)


def _point(key: Key, sums: Sums) -> dict[str, Any]:
    variant, minute = key
    dimensions = {"EndpointName": variant.endpoint, "VariantName": variant.name}
    return {
        "name": sums.name,
        "unit": sums.unit,
        "at": EPOCH + timedelta(seconds=minute * MINUTE_S),
        "dimensions": dimensions_key([{"Name": name, "Value": value} for name, value in dimensions.items()]),
        **_numbers(sums),
    }


def _numbers(sums: Sums, prefix: str = "") -> dict[str, Any]:
    """By the names of their columns, which an update may not have for its own."""
    values = (sums.n, sums.total, sums.least, sums.most, sums.sketch)
    return {prefix + name: value for name, value in zip(_GROWING, values, strict=True)}


_GROWING = ("sample_count", "sum", "minimum", "maximum", "sketch")
_KEPT = ("at", "unit", *_GROWING)
_GROW = (
    update(metric_points)
    .where(metric_points.c.id == bindparam("point"))
    .values({name: bindparam(f"new_{name}") for name in _GROWING})
)
_INSERT = insert(metric_points).returning(metric_points.c.id, sort_by_parameter_order=True)
