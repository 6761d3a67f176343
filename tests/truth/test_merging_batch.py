"""Outputs of transform jobs and their labels."""

import json
from pathlib import Path

import pytest

from leeboard.errors import InputError
from leeboard.truth.merging import merge
from leeboard.truth.settings import MergeOptions

from .conftest import label

IDS = ["1f1d57b1-2e6f-488c-8c30-db4e6d757861", "22445434-0c67-45e9-bb4d-bd1bf26561e6"]
TIME = "2022-08-30T00:49:15Z"
MARKS = {"SageMakerInferenceId": IDS[0], "SageMakerInferenceTime": TIME}


@pytest.fixture
def merge_batch(tmp_path):
    def run(text, kind=None, name="part-0.csv.out"):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out" / name).write_text(text)
        (tmp_path / "labels.jsonl").write_text("\n".join(label(one, str(i)) for i, one in enumerate(IDS)))
        options = MergeOptions(is_batch=True, batch_kind=kind, folder_of=lambda uri: "nightly/2022/08/30/00")
        summary = merge(
            [tmp_path / "out"], [tmp_path / "labels.jsonl"], tmp_path / "m", job="j", options=options
        )
        lines = [line for file in summary.files for line in Path(file).read_text().splitlines()]
        return summary, list(map(json.loads, lines))

    return run


def test_csv_rows_lose_their_marks(merge_batch, tmp_path):
    summary, records = merge_batch(f'0.5,"x,y",{IDS[0]},{TIME}\n0.7,z,{IDS[1]},{TIME}\n0.1,w\n')
    assert records[0] == {
        "eventVersion": "0",
        "groundTruthData": {"data": "0", "encoding": "CSV"},
        "captureData": {"batchTransformOutput": {"data": '0.5,"x,y"', "encoding": "CSV"}},
        "eventMetadata": {"eventId": IDS[0]},
    }
    assert records[1]["captureData"]["batchTransformOutput"]["data"] == "0.7,z"
    assert "GenerateInferenceId" in summary.malformed_captures.samples[0].reason
    assert summary.files[0].startswith(str(tmp_path / "m/nightly/2022/08/30/00/part-00000-"))


def test_json_records_lose_their_marks(merge_batch):
    _, records = merge_batch(json.dumps({"score": 0.5, **MARKS}) + "\n")
    assert records[0]["captureData"] == {
        "batchTransformOutput": {"data": '{"score":0.5}', "encoding": "JSON"}
    }


def test_a_json_document_has_one_id_for_all_that_is_in_it(merge_batch):
    _, records = merge_batch(json.dumps({"predictions": [1, 2], **MARKS}), kind="json")
    assert records[0]["captureData"]["batchTransformOutput"]["data"] == '{"predictions":[1,2]}'


def test_parquet_has_no_ids_to_merge_by(merge_batch):
    with pytest.raises(InputError, match="csv, json, jsonl; 'parquet' was asked for"):
        merge_batch("x", kind="parquet")
