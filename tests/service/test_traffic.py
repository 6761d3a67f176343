"""Counts of invocations, from memory into the points of metrics and onto pages."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from leeboard.service import retention
from leeboard.service.cloudwatch import listed
from leeboard.service.cloudwatch.periods import Grid, Metric, Range, microseconds
from leeboard.service.cloudwatch.statistic import Statistic, series
from leeboard.service.latency.names import NAMESPACE
from leeboard.service.metrics import dimensions_key
from leeboard.service.service import Service
from leeboard.service.traffic import counting
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.hours import Asked, last_day
from leeboard.service.traffic.tallies import Variant
from leeboard.service.traffic.told import text_of
from leeboard.state.database import Database
from leeboard.state.tables import metric_points, metric_series
from set_clock import SetClock

NOW = datetime(2026, 11, 22, 10, 20, 48, 871_034, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHURN = Variant("Churn", "AllTraffic")
COUNTS = ("Invocations", "Invocation4XXErrors", "Invocation5XXErrors")


@pytest.fixture
def watch() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def begun(service: Service, watch: SetClock) -> Iterator[Callable[[], Traffic]]:
    """Makes what counts for one process."""
    made: list[Traffic] = []

    def make() -> Traffic:
        made.append(Traffic(service.database, now=watch))
        return made[-1]

    yield make
    for each in made:
        each.close()


def asked(traffic: Traffic, *statuses: int, variant: Variant = CHURN, model_s: float | None = 0.002) -> None:
    for status in statuses:
        traffic.count(variant, status, model_s, 0.003)


def told(
    service: Service, name: str, statistic: str, *, period_s: int = 3600, variant: Variant = CHURN
) -> Any:
    """One statistic of one metric, by periods from the beginning of the hour on."""
    dimensions = {"EndpointName": variant.endpoint, "VariantName": variant.name}
    key = dimensions_key([{"Name": name, "Value": value} for name, value in dimensions.items()])
    grid = Grid.of(NOW.replace(minute=0), period_s)
    part = Range(grid, grid.start, microseconds(NOW + DAY), 1000)
    with service.database.read() as connection:
        metric = Metric(NAMESPACE, name, key)
        return [value for _, value in series(connection, metric, part, Statistic.read(statistic))]


def n_points(service: Service) -> int:
    with service.database.read() as connection:
        return connection.execute(select(func.count()).select_from(metric_points)).scalar_one()


def day(service: Service, now: datetime = NOW) -> dict[str, Asked]:
    with service.database.read() as connection:
        return dict(last_day(connection, now))


def test_invocations_become_points_that_count_as_cloudwatchs_do(service: Service, begun: Any) -> None:
    traffic = begun()
    asked(traffic, 200, 200, 200, 404)
    asked(traffic, 502, model_s=None)
    traffic.flush()
    assert [told(service, name, "Sum") for name in COUNTS] == [[5.0], [1.0], [1.0]]
    assert told(service, "Invocation5XXErrors", "Average") == [0.2]
    assert [told(service, "Invocation4XXErrors", one) for one in ("Minimum", "Maximum")] == [[0.0], [1.0]]
    assert told(service, "ModelLatency", "SampleCount") == [4.0]
    assert told(service, "ModelLatency", "Maximum") == pytest.approx([2000.0])
    assert told(service, "OverheadLatency", "Average") == pytest.approx([1000.0])


def test_a_minute_is_one_point_however_often_it_is_written(
    service: Service, begun: Any, watch: SetClock
) -> None:
    traffic = begun()
    for _ in range(4):
        asked(traffic, 200, 500)
        traffic.flush()
    assert n_points(service) == 5
    watch.at += MINUTE
    asked(traffic, 200)
    traffic.flush()
    assert told(service, "Invocations", "Sum", period_s=60) == [8.0, 1.0]
    assert told(service, "Invocation5XXErrors", "Sum", period_s=60) == [4.0, 0.0]


def test_a_latency_that_comes_later_in_the_minute_is_kept_too(service: Service, begun: Any) -> None:
    traffic = begun()
    asked(traffic, 502, model_s=None)
    traffic.flush()
    assert told(service, "ModelLatency", "Sum") == []
    asked(traffic, 200)
    traffic.flush()
    assert told(service, "ModelLatency", "Sum") == pytest.approx([2000.0])
    assert told(service, "Invocations", "Sum") == [2.0]


def test_processes_with_one_database_add_up(service: Service, begun: Any, together: Any) -> None:
    writers = [begun() for _ in range(4)]

    def work(number: int) -> None:
        for n in range(10):
            for each in ("one", "two", "three"):
                asked(writers[number], 200, 400 + 100 * (n % 2), variant=Variant("Churn", each))
            writers[number].flush()

    together(4, work)
    for each in ("one", "two", "three"):
        found = [told(service, name, "Sum", variant=Variant("Churn", each)) for name in COUNTS]
        assert found == [[80.0], [20.0], [20.0]]
    assert n_points(service) == 4 * 3 * 5
    asked_for = day(service)["churn"]
    assert (asked_for.n, asked_for.n_4xx, asked_for.n_5xx) == (240, 60, 60)


def test_many_threads_of_one_process_lose_nothing_while_it_writes(
    service: Service, begun: Any, together: Any
) -> None:
    traffic = begun()
    together(5, lambda n: traffic.flush() if n == 0 else asked(traffic, *[200] * 500))
    traffic.flush()
    assert told(service, "Invocations", "Sum") == [2000.0]


def test_what_was_counted_is_there_after_the_end(service: Service, watch: SetClock) -> None:
    traffic = Traffic(service.database, every_s=3600, now=watch)
    traffic.start()
    asked(traffic, 200, 200)
    traffic.close()
    assert told(service, "Invocations", "Sum") == [2.0]


def test_counts_wait_for_a_database_that_is_away(
    service: Service, begun: Any, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    traffic = begun()
    asked(traffic, 200)
    traffic.flush()

    def refuse(*_: Any) -> None:
        raise OperationalError("", {}, Exception("it is away"))

    event.listen(database._engine, "before_cursor_execute", refuse)
    asked(traffic, 200, variant=Variant("Fraud", "AllTraffic"))
    asked(traffic, 200)
    traffic.flush()
    event.remove(database._engine, "before_cursor_execute", refuse)
    assert "wait for the database" in caplog.text
    traffic.flush()
    assert told(service, "Invocations", "Sum") == [2.0]
    assert told(service, "Invocations", "Sum", variant=Variant("Fraud", "AllTraffic")) == [1.0]


def test_no_more_than_so_many_minutes_wait(
    service: Service, watch: SetClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "MOST_MINUTES", 2)
    traffic = Traffic(service.database, now=watch)
    for name in ("a", "b", "c"):
        asked(traffic, 200, 200, variant=Variant("Churn", name))
    traffic.close()
    assert n_points(service) == 2 * 5
    assert "2 invocations were counted for nothing" in caplog.text


def test_metrics_are_listed_by_endpoint(service: Service, begun: Any) -> None:
    traffic = begun()
    asked(traffic, 200)
    traffic.flush()
    wanted = {"Namespace": NAMESPACE, "Dimensions": [{"Name": "EndpointName", "Value": "Churn"}]}
    with service.database.read() as connection:
        found, token = listed.metrics(connection, wanted, NOW)
    assert {each["MetricName"] for each in found} == {*COUNTS, "ModelLatency", "OverheadLatency"}
    assert [each["Value"] for each in found[0]["Dimensions"]] == ["Churn", "AllTraffic"]
    assert token is None


def test_counts_are_forgotten_with_all_metrics(service: Service, begun: Any, watch: SetClock) -> None:
    traffic = begun()
    asked(traffic, 200)
    traffic.flush()
    assert retention.prune(service, NOW + 91 * DAY) == 11
    asked(traffic, 200)
    traffic.flush()
    watch.at += 91 * DAY
    asked(traffic, 200)
    traffic.flush()
    assert n_points(service) == 5
    with service.database.read() as connection:
        last = connection.execute(select(func.min(metric_series.c.last_at))).scalar_one()
    assert last == (NOW + 91 * DAY).replace(second=0, microsecond=0)


def test_hours_of_all_variants_and_processes_of_an_endpoint_come_together(
    service: Service, begun: Any, watch: SetClock
) -> None:
    one, other = begun(), begun()
    for hours_ago, statuses in ((23, (200,)), (24, (200,)), (1, (200, 404)), (0, (200, 200, 500))):
        watch.at = NOW - hours_ago * HOUR
        asked(one, *statuses)
        asked(other, 200, variant=Variant("Churn", "shadow"))
        one.flush()
        other.flush()
    found = day(service)["churn"]
    assert (found.n, found.n_4xx, found.n_5xx) == (9, 1, 1)
    assert list(found.by_hour) == [2, *[0] * 21, 3, 4]
    assert found.error_share == pytest.approx(2 / 9)


def test_a_day_is_one_query_whatever_there_is(service: Service, begun: Any) -> None:
    traffic, asked_for = begun(), []
    for n in range(30):
        asked(traffic, 200, variant=Variant(f"endpoint-{n}", "AllTraffic"))
    traffic.flush()
    with service.database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: asked_for.append(told))
        assert len(last_day(connection, NOW)) == 30
    assert len(asked_for) == 1


def test_prometheus_is_told_what_this_process_counted(begun: Any) -> None:
    traffic = begun()
    asked(traffic, 200, 200, 400)
    traffic.flush()
    asked(traffic, 502, model_s=None)
    samples = [
        sample
        for family in text_string_to_metric_families(text_of(traffic, 100).decode())
        for sample in family.samples
    ]
    counted = {one.labels["result"]: one.value for one in samples if one.name == "leeboard_invocations_total"}
    assert counted == {"2xx": 2.0, "4xx": 1.0, "5xx": 1.0}
    times = {one.name: one.value for one in samples if one.labels.keys() == {"endpoint", "variant"}}
    assert times["leeboard_model_seconds_total"] == pytest.approx(0.006)
    assert times["leeboard_overhead_seconds_total"] == pytest.approx(0.003)


def test_prometheus_is_told_how_latencies_are_distributed(begun: Any) -> None:
    traffic = begun()
    asked(traffic, 200, 200, 200)
    traffic.flush()
    asked(traffic, 200, model_s=0.2)
    asked(traffic, 502, model_s=None)
    text = text_of(traffic, 100).decode()
    (family,) = (each for each in text_string_to_metric_families(text) if each.type == "histogram")
    assert family.name == "leeboard_model_latency_seconds"
    up_to = {one.labels.get("le"): one.value for one in family.samples}
    assert [up_to[le] for le in ("0.001", "0.0025", "0.1", "0.25", "60.0", "+Inf")] == [0, 3, 3, 4, 4, 4]
    sums = {one.name: one.value for one in family.samples}
    assert sums["leeboard_model_latency_seconds_sum"] == pytest.approx(0.206)
    assert sums["leeboard_model_latency_seconds_count"] == 4


def test_a_histogram_is_told_whole_or_not(begun: Any) -> None:
    traffic = begun()
    for n in range(9):
        asked(traffic, 200, variant=Variant("Churn", f"v{n}"))
    assert text_of(traffic, 40).decode().count("leeboard_model_latency_seconds_count{") == 2


def test_prometheus_is_told_no_more_series_than_it_wants(begun: Any) -> None:
    traffic = begun()
    for n in range(9):
        asked(traffic, 200, variant=Variant("Churn", f'v{n}"\n'))
    assert text_of(traffic, 4).decode().count("leeboard_model_seconds_total{") == 4
