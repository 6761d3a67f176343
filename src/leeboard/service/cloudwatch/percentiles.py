"""Percentiles by period: exact where single values are known, by their sketches for latencies of invocations.

A period that has a point of several values without a sketch has no percentile.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import accumulate, chain, groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, and_, func, not_, select, type_coerce

from leeboard.service.cloudwatch.periods import POINT_AT, Grid, Metric, Range, in_order, points_in
from leeboard.service.latency.names import MICROSECONDS, MODEL_LATENCY, NAMESPACE, OVERHEAD_LATENCY
from leeboard.service.latency.times import SLACK, Kept, Times
from leeboard.service.metrics import dimensions_of
from leeboard.state.tables import metric_points, traffic_hours

MINUTE_US, HOUR_US = 60_000_000, 3_600_000_000
COLUMNS = {MODEL_LATENCY: traffic_hours.c.model, OVERHEAD_LATENCY: traffic_hours.c.overhead}
"""Where whole hours have their sketches."""
FETCH = {"yield_per": 1000}
"""A page of answers may need the first of many rows."""
_AT = type_coerce(traffic_hours.c.at, BigInteger)


def percentiles(
    connection: Connection, metric: Metric, part: Range, *shares: float
) -> list[Sequence[tuple[int, float]]]:
    """For each share, the smallest value that so large a share of a period's values does not exceed."""
    if not _has_sketches(metric):
        return [_exact(connection, metric, part, share) for share in shares]
    periods = groupby(_kept(connection, metric, part), itemgetter(0))
    told = ((at, _quantiles([kept for _, kept in pairs], shares)) for at, pairs in periods)
    found = list(islice(((at, values) for at, values in told if values is not None), part.limit))
    return [[(at, values[place]) for at, values in found] for place in range(len(shares))]


def n_rows_of(metric: Metric, grid: Grid) -> int:
    """How many rows of one server a period takes, so far as that is known before; 1 if a database adds up."""
    if not _has_sketches(metric):
        return 1
    n_hours, n_minutes = -(-grid.period // HOUR_US), -(-grid.period // MINUTE_US)
    return n_hours if _is_of_hours(grid) else min(n_minutes, n_hours + 2 * HOUR_US // MINUTE_US)


def _has_sketches(metric: Metric) -> bool:
    return metric.namespace == NAMESPACE and metric.name in COLUMNS


def _is_of_hours(grid: Grid) -> bool:
    return (grid.start % HOUR_US, grid.period % HOUR_US) == (0, 0)


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


def _quantiles(parts: Sequence[Kept], shares: Sequence[float]) -> Sequence[float] | None:
    """Of one period; None if one of its parts does not tell."""
    if all(one.least_us == one.most_us for one in parts):
        return [_nth([(one.least_us, one.n) for one in parts], share) for share in shares]
    if any(one.sketch is None and one.least_us < one.most_us for one in parts):
        return None
    times = Times()
    for one in parts:
        times.pour(one)
    return [times.quantile_us(share) for share in shares]


def _nth(singles: Sequence[tuple[float, float]], share: float) -> float:
    """Exact, of values and how often each came."""
    ordered = sorted(singles)
    sums = list(accumulate(n for _, n in ordered))
    return ordered[bisect_left(sums, (share - SLACK) * sums[-1])][0]


def _kept(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Kept]]:
    """Whole hours as far as they fit into the periods, as they are far fewer than minutes."""
    grid = part.grid
    if _is_of_hours(grid) and part.low % HOUR_US == 0:
        hours, rest = part.split(part.high - part.high % HOUR_US)
        both = (_hours(connection, metric, hours), _points(connection, metric, rest))
        return chain.from_iterable(both if part.is_rising else reversed(both))
    if grid.period <= HOUR_US:
        return _points(connection, metric, part)
    both = (
        _hours(connection, metric, part, _fits(_AT, part)),
        _points(connection, metric, part, not_(_fits(POINT_AT - POINT_AT % HOUR_US, part))),
    )
    return merge(*both, key=itemgetter(0), reverse=not part.is_rising)


def _fits(hour: ColumnElement[int], part: Range) -> ColumnElement[bool]:
    """Whether an hour is whole in one period."""
    in_period = (hour - part.grid.start) % part.grid.period
    return and_(hour >= part.low, hour <= part.high - HOUR_US, in_period <= part.grid.period - HOUR_US)


def _hours(
    connection: Connection, metric: Metric, part: Range, *wanted: ColumnElement[bool]
) -> Iterator[tuple[int, Kept]]:
    c = traffic_hours.c
    named = {each["Name"]: each["Value"] for each in dimensions_of(metric.dimensions)}
    if named.keys() != {"EndpointName", "VariantName"} or metric.unit not in (None, MICROSECONDS):
        return
    is_of = (c.endpoint == named["EndpointName"], c.variant == named["VariantName"])
    query = select(_AT, COLUMNS[metric.name]).where(*is_of, *wanted, part.low <= _AT, part.high > _AT)
    with connection.execute(query.order_by(_order(c.at, part)), execution_options=FETCH) as rows:
        for at, packed in rows:
            if (kept := Kept.unpacked(packed)) is not None:
                yield part.grid.at_or_before(at), kept


def _points(
    connection: Connection, metric: Metric, part: Range, *wanted: ColumnElement[bool]
) -> Iterator[tuple[int, Kept]]:
    points = points_in(metric, part).where(*wanted).order_by(_order(metric_points.c.at, part))
    with connection.execute(points, execution_options=FETCH) as rows:
        for row in rows:
            yield row.at, Kept(row.sample_count, row.sum, row.minimum, row.maximum, row.sketch)


def _order(at: Column[Any], part: Range) -> ColumnElement[Any]:
    return at.asc() if part.is_rising else at.desc()
