"""Definitions of pipelines for tests, as SageMaker's SDK writes them."""

import json
from typing import Any

BUCKET = "durability"
"""The one that durability tests empty after each other."""
ROLE = "arn:aws:iam::000000000000:role/Monitoring"
IMAGE = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"


def definition(*steps: dict[str, Any], parameters: Any = (), **members: Any) -> str:
    """One of these steps."""
    whole = {"Version": "2020-12-01", "Metadata": {}, "Parameters": list(parameters), "Steps": list(steps)}
    return json.dumps(whole | members)


def get(path: str) -> dict[str, str]:
    return {"Get": path}


def join(*values: Any, on: str = "/") -> dict[str, Any]:
    return {"Std:Join": {"On": on, "Values": list(values)}}


def json_get(step: str, file: str, path: str) -> dict[str, Any]:
    return {"Std:JsonGet": {"PropertyFile": get(f"Steps.{step}.PropertyFiles.{file}"), "Path": path}}


def compared(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


def step(name: str, kind: str, arguments: dict[str, Any], *after: str, **members: Any) -> dict[str, Any]:
    made = {"Name": name, "Type": kind, "Arguments": arguments, **members}
    return made | {"DependsOn": list(after)} if after else made


def fail(name: str, message: Any = "no good", *after: str) -> dict[str, Any]:
    return step(name, "Fail", {"ErrorMessage": message}, *after)


def condition(name: str, *conditions: Any, yes: Any = (), no: Any = (), **members: Any) -> dict[str, Any]:
    arguments = {"Conditions": list(conditions), "IfSteps": list(yes), "ElseSteps": list(no)}
    return step(name, "Condition", arguments, **members)


def training(name: str, *after: str, **arguments: Any) -> dict[str, Any]:
    """A step that is done at once."""
    return step(
        name,
        "Training",
        {
            "AlgorithmSpecification": {"TrainingImage": "toy:1", "TrainingInputMode": "File"},
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
            "RoleArn": ROLE,
            **arguments,
        },
        *after,
    )


def model(name: str, *after: str) -> dict[str, Any]:
    """A step that makes a model of the toy image."""
    arguments = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "toy:1"}}
    return step(name, "Model", arguments, *after)


def profile(name: str, *after: str, source: Any = f"s3://{BUCKET}/data", **members: Any) -> dict[str, Any]:
    """A step that profiles CSV files, with a property file `stats`."""
    place = {"S3DataType": "S3Prefix", "S3InputMode": "File", "LocalPath": "/opt/ml/processing/input"}
    target = join(f"s3://{BUCKET}/out", get("Execution.PipelineExecutionId"), name)
    output = {"S3Uri": target, "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
    arguments = {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
        "ProcessingInputs": [{"InputName": "rows", "S3Input": {"S3Uri": source, **place}}],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "result", "S3Output": output}]},
        "Environment": {
            "dataset_format": json.dumps({"csv": {"header": True}}),
            "dataset_source": "/opt/ml/processing/input",
            "output_path": "/opt/ml/processing/output",
        },
    }
    file = {"PropertyFileName": "stats", "OutputName": "result", "FilePath": "statistics.json"}
    return step(name, "Processing", arguments, *after, PropertyFiles=[file], **members)


def register(name: str, *after: str, group: str = "registered") -> dict[str, Any]:
    """A step that registers a version in a group, which it makes."""
    return step(name, "RegisterModel", {"ModelPackageGroupName": group}, *after)
