"""Percentiles by period: exact where single values are known, by their sketches for latencies of invocations.

A period that has a point of several values without a sketch has no percentile.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, groupby, islice
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, and_, func, select, type_coerce

from leeboard.service.cloudwatch.periods import Metric, Range, in_order, points_in
from leeboard.service.latency.names import MICROSECONDS, MODEL_LATENCY, NAMESPACE, OVERHEAD_LATENCY
from leeboard.service.latency.times import SLACK, Kept, Times
from leeboard.service.metrics import dimensions_of
from leeboard.state.tables import metric_points, traffic_hours

HOUR_US = 3_600_000_000
COLUMNS = {MODEL_LATENCY: traffic_hours.c.model, OVERHEAD_LATENCY: traffic_hours.c.overhead}
"""Where whole hours have their sketches."""
FETCH = {"yield_per": 1000}
"""A page of answers may need the first of many rows."""
_AT = type_coerce(traffic_hours.c.at, BigInteger)


def percentiles(
    connection: Connection, metric: Metric, part: Range, share: float
) -> Sequence[tuple[int, float]]:
    """The smallest value that so large a share of a period's values does not exceed."""
    if metric.namespace != NAMESPACE or metric.name not in COLUMNS:
        return _exact(connection, metric, part, share)
    periods = groupby(_kept(connection, metric, part), lambda pair: pair[0])
    told = ((at, _quantile([kept for _, kept in pairs], share)) for at, pairs in periods)
    return list(islice(((at, value) for at, value in told if value is not None), part.limit))


def _exact(connection: Connection, metric: Metric, part: Range, share: float) -> Sequence[tuple[int, float]]:
    points = points_in(metric, part).subquery()
    ranked = select(
        points.c.at,
        points.c.minimum.label("value"),
        func.sum(points.c.sample_count)
        .over(partition_by=points.c.at, order_by=points.c.minimum)
        .label("rank"),
        func.sum(points.c.sample_count).over(partition_by=points.c.at).label("n"),
        func.max(points.c.maximum - points.c.minimum).over(partition_by=points.c.at).label("spread"),
    ).subquery()
    enough = ranked.c.rank >= (share - SLACK) * ranked.c.n
    query = (
        select(ranked.c.at, func.min(ranked.c.value).label("value"))
        .where(and_(enough, ranked.c.spread == 0))
        .group_by(ranked.c.at)
    )
    return [(row.at, row.value) for row in connection.execute(in_order(query, ranked.c.at, part))]


def _quantile(parts: Sequence[Kept], share: float) -> float | None:
    """Of one period; None if one of its parts does not tell."""
    if all(one.least_us == one.most_us for one in parts):
        return _nth([(one.least_us, one.n) for one in parts], share)
    if any(one.sketch is None and one.least_us < one.most_us for one in parts):
        return None
    times = Times()
    for one in parts:
        times.pour(one)
    return times.quantile_us(share)


def _nth(singles: Sequence[tuple[float, float]], share: float) -> float:
    """Exact, of values and how often each came."""
    ordered = sorted(singles)
    sums = list(accumulate(n for _, n in ordered))
    return ordered[bisect_left(sums, (share - SLACK) * sums[-1])][0]


def _kept(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Kept]]:
    """Whole hours as far as they fit into the periods, as they are far fewer than minutes."""
    grid = part.grid
    if (grid.start % HOUR_US, grid.period % HOUR_US, part.low % HOUR_US) != (0, 0, 0):
        return _points(connection, metric, part)
    hours, rest = part.split(part.high - part.high % HOUR_US)
    both = (_hours(connection, metric, hours), _points(connection, metric, rest))
    return chain.from_iterable(both if part.is_rising else reversed(both))


def _hours(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Kept]]:
    c = traffic_hours.c
    named = {each["Name"]: each["Value"] for each in dimensions_of(metric.dimensions)}
    if named.keys() != {"EndpointName", "VariantName"} or metric.unit not in (None, MICROSECONDS):
        return
    is_of = (c.endpoint == named["EndpointName"], c.variant == named["VariantName"])
    query = select(_AT, COLUMNS[metric.name]).where(*is_of, part.low <= _AT, part.high > _AT)
    with connection.execute(query.order_by(_order(c.at, part)), execution_options=FETCH) as rows:
        for at, packed in rows:
            if (kept := Kept.unpacked(packed)) is not None:
                yield part.grid.at_or_before(at), kept


def _points(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Kept]]:
    points = points_in(metric, part).order_by(_order(metric_points.c.at, part))
    with connection.execute(points, execution_options=FETCH) as rows:
        for row in rows:
            yield row.at, Kept(row.sample_count, row.sum, row.minimum, row.maximum, row.sketch)


def _order(at: Column[Any], part: Range) -> ColumnElement[Any]:
    return at.asc() if part.is_rising else at.desc()
