"""PutMetricData of one server of ours, which stands in for CloudWatch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from leeboard.emit import NotSentError
from leeboard.emit.cloudwatch import open_cloudwatch
from live_server import KEY, SECRET, LiveServer, live_server
from s3_server import free_ports

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with live_server(tmp_path_factory.mktemp("cloudwatch") / "home") as running:
        yield running


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


def statistics(server: LiveServer, name: str, at: datetime) -> list[dict]:
    about = [{"Name": "Endpoint", "Value": "churn"}, {"Name": "MonitoringSchedule", "Value": "hourly"}]
    return server.client("cloudwatch").get_metric_statistics(
        Namespace="aws/sagemaker/Endpoints/data-metrics", MetricName=name, Dimensions=about, Period=3600,
        StartTime=at, EndTime=at + HOUR, Statistics=["SampleCount", "Sum", "Minimum", "Maximum"],
    )["Datapoints"]  # fmt: skip


def test_values_and_sets_arrive_under_their_names(other, point) -> None:
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    send = open_cloudwatch(other.url)
    send([point("feature_baseline_drift_age", at=at), point("feature_data_age", 40.0, n=4, at=at)])
    [value] = statistics(other, "feature_baseline_drift_age", at)
    assert (value["SampleCount"], value["Sum"]) == (1.0, 0.25)
    [several] = statistics(other, "feature_data_age", at)
    assert (several["SampleCount"], several["Sum"]) == (4.0, 160.0)
    assert (several["Minimum"], several["Maximum"]) == (37.0, 43.0)


def test_more_than_one_request_holds_arrive(other, point) -> None:
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    open_cloudwatch(other.url)([point("many", at=at)] * 1201)
    assert statistics(other, "many", at)[0]["SampleCount"] == 1201


def test_names_that_are_not_ascii_are_written_out(other, point) -> None:
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    open_cloudwatch(other.url)([point("feature_data_größe", at=at)])
    assert len(statistics(other, r"feature_data_gr\xf6\xdfe", at)) == 1


def test_points_that_are_too_old_for_cloudwatch_are_left_out(other, point) -> None:
    at = datetime.now(UTC) - timedelta(days=15)
    open_cloudwatch(other.url)([point("old", at=at)])
    assert statistics(other, "old", at.replace(minute=0, second=0, microsecond=0)) == []


def test_what_is_refused_for_good_is_final(other, point) -> None:
    with pytest.raises(NotSentError) as caught:
        open_cloudwatch(other.url)([point(" ", at=datetime.now(UTC))])
    assert caught.value.is_final


def test_wrong_credentials_may_be_mended(other, point, monkeypatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(NotSentError, match="SignatureDoesNotMatch") as caught:
        open_cloudwatch(other.url)([point("f", at=datetime.now(UTC))])
    assert not caught.value.is_final


def test_nobody_there_may_pass(point) -> None:
    with pytest.raises(NotSentError, match="not reached") as caught:
        open_cloudwatch(f"http://127.0.0.1:{free_ports(1)[0]}")([point("f", at=datetime.now(UTC))])
    assert not caught.value.is_final
