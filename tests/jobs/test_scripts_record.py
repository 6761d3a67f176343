"""The record that a handler gets, as its author uses it."""

from typing import Any

import pytest

from leeboard.jobs.scripts import Changed, Preprocessor

RECORD: dict[str, Any] = {
    "captureData": {
        "endpointInput": {
            "observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", "encoding": "CSV",
        },
        "endpointOutput": {"mode": "OUTPUT", "data": "0.5\n", "encoding": "CSV"},
    },
    "groundTruthData": {"data": "1", "encoding": "CSV"},
    "eventMetadata": {
        "eventId": "e-1", "inferenceTime": "2026-03-01T10:00:00Z", "customAttributes": ["test=true"],
    },
    "eventVersion": "0",
}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    def run(body, record=RECORD):
        file = tmp_path / "prep.py"
        file.write_text(f"def preprocess_handler(r):\n    {body}")
        with Preprocessor(file, log=print) as preprocessor:
            return preprocessor([record])[0]

    return run


@pytest.mark.parametrize(
    ("expression", "cell"),
    [
        ("r.event_metadata.event_id", "e-1"),
        ("r.event_metadata.event_time", "2026-03-01T10:00:00Z"),
        ("r.event_metadata.custom_attribute[0]", "test=true"),
        ("r.endpoint_input.data", "1,2"),
        ("r.endpoint_input.encoding", "CSV"),
        ("r.endpoint_input.observedContentType", "text/csv"),
        ("r.endpoint_input.mode", "INPUT"),
        (
            "str(r.endpoint_input.as_dict())",
            "{'encoding': 'CSV', 'data': '1,2', 'observedContentType': 'text/csv'}",
        ),
        ("r.endpoint_output.data", "0.5\n"),
        ("r.endpoint_output.observedContentType", None),
        ("r.ground_truth.data", "1"),
        ("r.batch_transform_output", None),
        ("r.event_version", "0"),
        ("r.event_dict['eventMetadata']['eventId']", "e-1"),
        ("r.event_data.endpointInput.data", "1,2"),
        ("r.event_data.endpointOutput.data", "0.5\n"),
        ("str(r) == str(r.as_dict()) == str(r.event_dict)", "true"),
        ("r.as_dict() is r.as_dict()", "true"),
        ("getattr(r.endpoint_input, 'nothing', 'no')", "no"),
    ],
)
def test_attribute(run, expression, cell):
    assert run(f"return [{expression}]") == [[cell]]


def test_a_merged_batch_record_has_its_output_and_no_input(run):
    record = {
        "captureData": {"batchTransformOutput": {"data": "3", "encoding": "CSV"}},
        "groundTruthData": {"data": "1", "encoding": "CSV"},
        "eventMetadata": {"eventId": "e-2"},
        "eventVersion": "0",
    }
    body = "return [r.batch_transform_output.data, r.endpoint_input, r.event_metadata.custom_attribute]"
    assert run(body, record) == [["3", None, None]]


@pytest.mark.parametrize(
    "change",
    [
        "r.endpoint_input.data = '1,9'",
        "r.event_data.endpointInput.data = '1,9'",
        "r.event_dict['captureData']['endpointInput']['data'] = '1,9'",
        "str(r); r.endpoint_input.data = '1,9'",  # a log line before the change does not undo it
    ],
)
def test_a_changed_record_that_is_given_back_comes_with_its_change(run, change):
    result = run(f"{change}; return r")
    assert isinstance(result, Changed)
    assert result.record["captureData"]["endpointInput"] == {
        **RECORD["captureData"]["endpointInput"], "data": "1,9",
    }  # fmt: skip
    assert result.record["eventMetadata"] == RECORD["eventMetadata"]


def test_changes_are_in_as_dict(run):
    body = "r.endpoint_input.data = '7'; return [r.as_dict()['captureData']['endpointInput']['data']]"
    assert run(body) == [["7"]]


def test_a_record_that_was_only_read_comes_back_unchanged(run):
    assert run("r.as_dict(); r.endpoint_input.data.split(','); return r") is None
