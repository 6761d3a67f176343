"""Pipelines of check steps as boto3 writes them, for tests."""

import json
from typing import Any

from api_documents import ANALYZER, BUCKET, CLARIFY, CLUSTER, unique
from live_server import ROLE, until

OUTPUT = "/opt/ml/processing/output"
UNENDED = ("Executing", "Stopping")


def arguments(data: str, results: str, *, image: str = ANALYZER, **environment: str) -> dict[str, Any]:
    """The processing job of a check step over `s3://BUCKET/{data}`."""
    folder = "/opt/ml/processing/input/baseline_dataset_input"
    return {
        "ProcessingResources": CLUSTER,
        "AppSpecification": {"ImageUri": image},
        "RoleArn": ROLE,
        "ProcessingInputs": [stored("baseline_dataset_input", data, folder)],
        "ProcessingOutputConfig": {"Outputs": [output(results)]},
        "Environment": {
            "dataset_format": '{"csv": {"header": true}}',
            "dataset_source": folder,
            "output_path": OUTPUT,
            "publish_cloudwatch_metrics": "Disabled",
            **environment,
        },
    }


def clarify(data: str, config: str, results: str) -> dict[str, Any]:
    """The job of a Clarify check."""
    return {
        "ProcessingResources": CLUSTER,
        "AppSpecification": {"ImageUri": CLARIFY},
        "RoleArn": ROLE,
        "ProcessingInputs": [
            stored("analysis_config", config, "/opt/ml/processing/input/config"),
            stored("dataset", data, "/opt/ml/processing/input/data"),
        ],
        "ProcessingOutputConfig": {"Outputs": [output(results)]},
    }


def stored(name: str, key: str, place: str) -> dict[str, Any]:
    """One input."""
    found = {
        "S3Uri": f"s3://{BUCKET}/{key}",
        "LocalPath": place,
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    return {"InputName": name, "AppManaged": False, "S3Input": found}


def output(results: str) -> dict[str, Any]:
    """Where all results go."""
    kept = {"S3Uri": f"s3://{BUCKET}/{results}", "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"}
    return {"OutputName": "quality_check_output", "AppManaged": False, "S3Output": kept}


def check(name: str, check_type: str, job: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A check step; fields are further ones of it."""
    kind = "QualityCheck" if check_type.endswith("_QUALITY") else "ClarifyCheck"
    return {"Name": name, "Type": kind, "CheckType": check_type, "Arguments": job, **fields}


def ran(sm: Any, *steps: dict[str, Any], parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Steps of an execution that has ended, by their names."""
    name = unique("checks")
    definition = {"Version": "2020-12-01", "Parameters": parameters or [], "Steps": list(steps)}
    sm.create_pipeline(
        PipelineName=name,
        PipelineDefinition=json.dumps(definition),
        RoleArn=ROLE,
        ClientRequestToken=name.ljust(32, "0"),
    )
    arn = sm.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    ended(sm, arn)
    listed = sm.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    return {each["StepName"]: each for each in listed}


def ended(sm: Any, arn: str) -> str:
    """The status that an execution has at its end."""
    return until(
        lambda: sm.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"],
        lambda status: status not in UNENDED,
    )
