import json
from typing import Any

import pytest

from leeboard.errors import FormatError
from leeboard.formats.capture import CaptureRecord, EventData, GroundTruthRecord, MergedRecord
from leeboard.formats.reading import read_record, to_json_line

REQUEST = {"observedContentType": "text/csv", "mode": "INPUT", "data": "1,2\n", "encoding": "CSV"}
RESPONSE = {"observedContentType": "text/csv", "mode": "OUTPUT", "data": "0.5", "encoding": "CSV"}
LABEL = {"data": "1", "encoding": "CSV"}
EVENT = {"eventId": "e1", "inferenceTime": "2022-04-18T00:21:48Z"}


def document(**changed: Any) -> dict[str, Any]:
    parts = {"endpointInput": REQUEST, "endpointOutput": RESPONSE}
    return {"captureData": parts, "eventMetadata": EVENT, "eventVersion": "0"} | changed


@pytest.mark.parametrize(
    "record",
    [
        document(),
        document(captureData={"endpointInput": REQUEST}),
        document(captureData={"endpointOutput": RESPONSE}),
        document(captureData={"endpointInput": {"data": "AA==", "encoding": "BASE64", "mode": "INPUT"}}),
        document(eventMetadata=EVENT | {"inferenceId": "mine", "customAttributes": ["a=1", "b"]}),
        document(targetModel="model-a.tar.gz"),
        document(captureData={"batchTransformOutput": LABEL}, groundTruthData=LABEL),
        document(later={"x": None}, eventMetadata=EVENT | {"region": 1}),
    ],
)
def test_a_capture_record_is_written_back_as_it_was(record: dict[str, Any]) -> None:
    read = read_record(CaptureRecord, json.dumps(record))
    assert json.loads(to_json_line(read)) == record


def test_a_ground_truth_record_needs_no_time() -> None:
    text = json.dumps({"groundTruthData": LABEL, "eventMetadata": {"eventId": "e1"}, "eventVersion": "0"})
    assert read_record(GroundTruthRecord, text).groundTruthData == EventData(data="1", encoding="CSV")


def test_a_merged_record_has_the_label_beside_the_payloads() -> None:
    merged = read_record(MergedRecord, json.dumps(document(groundTruthData=LABEL)))
    assert merged.groundTruthData.data == "1"
    assert merged.captureData.endpointOutput is not None
    assert merged.captureData.endpointOutput.data == "0.5"


def test_an_unknown_encoding_is_refused() -> None:
    wrong = document(captureData={"endpointInput": REQUEST | {"encoding": "XML"}})
    expected = "captureData.endpointInput.encoding is \"XML\"; expected 'CSV', 'JSON' or 'BASE64'"
    with pytest.raises(FormatError, match=expected):
        read_record(CaptureRecord, json.dumps(wrong))
