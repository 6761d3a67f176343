"""Batch transform jobs."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import found, listed
from leeboard.api.operations.training_jobs import JOBS
from leeboard.api.wire import Call
from leeboard.service import jobs
from leeboard.service.arns import MODEL, TRANSFORM_JOB
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource

MOST_IN_FLIGHT_MB = 100


def create_transform_job(call: Call) -> dict[str, Any]:
    params = dict(call.params)
    payload, concurrent = params.get("MaxPayloadInMB", 6), params.get("MaxConcurrentTransforms", 1)
    if payload * concurrent > MOST_IN_FLIGHT_MB:
        raise InvalidRequestError(
            f"MaxConcurrentTransforms times MaxPayloadInMB is {payload * concurrent}; "
            f"at most {MOST_IN_FLIGHT_MB} is allowed"
        )
    with call.desk.database.read() as connection:
        found(call.desk, connection, MODEL, params["ModelName"])
    return {"TransformJobArn": jobs.create(call.desk, TRANSFORM_JOB, params, call.now).arn}


def describe_transform_job(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        job = found(call.desk, connection, TRANSFORM_JOB, call.params["TransformJobName"])
    return job.document | _summary(job) | {"TransformStartTime": job.started_at}


def stop_transform_job(call: Call) -> dict[str, Any]:
    jobs.stop(call.desk, TRANSFORM_JOB, call.params["TransformJobName"], call.now)
    return {}


def list_transform_jobs(call: Call) -> dict[str, Any]:
    page, token = listed(call, JOBS, TRANSFORM_JOB)
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
