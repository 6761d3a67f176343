"""Percentiles of latencies by period, from minutes and from hours, on both databases."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, update

from leeboard.service.cloudwatch.percentiles import percentiles
from leeboard.service.cloudwatch.periods import Grid, Metric, Range, microseconds
from leeboard.service.latency.names import NAMESPACE
from leeboard.service.latency.sketch import ERROR
from leeboard.service.metrics import dimensions_key
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
from leeboard.state.tables import metric_points

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KEY = dimensions_key([{"Name": "EndpointName", "Value": "Churn"}, {"Name": "VariantName", "Value": "one"}])
LATENCY = Metric(NAMESPACE, "ModelLatency", KEY)


def count(database: Database, lengths_us: dict[datetime, list[float]]) -> None:
    """What one server counts: times of its model, in microseconds."""
    clock = [AT]
    traffic = Traffic(database, now=lambda: clock[-1])
    for at, lengths in lengths_us.items():
        clock.append(at)
        for each in lengths:
            traffic.count(Variant("Churn", "one"), 200, each / 1e6, each / 1e6)
    traffic.close()


def told(
    database: Database,
    share: float,
    period: timedelta,
    *,
    end_at: datetime = AT + 6 * HOUR,
    metric: Metric = LATENCY,
    **more: Any,
) -> list[float]:
    grid = Grid.of(AT, int(period.total_seconds()))
    part = Range(grid, grid.start, microseconds(end_at), **{"limit": 1000, **more})
    with database.read() as connection:
        return [value for _, value in percentiles(connection, metric, part, share)]


def exact(lengths: list[float], share: float) -> float:
    return float(np.quantile(lengths, share, method="inverted_cdf"))


@pytest.fixture
def latencies(database: Database) -> dict[datetime, list[float]]:
    """Of three hours, every fifth minute, counted by two servers."""
    random = Random(3)
    times = [AT + n * MINUTE for n in range(0, 180, 5)]
    one, other = ({at: [random.lognormvariate(8, 0.5) for _ in range(20)] for at in times} for _ in range(2))
    count(database, one)
    count(database, other)
    return {at: one[at] + other[at] for at in times}


@pytest.mark.parametrize("minutes", [5, 120])
def test_all_servers_and_minutes_of_a_period_come_together(
    database: Database, latencies: dict[datetime, list[float]], minutes: int
) -> None:
    by_period: dict[int, list[float]] = {}
    for at, lengths in latencies.items():
        by_period.setdefault((at - AT) // (minutes * MINUTE), []).extend(lengths)
    for share in (0.0, 0.5, 0.95, 0.999, 1.0):
        wanted = [exact(lengths, share) for lengths in by_period.values()]
        assert told(database, share, minutes * MINUTE) == pytest.approx(wanted, rel=ERROR * 1.001)


def test_whole_hours_are_read_and_not_their_minutes(
    database: Database, latencies: dict[datetime, list[float]]
) -> None:
    read: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *all_: read.append(all_[2]))
    told(database, 0.5, HOUR, end_at=AT + 2 * HOUR)
    assert any("traffic_hours" in statement for statement in read)
    with database.write() as connection:
        connection.execute(metric_points.delete())
    assert len(told(database, 0.5, HOUR)) == 3


def test_the_rest_of_an_hour_that_is_cut_off_comes_from_minutes(
    database: Database, latencies: dict[datetime, list[float]]
) -> None:
    end_at = AT + HOUR + 31 * MINUTE
    lengths = [one for at, some in latencies.items() if at < end_at for one in some]
    found = told(database, 0.9, 2 * HOUR, end_at=end_at)
    assert found == pytest.approx([exact(lengths, 0.9)], rel=ERROR * 1.001)
    falling = told(database, 0.9, 2 * HOUR, end_at=end_at, is_rising=False)
    assert falling == found


def test_periods_come_in_the_order_and_number_that_is_wanted(
    database: Database, latencies: dict[datetime, list[float]]
) -> None:
    rising = told(database, 0.5, 30 * MINUTE)
    assert told(database, 0.5, 30 * MINUTE, is_rising=False) == rising[::-1]
    assert told(database, 0.5, 30 * MINUTE, limit=2) == rising[:2]
    assert told(database, 0.5, HOUR, limit=1, is_rising=False) == told(database, 0.5, HOUR)[-1:]


def test_single_values_are_told_exactly(database: Database) -> None:
    count(database, {AT: [100.0], AT + MINUTE: [300.0], AT + 2 * MINUTE: [200.0]})
    assert told(database, 0.5, 5 * MINUTE) == pytest.approx([200.0], rel=1e-9)
    assert told(database, 0.99, 5 * MINUTE) == pytest.approx([300.0], rel=1e-9)


def test_a_period_with_a_point_that_has_no_sketch_has_no_percentile(
    database: Database, latencies: dict[datetime, list[float]]
) -> None:
    with database.write() as connection:
        connection.execute(update(metric_points).where(metric_points.c.at == AT).values(sketch=None))
    assert len(told(database, 0.5, 30 * MINUTE)) == 5


def test_other_dimensions_and_counts_have_no_sketch(
    database: Database, latencies: dict[datetime, list[float]]
) -> None:
    for dimensions in ("[]", KEY.replace("Churn", "churn"), KEY.replace("VariantName", "Other")):
        assert told(database, 0.5, HOUR, metric=Metric(NAMESPACE, "ModelLatency", dimensions)) == []
    assert told(database, 0.5, HOUR, metric=Metric(NAMESPACE, "ModelLatency", KEY, "Count")) == []
    assert told(database, 0.5, HOUR, metric=Metric(NAMESPACE, "Invocations", KEY)) == [1.0, 1.0, 1.0]
