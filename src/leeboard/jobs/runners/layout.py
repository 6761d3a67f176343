"""The folders and configuration files that a job finds."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leeboard.errors import InputError
from leeboard.jobs.runners.order import ProcessingOrder
from leeboard.storage import join

_HOST = "algo-1"
_INPUT = ("LocalPath", "S3Uri", "S3DataDistributionType", "S3DataType", "S3InputMode", "S3CompressionType")
_PLACES = ("opt/ml/config", "opt/ml/output/metrics/cloudwatch", "opt/ml/processing", "tmp")


def lay_out(order: ProcessingOrder) -> None:
    """Empties the scratch folder and makes what the contract promises.

    Raises:
        InputError: a path of the request does not lie below /opt/ml.
    """
    shutil.rmtree(order.root, ignore_errors=True)
    order.root.mkdir(parents=True, mode=0o700)
    os.chmod(order.root, 0o700)  # whatever the umask
    for place in (*_PLACES, *map(_relative, output_paths(order))):
        (order.root / place).mkdir(parents=True, exist_ok=True)
    config = order.root / "opt/ml/config"
    _write(config / "processingjobconfig.json", job_config(order))
    _write(config / "resourceconfig.json", {"current_host": _HOST, "hosts": [_HOST]})


def output_paths(order: ProcessingOrder) -> dict[str, str]:
    """What each folder of the job is uploaded to, by its path in the job."""
    outputs = (order.request.get("ProcessingOutputConfig") or {}).get("Outputs") or []
    stored = [one["S3Output"] for one in outputs if one.get("S3Output")]
    return {checked(one["LocalPath"]): one["S3Uri"] for one in stored}


def checked(path: str) -> str:
    """A path of the job, as it is.

    Raises:
        InputError: it lies elsewhere.
    """
    if not path.startswith("/opt/ml/"):
        raise InputError(
            f"the LocalPath {path!r} is not below /opt/ml/; name one such as /opt/ml/processing/x"
        )
    join("/", path)  # refuses '..'
    return path


def on_disk(order: ProcessingOrder, path: str) -> Path:
    """Where a path of the job lies on this machine."""
    return order.root / _relative(checked(path))


def job_config(order: ProcessingOrder) -> dict[str, Any]:
    """The request as the job sees it: every key is there, null if nothing was said."""
    asked = order.request
    app = asked.get("AppSpecification") or {}
    outputs = asked.get("ProcessingOutputConfig") or {}
    return {
        "ProcessingJobArn": order.arn,
        "ProcessingJobName": order.name,
        "Environment": dict(order.environment),
        "AppSpecification": {
            name: app.get(name) for name in ("ImageUri", "ContainerEntrypoint", "ContainerArguments")
        },
        "ProcessingInputs": [_input(one) for one in asked.get("ProcessingInputs") or []],
        "ProcessingOutputConfig": {
            "Outputs": [_output(one) for one in outputs.get("Outputs") or []],
            "KmsKeyId": outputs.get("KmsKeyId"),
        },
        "ProcessingResources": asked.get("ProcessingResources"),
        "RoleArn": asked.get("RoleArn"),
        "StoppingCondition": asked.get("StoppingCondition"),
    }


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    stored = given.get("S3Input")
    whole = (
        {**{name: stored.get(name) for name in _INPUT}, "S3DownloadMode": "StartOfJob"} if stored else None
    )
    return {
        "InputName": given.get("InputName"),
        "AppManaged": bool(given.get("AppManaged")),
        "S3Input": whole,
        "DatasetDefinition": given.get("DatasetDefinition"),
    }


def _output(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "OutputName": given.get("OutputName"),
        "AppManaged": bool(given.get("AppManaged")),
        "S3Output": given.get("S3Output"),
        "FeatureStoreOutput": given.get("FeatureStoreOutput"),
    }


def _relative(path: str) -> str:
    return path.strip("/")


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document), encoding="utf-8")
