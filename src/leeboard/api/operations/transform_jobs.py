"""Batch transform jobs."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import STATED, found, listed
from leeboard.api.wire import Call
from leeboard.jobs.transform.order import TransformOrder
from leeboard.service import described, jobs
from leeboard.service.arns import MODEL, TRANSFORM_JOB
from leeboard.service.resources import Resource


def create_transform_job(call: Call) -> dict[str, Any]:
    params = dict(call.params)
    TransformOrder.of(params, call.now)  # refuses what could only fail later
    with call.desk.database.read() as connection:
        found(call.desk, connection, MODEL, params["ModelName"])
    return {"TransformJobArn": jobs.create(call.desk, TRANSFORM_JOB, params, call.now).arn}


def describe_transform_job(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        job = found(call.desk, connection, TRANSFORM_JOB, call.params["TransformJobName"])
    return described.transform_job(job)


def stop_transform_job(call: Call) -> dict[str, Any]:
    jobs.stop(call.desk, TRANSFORM_JOB, call.params["TransformJobName"], call.now)
    return {}


def list_transform_jobs(call: Call) -> dict[str, Any]:
    page, token = listed(call, STATED, TRANSFORM_JOB)
    return {"TransformJobSummaries": [_summary(job) for job in page], "NextToken": token}


def _summary(job: Resource) -> dict[str, Any]:
    return {
        "TransformJobName": job.name,
        "TransformJobArn": job.arn,
        "CreationTime": job.created_at,
        "TransformEndTime": job.ended_at,
        "LastModifiedTime": job.modified_at,
        "TransformJobStatus": job.status,
        "FailureReason": job.facts.get("failure"),
    }


ENTRY = Operations(
    "sagemaker",
    "transform jobs",
    (create_transform_job, describe_transform_job, stop_transform_job, list_transform_jobs),
    short_reads=frozenset({describe_transform_job}),
)
