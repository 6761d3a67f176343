"""Records of traffic and of labels, one a line: captured, ground truth, and both merged.

Fields are spelled as in the file, so that a record reads the same here and there.
"""
# ruff: noqa: N815

from typing import Literal

from leeboard.formats.part import Part


class EventData(Part):
    """One payload: its text, or base64 of its bytes."""

    observedContentType: str | None = None
    mode: Literal["INPUT", "OUTPUT"] | None = None
    data: str
    encoding: Literal["CSV", "JSON", "BASE64"]


class CaptureData(Part):
    """The payloads of one request; batch traffic has its output alone."""

    endpointInput: EventData | None = None
    endpointOutput: EventData | None = None
    batchTransformOutput: EventData | None = None


class EventMetadata(Part):
    """Which request it was, and when; the time is text, as some records hold a placeholder."""

    eventId: str
    inferenceId: str | None = None
    customAttributes: list[str] | None = None
    inferenceTime: str | None = None


class CaptureRecord(Part):
    """One request and its response.

    Attributes:
        targetModel: leeboard's extension: the model that answered, behind a multi-model endpoint.
        groundTruthData: only in a merged record.
    """

    captureData: CaptureData
    eventMetadata: EventMetadata
    eventVersion: str = "0"
    targetModel: str | None = None
    groundTruthData: EventData | None = None


class GroundTruthRecord(Part):
    """The label of one request; its event id is the request's inference id, if that has one."""

    groundTruthData: EventData
    eventMetadata: EventMetadata
    eventVersion: str = "0"


class MergedRecord(Part):
    """One request with its label."""

    eventVersion: str = "0"
    groundTruthData: EventData
    captureData: CaptureData
    eventMetadata: EventMetadata
    targetModel: str | None = None
