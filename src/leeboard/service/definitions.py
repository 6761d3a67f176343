"""What a job definition says once the gaps are filled that AWS fills."""

from typing import Any

from sqlalchemy import Connection

from leeboard.service.arns import DEFINITIONS, ENDPOINT, PROCESSING_JOB, arn_of
from leeboard.service.monitor_types import MONITOR_TYPES, STATISTICS_FILE
from leeboard.service.refusals import InvalidRequestError
from leeboard.service.resources import Resource, find
from leeboard.service.schedules.monitored import MonitoredInput
from leeboard.service.schedules.rules import DEFAULT_RUNTIME_S
from leeboard.service.settings import Settings


def endpoint_of(connection: Connection, settings: Settings, source: MonitoredInput) -> Resource | None:
    """The endpoint that is watched; None for batch data.

    Raises:
        InvalidRequestError: it is not there.
    """
    if not source.is_endpoint:
        return None
    name = source.endpoint or ""
    endpoint = find(connection, ENDPOINT, name)
    if endpoint is None:
        raise InvalidRequestError(f'Could not find endpoint "{arn_of(settings, ENDPOINT, name)}".')
    return endpoint


def capture_of(endpoint: Resource) -> dict[str, Any]:
    """The capture configuration of an endpoint.

    Raises:
        InvalidRequestError: it captures nothing.
    """
    config = endpoint.facts.get("capture")
    if not config or not config.get("EnableCapture", True):
        raise InvalidRequestError(
            f'Endpoint "{endpoint.arn}" does not have data capture enabled: update it to an endpoint '
            "configuration with a DataCaptureConfig, then monitor it"
        )
    return dict(config)


def completed(connection: Connection, document: dict[str, Any], monitoring_type: str) -> dict[str, Any]:
    """A definition as Describe tells it: what the SDK reads without looking whether it is there."""
    told = {"StoppingCondition": {"MaxRuntimeInSeconds": DEFAULT_RUNTIME_S}} | document
    if "NetworkConfig" in told:
        off = {"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False}
        told["NetworkConfig"] = off | told["NetworkConfig"]
    key = f"{monitoring_type}BaselineConfig"
    if key in told:
        told[key] = with_baseline_files(connection, told[key], monitoring_type)
    return told


def with_baseline_files(
    connection: Connection, baseline: dict[str, Any], monitoring_type: str
) -> dict[str, Any]:
    """A baseline that names its job alone gets the files that the job writes."""
    job = find(connection, PROCESSING_JOB, baseline.get("BaseliningJobName") or "")
    if job is None:
        return baseline
    outputs = job.document.get("ProcessingOutputConfig", {}).get("Outputs", [])
    folder = next((out["S3Output"]["S3Uri"].rstrip("/") for out in outputs if "S3Output" in out), None)
    if folder is None:
        return baseline
    kind = MONITOR_TYPES[monitoring_type]
    files = {"ConstraintsResource": {"S3Uri": f"{folder}/{kind.constraints_file}"}}
    if kind.takes_statistics:
        files["StatisticsResource"] = {"S3Uri": f"{folder}/{STATISTICS_FILE}"}
    return files | baseline


def find_definition(connection: Connection, monitoring_type: str, name: str) -> Resource | None:
    """A definition by its type and name."""
    return find(connection, DEFINITIONS[monitoring_type], name)
