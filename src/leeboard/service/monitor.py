"""What a schedule monitors, read from an inline definition or from a job definition of any type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from leeboard.service.monitor_types import INLINE_TYPE
from leeboard.service.schedules.rules import runtime_limit_s


@dataclass(frozen=True, slots=True)
class Monitor:
    """The parts of a definition under one name each; what stands in them is spelled as AWS does.

    Attributes:
        job_input: `EndpointInput` or `BatchTransformInput`, and `GroundTruthS3Input` where it takes labels.
        application: image, scripts, settings.
    """

    monitoring_type: str
    application: dict[str, Any]
    job_input: dict[str, Any]
    output: dict[str, Any]
    cluster: dict[str, Any]
    baseline: dict[str, Any]
    environment: dict[str, str]
    network: dict[str, Any] | None
    role: str
    max_runtime_s: int

    @classmethod
    def of_inline(cls, given: Mapping[str, Any]) -> Self:
        """From a `MonitoringJobDefinition`."""
        return cls(
            monitoring_type=INLINE_TYPE,
            application=given["MonitoringAppSpecification"],
            job_input=given["MonitoringInputs"][0],
            output=given["MonitoringOutputConfig"],
            cluster=given["MonitoringResources"]["ClusterConfig"],
            baseline=given.get("BaselineConfig", {}),
            environment=given.get("Environment", {}),
            network=given.get("NetworkConfig"),
            role=given["RoleArn"],
            max_runtime_s=runtime_limit_s(given),
        )

    @classmethod
    def of_definition(cls, given: Mapping[str, Any], monitoring_type: str) -> Self:
        """From the request that made a job definition."""
        application = given[f"{monitoring_type}AppSpecification"]
        return cls(
            monitoring_type=monitoring_type,
            application=application,
            job_input=given[f"{monitoring_type}JobInput"],
            output=given[f"{monitoring_type}JobOutputConfig"],
            cluster=given["JobResources"]["ClusterConfig"],
            baseline=given.get(f"{monitoring_type}BaselineConfig", {}),
            environment=application.get("Environment", {}),
            network=given.get("NetworkConfig"),
            role=given["RoleArn"],
            max_runtime_s=runtime_limit_s(given),
        )

    @property
    def endpoint_input(self) -> dict[str, Any] | None:
        return self.job_input.get("EndpointInput")

    @property
    def source(self) -> dict[str, Any]:
        """The input that is watched, of either kind; both have offsets and attributes."""
        return self.endpoint_input or self.job_input["BatchTransformInput"]

    @property
    def merges(self) -> bool:
        """Whether captured records are joined with labels before they are analysed."""
        return "GroundTruthS3Input" in self.job_input

    @property
    def labels_uri(self) -> str:
        """Where the labels are, below which there is a folder for each hour."""
        return str(self.job_input["GroundTruthS3Input"]["S3Uri"]).rstrip("/")

    @property
    def output_uri(self) -> str:
        return str(self._output["S3Uri"]).rstrip("/")

    @property
    def output_path(self) -> str:
        return str(self._output["LocalPath"])

    @property
    def _output(self) -> dict[str, Any]:
        return dict(self.output["MonitoringOutputs"][0]["S3Output"])
