"""Jobs and models as Describe operations tell them, which are the properties of steps of pipelines, too."""

from typing import Any

from leeboard.service import jobs
from leeboard.service.resources import Resource


def processing_job(job: Resource) -> dict[str, Any]:
    """As DescribeProcessingJob."""
    default = {"StoppingCondition": {"MaxRuntimeInSeconds": jobs.DAY_S}}
    return _told(default | job.document | {
        "ProcessingJobName": job.name,
        "ProcessingJobArn": job.arn,
        "ProcessingJobStatus": job.status,
        "CreationTime": job.created_at,
        "ProcessingStartTime": job.started_at,
        "ProcessingEndTime": job.ended_at,
        "LastModifiedTime": job.modified_at,
        "ExitMessage": job.facts.get("exit_message"),
        "FailureReason": job.facts.get("failure"),
    })  # fmt: skip


def transform_job(job: Resource) -> dict[str, Any]:
    """As DescribeTransformJob."""
    return _told(job.document | {
        "TransformJobName": job.name,
        "TransformJobArn": job.arn,
        "TransformJobStatus": job.status,
        "CreationTime": job.created_at,
        "TransformStartTime": job.started_at,
        "TransformEndTime": job.ended_at,
        "FailureReason": job.facts.get("failure"),
    })  # fmt: skip


def training_job(job: Resource) -> dict[str, Any]:
    """As DescribeTrainingJob."""
    output = str(job.document["OutputDataConfig"]["S3OutputPath"]).rstrip("/")
    return _told(job.document | {
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": job.status,
        "SecondaryStatus": job.status,
        "SecondaryStatusTransitions": [
            {
                "Status": job.status,
                "StartTime": job.started_at,
                "EndTime": job.ended_at,
                "StatusMessage": "Recorded; leeboard trains nothing",
            }
        ],
        "ModelArtifacts": {"S3ModelArtifacts": f"{output}/{job.name}/output/model.tar.gz"},
        "CreationTime": job.created_at,
        "TrainingStartTime": job.started_at,
        "TrainingEndTime": job.ended_at,
        "LastModifiedTime": job.modified_at,
        "BillableTimeInSeconds": 1,
        "TrainingTimeInSeconds": 1,
    })  # fmt: skip


def model(resource: Resource) -> dict[str, Any]:
    """As DescribeModel."""
    isolation = {"EnableNetworkIsolation": False}
    named = {"ModelName": resource.name, "ModelArn": resource.arn, "CreationTime": resource.created_at}
    return isolation | resource.document | named


def _told(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
