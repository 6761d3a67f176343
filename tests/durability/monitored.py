"""An endpoint with hours of captured data, schedules that missed them, and what must come out."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from servers import wait_until
from sqlalchemy import func, select, update

from leeboard.state.database import Database
from leeboard.state.tables import executions, log_events, resources, work

HOUR = timedelta(hours=1)
BUCKET = "durability"
ENDPOINT = "churn"
ROLE = "arn:aws:iam::123456789012:role/monitor"
IMAGE = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
FINAL = {"Completed", "CompletedWithViolations", "Failed", "Stopped"}
FILES = {"constraint_violations.json", "constraints.json", "statistics.json"}
CONSTRAINTS = {
    "version": 0.0,
    "features": [
        {"name": "_c0", "inferred_type": "Fractional", "completeness": 1.0},
        {
            "name": "_c1",
            "inferred_type": "Fractional",
            "completeness": 1.0,
            "num_constraints": {"is_non_negative": True},
        },
    ],
}


@dataclass(frozen=True, slots=True)
class Hour:
    """What was captured from `start_at` on."""

    start_at: datetime
    n_records: int
    is_odd: bool

    @property
    def scheduled_at(self) -> datetime:
        return self.start_at + HOUR

    @property
    def status(self) -> str:
        if not self.n_records:
            return "Failed"
        return "CompletedWithViolations" if self.is_odd else "Completed"


def last_hours(n: int, now: datetime) -> list[Hour]:
    """Each fourth has no data, each third data that break the constraints."""
    end_at = now.replace(minute=0, second=0, microsecond=0)
    return [
        Hour(end_at - (n - i) * HOUR, n_records=0 if i % 4 == 3 else 2 + i % 5, is_odd=i % 3 == 1)
        for i in range(n)
    ]


def put_captured(s3: Any, hours: Sequence[Hour]) -> None:
    for hour in hours:
        if hour.n_records:
            key = f"capture/{ENDPOINT}/AllTraffic/{hour.start_at:%Y/%m/%d/%H}/05-00-000-{uuid.uuid4()}.jsonl"
            s3.put_object(Bucket=BUCKET, Key=key, Body="".join(_lines(hour)).encode())
    s3.put_object(Bucket=BUCKET, Key="baseline/constraints.json", Body=json.dumps(CONSTRAINTS).encode())


def _lines(hour: Hour) -> list[str]:
    sides = {
        "endpointInput": ("INPUT", "-7.25" if hour.is_odd else "7.25"),
        "endpointOutput": ("OUTPUT", "0.5"),
    }
    data = {
        side: {"observedContentType": "text/csv", "mode": mode, "data": value, "encoding": "CSV"}
        for side, (mode, value) in sides.items()
    }
    return [
        json.dumps(
            {
                "captureData": data,
                "eventMetadata": {
                    "eventId": str(uuid.uuid4()),
                    "inferenceTime": f"{hour.start_at + timedelta(minutes=5, seconds=n):%Y-%m-%dT%H:%M:%SZ}",
                },
                "eventVersion": "0",
            }
        )
        + "\n"
        for n in range(hour.n_records)
    ]


def make_endpoint(sagemaker: Any, s3: Any, hours: Sequence[Hour]) -> None:
    """With data for these hours, and a job definition for schedules."""
    s3.create_bucket(Bucket=BUCKET)
    put_captured(s3, hours)
    container = {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/toy:1"}
    sagemaker.create_model(ModelName="m", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }
    variant: dict[str, Any] = {"VariantName": "AllTraffic", "ModelName": "m", "InstanceType": "ml.m5.large"}
    variant["InitialInstanceCount"] = 1
    sagemaker.create_endpoint_config(
        EndpointConfigName="c",
        ProductionVariants=[variant],
        DataCaptureConfig=capture,
    )
    sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName="c")
    wait_until(lambda: _endpoint(sagemaker)["EndpointStatus"] != "Creating", 60, "the endpoint is made")
    assert _endpoint(sagemaker)["EndpointStatus"] == "InService", _endpoint(sagemaker)["FailureReason"]
    sagemaker.create_data_quality_job_definition(
        JobDefinitionName="d",
        RoleArn=ROLE,
        DataQualityAppSpecification={"ImageUri": IMAGE},
        DataQualityBaselineConfig={
            "ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/baseline/constraints.json"}
        },
        DataQualityJobInput={
            "EndpointInput": {"EndpointName": ENDPOINT, "LocalPath": "/opt/ml/processing/input"}
        },
        DataQualityJobOutputConfig={
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": f"s3://{BUCKET}/reports", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
        JobResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
        },
    )  # fmt: skip


def _endpoint(sagemaker: Any) -> Any:
    return sagemaker.describe_endpoint(EndpointName=ENDPOINT)


def make_schedules(sagemaker: Any, n: int) -> list[str]:
    names = [f"hourly-{number}" for number in range(n)]
    for name in names:
        sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig={
                "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                "MonitoringJobDefinitionName": "d",
                "MonitoringType": "DataQuality",
            },
        )
    return names


def set_due(database: Database, at: datetime) -> None:
    """As if nobody had planned since."""
    with database.write() as connection:
        schedules = resources.c.kind == "monitoring-schedule"
        connection.execute(update(resources).where(schedules).values(due_at=at))


def found(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(executions)))


def n_final(database: Database) -> int:
    with database.read() as connection:
        query = select(func.count()).select_from(executions).where(executions.c.status.in_(FINAL))
        return connection.execute(query).scalar_one()


def n_work(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(work)).scalar_one()


def n_begun_again(database: Database) -> int:
    """Attempts after the first, as the jobs' logs tell."""
    with database.read() as connection:
        query = select(func.count()).select_from(log_events)
        return connection.execute(query.where(log_events.c.message.startswith("attempt "))).scalar_one()


def faults(database: Database, s3: Any, schedules: Sequence[str], hours: Sequence[Hour]) -> list[str]:
    """What is not as it must be: each (schedule, hour) has one execution, ended as its data say."""
    told = []
    rows: dict[tuple[str, datetime], list[Any]] = {}
    for row in found(database):
        rows.setdefault((row.schedule_name, row.scheduled_at), []).append(row)
    for name in schedules:
        for hour in hours:
            mine = rows.pop((name, hour.scheduled_at), [])
            if len(mine) != 1:
                told.append(f"{name} {hour.scheduled_at}: {len(mine)} executions")
                continue
            told += [f"{name} {hour.scheduled_at}: {fault}" for fault in _faults(s3, mine[0], hour)]
    latest = hours[-1].scheduled_at
    told += [f"unasked: {key}" for key in rows if key[1] <= latest]
    return told


def _faults(s3: Any, row: Any, hour: Hour) -> list[str]:
    if row.status != hour.status:
        return [f"is {row.status}, expected {hour.status}: {row.failure_reason}"]
    if (row.run, row.window_start_at, row.window_end_at) != (0, hour.start_at, hour.scheduled_at):
        return [f"run {row.run}, window {row.window_start_at} to {row.window_end_at}"]
    at = row.scheduled_at.astimezone(UTC)
    prefix = f"reports/{ENDPOINT}/{row.schedule_name}/{at:%Y/%m/%d/%H}/"
    there = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    names = {one["Key"].removeprefix(prefix) for one in there}
    if not hour.n_records:
        is_told = (row.failure_reason or "").startswith("Job inputs had no data")
        return [] if is_told and not names else [f"{row.failure_reason}; {names}"]
    if not names >= FILES:
        return [f"left {sorted(names)} in {prefix}"]
    statistics = json.loads(s3.get_object(Bucket=BUCKET, Key=prefix + "statistics.json")["Body"].read())
    n = statistics["dataset"]["item_count"]
    violations = json.loads(
        s3.get_object(Bucket=BUCKET, Key=prefix + "constraint_violations.json")["Body"].read()
    )["violations"]
    told = [] if n == hour.n_records else [f"item_count is {n}, expected {hour.n_records}"]
    return told + ([] if row.n_violations == len(violations) else [f"{row.n_violations}, file {violations}"])
