"""Percentiles of latencies by period, from minutes and from hours, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, update

from leeboard.service.cloudwatch import data
from leeboard.service.cloudwatch.percentiles import n_rows_of, percentiles
from leeboard.service.cloudwatch.periods import Grid, Metric, Range, microseconds
from leeboard.service.cloudwatch.queries import Query
from leeboard.service.cloudwatch.refused import BadCombinationError
from leeboard.service.cloudwatch.statistic import Statistic
from leeboard.service.latency.names import NAMESPACE
from leeboard.service.latency.sketch import ERROR
from leeboard.service.metrics import dimensions_key
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
from leeboard.state.tables import metric_points

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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
    start_at: datetime = AT,
    end_at: datetime = AT + 6 * HOUR,
    metric: Metric = LATENCY,
    **more: Any,
) -> list[float]:
    grid = Grid.of(start_at, int(period.total_seconds()))
    part = Range(grid, grid.start, microseconds(end_at), **{"limit": 1000, **more})
    with database.read() as connection:
        return [value for _, value in percentiles(connection, metric, part, share)[0]]


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


@pytest.mark.parametrize("minutes", [60, 90, 120, 180])
@pytest.mark.parametrize("offset", [0, 20, 59])
def test_periods_that_begin_off_the_hour_have_all_of_their_minutes_once(
    database: Database, latencies: dict[datetime, list[float]], minutes: int, offset: int
) -> None:
    start_at, end_at = AT + offset * MINUTE, AT + 2 * HOUR + 45 * MINUTE
    by_period: dict[int, list[float]] = {}
    for at, lengths in latencies.items():
        if start_at <= at < end_at:
            by_period.setdefault((at - start_at) // (minutes * MINUTE), []).extend(lengths)
    wanted = [exact(lengths, 0.9) for lengths in by_period.values()]
    found = told(database, 0.9, minutes * MINUTE, start_at=start_at, end_at=end_at)
    assert found == pytest.approx(wanted, rel=ERROR * 1.001)
    falling = told(database, 0.9, minutes * MINUTE, start_at=start_at, end_at=end_at, is_rising=False)
    assert falling[::-1] == found


def test_a_long_period_off_the_hour_reads_hours_and_few_minutes(database: Database) -> None:
    count(database, {AT + n * MINUTE: [100.0 + n, 200.0 + n] for n in range(0, 600, 5)})
    start_at = AT + 20 * MINUTE
    wanted = told(database, 0.5, 8 * HOUR, start_at=start_at, end_at=start_at + 8 * HOUR)
    inner = metric_points.c.at.between(AT + HOUR, AT + 8 * HOUR - MINUTE)
    with database.write() as connection:
        connection.execute(metric_points.delete().where(inner))
    assert (
        told(database, 0.5, 8 * HOUR, start_at=AT + 20 * MINUTE, end_at=AT + 8 * HOUR + 20 * MINUTE) == wanted
    )


@pytest.mark.parametrize(
    ("start_at", "period", "n_rows"),
    [
        (AT, HOUR, 1),
        (AT, 24 * HOUR, 24),
        (AT + MINUTE, HOUR, 60),
        (AT + MINUTE, 24 * HOUR, 144),
        (AT, MINUTE, 1),
    ],
)
def test_the_cost_of_a_period_is_known(start_at: datetime, period: timedelta, n_rows: int) -> None:
    assert n_rows_of(LATENCY, Grid.of(start_at, int(period.total_seconds()))) == n_rows


def query(number: int, period: timedelta = HOUR) -> Query:
    return Query(
        id=f"q{number}",
        label="",
        metric=LATENCY,
        statistic=Statistic.read("p90"),
        period_s=int(period.total_seconds()),
    )


@pytest.mark.parametrize("is_rising", [True, False])
def test_percentiles_that_take_long_come_in_pages(
    database: Database,
    latencies: dict[datetime, list[float]],
    monkeypatch: pytest.MonkeyPatch,
    is_rising: bool,
) -> None:
    monkeypatch.setattr(data, "MOST_ROWS", 120)
    start_at = AT - 40 * MINUTE
    span = data.Span(start_at=start_at, end_at=AT + 4 * HOUR, is_rising=is_rising)
    found: list[float] = []
    with database.read() as connection:
        for _ in range(4):
            page = data.page(connection, [query(1), query(2)], span)
            found += [value for _, value in sorted(page.series["q1"][0].items(), reverse=not is_rising)]
            assert len(page.series["q1"][0]) <= 1
            span = replace(span, cursor=page.cursor)
    assert page.cursor is None
    assert found == told(database, 0.9, HOUR, start_at=start_at, is_rising=is_rising)


def test_percentiles_of_which_one_period_takes_too_long_are_refused(database: Database) -> None:
    span = data.Span(start_at=AT + MINUTE, end_at=AT + 90 * DAY)
    queries = [query(number, 90 * DAY) for number in range(500)]
    with database.read() as connection, pytest.raises(BadCombinationError, match="1,140,000 rows"):
        data.page(connection, queries, span)


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
