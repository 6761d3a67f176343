"""What is captured of an endpoint or of batches, and its first records."""

import json
from pathlib import Path

import pytest

from leeboard.service.service import Service
from leeboard.service.views.captured_data import data_of_batches, data_of_endpoint
from leeboard.service.views.captured_records import records_in
from leeboard.storage import join, write_bytes
from leeboard.storage.layout import HOUR, hour_folder
from watched_fleet import NOW, Fleet

AT = NOW.replace(minute=0)


def record(payload: str, encoding: str = "CSV", answer: str = "0.25") -> bytes:
    sent = {"observedContentType": "text/csv", "mode": "INPUT", "data": payload, "encoding": encoding}
    told = {"mode": "OUTPUT", "data": answer, "encoding": "CSV"}
    data = {"endpointInput": sent, "endpointOutput": told}
    whole = {"captureData": data, "eventMetadata": {"eventId": "e"}, "eventVersion": "0"}
    return json.dumps(whole).encode() + b"\n"


def test_the_latest_hours_come_first_and_records_are_of_the_last_file(
    fleet: Fleet, service: Service, tmp_path: Path
) -> None:
    endpoint = fleet.endpoint("churn")
    endpoint.facts["capture"]["DestinationS3Uri"] = str(tmp_path)
    for hours_ago, payload in ((30, "old,1"), (2, "b,2"), (1, "c,3"), (1, "d,4")):
        folder = hour_folder(tmp_path, "churn", "AllTraffic", at=AT - hours_ago * HOUR)
        write_bytes(f"{folder}/{payload[0]}.jsonl", record(payload))
    found = data_of_endpoint(service, endpoint)
    assert [(AT - hour, n) for hour, n, _ in found.hours] == [(HOUR, 2), (2 * HOUR, 1), (30 * HOUR, 1)]
    assert (found.records, found.columns, found.answers) == ((("d", "4"),), ("", ""), ("0.25",))
    assert (found.content_type, found.model, found.reason) == ("text/csv", "churn-model", "")


def test_where_nothing_is_captured_the_place_is_named(fleet: Fleet, service: Service, tmp_path: Path) -> None:
    endpoint = fleet.endpoint("churn")
    endpoint.facts["capture"]["DestinationS3Uri"] = str(tmp_path)
    assert data_of_endpoint(service, endpoint).reason == f"nothing is captured yet below {tmp_path}/churn"
    assert data_of_batches(str(tmp_path)).reason == f"nothing is captured yet below {tmp_path}"
    assert data_of_batches("").reason == "nothing is captured yet below any place"


def test_of_batches_the_hours_of_both_sides_count(tmp_path: Path) -> None:
    for side in ("input", "output"):
        write_bytes(join(str(tmp_path), side, f"{AT:%Y/%m/%d/%H}", "job.json"), b"[]")
    found = data_of_batches(str(tmp_path))
    assert found.hours == ((AT, 2, 4),)
    assert not found.records


def test_members_of_json_are_cells_with_names(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(record('{"age": 30, "plan": "basic"}', "JSON"))
    found = records_in(str(file))
    assert (found.columns, found.records) == (("age", "plan"), (("30", '"basic"'),))


DEEP = '{"a":' * 5_000 + "1" + "}" * 5_000


@pytest.mark.parametrize(
    ("payload", "encoding", "cells"),
    [
        ("", "CSV", ()),
        ("[1, 2]", "JSON", ("[1, 2]",)),
        ("{", "JSON", ("{",)),
        (DEEP, "JSON", (DEEP[:200],)),
        ("AAEC", "BASE64", ("AAEC",)),
    ],
    ids=["empty", "list", "broken", "deep", "bytes"],
)
def test_what_has_no_cells_is_shown_by_its_start(
    tmp_path: Path, payload: str, encoding: str, cells: tuple[str, ...]
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(record(payload, encoding))
    assert records_in(str(file)).records == (cells,)


@pytest.mark.parametrize(
    "line", [b"", b"\xff\xfe", b"[]", b'{"captureData": "text"}', b'{"captureData": {}}']
)
def test_what_is_no_record_is_passed_over(tmp_path: Path, line: bytes) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(line + b"\n" + record("a,1") + record("b,2")[:40])
    assert records_in(str(file)).records == (("a", "1"),)
