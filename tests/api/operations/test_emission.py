"""What a job publishes arrives at another CloudWatch, though that was away at first."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from live_server import KEY, ROLE, SECRET, live_server, until
from s3_server import free_ports

pytestmark = pytest.mark.slow
NAMESPACE = "aws/sagemaker/ModelMonitoring/data-metrics"
METRIC = '{"MetricName": "mine", "Value": 7, "Unit": "Count"}'


def job(name: str) -> dict:
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    return {
        "ProcessingJobName": name,
        "AppSpecification": {"ImageUri": "own:1"},
        "Environment": {"publish_cloudwatch_metrics": "Enabled"},
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": ROLE,
    }


def test_points_wait_for_their_store_and_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program.sh"
    program.write_text(f"echo '{METRIC}' > $LEEBOARD_ROOT/opt/ml/output/metrics/cloudwatch/mine.json\n")
    jobs = tmp_path / "jobs.json"
    jobs.write_text(json.dumps([{"image": "own:*", "command": f"sh {program}"}]))
    [port] = free_ports(1)
    about = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"}
    emit = {"LEEBOARD_EMIT": f"cloudwatch=http://127.0.0.1:{port}"}
    with live_server(tmp_path / "a" / "home", "--jobs", str(jobs), **about, **emit) as sender:
        sm = sender.client("sagemaker")
        sm.create_processing_job(**job("one"))
        ended = until(
            lambda: sm.describe_processing_job(ProcessingJobName="one"),
            lambda told: told["ProcessingJobStatus"] not in ("InProgress", "Stopping"),
        )
        assert ended["ProcessingJobStatus"] == "Completed", ended
        until(lambda: "was not reached" in sender.log.read_text())
        monkeypatch.setattr("live_server.free_ports", lambda _: [port])
        with live_server(tmp_path / "b" / "home") as receiver:
            cloudwatch = receiver.client("cloudwatch")
            found = until(lambda: _statistics(cloudwatch))
    assert [(point["Sum"], point["SampleCount"]) for point in found] == [(7.0, 1.0)]


def _statistics(cloudwatch) -> list[dict]:
    begin = datetime.now(UTC) - timedelta(hours=3)
    return cloudwatch.get_metric_statistics(
        Namespace=NAMESPACE, MetricName="mine", Period=3600 * 4, StartTime=begin,
        EndTime=begin + timedelta(hours=4), Statistics=["SampleCount", "Sum"],
    )["Datapoints"]  # fmt: skip
