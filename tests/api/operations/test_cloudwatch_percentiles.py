"""Percentiles of latencies, as dashboards and alarms of boto3's users ask for them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from leeboard.clock import now
from leeboard.service.latency.sketch import ERROR
from leeboard.service.traffic.counting import Traffic
from leeboard.service.traffic.tallies import Variant
from leeboard.state.database import Database
from live_server import LiveServer

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AT = now().replace(minute=0, second=0, microsecond=0) - 3 * HOUR
"""Not so long ago that the server would forget it."""
STATS = ("p50", "p90", "p95", "p99", "p99.9")


def dimensions(endpoint: str) -> list[dict[str, str]]:
    return [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "AllTraffic"}]


def took(database: Database, endpoint: str, latencies: dict[datetime, list[float]]) -> None:
    """As another server on the same database counts them: microseconds by the time of the answer."""
    for at, lengths_us in latencies.items():
        traffic = Traffic(database, now=lambda at=at: at)  # type: ignore[misc]
        for length_us in lengths_us:
            traffic.count(Variant(endpoint, "AllTraffic"), 200, length_us / 1e6, length_us / 1e6 + 0.001)
        traffic.close()


@pytest.fixture(scope="module")
def database(live: LiveServer) -> Iterator[Database]:
    """That of the server."""
    opened = Database(f"sqlite:///{live.home / 'state.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def cloudwatch(live: LiveServer) -> Any:
    return live.client("cloudwatch")


@pytest.fixture(scope="module")
def latencies(database: Database) -> list[float]:
    """Those of the endpoint `Known`, in the ten minutes from `AT` on."""
    random = Random(11)
    by_minute = {AT + n * MINUTE: [random.lognormvariate(9, 0.7) for _ in range(60)] for n in range(10)}
    took(database, "Known", by_minute)
    return [each for minute in by_minute.values() for each in minute]


def exact(latencies: list[float], stat: str) -> float:
    return float(np.percentile(latencies, float(stat.removeprefix("p")), method="inverted_cdf"))


def data(cloudwatch: Any, *stats: str, period_s: int, start_at: datetime = AT) -> dict[str, list[float]]:
    """Values of `Known` by GetMetricData."""
    metric = {"Namespace": "AWS/SageMaker", "MetricName": "ModelLatency", "Dimensions": dimensions("Known")}
    queries = [
        {"Id": f"q{n}", "MetricStat": {"Metric": metric, "Period": period_s, "Stat": stat}}
        for n, stat in enumerate(stats)
    ]
    span = {"StartTime": start_at, "EndTime": AT + HOUR, "ScanBy": "TimestampAscending"}
    told = cloudwatch.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
    return {stats[int(each["Id"][1:])]: each["Values"] for each in told}


@pytest.mark.parametrize("period_s", [600, 3600])
def test_get_metric_data_tells_percentiles_within_their_error(
    cloudwatch: Any, latencies: list[float], period_s: int
) -> None:
    found = data(cloudwatch, *STATS, period_s=period_s)
    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(STATS, 1)
    for stat in STATS:
        assert found[stat] == pytest.approx([exact(latencies, stat)], rel=ERROR * 1.001)


def test_get_metric_data_tells_each_minute(cloudwatch: Any, latencies: list[float]) -> None:
    found = data(cloudwatch, "p50", "p99", period_s=60)
    for stat, told in found.items():
        wanted = [exact(latencies[n : n + 60], stat) for n in range(0, 600, 60)]
        assert told == pytest.approx(wanted, rel=ERROR * 1.001)


def test_the_least_and_the_most_are_exact(cloudwatch: Any, latencies: list[float]) -> None:
    found = data(cloudwatch, "p0", "p100", period_s=3600, start_at=AT - HOUR)
    assert found == {"p0": [pytest.approx(min(latencies))], "p100": [pytest.approx(max(latencies))]}


def test_get_metric_statistics_tells_them_beside_the_simple_ones(
    cloudwatch: Any, latencies: list[float]
) -> None:
    (point,) = cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName="ModelLatency", Dimensions=dimensions("Known"),
        StartTime=AT, EndTime=AT + HOUR, Period=3600,
        Statistics=["SampleCount"], ExtendedStatistics=["p50", "p99"],
    )["Datapoints"]  # fmt: skip
    assert point["SampleCount"] == len(latencies)
    wanted = {stat: exact(latencies, stat) for stat in ("p50", "p99")}
    assert point["ExtendedStatistics"] == pytest.approx(wanted, rel=ERROR * 1.001)


def test_percentiles_that_aws_does_not_have_are_refused(cloudwatch: Any) -> None:
    for wrong in ("p101", "p", "p-1", "p50.", "P50"):
        with pytest.raises(ClientError, match="is not computed here"):
            data(cloudwatch, wrong, period_s=60)


def test_an_alarm_watches_a_percentile(cloudwatch: Any, database: Database) -> None:
    """Also of minutes to come, as nobody knows which one it judges."""
    times = [now() + n * MINUTE for n in range(-3, 10)]
    took(database, "Slow", {at: [5_000.0] * 95 + [900_000.0] * 5 for at in times})
    about = {
        "Namespace": "AWS/SageMaker", "MetricName": "ModelLatency", "Dimensions": dimensions("Slow"),
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 100_000.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }  # fmt: skip
    for stat in ("p50", "p99"):
        cloudwatch.put_metric_alarm(AlarmName=f"slow {stat}", ExtendedStatistic=stat, **about)
    told = cloudwatch.describe_alarms(AlarmNamePrefix="slow p")["MetricAlarms"]
    states = {each["ExtendedStatistic"]: each["StateValue"] for each in told}
    assert states == {"p50": "OK", "p99": "ALARM"}
