"""Requests and responses as capture records."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from leeboard.capture.record import answered_at, capture_record
from leeboard.errors import FormatError, InputError
from leeboard.formats.capture import CaptureData, CaptureRecord, EventMetadata
from leeboard.formats.reading import to_json_line

AT = datetime(2022, 4, 18, 0, 21, 48, 700_000, tzinfo=UTC)


def test_a_record_is_written_as_aws_writes_it():
    record = capture_record("28,0,157.2\n", "0.0146", at=AT, event_id="e1", inference_id="mine")
    assert json.loads(to_json_line(record)) == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": "28,0,157.2\n",
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "text/csv; charset=utf-8",
                "mode": "OUTPUT",
                "data": "0.0146",
                "encoding": "CSV",
            },
        },
        "eventMetadata": {
            "eventId": "e1",
            "inferenceId": "mine",
            "inferenceTime": "2022-04-18T00:21:48Z",
        },
        "eventVersion": "0",
    }


def test_what_the_caller_did_not_send_is_left_out():
    record = json.loads(to_json_line(capture_record("1", None, at=AT, event_id="e1")))
    assert list(record["captureData"]) == ["endpointInput"]
    assert set(record["eventMetadata"]) == {"eventId", "inferenceTime"}
    assert "targetModel" not in record


def test_attributes_and_target_model_are_kept():
    record = capture_record(
        "1", "2", at=AT, event_id="e1", custom_attributes=("trace=1", "beta"), target_model="b.tar.gz"
    )
    assert record.eventMetadata.customAttributes == ["trace=1", "beta"]
    assert record.targetModel == "b.tar.gz"


def test_times_of_other_zones_are_written_in_utc():
    at = datetime(2022, 4, 18, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    record = capture_record("1", "2", at=at, event_id="e1")
    assert record.eventMetadata.inferenceTime == "2022-04-17T23:30:00Z"
    assert answered_at(record) == at


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InputError, match="2022-04-18T00:00:00 has no zone"):
        capture_record("1", "2", at=datetime(2022, 4, 18), event_id="e1")  # noqa: DTZ001


def test_a_record_that_does_not_say_when_is_named():
    record = CaptureRecord(
        captureData=CaptureData(), eventMetadata=EventMetadata(eventId="e7", inferenceTime="placeholder")
    )
    with pytest.raises(FormatError, match="e7 has the inferenceTime 'placeholder'"):
        answered_at(record)
