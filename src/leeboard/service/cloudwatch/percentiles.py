"""Percentiles by period: exact where single values are known, by their sketches for latencies of invocations.

A period that has a point of several values without a sketch has no percentile.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, func, select, type_coerce

from leeboard.service.cloudwatch.periods import Metric, Range, in_order, points_in
from leeboard.service.metrics import dimensions_of
from leeboard.service.traffic.minutes import NAMESPACE
from leeboard.service.traffic.sketch import unpacked
from leeboard.service.traffic.tallies import MICROSECONDS, MODEL_LATENCY, OVERHEAD_LATENCY
from leeboard.service.traffic.times import Times
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
    exact = _exact(connection, metric, part, share)
    if metric.namespace != NAMESPACE or metric.name not in COLUMNS:
        return exact
    sketched = islice(_sketched(connection, metric, part), part.limit)
    found = {at: times.quantile_us(share) for at, times in sketched} | dict(exact)
    return sorted(found.items(), reverse=not part.is_rising)[: part.limit]


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
    enough = ranked.c.rank >= (share - 1e-12) * ranked.c.n
    query = (
        select(ranked.c.at, func.min(ranked.c.value).label("value"))
        .where(and_(enough, ranked.c.spread == 0))
        .group_by(ranked.c.at)
    )
    return [(row.at, row.value) for row in connection.execute(in_order(query, ranked.c.at, part))]


def _sketched(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Times]]:
    """Periods whose distribution is known, in the order of the range."""
    for at, group in groupby(_times(connection, metric, part), lambda pair: pair[0]):
        whole, is_known = Times(), True
        for _, times in group:
            is_known = is_known and times is not None
            if times is not None:
                whole.merge(times)
        if is_known and whole.n:
            yield at, whole


def _times(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Times | None]]:
    """By whole hours as far as they fit into the periods, which are far fewer than minutes."""
    grid = part.grid
    if (grid.start % HOUR_US, grid.period % HOUR_US, part.low % HOUR_US) != (0, 0, 0):
        return _of_points(connection, metric, part)
    hours, rest = part.split(part.high - part.high % HOUR_US)
    both = (_of_hours(connection, metric, hours), _of_points(connection, metric, rest))
    return chain.from_iterable(both if part.is_rising else reversed(both))


def _of_hours(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Times | None]]:
    c = traffic_hours.c
    named = {each["Name"]: each["Value"] for each in dimensions_of(metric.dimensions)}
    if named.keys() != {"EndpointName", "VariantName"} or metric.unit not in (None, MICROSECONDS):
        return
    order = c.at.asc() if part.is_rising else c.at.desc()
    is_of = (c.endpoint == named["EndpointName"], c.variant == named["VariantName"])
    query = select(_AT.label("at"), COLUMNS[metric.name].label("times"))
    query = query.where(*is_of, part.low <= _AT, part.high > _AT)
    with connection.execute(query.order_by(order), execution_options=FETCH) as rows:
        yield from ((part.grid.at_or_before(row.at), Times.of(row.times)) for row in rows)


def _of_points(connection: Connection, metric: Metric, part: Range) -> Iterator[tuple[int, Times | None]]:
    at = metric_points.c.at
    points = points_in(metric, part).order_by(at.asc() if part.is_rising else at.desc())
    with connection.execute(points, execution_options=FETCH) as rows:
        yield from ((row.at, _of_point(row)) for row in rows)


def _of_point(row: Any) -> Times | None:
    if row.sketch is not None:
        return Times(row.sample_count, row.sum, row.minimum, row.maximum, unpacked(row.sketch))
    if row.minimum < row.maximum:
        return None
    one = Times()
    one.add(row.minimum, row.sample_count)
    return one
