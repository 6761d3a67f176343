"""Hours of invocations: kept with their minutes or not at all, whoever writes and whoever dies."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from leeboard.service import retention
from leeboard.service.latency.sketch import ERROR
from leeboard.service.service import Service
from leeboard.service.traffic import counting
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.hours import last_day, stretches
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
from leeboard.state.tables import metric_points, metric_series, traffic_hours
from set_clock import SetClock

NOW = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHURN = Variant("Churn", "AllTraffic")
COUNTER = """
import sys
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
traffic = Traffic(Database(sys.argv[1]))
for n in range(1_000_000):
    traffic.count(Variant("Churn", f"v{n % 7}"), 200, 0.002, 0.003)
    if n % 10 == 9:
        traffic.flush()
    if n == 200:
        print("under way", flush=True)
"""


@pytest.fixture
def watch() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def traffic(service: Service, watch: SetClock) -> Iterator[Traffic]:
    made = Traffic(service.database, now=watch)
    yield made
    made.close()


def counted(database: Database) -> tuple[float, int]:
    """Invocations by minutes, as CloudWatch is told of them, and by hours, as pages are: at one moment."""
    series = metric_points.join(metric_series, metric_series.c.id == metric_points.c.series_id)
    minutes = select(func.sum(metric_points.c.sum)).select_from(series)
    minutes = minutes.where(metric_series.c.name == "Invocations")
    with database.read() as connection:
        by_minutes = connection.execute(minutes).scalar() or 0
        return by_minutes, int(connection.execute(select(func.sum(traffic_hours.c.n))).scalar() or 0)


def n_rows(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(traffic_hours)).scalar_one()


def test_an_hour_of_a_variant_is_one_row_however_often_it_is_written(
    service: Service, traffic: Traffic, watch: SetClock
) -> None:
    for _ in range(50):
        traffic.count(CHURN, 200, 0.002, 0.003)
        traffic.flush()
        watch.at += MINUTE
    assert n_rows(service.database) == 2
    assert counted(service.database) == (50, 50)


def test_minutes_and_their_hour_are_kept_together_or_not_at_all(
    service: Service, traffic: Traffic, database: Database
) -> None:
    def refuse(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "traffic_hours" in statement:
            raise OperationalError("", {}, Exception("it is away"))

    event.listen(database._engine, "before_cursor_execute", refuse)
    traffic.count(CHURN, 200, 0.002, 0.003)
    traffic.flush()
    event.remove(database._engine, "before_cursor_execute", refuse)
    assert counted(database) == (0, 0)
    traffic.count(CHURN, 200, 0.002, 0.003)
    traffic.flush()
    assert counted(database) == (2, 2)


def test_an_hour_is_in_one_transaction_with_all_its_minutes(
    service: Service, traffic: Traffic, watch: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "PORTION", 3)
    for minute in range(100):
        watch.at = NOW.replace(minute=0) + minute * MINUTE
        for variant in ("one", "two"):
            traffic.count(Variant("Churn", variant), 200, 0.002, 0.003)
    seen: list[tuple[float, int]] = []
    write = traffic._writer.write

    def watched(*part: Any) -> None:
        write(*part)
        seen.append(counted(service.database))

    monkeypatch.setattr(traffic._writer, "write", watched)
    traffic.flush()
    assert seen == [(60, 60), (100, 100), (160, 160), (200, 200)]


def test_a_server_that_is_killed_leaves_neither_half(database: Database, database_url: str) -> None:
    program = [sys.executable, "-c", COUNTER, database_url]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "under way\n"
        process.kill()
    by_minutes, by_hours = counted(database)
    assert by_minutes == by_hours >= 200


def test_what_is_counted_after_its_hour_was_forgotten_is_added(
    service: Service, traffic: Traffic, watch: SetClock
) -> None:
    traffic.count(CHURN, 200, 0.002, 0.003)
    traffic.flush()
    watch.at += 2 * HOUR
    traffic.flush()
    watch.at = NOW
    traffic.count(CHURN, 500, None, 0.003)
    traffic.flush()
    assert counted(service.database) == (2, 2)
    with service.database.read() as connection:
        assert last_day(connection, NOW)["churn"].n_5xx == 1


def test_an_answer_that_is_lost_after_the_commit_counts_nothing_twice(
    database: Database, watch: SetClock
) -> None:
    if database.is_sqlite:
        pytest.skip("a file loses no answer")
    lost = [True, True]

    @contextmanager
    def losing(transaction: Any) -> Iterator[Any]:
        with transaction as connection:
            yield connection
        if lost and lost.pop():
            raise OperationalError("", {}, Exception("the connection broke"))

    traffic = Traffic(database.within(losing), now=watch)
    for _ in range(4):
        traffic.count(CHURN, 200, 0.002, 0.003)
        traffic.flush()
    assert counted(database) == (4, 4)


def test_stretches_tell_counts_and_latencies_of_all_variants(
    service: Service, traffic: Traffic, watch: SetClock
) -> None:
    for hours_ago, model_s in ((5, 0.001), (3, 0.010), (0, 0.100)):
        watch.at = NOW - hours_ago * HOUR
        for variant in ("one", "two"):
            traffic.count(Variant("Churn", variant), 200, model_s, model_s)
            traffic.count(Variant("churn-2", variant), 200, 9.0, 9.0)
        traffic.flush()
    start_at = (NOW - 5 * HOUR).replace(minute=0, second=0, microsecond=0)
    with service.database.read() as connection:
        found = stretches(connection, "Churn", start_at, 2 * HOUR, 3)
    assert [each.n for each in found] == [2, 2, 2]
    told = [each.model.quantile_us(0.5) for each in found]
    assert told == pytest.approx([1_000, 10_000, 100_000], rel=ERROR)


def test_hours_are_forgotten_with_the_points_of_metrics(service: Service, traffic: Traffic) -> None:
    traffic.count(CHURN, 200, 0.002, 0.003)
    traffic.flush()
    trial = sum(retention.by_hand(service, NOW + 2 * DAY, 1, is_trial=True), start=retention.Counter())
    assert trial["hours of invocations"] == 1
    retention.prune(service, NOW + 89 * DAY)
    assert n_rows(service.database) == 1
    retention.prune(service, NOW + 91 * DAY)
    assert n_rows(service.database) == 0
