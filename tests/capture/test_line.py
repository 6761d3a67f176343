"""The quick way from an exchange to a line gives what the slow one gives."""

import json
from datetime import UTC, datetime
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeboard.capture.exchange import Exchange
from leeboard.capture.line import capture_line
from leeboard.capture.record import capture_record
from leeboard.capture.settings import CaptureSettings
from leeboard.errors import InputError
from leeboard.formats.writing import to_json_line

AT = datetime(2022, 4, 18, 0, 21, 48, 700_000, tzinfo=UTC)
CONTENT_TYPES = st.sampled_from([None, "text/csv", "TEXT/csv; a=b", "application/json", "image/png", ""])
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.binary() | st.text().map(lambda text: text.encode("utf-8", "ignore")),
    st.binary(),
    CONTENT_TYPES,
    CONTENT_TYPES,
    st.booleans(),
    st.booleans(),
    TEXTS,
    TEXTS,
    TEXTS,
)
def test_a_line_is_the_record_of_the_exchange(
    body, answer, in_type, out_type, has_input, has_output, inference_id, attributes, target_model
):
    settings = CaptureSettings(destination="d", captures_input=has_input, captures_output=has_output)
    exchange = Exchange(
        input=body,
        input_type=in_type,
        output=answer,
        output_type=out_type,
        at=AT,
        event_id="e1",
        inference_id=inference_id,
        custom_attributes=attributes,
        target_model=target_model,
    )
    record = capture_record(
        body if has_input else None,
        answer if has_output else None,
        at=AT,
        event_id="e1",
        input_type=in_type,
        output_type=out_type,
        inference_id=inference_id,
        custom_attributes=None if attributes is None else [attributes],
        target_model=target_model,
    )
    line = capture_line(settings, exchange)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == json.loads(to_json_line(record))


def test_an_event_id_is_made_if_none_is_given():
    exchange = Exchange(input=b"1", input_type=None, output=b"2", output_type=None, at=AT)
    lines = [json.loads(capture_line(CaptureSettings(destination="d"), exchange)) for _ in range(2)]
    first, second = (line["eventMetadata"]["eventId"] for line in lines)
    assert str(UUID(first)) == first
    assert (UUID(first).version, UUID(first).variant) == (4, RFC_4122)
    assert first != second


def test_a_time_without_a_zone_is_refused():
    exchange = Exchange(input=b"", input_type=None, output=b"", output_type=None, at=AT.replace(tzinfo=None))
    with pytest.raises(InputError, match="has no zone"):
        capture_line(CaptureSettings(destination="d"), exchange)
