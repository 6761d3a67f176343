"""Capture files at the places where AWS puts them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from leeboard.capture.record import capture_record
from leeboard.capture.writer import write_capture
from leeboard.errors import FormatError
from leeboard.formats.capture import CaptureData, CaptureRecord, EventMetadata
from leeboard.formats.reading import read_record, to_json_line

START = datetime(2022, 4, 18, 0, 20, 48, tzinfo=UTC)
FILE_ID = UUID("12345678-1234-4234-9234-123456789abc")


def record_after(minutes):
    return capture_record(
        "1,2\n", "0.5\n", at=START + timedelta(minutes=minutes), event_id=f"after-{minutes}"
    )


def event_ids(uri):
    lines = Path(uri).read_text(encoding="utf-8").splitlines()
    return [read_record(CaptureRecord, line).eventMetadata.eventId for line in lines]


def test_a_file_is_named_after_its_first_record(tmp_path):
    (uri,) = write_capture(tmp_path, "churn", "AllTraffic", [record_after(0)], new_id=lambda: FILE_ID)
    assert uri == f"{tmp_path}/churn/AllTraffic/2022/04/18/00/20-48-000-{FILE_ID}.jsonl"


def test_each_utc_hour_has_its_own_file(tmp_path):
    # 00:20:48, 00:59:48, 01:00:48
    uris = write_capture(tmp_path, "churn", "AllTraffic", map(record_after, [0, 39, 40]))
    assert [event_ids(uri) for uri in uris] == [["after-0", "after-39"], ["after-40"]]
    assert [Path(uri).parent.name for uri in uris] == ["00", "01"]


def test_records_are_put_in_order_of_time(tmp_path):
    (uri,) = write_capture(tmp_path, "churn", "AllTraffic", map(record_after, [5, 1, 3]))
    assert event_ids(uri) == ["after-1", "after-3", "after-5"]
    assert Path(uri).name.startswith("21-48-000-")


def test_a_file_holds_one_record_a_line_and_ends_with_a_line_end(tmp_path):
    record = record_after(0)
    (uri,) = write_capture(tmp_path, "churn", "AllTraffic", [record])
    assert Path(uri).read_text(encoding="utf-8") == to_json_line(record) + "\n"


def test_writing_twice_adds_a_second_file(tmp_path):
    uris = [write_capture(tmp_path, "churn", "AllTraffic", [record_after(0)])[0] for _ in range(2)]
    assert len(set(uris)) == 2


def test_no_records_make_no_file(tmp_path):
    assert write_capture(tmp_path, "churn", "AllTraffic", []) == []
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_if_one_record_has_no_time(tmp_path):
    timeless = CaptureRecord(captureData=CaptureData(), eventMetadata=EventMetadata(eventId="e7"))
    with pytest.raises(FormatError, match="e7"):
        write_capture(tmp_path, "churn", "AllTraffic", [record_after(0), timeless])
    assert list(tmp_path.iterdir()) == []
