"""Processing jobs: baselines, on-demand checks, and those that schedules start."""

from typing import Any

from leeboard.api.operations import Operations
from leeboard.api.operations.kept import found, listed
from leeboard.api.operations.training_jobs import JOBS
from leeboard.api.wire import Call
from leeboard.service import described, jobs
from leeboard.service.arns import PROCESSING_JOB
from leeboard.service.resources import Resource


def create_processing_job(call: Call) -> dict[str, Any]:
    return {"ProcessingJobArn": jobs.create(call.desk, PROCESSING_JOB, dict(call.params), call.now).arn}


def describe_processing_job(call: Call) -> dict[str, Any]:
    with call.desk.database.read() as connection:
        job = found(call.desk, connection, PROCESSING_JOB, call.params["ProcessingJobName"])
    return described.processing_job(job) | {"MonitoringScheduleArn": job.facts.get("schedule_arn")}


def stop_processing_job(call: Call) -> dict[str, Any]:
    jobs.stop(call.desk, PROCESSING_JOB, call.params["ProcessingJobName"], call.now)
    return {}


def list_processing_jobs(call: Call) -> dict[str, Any]:
    page, token = listed(call, JOBS, PROCESSING_JOB)
    return {"ProcessingJobSummaries": [_summary(job) for job in page], "NextToken": token}


def _summary(job: Resource) -> dict[str, Any]:
    return {
        "ProcessingJobName": job.name,
        "ProcessingJobArn": job.arn,
        "CreationTime": job.created_at,
        "ProcessingEndTime": job.ended_at,
        "LastModifiedTime": job.modified_at,
        "ProcessingJobStatus": job.status,
        "FailureReason": job.facts.get("failure"),
        "ExitMessage": job.facts.get("exit_message"),
    }


ENTRY = Operations(
    "sagemaker",
    "processing jobs",
    (create_processing_job, describe_processing_job, stop_processing_job, list_processing_jobs),
    short_reads=frozenset({describe_processing_job}),
)
