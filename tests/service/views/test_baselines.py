"""Baselines are found by who uses them, and by the jobs that made them, among however many other jobs."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE
from leeboard.service.resources import add
from leeboard.service.schedules.names import JOB_KINDS, MERGE_KIND
from leeboard.service.views.baselines import baselines
from leeboard.state.tables import resources

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


def job(service: Any, name: str, folder: str = "", **environment: str) -> None:
    document = {
        "AppSpecification": {"ImageUri": "sagemaker-model-monitor-analyzer"},
        "Environment": environment,
        "ProcessingInputs": [{"InputName": "data", "S3Input": {"S3Uri": "s3://b/people.csv"}}],
        "ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": folder or f"s3://b/{name}"}}]},
    }
    with service.database.write() as connection:
        add(connection, service.settings, PROCESSING_JOB, name, document, now=NOW, status="Completed",
            ended_at=NOW)  # fmt: skip


def schedule(service: Any, name: str, baseline: dict[str, Any]) -> None:
    config = {"MonitoringScheduleConfig": {"MonitoringJobDefinitionName": name}}
    definition = {"DataQualityBaselineConfig": baseline}
    told: dict[str, Any] = {"monitoring_type": "DataQuality", "endpoint": "churn"}
    with service.database.write() as connection:
        add(connection, service.settings, DEFINITIONS["DataQuality"], name, definition, now=NOW, **told)
        add(connection, service.settings, SCHEDULE, name, config, now=NOW, definition=name, **told)


def found(service: Any) -> dict[str, Any]:
    with service.database.read() as connection:
        return {one.constraints: one for one in baselines(connection)}


def test_schedules_of_one_file_are_one_baseline_with_its_job(service: Any) -> None:
    job(service, "first-baseline", "s3://b/base")
    files = {"ConstraintsResource": {"S3Uri": "s3://b/base/constraints.json"}}
    for name in ("a", "b"):
        schedule(service, name, files)
    (one,) = found(service).values()
    assert [name for name, _ in one.schedules] == ["a", "b"]
    assert (one.job, one.data, one.made_at) == ("first-baseline", ("s3://b/people.csv",), NOW)


def test_jobs_that_are_named_are_one_query_however_many(service: Any, n_queries: Any) -> None:
    counts = []
    for numbers in (range(3), range(3, 1200)):
        for n in numbers:
            schedule(service, f"s{n}", {"BaseliningJobName": f"Job-{n}"})
        counts.append(n_queries(baselines))
    job(service, "job-1100", "s3://b/mine")
    assert counts[0] == counts[1]
    assert [one.job for one in found(service).values()] == ["job-1100"]


def test_a_job_that_is_named_gives_its_files(service: Any) -> None:
    job(service, "mine", "s3://b/mine")
    schedule(service, "a", {"BaseliningJobName": "mine"})
    (one,) = found(service).values()
    assert (one.constraints, one.statistics) == (
        "s3://b/mine/constraints.json",
        "s3://b/mine/statistics.json",
    )


def test_jobs_of_executions_and_checks_are_none(service: Any) -> None:
    for number, kind in enumerate([*JOB_KINDS.values(), MERGE_KIND]):
        job(service, f"{kind}-202611261000-{number}")
    job(service, "dry-run-ab12-baseline")
    job(service, "a-check", baseline_constraints="/opt/ml/processing/baseline/constraints.json")
    for name in ("another", "data-quality-baseline", "model-quality-baseline", "zebra"):
        job(service, name)
    assert sorted(one.job for one in found(service).values()) == [
        "another", "data-quality-baseline", "model-quality-baseline", "zebra",
    ]  # fmt: skip


def test_many_jobs_of_executions_hide_none(service: Any) -> None:
    rows = [
        {
            "kind": PROCESSING_JOB, "key": f"data-quality-monitoring-2026112610{n:04}",
            "name": f"data-quality-monitoring-2026112610{n:04}", "arn": f"a{n}", "status": "Completed",
            "created_at": NOW, "modified_at": NOW, "document": {}, "facts": {},
        }
        for n in range(1000)
    ]  # fmt: skip
    with service.database.write() as connection:
        connection.execute(insert(resources), rows)
    job(service, "the-only-one")
    assert [one.job for one in found(service).values()] == ["the-only-one"]
