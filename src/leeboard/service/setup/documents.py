"""A wish as the documents that AWS's API takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.service.schedules.durations import format_duration
from leeboard.service.schedules.expressions import parse_expression
from leeboard.service.setup.wanted import Source, Wanted

PROCESSING = "/opt/ml/processing"
RESOURCES = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}
FORMATS: Mapping[str, dict[str, Any]] = {
    "csv": {"Csv": {"Header": False}},
    "csv-header": {"Csv": {"Header": True}},
    "json": {"Json": {"Line": False}},
    "jsonlines": {"Json": {"Line": True}},
    "parquet": {"Parquet": {}},
}


def definition_of(
    wanted: Wanted, monitoring_type: str, *, baseline: dict[str, Any], config_uri: str | None, now: datetime
) -> dict[str, Any]:
    """The request that makes the job definition.

    Args:
        baseline: its BaselineConfig; empty for none.
        config_uri: where the analysis configuration is; None for monitors without one.
    """
    application: dict[str, Any] = {"ImageUri": MONITOR_TYPES[monitoring_type].image}
    if config_uri:
        application["ConfigUri"] = config_uri
    if monitoring_type == "ModelQuality":
        application["ProblemType"] = wanted.answers.problem
    told = {
        "JobDefinitionName": wanted.name_of(monitoring_type),
        "RoleArn": wanted.role,
        "JobResources": RESOURCES,
        f"{monitoring_type}AppSpecification": application,
        f"{monitoring_type}JobInput": _input(wanted, monitoring_type, now),
        f"{monitoring_type}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": _output(wanted.output)}]},
    }
    return told | ({f"{monitoring_type}BaselineConfig": baseline} if baseline else {})


def schedule_of(wanted: Wanted, monitoring_type: str) -> dict[str, Any]:
    """The request that makes the schedule."""
    name = wanted.name_of(monitoring_type)
    return {
        "MonitoringScheduleName": name,
        "MonitoringScheduleConfig": {
            "ScheduleConfig": {"ScheduleExpression": wanted.expression},
            "MonitoringJobDefinitionName": name,
            "MonitoringType": monitoring_type,
        },
    }


def offsets_of(expression: str, wait_h: int, now: datetime) -> dict[str, str]:
    """Windows that end so long before the scheduled time that their labels have come."""
    period = parse_expression(expression, created_at=now).period_at(now)
    wait = timedelta(hours=wait_h)
    return {"StartTimeOffset": format_duration(-(period + wait)), "EndTimeOffset": format_duration(-wait)}


def _input(wanted: Wanted, monitoring_type: str, now: datetime) -> dict[str, Any]:
    told = _source(wanted.source) | _attributes(wanted, monitoring_type)
    merges = MONITOR_TYPES[monitoring_type].merges
    if merges and wanted.answers.wait_h:
        told |= offsets_of(wanted.expression, wanted.answers.wait_h, now)
    name = "EndpointInput" if wanted.source.endpoint else "BatchTransformInput"
    return {name: told} | ({"GroundTruthS3Input": {"S3Uri": wanted.answers.labels}} if merges else {})


def _source(source: Source) -> dict[str, Any]:
    how = {"S3InputMode": "File", "S3DataDistributionType": "FullyReplicated"}
    if source.endpoint:
        return {"EndpointName": source.endpoint, "LocalPath": f"{PROCESSING}/input/endpoint"} | how
    return {
        "DataCapturedDestinationS3Uri": source.batch,
        "DatasetFormat": FORMATS[source.batch_format],
        "LocalPath": f"{PROCESSING}/input/batch",
    } | how


def _attributes(wanted: Wanted, monitoring_type: str) -> dict[str, Any]:
    """Data quality looks at all cells and takes no places."""
    if monitoring_type == "DataQuality":
        return {}
    answers = wanted.answers
    given = {
        "FeaturesAttribute": answers.features if monitoring_type != "ModelQuality" else "",
        "InferenceAttribute": answers.inference,
        "ProbabilityAttribute": answers.probability,
        "ProbabilityThresholdAttribute": None
        if monitoring_type == "ModelExplainability"
        else answers.threshold,
    }
    return {name: value for name, value in given.items() if value not in ("", None)}


def _output(uri: str) -> dict[str, str]:
    return {"S3Uri": uri, "LocalPath": f"{PROCESSING}/output", "S3UploadMode": "EndOfJob"}
