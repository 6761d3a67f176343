"""The capture record as a preprocessing script sees it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


class EventData:
    """One side of a capture record: a view, so that what is assigned is in the record at once."""

    def __init__(self, section: dict[str, Any]) -> None:
        object.__setattr__(self, "_section", section)

    def __getattr__(self, name: str) -> Any:
        if name in ("encoding", "data", "observedContentType", "mode"):
            return self._section.get(name)
        raise AttributeError(f"event data has encoding, data, observedContentType and mode, no {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._section[name] = value

    def as_dict(self) -> dict[str, Any]:
        """Everything but the mode."""
        return {name: self._section.get(name) for name in ("encoding", "data", "observedContentType")}


class EventMetadata:
    """Which request it was, and when."""

    def __init__(self, section: Mapping[str, Any]) -> None:
        self.event_id = section.get("eventId")
        self.event_time = section.get("inferenceTime")
        self.custom_attribute = section.get("customAttributes")


class CapturedData:
    """One capture record, or one that was merged with its ground truth.

    >>> record = CapturedData({"captureData": {"endpointInput": {"data": "1,2", "encoding": "CSV"}}})
    >>> record.endpoint_input.data = "1,3"
    >>> record.as_dict()["captureData"]["endpointInput"]["data"]
    '1,3'
    """

    def __init__(self, event_dict: dict[str, Any]) -> None:
        captured = event_dict.get("captureData") or {}
        metadata = event_dict.get("eventMetadata")
        self.event_dict = event_dict
        self.event_version = event_dict.get("eventVersion")
        self.event_metadata = None if metadata is None else EventMetadata(metadata)
        self.endpoint_input = _event_data(captured.get("endpointInput"))
        self.endpoint_output = _event_data(captured.get("endpointOutput"))
        self.batch_transform_output = _event_data(captured.get("batchTransformOutput"))
        self.ground_truth = _event_data(event_dict.get("groundTruthData"))

    @property
    def event_data(self) -> SimpleNamespace:
        """The two sides under the names of the oldest generation of scripts."""
        return SimpleNamespace(endpointInput=self.endpoint_input, endpointOutput=self.endpoint_output)

    def as_dict(self) -> dict[str, Any]:
        """The record with all changes: the same dict at every call."""
        return self.event_dict

    def __str__(self) -> str:
        return str(self.as_dict())


def _event_data(section: dict[str, Any] | None) -> EventData | None:
    return None if section is None else EventData(section)


def is_capture(record: Any) -> bool:
    """Whether this is a capture record and no plain JSON record."""
    return isinstance(record, dict) and isinstance(record.get("captureData"), dict)
