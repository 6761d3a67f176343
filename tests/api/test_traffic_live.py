"""Invocations of a running server, as boto3 users ask CloudWatch for them."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from api_documents import ELSEWHERE, deployed, unique
from leeboard.clock import now
from live_server import LiveServer, in_service, live_server, until

ECHO = "000000000000.dkr.ecr.us-east-1.amazonaws.com/echo:1"
COUNTS = ("Invocations", "Invocation4XXErrors", "Invocation5XXErrors")
STATISTICS = ["Sum", "SampleCount", "Average", "Minimum", "Maximum"]
PROGRAM = Path(__file__).parents[1] / "echo_model.py"
ECHOES = [{"image": "*/echo:*", "command": f"{sys.executable} {PROGRAM} {{port}} {{model}}"}]


def invoke(runtime: Any, endpoint: str, *statuses: int) -> None:
    """One request for each status that the model is to answer."""
    for status in statuses:
        body = b"1,2" if status == 200 else f"status:{status}:no".encode()
        try:
            runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType="text/csv")
        except ClientError as error:
            assert error.response["OriginalStatusCode"] == status  # noqa: PT017 - it may also succeed


def dimensions(endpoint: str, variant: str = "AllTraffic") -> list[dict[str, str]]:
    return [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]


def sums(cloudwatch: Any, endpoint: str) -> list[float]:
    """Those of the three counts by GetMetricData, over what has been this hour."""
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": name,
                    "Dimensions": dimensions(endpoint),
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for number, name in enumerate(COUNTS)
    ]
    span = {"StartTime": now() - timedelta(hours=1), "EndTime": now() + timedelta(minutes=5)}
    told = cloudwatch.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
    return [sum(each["Values"]) for each in told]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server, and an endpoint that was asked seven times, thrice in vain."""
    with live_server(tmp_path_factory.mktemp("traffic") / "home", models=ECHOES) as server:
        sm, runtime = server.client("sagemaker"), server.client("sagemaker-runtime")
        endpoint = in_service(sm, deployed(sm, unique("Traffic"), image=ECHO))
        invoke(runtime, endpoint.upper(), 200, 200, 404, 200, 500, 200, 503)
        yield server, endpoint


def test_invocations_and_errors_add_up_in_get_metric_data(served: tuple[LiveServer, str]) -> None:
    server, endpoint = served
    cloudwatch = server.client("cloudwatch")
    until(lambda: sums(cloudwatch, endpoint), lambda told: told == [7.0, 1.0, 2.0])


def test_statistics_and_names_are_those_of_cloudwatch(served: tuple[LiveServer, str]) -> None:
    server, endpoint = served
    cloudwatch = server.client("cloudwatch")
    span = {"StartTime": now() - timedelta(hours=1), "EndTime": now() + timedelta(minutes=5), "Period": 7200}
    about = {"Namespace": "AWS/SageMaker", "Dimensions": dimensions(endpoint), "Statistics": STATISTICS}
    until(lambda: sums(cloudwatch, endpoint)[0], lambda n: n == 7.0)

    def statistics(name: str) -> dict[str, Any]:
        (point,) = cloudwatch.get_metric_statistics(MetricName=name, **about, **span)["Datapoints"]
        return point

    errors = statistics("Invocation5XXErrors")
    assert [errors[name] for name in STATISTICS] == pytest.approx([2.0, 7.0, 2 / 7, 0.0, 1.0])
    for name in ("ModelLatency", "OverheadLatency"):
        latency = statistics(name)
        assert latency["Unit"] == "Microseconds"
        assert latency["SampleCount"] == 7.0
        assert 0 < latency["Minimum"] <= latency["Average"] <= latency["Maximum"] < 60e6
    listed = cloudwatch.list_metrics(Namespace="AWS/SageMaker", Dimensions=dimensions(endpoint))["Metrics"]
    assert {each["MetricName"] for each in listed} == {*COUNTS, "ModelLatency", "OverheadLatency"}


def test_prometheus_reads_them_at_once(served: tuple[LiveServer, str]) -> None:
    server, endpoint = served
    with urlopen(f"{server.url}/metrics") as answer:
        text = answer.read().decode()
    assert (
        f'leeboard_invocations_total{{endpoint="{endpoint}",variant="AllTraffic",result="5xx"}} 2.0' in text
    )


def test_only_endpoints_that_are_there_are_counted(served: tuple[LiveServer, str]) -> None:
    server, endpoint = served
    sm, runtime = server.client("sagemaker"), server.client("sagemaker-runtime")
    asked = {"Body": b"1", "ContentType": "text/csv"}
    for wrong in ({"EndpointName": "nobody"}, {"EndpointName": endpoint, "TargetVariant": "nobody"}):
        with pytest.raises(ClientError):
            runtime.invoke_endpoint(**wrong, **asked)
    elsewhere = in_service(sm, deployed(sm, unique("Elsewhere"), image=ELSEWHERE))
    with pytest.raises(ClientError):
        runtime.invoke_endpoint(EndpointName=elsewhere, **asked)
    with urlopen(f"{server.url}/metrics") as answer:
        text = answer.read().decode()
    assert "nobody" not in text
    assert f'leeboard_invocations_total{{endpoint="{elsewhere}"' not in text


@pytest.mark.slow
def test_what_was_counted_last_is_there_after_a_stop(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with live_server(home, models=ECHOES) as server:
        endpoint = in_service(sm := server.client("sagemaker"), deployed(sm, unique("Last"), image=ECHO))
        invoke(server.client("sagemaker-runtime"), endpoint, *[200] * 20)
    with live_server(home, models=ECHOES) as server:
        assert sums(server.client("cloudwatch"), endpoint) == [20.0, 0.0, 0.0]
