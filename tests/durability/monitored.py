"""An endpoint with hours of captured data, schedules that missed them, and what must come out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from servers import wait_until
from sqlalchemy import func, select, update

from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.executions import COLUMNS, Execution
from leeboard.service.resources import find
from leeboard.state.database import Database
from leeboard.state.tables import executions, log_events, resources, work
from leeboard.storage.layout import merged_name

HOUR = timedelta(hours=1)
BUCKET = "durability"
ENDPOINT = "churn"
ROLE = "arn:aws:iam::123456789012:role/monitor"
IMAGE = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
FINAL = {"Completed", "CompletedWithViolations", "Failed", "Stopped"}
FILES = {"constraint_violations.json", "constraints.json", "statistics.json"}
MERGING = "merging"
"""How the names of schedules on labelled data begin."""
QUALITY = {
    "version": 0.0,
    "regression_constraints": {"mae": {"threshold": 1.0, "comparison_operator": "GreaterThanThreshold"}},
}
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
    def n_labels(self) -> int:
        """The last of the records has none."""
        return max(self.n_records - 1, 0)

    @property
    def folder(self) -> str:
        return f"{self.start_at:%Y/%m/%d/%H}"

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
            key = f"capture/{ENDPOINT}/AllTraffic/{hour.folder}/05-00-000-by-hand.jsonl"
            s3.put_object(Bucket=BUCKET, Key=key, Body="".join(_lines(hour)).encode())
            key = f"labels/{hour.folder}/collected.jsonl"
            s3.put_object(Bucket=BUCKET, Key=key, Body="".join(_labels(hour)).encode())
    s3.put_object(Bucket=BUCKET, Key="baseline/constraints.json", Body=json.dumps(CONSTRAINTS).encode())
    s3.put_object(Bucket=BUCKET, Key="baseline/quality.json", Body=json.dumps(QUALITY).encode())


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
                    "eventId": f"{hour.folder}-{n}",
                    "inferenceTime": f"{hour.start_at + timedelta(minutes=5, seconds=n):%Y-%m-%dT%H:%M:%SZ}",
                },
                "eventVersion": "0",
            }
        )
        + "\n"
        for n in range(hour.n_records)
    ]


def _labels(hour: Hour) -> list[str]:
    """The model says 0.5 to all, which is far off in odd hours."""
    truth = {"data": "2.5" if hour.is_odd else "0.5", "encoding": "CSV"}
    return [
        json.dumps(
            {
                "groundTruthData": truth,
                "eventMetadata": {"eventId": f"{hour.folder}-{n}"},
                "eventVersion": "0",
            }
        )
        + "\n"
        for n in range(hour.n_labels)
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
    wait_until(lambda: _endpoint(sagemaker)["EndpointStatus"] != "Creating", 240, "the endpoint is made")
    assert _endpoint(sagemaker)["EndpointStatus"] == "InService", _endpoint(sagemaker)["FailureReason"]
    sagemaker.create_data_quality_job_definition(**_definition("DataQuality", "constraints.json"))
    quality = _definition("ModelQuality", "quality.json")
    quality["ModelQualityAppSpecification"]["ProblemType"] = "Regression"
    quality["ModelQualityJobInput"]["EndpointInput"]["InferenceAttribute"] = "0"
    quality["ModelQualityJobInput"]["GroundTruthS3Input"] = {"S3Uri": f"s3://{BUCKET}/labels"}
    sagemaker.create_model_quality_job_definition(**quality)


def _definition(kind: str, constraints: str) -> dict[str, Any]:
    """Of that kind's name."""
    stored = {"S3Uri": f"s3://{BUCKET}/reports", "LocalPath": "/opt/ml/processing/output"}
    return {
        "JobDefinitionName": kind,
        "RoleArn": ROLE,
        f"{kind}AppSpecification": {"ImageUri": IMAGE},
        f"{kind}BaselineConfig": {"ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/baseline/{constraints}"}},
        f"{kind}JobInput": {
            "EndpointInput": {"EndpointName": ENDPOINT, "LocalPath": "/opt/ml/processing/input"}
        },
        f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": stored}]},
        "JobResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
        },
    }


def _endpoint(sagemaker: Any) -> Any:
    return sagemaker.describe_endpoint(EndpointName=ENDPOINT)


def make_schedules(sagemaker: Any, n: int, n_merging: int = 0) -> list[str]:
    """So many, of which some merge labels."""
    names = [f"{MERGING if number < n_merging else 'hourly'}-{number}" for number in range(n)]
    for name in names:
        kind = "ModelQuality" if name.startswith(MERGING) else "DataQuality"
        sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig={
                "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
                "MonitoringJobDefinitionName": kind,
                "MonitoringType": kind,
            },
        )
    return names


def set_due(database: Database, at: datetime) -> None:
    """As if nobody had planned since."""
    with database.write() as connection:
        schedules = resources.c.kind == "monitoring-schedule"
        connection.execute(update(resources).where(schedules).values(due_at=at))


def found(database: Database, hours: Sequence[Hour] = ()) -> list[Any]:
    """Executions, or those of these hours alone: another one may begin meanwhile."""
    wanted = [executions.c.scheduled_at <= hours[-1].scheduled_at] if hours else []
    with database.read() as connection:
        return list(connection.execute(select(executions).where(*wanted)))


def n_final(database: Database, hours: Sequence[Hour] = ()) -> int:
    """How many of these have ended."""
    return sum(row.status in FINAL for row in found(database, hours))


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
            if name.startswith(MERGING):
                merged = merge_faults(database, s3, Execution.of(_columns(mine[0])), hour)
                told += [f"{name} {hour.scheduled_at}: {fault}" for fault in merged]
    latest = hours[-1].scheduled_at
    told += [f"unasked: {key}" for key in rows if key[1] <= latest]
    return told + unasked_files(database, s3, [name for name in schedules if name.startswith(MERGING)], hours)


def _columns(row: Any) -> list[Any]:
    return [getattr(row, column.name) for column in COLUMNS]


def merge_faults(database: Database, s3: Any, execution: Execution, hour: Hour) -> list[str]:
    """What is wrong with the two jobs of an execution, with what the first wrote and the second read."""
    with database.read() as connection:
        names = (execution.merge_name, execution.analysis_name)
        merge, analysis = (find(connection, PROCESSING_JOB, name) for name in names)
    if not hour.n_records:
        return [] if merge is analysis is None else ["jobs without data"]
    if merge is None or analysis is None or execution.job_name != execution.analysis_name:
        return [f"jobs: {merge}, {analysis}; told is {execution.job_name}"]
    told = [f"{job.name} is {job.status}" for job in (merge, analysis) if job.status != "Completed"]
    key = merged_key(execution, hour)
    read = {each["S3Input"]["S3Uri"] for each in analysis.document["ProcessingInputs"]}
    wanted = {f"s3://{BUCKET}/{key}", f"s3://{BUCKET}/baseline/quality.json"}
    ids = [each["eventMetadata"]["eventId"] for each in merged_records(s3, key)]
    if ids != [f"{hour.folder}-{n}" for n in range(hour.n_labels)]:
        told.append(f"merged {ids}")
    return told + ([] if read == wanted else [f"read {read}"])


def merged_key(execution: Execution, hour: Hour) -> str:
    folder = f"reports/merge/{ENDPOINT}/AllTraffic/{hour.folder}"
    return f"{folder}/{merged_name(execution.merge_name)}"


def merged_records(s3: Any, key: str) -> list[Any]:
    return [json.loads(line) for line in s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().splitlines()]


def merged_keys(s3: Any) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="reports/merge/")
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def unasked_files(database: Database, s3: Any, schedules: Sequence[str], hours: Sequence[Hour]) -> list[str]:
    """Below the folder of merged records there is one file for each window with data, and nothing else."""
    by_time = {hour.scheduled_at: hour for hour in hours if hour.n_records}
    rows = [row for row in found(database) if row.schedule_name in schedules and row.scheduled_at in by_time]
    wanted = {merged_key(Execution.of(_columns(row)), by_time[row.scheduled_at]) for row in rows}
    return [f"not asked for: {key}" for key in merged_keys(s3) if key not in wanted]


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
    n, wanted = statistics["dataset"]["item_count"], hour.n_records
    if row.schedule_name.startswith(MERGING):
        wanted = hour.n_labels
    violations = json.loads(
        s3.get_object(Bucket=BUCKET, Key=prefix + "constraint_violations.json")["Body"].read()
    )["violations"]
    told = [] if n == wanted else [f"item_count is {n}, expected {wanted}"]
    return told + ([] if row.n_violations == len(violations) else [f"{row.n_violations}, file {violations}"])
