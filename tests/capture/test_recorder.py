"""Recording from Python."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from leeboard.capture import Recorder
from leeboard.capture.recorder import default_folder
from leeboard.errors import InputError


@pytest.fixture
def recorder(spool, tmp_path, clock):
    return Recorder(endpoint="churn", destination=tmp_path / "captures", spool=spool, now=clock)


def sides(record):
    data = record["captureData"]
    return [(data[side]["data"], data[side]["encoding"]) for side in ("endpointInput", "endpointOutput")]


@pytest.mark.parametrize(
    ("payload", "written"),
    [
        ("1,2\n", ("1,2\n", "CSV")),
        ({"age": 3, "plan": "é"}, ('{"age":3,"plan":"é"}', "JSON")),
        ([1, None], ("[1,null]", "JSON")),
        ('{"age": 3}', ('{"age": 3}', "JSON")),
        (0.25, ("0.25", "CSV")),
        (np.array([1.5, 2.0]), ("[1.5,2.0]", "JSON")),
        ({"score": np.float64(0.5)}, ('{"score":0.5}', "JSON")),
        (b"\x00\x01", ("AAE=", "BASE64")),
    ],
    ids=repr,
)
def test_payloads_are_written_as_what_they_are(recorder, captured, payload, written):
    recorder.record(payload, payload)
    recorder.flush()
    assert sides(captured()[0]) == [written, written]


def test_a_given_content_type_decides(recorder, captured):
    recorder.record(b"1,2", '{"a":1}\n{"a":2}\n', input_type="text/csv", output_type="application/jsonlines")
    recorder.flush()
    assert sides(captured()[0]) == [("1,2", "CSV"), ('{"a":1}\n{"a":2}\n', "JSON")]


def test_ids_attributes_model_and_time_are_kept(recorder, captured):
    event_id = recorder.record(
        "1",
        "2",
        inference_id="mine",
        custom_attributes="trace=1",
        target_model="b.tar.gz",
        at=datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    recorder.flush()
    assert captured()[0]["targetModel"] == "b.tar.gz"
    assert captured()[0]["eventMetadata"] == {
        "eventId": event_id,
        "inferenceId": "mine",
        "customAttributes": ["trace=1"],
        "inferenceTime": "2020-01-02T03:04:05Z",
    }


@pytest.mark.parametrize(
    "payload", [object(), {"a": {1, object()}}, "\ud800"], ids=["object", "set", "surrogate"]
)
def test_what_cannot_be_written_is_counted_and_not_raised(recorder, payload):
    assert recorder.record(payload, 1) is None
    assert recorder.spool.counts()[0].failed == 1


def test_leaving_the_block_ships(tmp_path, captured):
    given = {"destination": tmp_path / "captures", "spool": tmp_path / "spool", "disk_limit": 1}
    with Recorder(endpoint="churn", **given) as recorder:
        recorder.record("1", "2")
    assert len(captured()) == 1
    assert list((tmp_path / "spool").iterdir()) == []


PROGRAM = """
import sys
from leeboard.capture import Recorder
recorder = Recorder(endpoint="churn", destination=sys.argv[1], disk_limit=1)
recorder.record({"age": 3}, 0.5)
"""


def test_a_program_that_just_ends_has_shipped_and_used_the_folder_of_user_data(
    tmp_path, captured, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path / "captures")], check=True, timeout=120
    )
    assert sides(captured()[0]) == [('{"age":3}', "JSON"), ("0.5", "CSV")]
    assert default_folder(str(tmp_path / "captures")).is_relative_to(tmp_path / "data")
    assert default_folder(str(tmp_path / "captures")).is_dir()


def test_destinations_have_folders_of_their_own():
    assert default_folder("s3://a/captures") != default_folder("s3://b/captures")


def test_a_spool_that_cannot_be_made_is_told_at_once(tmp_path):
    Path(tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        Recorder(endpoint="churn", destination="captures", spool=tmp_path / "file")


def test_only_one_side_may_be_wanted(spool, tmp_path, captured):
    recorder = Recorder(endpoint="e", destination=tmp_path / "captures", spool=spool, captures_input=False)
    recorder.record("1", "2")
    recorder.flush()
    assert list(captured()[0]["captureData"]) == ["endpointOutput"]
