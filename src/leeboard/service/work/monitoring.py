"""The processing job of one execution: its inputs, its environment, its outputs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leeboard.errors import LeeboardError, NoDataError
from leeboard.formats.source import Source
from leeboard.service.arns import ENDPOINT
from leeboard.service.definitions import with_baseline_files
from leeboard.service.executions import Execution
from leeboard.service.monitor import Monitor
from leeboard.service.resources import Resource, find
from leeboard.service.schedules.names import JOB_KINDS, job_name, result_folder
from leeboard.service.service import Service
from leeboard.storage import join, list_objects, read_bytes
from leeboard.storage.layout import hour_folder, hours_of

NO_DATA = "Job inputs had no data"
TIME = "%Y-%m-%dT%H:%M:%SZ"
STATISTICS = "/opt/ml/processing/baseline/stats"
CONSTRAINTS = "/opt/ml/processing/baseline/constraints"
CODE = "/opt/ml/processing/code"
VIOLATIONS = "constraint_violations.json"
DEFAULT_VARIANT = "AllTraffic"
CAPTURED = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}


@dataclass(frozen=True, slots=True)
class MonitoringJob:
    """A processing job to be made.

    Attributes:
        request: as CreateProcessingJob would have it.
        optional_inputs: names of inputs that may turn out empty.
        results: where its result files go.
    """

    name: str
    request: dict[str, Any]
    results: str
    optional_inputs: frozenset[str] = frozenset()

    def count_violations(self) -> int | None:
        """How many violations its file lists; None if it cannot be read."""
        try:
            found = Source(VIOLATIONS).parse(read_bytes(join(self.results, VIOLATIONS)))
            return len(found["violations"])
        except (LeeboardError, KeyError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a job reads: its inputs, and the variables that tell about them."""

    inputs: list[dict[str, Any]]
    environment: dict[str, str] = field(default_factory=dict)


def monitoring_job(
    service: Service, schedule: Resource, execution: Execution, monitor: Monitor
) -> MonitoringJob:
    """What is to be run for an execution.

    Raises:
        NoDataError: nothing was captured in the window; says where it was looked for.
    """
    feed = _endpoint_feed(service, execution, monitor)
    results = result_folder(
        monitor.output_uri,
        schedule=schedule.name,
        scheduled_at=execution.scheduled_at,
        endpoint=execution.endpoint,
    )
    baseline = list(_baseline(service, monitor))
    scripts = list(_scripts(monitor))
    extra = [each for each, _ in (*baseline, *scripts)]
    told = dict(pair for _, pair in (*baseline, *scripts))
    name = job_name(JOB_KINDS[monitor.monitoring_type], execution.scheduled_at, f"execution {execution.id}")
    request = {
        "ProcessingJobName": name,
        "ProcessingInputs": [*extra, *feed.inputs],
        "ProcessingOutputConfig": _output(monitor, results),
        "ProcessingResources": {"ClusterConfig": monitor.cluster},
        "StoppingCondition": {"MaxRuntimeInSeconds": monitor.max_runtime_s},
        "AppSpecification": _application(monitor),
        "Environment": {
            **_environment(schedule, execution, monitor), **feed.environment, **told, **monitor.environment
        },
        "NetworkConfig": monitor.network,
        "RoleArn": monitor.role,
    }  # fmt: skip
    return MonitoringJob(name, {key: value for key, value in request.items() if value is not None}, results)


def _endpoint_feed(service: Service, execution: Execution, monitor: Monitor) -> Feed:
    """The hour folders of all variants that have something in them."""
    given = monitor.endpoint_input
    assert given is not None  # noqa: S101 - there is one, as the schedule watches an endpoint
    assert execution.endpoint is not None  # noqa: S101
    destination, variants = _capture_places(service, execution.endpoint)
    hours = hours_of(execution.window_start_at, execution.window_end_at)
    local = str(given["LocalPath"]).rstrip("/")
    inputs: list[dict[str, Any]] = []
    for variant in variants:
        for hour in hours:
            folder = hour_folder(destination, execution.endpoint, variant, at=hour)
            if next(iter(list_objects(folder, missing_ok=True)), None):
                path = hour_folder(local, execution.endpoint, variant, at=hour)
                inputs.append(_input(f"endpoint_input_{len(inputs) + 1}", folder, path))
    if not inputs:
        raise NoDataError(_nothing_captured(service, destination, execution, variants, hours))
    return Feed(
        inputs,
        {
            "dataset_source": local,
            "dataset_format": json.dumps(CAPTURED),
            "sagemaker_endpoint_name": execution.endpoint,
            "sagemaker_endpoint_datacapture_prefix": destination,
            **_attributes(given),
        },
    )


def _capture_places(service: Service, name: str) -> tuple[str, list[str]]:
    with service.database.read() as connection:
        endpoint = find(connection, ENDPOINT, name)
    config = endpoint.facts.get("capture") if endpoint else None
    if endpoint is None or config is None:
        raise NoDataError(f"the endpoint {name} is not there any more, or captures nothing")
    variants = [variant["name"] for variant in endpoint.facts.get("variants", [])]
    return config["DestinationS3Uri"].rstrip("/"), list(dict.fromkeys([*variants, DEFAULT_VARIANT]))


def _nothing_captured(
    service: Service,
    destination: str,
    execution: Execution,
    variants: Sequence[str],
    hours: Sequence[datetime],
) -> str:
    """Where it was looked for, and what is there instead."""
    name = execution.endpoint or ""
    window = f"{execution.window_start_at:{TIME}} to {execution.window_end_at:{TIME}}"
    looked = f"{join(destination, name)}/{{{','.join(variants)}}}/"
    looked += f"{hours[0]:%Y/%m/%d/%H}" + (f" to {hours[-1]:%Y/%m/%d/%H}" if len(hours) > 1 else "")
    captured = [each for each in service.capture.counts() if each.endpoint == name]
    n_captured = sum(each.captured for each in captured)
    seen = f"this server captured {n_captured} requests of endpoint {name} since it started"
    if any(list_objects(join(destination, name) + "/", missing_ok=True)):
        return f"no capture file in the window {window}: looked in {looked}; other hours have some; {seen}"
    return f"no capture file at all below {join(destination, name)}, for the window {window}; {seen}"


def _attributes(given: dict[str, Any]) -> dict[str, str]:
    names = {
        "FeaturesAttribute": "features_attribute",
        "InferenceAttribute": "inference_attribute",
        "ProbabilityAttribute": "probability_attribute",
        "ProbabilityThresholdAttribute": "probability_threshold_attribute",
        "ExcludeFeaturesAttribute": "exclude_features_attribute",
    }
    return {variable: str(given[name]) for name, variable in names.items() if given.get(name) is not None}


def _baseline(service: Service, monitor: Monitor) -> Iterator[tuple[dict[str, Any], tuple[str, str]]]:
    with service.database.read() as connection:
        named = with_baseline_files(connection, monitor.baseline, monitor.monitoring_type)
    for member, input_name, folder, variable in (
        ("StatisticsResource", "baseline", STATISTICS, "baseline_statistics"),
        ("ConstraintsResource", "constraints", CONSTRAINTS, "baseline_constraints"),
    ):
        if uri := (named.get(member) or {}).get("S3Uri"):
            yield _input(input_name, uri, folder), (variable, f"{folder}/{uri.rpartition('/')[2]}")


def _scripts(monitor: Monitor) -> Iterator[tuple[dict[str, Any], tuple[str, str]]]:
    for member, input_name, folder, variable in (
        (
            "RecordPreprocessorSourceUri",
            "pre_processor_script",
            "preprocessing",
            "record_preprocessor_script",
        ),
        (
            "PostAnalyticsProcessorSourceUri",
            "post_processor_script",
            "postprocessing",
            "post_analytics_processor_script",
        ),
    ):
        if uri := monitor.application.get(member):
            path = f"{CODE}/{folder}"
            yield _input(input_name, uri, path), (variable, f"{path}/{uri.rpartition('/')[2]}")


def _input(name: str, uri: str, path: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": path,
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _output(monitor: Monitor, results: str) -> dict[str, Any]:
    given = monitor.output["MonitoringOutputs"][0]["S3Output"]
    stored = {
        "S3Uri": results,
        "LocalPath": given["LocalPath"],
        "S3UploadMode": given.get("S3UploadMode", "Continuous"),
    }
    config: dict[str, Any] = {"Outputs": [{"OutputName": "result", "AppManaged": False, "S3Output": stored}]}
    if key := monitor.output.get("KmsKeyId"):
        config["KmsKeyId"] = key
    return config


def _application(monitor: Monitor) -> dict[str, Any]:
    names = ("ImageUri", "ContainerEntrypoint", "ContainerArguments")
    return {name: monitor.application[name] for name in names if name in monitor.application}


def _environment(schedule: Resource, execution: Execution, monitor: Monitor) -> dict[str, str]:
    return {
        "output_path": monitor.output_path,
        "publish_cloudwatch_metrics": "Disabled",
        "start_time": execution.window_start_at.strftime(TIME),
        "end_time": execution.window_end_at.strftime(TIME),
        "metric_time": execution.window_start_at.strftime(TIME),
        "sagemaker_monitoring_schedule_name": schedule.name,
    }
