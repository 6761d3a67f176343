"""A schedule that watches an endpoint, and its executions."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.serving.leeboard import ANALYZER, BUCKET, ROLE, Leeboard

CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}}
PROCESSING = "/opt/ml/processing"
WAIT_S = 300


def schedule(server: Leeboard, name: str, endpoint: str, **members: Any) -> None:
    """Every hour, with its definition inside; members are further ones of that."""
    reports = {"S3Uri": f"s3://{BUCKET}/reports", "LocalPath": f"{PROCESSING}/output"}
    definition = {
        "MonitoringInputs": [
            {"EndpointInput": {"EndpointName": endpoint, "LocalPath": f"{PROCESSING}/input"}}
        ],
        "MonitoringOutputConfig": {"MonitoringOutputs": [{"S3Output": reports}]},
        "MonitoringResources": CLUSTER,
        "MonitoringAppSpecification": {"ImageUri": ANALYZER},
        "RoleArn": ROLE,
    }
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
        "MonitoringJobDefinition": definition | members,
    }
    server.client("sagemaker").create_monitoring_schedule(
        MonitoringScheduleName=name, MonitoringScheduleConfig=config
    )


def job(server: Leeboard, name: str) -> None:
    """A processing job whose input is not there."""
    source = {"S3Uri": f"s3://{BUCKET}/nothing", "LocalPath": f"{PROCESSING}/input/data"}
    kept = {"S3Uri": f"s3://{BUCKET}/results", "LocalPath": f"{PROCESSING}/output"}
    kind = {"S3DataType": "S3Prefix", "S3InputMode": "File"}
    server.client("sagemaker").create_processing_job(
        ProcessingJobName=name,
        ProcessingInputs=[{"InputName": "data", "S3Input": source | kind}],
        ProcessingOutputConfig={
            "Outputs": [{"OutputName": "results", "S3Output": kept | {"S3UploadMode": "EndOfJob"}}]
        },
        ProcessingResources=CLUSTER,
        AppSpecification={"ImageUri": ANALYZER},
        Environment={"dataset_format": "{}", "dataset_source": f"{PROCESSING}/input/data"},
        RoleArn=ROLE,
    )


def this_hour() -> datetime:
    """The beginning of the hour under way."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def run(server: Leeboard, name: str, hour: datetime) -> tuple[str, float]:
    """Fires a schedule for an hour; gives the end, with its reason, and how long that took to be listed."""
    sm, began = server.client("sagemaker"), time.perf_counter()
    end_at = (hour + timedelta(hours=1)).isoformat()
    server.own("POST", f"/leeboard/schedules/{name}/run", at=end_at)
    ask = {"MonitoringScheduleName": name, "SortBy": "CreationTime", "MaxResults": 1}
    last = lambda: sm.list_monitoring_executions(**ask)["MonitoringExecutionSummaries"][0]  # noqa: E731
    wait(lambda: last()["MonitoringExecutionStatus"] not in ("Pending", "InProgress"))
    end, wall_s = last(), time.perf_counter() - began
    return f"{end['MonitoringExecutionStatus']} {end.get('FailureReason', '')}".strip(), wall_s


def wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {WAIT_S} s")
        time.sleep(0.02)
