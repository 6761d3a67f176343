"""Training jobs: recorded, and completed at once; leeboard trains nothing."""

from dataclasses import replace
from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import STATED, found, listed, taken
from leeboard.api.wire import Call
from leeboard.service import described
from leeboard.service.arns import TRAINING_JOB
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, add, set_tags

JOBS = replace(STATED, order="Ascending")
"""Processing and training jobs are listed oldest first."""


def create_training_job(call: Call) -> dict[str, Any]:
    params = dict(call.params)
    tags, service = params.pop("Tags", []), call.desk
    name = params["TrainingJobName"]
    with service.database.write() as connection:
        job = add(
            connection,
            service.settings,
            TRAINING_JOB,
            name,
            params,
            now=call.now,
            status="Completed",
            started_at=call.now,
            ended_at=call.now,
        )
        if job is None:
            raise taken(service, TRAINING_JOB, name)
        set_tags(connection, job.arn, tags)
    return {"TrainingJobArn": job.arn}


def describe_training_job(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        job = found(call.desk, connection, TRAINING_JOB, call.params["TrainingJobName"])
    return described.training_job(job)


def _summary(job: Resource) -> dict[str, Any]:
    return {
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": job.status,
        "CreationTime": job.created_at,
        "LastModifiedTime": job.modified_at,
        "TrainingEndTime": job.ended_at,
    }


def stop_training_job(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        job = found(call.desk, connection, TRAINING_JOB, call.params["TrainingJobName"])
    raise InvalidRequestError(f"The training job {job.name} has ended already: {job.status}")


def list_training_jobs(call: Call) -> dict[str, Any]:
    jobs, token = listed(call, JOBS, TRAINING_JOB)
    return {"TrainingJobSummaries": [_summary(job) for job in jobs], "NextToken": token}


ENTRY = Operations(
    "sagemaker",
    "training jobs",
    (create_training_job, describe_training_job, stop_training_job, list_training_jobs),
    short_reads=frozenset({describe_training_job}),
)
