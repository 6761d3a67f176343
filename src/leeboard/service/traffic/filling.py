"""Hours that no server counted, made of minutes: those before an upgrade, and of servers that keep no hours.

Who counts writes both in one transaction, so what an hour lacks is what its minutes have more. Who looks
twice adds nothing the second time, and a server that is killed in between goes on where it was.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, text

from leeboard.service.latency.names import COUNTS, NAMESPACE
from leeboard.service.metrics import dimensions_of
from leeboard.service.traffic.hours import N_HOURS
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
from leeboard.state.tables import metric_points, metric_series, traffic_hours
from leeboard.storage.layout import hour_of

HOUR = timedelta(hours=1)
COLUMNS = dict(zip(COUNTS, ("n", "n_4xx", "n_5xx"), strict=True))
"""Where an hour has the sums of a metric's minutes."""
NOBODY_WRITES = text("LOCK TABLE traffic_hours IN SHARE ROW EXCLUSIVE MODE")
"""On PostgreSQL: two who fill come one after another, and nobody counts between the two looks of one."""


def fill(database: Database, now: datetime, should_end: Callable[[], bool] = lambda: False) -> int:
    """Add what hours lack, the newest first, one in a transaction; gives how many rows were made.

    All before the first hour that is there are looked at: so far an earlier look has come. So are those of
    the last day, which pages show, as another server may have kept minutes alone.

    Args:
        should_end: asked after each hour; it may wait, so that others get in.
    """
    n_rows = 0
    for hour in _hours(database, now):
        with database.write() as connection:
            n_rows += _fill(connection, hour)
        if should_end():
            break
    return n_rows


def _hours(database: Database, now: datetime) -> Iterator[datetime]:
    """Those that have minutes, the newest first."""
    with database.read() as connection:
        series = _series(connection)
        first_at = connection.execute(select(func.min(traffic_hours.c.at))).scalar_one()
    recent_at, before = hour_of(now) - (N_HOURS - 1) * HOUR, now + HOUR
    while series and (last_at := _last(database, series, before)) is not None:
        before = hour_of(last_at)
        if first_at is not None and first_at < before < recent_at:
            before = first_at + HOUR
        else:
            yield before


def _series(connection: Connection) -> list[int]:
    c = metric_series.c
    return list(
        connection.execute(select(c.id).where(c.namespace == NAMESPACE, c.name == COUNTS[0])).scalars()
    )


def _last(database: Database, series: list[int], before: datetime) -> datetime | None:
    """The last minute before that time."""
    c = metric_points.c
    query = select(func.max(c.at)).where(c.series_id.in_(series), c.at < before)
    with database.read() as connection:
        found: datetime | None = connection.execute(query).scalar_one()
        return found


def _fill(connection: Connection, hour: datetime) -> int:
    if connection.dialect.name == "postgresql":
        connection.execute(NOBODY_WRITES)
    lacking = _of_minutes(connection, hour)
    lacking.subtract(_of_hours(connection, hour))
    rows = [
        {"endpoint": variant.endpoint, "variant": variant.name, "at": hour, "model": b"", "overhead": b""}
        | {column: max(lacking[variant, column], 0) for column in COLUMNS.values()}
        for variant in sorted({variant for variant, _ in lacking})
        if lacking[variant, "n"] > 0
    ]
    if rows:
        connection.execute(insert(traffic_hours), rows)
    return len(rows)


def _of_minutes(connection: Connection, hour: datetime) -> Counter[tuple[Variant, str]]:
    """Sums by variant and column."""
    points, series = metric_points.c, metric_series.c
    query = (
        select(series.dimensions, series.name, func.sum(points.sum).label("total"))
        .join_from(metric_series, metric_points, series.id == points.series_id)
        .where(series.namespace == NAMESPACE, series.name.in_(COUNTS))
        .where(points.at >= hour, points.at < hour + HOUR)
        .group_by(series.dimensions, series.name)
    )
    found: Counter[tuple[Variant, str]] = Counter()
    for row in connection.execute(query):
        if (variant := _variant(row.dimensions)) is not None:
            found[variant, COLUMNS[row.name]] += round(row.total)
    return found


def _variant(dimensions: str) -> Variant | None:
    named = {each["Name"]: each["Value"] for each in dimensions_of(dimensions)}
    if named.keys() != {"EndpointName", "VariantName"}:
        return None
    return Variant(named["EndpointName"], named["VariantName"])


def _of_hours(connection: Connection, hour: datetime) -> Counter[tuple[Variant, str]]:
    c = traffic_hours.c
    sums = [func.sum(c[column]).label(column) for column in COLUMNS.values()]
    query = select(c.endpoint, c.variant, *sums).where(c.at == hour).group_by(c.endpoint, c.variant)
    return Counter(
        {
            (Variant(row.endpoint, row.variant), column): int(getattr(row, column))
            for row in connection.execute(query)
            for column in COLUMNS.values()
        }
    )
