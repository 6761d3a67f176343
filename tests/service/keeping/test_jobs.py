"""Jobs of users and of pipelines go once they are old, but for those that something refers to."""

from collections import Counter
from typing import Any

import pytest

from leeboard.service.arns import DEFINITIONS, PIPELINE, TRANSFORM_JOB
from leeboard.service.keeping import jobs, pipelines
from leeboard.service.pipelines.kept import add_execution, add_step, steps_of
from leeboard.service.resources import add
from leeboard.state.tables import pipeline_executions

from .conftest import DAY, NOW, add_job, job_arn, names, total

OLD = NOW - 30 * DAY
AGO = NOW - 300 * DAY


def output(folder: str) -> dict[str, Any]:
    return {"ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": folder}}]}}


def test_old_jobs_that_have_ended_go_of_both_kinds(service: Any) -> None:
    add_job(service, "old", AGO)
    add_job(service, "young", NOW - DAY)
    add_job(service, "runs", AGO, status="InProgress")
    add_job(service, "old", AGO, kind=TRANSFORM_JOB, status="Failed")
    assert total(jobs.forget(service, OLD, is_trial=True)) == Counter({"jobs": 2})
    assert total(jobs.forget(service, OLD)) == Counter({"jobs": 2})
    assert names(service) == {"young", "runs"}
    assert names(service, TRANSFORM_JOB) == set()


def test_jobs_that_made_a_baseline_in_use_stay(service: Any) -> None:
    for name in ("named", "by-folder", "edited", "inline", "unused"):
        add_job(service, name, AGO, document=output(f"s3://b/{name}/"))
    constraints = {"ConstraintsResource": {"S3Uri": "s3://b/by-folder/constraints.json"}}
    edited = {"ConstraintsResource": {"S3Uri": "s3://b/edited/edited/2026-1/constraints.json"}}
    inline = {"MonitoringJobDefinition": {"BaselineConfig": {"BaseliningJobName": "Inline"}}}
    with service.database.write() as connection:
        for number, told in enumerate(({"BaseliningJobName": "Named"}, constraints, edited)):
            document = {"DataQualityBaselineConfig": told}
            add(connection, service.settings, DEFINITIONS["DataQuality"], f"d{number}", document, now=NOW)
        document = {"MonitoringScheduleConfig": inline}
        add(connection, service.settings, "monitoring-schedule", "s", document, now=NOW)
    assert total(jobs.forget(service, OLD)) == Counter({"jobs": 1})
    assert names(service) == {"named", "by-folder", "edited", "inline"}


def test_jobs_that_made_what_a_version_of_constraints_goes_back_to_stay(service: Any) -> None:
    add_job(service, "first", AGO, document=output("s3://b/first"))
    version = {"number": 1, "constraints": "s3://b/first/constraints.json", "config": "", "at": ""}
    with service.database.write() as connection:
        add(connection, service.settings, "monitoring-schedule", "s", {}, now=NOW,
            facts={"constraint_versions": [version]})  # fmt: skip
    assert total(jobs.forget(service, OLD)) == Counter()


def test_jobs_of_a_window_that_stays_stay(service: Any, add_schedule: Any, add_windows: Any) -> None:
    schedule = add_schedule()
    (one,) = add_windows(schedule, 300)
    add_job(service, one.merge_name, AGO, facts={"schedule_id": schedule.id})
    add_job(service, "data-quality-monitoring-202601010000-abc", AGO, facts={"schedule_id": schedule.id})
    assert total(jobs.forget(service, OLD)) == Counter({"jobs": 1})
    assert names(service) == {one.analysis_name, one.merge_name}


@pytest.fixture
def piped(service: Any) -> Any:
    """Executions of a pipeline that were started so many days ago, each with one job."""

    def make(pipeline: int, *days: int, status: str = "Succeeded") -> list[int]:
        made = []
        for age in days:
            at = NOW - age * DAY
            name = f"job-{pipeline}-{age}"
            add_job(service, name, at)
            with service.database.write() as connection:
                one = add_execution(
                    connection, key=f"{pipeline:06}{age:06}", pipeline_id=pipeline, pipeline_name="p",
                    token=f"t{age}", status=status, role="r", parameters={}, definition="{}", created_at=at,
                    modified_at=at, ended_at=None if status == "Executing" else at,
                )  # fmt: skip
                metadata = {"ProcessingJob": {"Arn": job_arn(service, name)}}
                add_step(connection, one.id, now=at, name="check", type="Processing", status="Succeeded",
                         attempt=1, step_metadata=metadata, begin_at=at)  # fmt: skip
            made.append(one.id)
        return made

    return make


def test_the_last_execution_of_a_pipeline_stays_with_its_steps_and_jobs(service: Any, piped: Any) -> None:
    with service.database.write() as connection:
        pipeline = add(connection, service.settings, PIPELINE, "p", {}, now=AGO)
    assert pipeline
    ids = piped(pipeline.id, 300, 200, 100)
    removed = piped(10_000, 150)
    assert total(pipelines.forget(service, OLD, is_trial=True)) == Counter({"pipeline executions": 3})
    assert total(pipelines.forget(service, OLD)) == Counter({"pipeline executions": 3})
    with service.database.read() as connection:
        assert list(connection.execute(pipeline_executions.select())) != []
        assert [bool(steps_of(connection, one)) for one in [*ids, *removed]] == [False, False, True, False]
    assert total(jobs.forget(service, OLD)) == Counter({"jobs": 3})
    assert names(service) == {f"job-{pipeline.id}-100"}


def test_an_execution_of_a_pipeline_that_goes_on_stays(service: Any, piped: Any) -> None:
    piped(1, 300, status="Executing")
    piped(1, 200)
    assert total(pipelines.forget(service, OLD)) == Counter({"pipeline executions": 1})
    assert total(jobs.forget(service, OLD)) == Counter({"jobs": 1})
    assert names(service) == {"job-1-300"}
