"""What a monitoring job reads, and how that is told to it."""

from dataclasses import dataclass, field
from typing import Any

from leeboard.errors import LeeboardError
from leeboard.formats.source import Source
from leeboard.storage import join, read_bytes

VIOLATIONS = "constraint_violations.json"
TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a job reads: its inputs, and the variables that tell about them."""

    inputs: list[dict[str, Any]]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonitoringJob:
    """A processing job to be made.

    Attributes:
        request: as CreateProcessingJob would have it.
        results: where its result files go.
        optional_inputs: names of inputs that may turn out empty.
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


def stored_input(name: str, uri: str, path: str, *, data_type: str = "S3Prefix") -> dict[str, Any]:
    """An input of a processing job."""
    return {
        "InputName": name,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": path,
            "S3DataType": data_type,
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def attributes_of(given: dict[str, Any]) -> dict[str, str]:
    """Where in a record the cells are, as the analyzer is told it."""
    names = {
        "FeaturesAttribute": "features_attribute",
        "InferenceAttribute": "inference_attribute",
        "ProbabilityAttribute": "probability_attribute",
        "ProbabilityThresholdAttribute": "probability_threshold_attribute",
        "ExcludeFeaturesAttribute": "exclude_features_attribute",
    }
    return {variable: str(given[name]) for name, variable in names.items() if given.get(name) is not None}
