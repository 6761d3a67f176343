"""Executions of a merge and an analysis: what becomes of their jobs when hands change in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from leeboard.clock import now
from leeboard.service import executions, scheduling
from leeboard.service.arns import DEFINITIONS, PROCESSING_JOB, SCHEDULE
from leeboard.service.executions import Execution
from leeboard.service.queue import LeaseLostError, claim
from leeboard.service.resources import add, find
from leeboard.service.service import Service
from leeboard.service.work.kinds.execution import give_up, perform
from leeboard.service.work.planner import plan_due
from leeboard.service.work.task import Task
from leeboard.state.tables import executions as executions_table
from leeboard.storage.layout import merged_name

ROLE = "arn:aws:iam::123456789012:role/x"
TEN = datetime(2026, 1, 2, 10, tzinfo=UTC)


def definition(folder: Path) -> dict[str, Any]:
    outputs = [{"S3Output": {"S3Uri": str(folder / "out"), "LocalPath": "/opt/ml/processing/output"}}]
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 20}
    return {
        "ModelQualityAppSpecification": {
            "ImageUri": "x/sagemaker-model-monitor-analyzer",
            "ProblemType": "Regression",
        },
        "ModelQualityJobInput": {
            "EndpointInput": {"EndpointName": "churn", "LocalPath": "/opt/ml/processing/input"},
            "GroundTruthS3Input": {"S3Uri": str(folder / "labels")},
        },
        "ModelQualityJobOutputConfig": {"MonitoringOutputs": outputs},
        "JobResources": {"ClusterConfig": cluster},
        "RoleArn": ROLE,
    }


@pytest.fixture
def execution(service: Service, tmp_path: Path) -> Execution:
    """One that is planned. Neither its endpoint nor its labels are there."""
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
        "MonitoringJobDefinitionName": "d",
        "MonitoringType": "ModelQuality",
    }
    with service.database.write() as connection:
        kind = DEFINITIONS["ModelQuality"]
        add(connection, service.settings, kind, "d", definition(tmp_path), now=TEN)
        add(
            connection, service.settings, SCHEDULE, "s", {"MonitoringScheduleConfig": config}, now=TEN,
            status="Scheduled", endpoint="churn", monitoring_type="ModelQuality", definition="d", due_at=TEN,
        )  # fmt: skip
    plan_due(service, TEN)
    return read(service)


@pytest.fixture
def merged(service: Service, execution: Execution, tmp_path: Path) -> Execution:
    """Its merge is done, its analysis was begun."""
    file = tmp_path / "out/merge/churn/AllTraffic/2026/01/02/09" / merged_name(execution.merge_name)
    file.parent.mkdir(parents=True)
    file.write_text("{}\n")
    begun(service, execution, execution.merge_name, "Completed")
    begun(service, execution, execution.analysis_name, "InProgress")
    return execution


def begun(service: Service, execution: Execution, name: str, status: str) -> None:
    request = {"ProcessingJobName": name, "AppSpecification": {"ImageUri": "x"}, "RoleArn": ROLE}
    with service.database.write() as connection:
        assert executions.begin(connection, execution, name, now=TEN)
        facts = {"schedule_id": execution.schedule_id}
        add(connection, service.settings, PROCESSING_JOB, name, request, now=TEN, status=status, facts=facts)


def read(service: Service) -> Execution:
    with service.database.read() as connection:
        return Execution.of(connection.execute(select(*executions.COLUMNS)).one())


def states(service: Service, execution: Execution) -> list[str | None]:
    """Of the merge and of the analysis."""
    with service.database.read() as connection:
        jobs = [
            find(connection, PROCESSING_JOB, name) for name in (execution.merge_name, execution.analysis_name)
        ]
    return [job.status if job else None for job in jobs]


@pytest.fixture
def take(service: Service) -> Callable[[], Task]:
    def taken() -> Task:
        held = claim(service.database, "me", ["execution"], now=now() + timedelta(hours=1), lease_s=60)
        assert held is not None
        return Task(service, None, held)

    return taken


def test_a_second_attempt_goes_on_with_the_analysis_and_does_not_look_for_labels_again(
    service: Service, merged: Execution, take: Callable[[], Task]
) -> None:
    task = take()
    task.is_closing.set()
    perform(task)
    assert (read(service).status, read(service).job_name) == ("InProgress", merged.analysis_name)
    assert states(service, merged) == ["Completed", "InProgress"]


def test_no_job_outlives_a_deleted_schedule_whose_execution_waits_for_another_attempt(
    service: Service, merged: Execution
) -> None:
    scheduling.delete(service, "s", now())
    assert read(service).status == "Stopped"
    assert states(service, merged) == ["Completed", "Stopped"]


def test_an_execution_that_is_given_up_takes_both_of_its_jobs_with_it(
    service: Service, merged: Execution, take: Callable[[], Task]
) -> None:
    with service.database.write() as connection:
        connection.execute(update(executions_table).values(job_name=merged.merge_name))
    give_up(take(), "too often")
    assert read(service).failure_reason == "too often"
    assert states(service, merged) == ["Completed", "Failed"]


def test_a_worker_whose_work_is_anothers_begins_no_job_of_it(
    service: Service, merged: Execution, take: Callable[[], Task]
) -> None:
    old = take()
    old.later(0)
    take()
    before = read(service)
    with pytest.raises(LeaseLostError):
        perform(old)
    assert read(service) == before
