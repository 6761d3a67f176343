"""One request and its response as a capture record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from math import floor

from leeboard.capture.encoding import TextTypes, event_data
from leeboard.errors import FormatError, InputError
from leeboard.formats.capture import CaptureData, CaptureRecord, EventMetadata

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def capture_record(
    input_text: str | bytes | None,
    output_text: str | bytes | None,
    *,
    at: datetime,
    event_id: str,
    input_type: str | None = "text/csv",
    output_type: str | None = "text/csv; charset=utf-8",
    inference_id: str | None = None,
    custom_attributes: Sequence[str] | None = None,
    target_model: str | None = None,
    types: TextTypes | None = None,
) -> CaptureRecord:
    """A record as AWS writes it: what is None is left out.

    Args:
        input_text: the request; None if requests are not captured.
        output_text: the response; None if responses are not captured.
        at: when it was answered, aware; kept in whole seconds.
        event_id: the request's own id, unique.
        input_type: content type of the request, as sent.
        output_type: content type of the response, as sent.
        inference_id: the caller's id.
        custom_attributes: the caller's attributes.
        target_model: which model answered, behind a multi-model endpoint.
        types: the media types to keep as text; CSV and JSON if not given.

    Raises:
        InputError: for a time without a zone.
    """
    return CaptureRecord(
        captureData=CaptureData(
            endpointInput=None if input_text is None else event_data(input_text, input_type, "INPUT", types),
            endpointOutput=None
            if output_text is None
            else event_data(output_text, output_type, "OUTPUT", types),
        ),
        eventMetadata=EventMetadata(
            eventId=event_id,
            inferenceId=inference_id,
            customAttributes=None if custom_attributes is None else list(custom_attributes),
            inferenceTime=inference_time(at),
        ),
        eventVersion="0",
        targetModel=target_model,
    )


def inference_time(at: datetime) -> str:
    """A time as records spell it: UTC, whole seconds."""
    if at.tzinfo is not UTC and at.utcoffset() is None:
        raise InputError(
            f"the inference time {at.isoformat()} has no zone, so its hour is not known: "
            f"give it one, as in datetime(..., tzinfo=UTC)"
        )
    return _second(floor(at.timestamp()))


@lru_cache(maxsize=16)
def _second(timestamp: int) -> str:
    """Kept, as many requests end in the same one."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat()[:19] + "Z"


def answered_at(record: CaptureRecord) -> datetime:
    """The inference time of a record.

    Raises:
        FormatError: it has none, or not in UTC and whole seconds.
    """
    text = record.eventMetadata.inferenceTime
    try:
        return datetime.strptime(text or "", TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise FormatError(
            f"capture record {record.eventMetadata.eventId} has the inferenceTime {text!r}; "
            f"a time such as '2022-04-18T00:21:48Z' is needed to know its hour"
        ) from None
