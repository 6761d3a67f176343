"""What a job definition watches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from leeboard.service.monitor_types import TYPES
from leeboard.service.refusals import InvalidRequestError

Document = Mapping[str, Any]
"""A request or a part of one, as boto3 sends it."""
JOB_INPUTS = tuple(f"{each}JobInput" for each in TYPES)
SOURCES = ("EndpointInput", "BatchTransformInput")


@dataclass(frozen=True, slots=True)
class MonitoredInput:
    """What a job definition watches: an endpoint or the captured data of batch transforms."""

    document: Document
    is_endpoint: bool

    @classmethod
    def of(cls, definition: Document) -> Self:
        """The input of any of the kinds of job definition or of an inline one.

        Raises:
            InvalidRequestError: unless it has exactly one of EndpointInput and BatchTransformInput.
        """
        inputs: list[Document] = [definition[name] for name in JOB_INPUTS if name in definition]
        inputs += definition.get("MonitoringInputs") or []
        if len(inputs) != 1:
            raise InvalidRequestError(f"a job definition has one input, this one has {len(inputs)}.")
        given = [name for name in SOURCES if inputs[0].get(name) is not None]
        if len(given) != 1:
            raise InvalidRequestError(
                f"the job's input has {' and '.join(given) or 'no source'}: "
                f"give exactly one of {' and '.join(SOURCES)}."
            )
        return cls(inputs[0][given[0]], is_endpoint=given[0] == "EndpointInput")

    @property
    def endpoint(self) -> str | None:
        """The name of the watched endpoint; None for batch data."""
        return self.document.get("EndpointName") if self.is_endpoint else None

    @property
    def start_offset(self) -> str | None:
        """StartTimeOffset as sent."""
        return self.document.get("StartTimeOffset")

    @property
    def end_offset(self) -> str | None:
        """EndTimeOffset as sent."""
        return self.document.get("EndTimeOffset")
