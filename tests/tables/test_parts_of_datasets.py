"""The parts of data sets, of outputs of transform jobs, and of what scripts make."""

import json

import polars as pl
import pytest

from leeboard.errors import FormatError
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY, Parts

ALL = Parts(label="y", prediction="p", probability="s")
ROWS = [{"y": 1, "p": 0, "s": 0.5, "age": 33}, {"y": 0, "p": 0, "s": 0.2, "age": 41}]
COLUMNS = [LABEL, PREDICTION, PROBABILITY, "age"]
MARK = "1f1d57b1-2e6f-488c-8c30-db4e6d757861,2022-08-30T00:49:15Z"


def test_csv_with_a_header_goes_by_name(read, file):
    found = read(file("y,p,s,age\n1,0,0.5,33\n"), parts=ALL)
    assert (found.columns, found.rows) == (COLUMNS, [("1", "0", "0.5", "33")])


def test_csv_without_header_goes_by_index_and_features_get_their_names(read, file):
    parts = Parts(label="3", probability="0", features=["age", "city"])
    known = DatasetFormat("csv", header=False)
    found = read(file("0.5,33,Rome,1\n"), parts=parts, dataset_format=known)
    assert found.columns == [LABEL, PROBABILITY, "age", "city"]
    assert found.rows == [("1", "0.5", "33", "Rome")]


def test_digits_are_a_name_first_and_an_index_then(read):
    frame = pl.DataFrame({"1": [7], "x": [8]})
    assert read(frame, parts=Parts(label="1", prediction="0")).frame.to_dicts() == [
        {LABEL: 7, PREDICTION: 7, "x": 8}
    ]


def test_a_column_that_is_not_there_is_named_with_the_nearest(read):
    with pytest.raises(FormatError, match=r"no column 'lable' for the label in .*, did you mean 'label'\?"):
        read(pl.DataFrame({"label": [1]}), parts=Parts(label="lable"))


@pytest.mark.parametrize("kind", ["jsonl", "json", "parquet", "frame"])
def test_every_kind_of_data_gives_the_same_parts(read, file, tmp_path, kind):
    frame = pl.DataFrame(ROWS)
    frame.write_parquet(tmp_path / "p.parquet")
    data = {
        "frame": frame,
        "parquet": tmp_path / "p.parquet",
        "jsonl": file("\n".join(map(json.dumps, ROWS))),
        "json": file(json.dumps(ROWS), "j.json"),
    }[kind]
    found = read(data, parts=ALL)
    assert (found.columns, found.rows) == (COLUMNS, [(1, 0, 0.5, 33), (0, 0, 0.2, 41)])


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "frame"])
def test_lists_of_scores_are_json_text_and_unwanted_columns_may_be_nested(read, file, tmp_path, kind):
    row = {"y": 1, "s": [0.1, 0.9], "more": [{"a": 1}]}
    frame = pl.DataFrame([row])
    frame.write_parquet(tmp_path / "p.parquet")
    data = {"frame": frame, "parquet": tmp_path / "p.parquet", "jsonl": file(json.dumps(row) + "\n")}[kind]
    found = read(data, parts=Parts(label="y", probability="s", reads_features=False))
    assert found.rows == [(1, "[0.1,0.9]")]


def test_features_are_left_out_by_name(read, file):
    found = read(file("y,age,city\n1,33,Rome\n"), parts=Parts(label="y"), exclude=["age", "y"])
    assert found.columns == [LABEL, "city"]


def test_json_lines_may_hold_features_as_a_list(read, file):
    parts = Parts(label="label", features=["age", "n"])
    text = '{"features":[33,1],"label":1}\n{"features":[41,2],"label":0}\n'
    for path in (None, "features"):
        found = read(file(text), parts=parts, features_path=path)
        assert (found.columns, found.rows) == ([LABEL, "age", "n"], [(1, 33, 1), (0, 41, 2)])


def test_a_json_document_may_hold_all_records(read, file):
    text = json.dumps({"instances": [{"features": [33, 1], "label": 1}, {"features": [41, 2], "label": 0}]})
    parts = Parts(label="instances[*].label", features=["age", "n"])
    for path in (None, "instances[*].features"):
        assert read(file(text), parts=parts, features_path=path).rows == [(1, 33, 1), (0, 41, 2)]
    array = json.dumps([{"features": [33, 1], "label": 1}])
    parts = Parts(label="[*].label", features=["age", "n"])
    assert read(file(array), parts=parts, features_path="[*].features").rows == [(1, 33, 1)]


def test_a_record_without_its_label_is_malformed(read, file):
    found = read(file('{"y":1,"a":2}\n{"a":3}\n'), parts=Parts(label="y"))
    assert (found.rows, found.lines) == ([(1, 2)], [2])


def test_outputs_of_transform_jobs_lose_their_marks(read, file):
    found = read(file(f"33,0.5,{MARK}\n"), parts=Parts(probability="1", features=["age"]), is_batch=True)
    assert (found.columns, found.rows) == ([PROBABILITY, "age"], [("0.5", "33")])


def test_a_sole_output_of_a_transform_job_is_a_score(read, file):
    parts = Parts(sole_output_is_probability=True)
    assert read(file(f"0.5,{MARK}\n"), parts=parts, is_batch=True).columns == [PROBABILITY]
    found = read(
        file('{"age":33,"SageMakerOutput":0.5,"SageMakerInferenceId":"a"}\n'), parts=parts, is_batch=True
    )
    assert (found.columns, found.rows) == ([PROBABILITY, "age"], [(0.5, 33)])


def test_joined_records_have_answers_in_the_output_and_features_beside_it(read, file):
    record = {"SageMakerOutput": {"score": 0.5}, "age": 33, "y": 1}
    parts = Parts(label="y", probability="score")
    for marks in ({}, {"SageMakerInferenceId": "a", "SageMakerInferenceTime": "t"}):
        found = read(file(json.dumps(record | marks) + "\n"), parts=parts, is_batch=True)
        assert (found.columns, found.rows) == ([LABEL, PROBABILITY, "age"], [(1, 0.5, 33)])


CAPTURED = (
    '{"captureData":{"endpointOutput":{"data":"0.5","encoding":"CSV"}},%s"eventMetadata":{"eventId":"e"}}\n'
)
LABELLED = CAPTURED % '"groundTruthData":{"data":"1","encoding":"CSV"},'
SCRIPTED = Parts(label="y", probability="s", reads_features=False)


def to_each(result):
    return lambda records: [result for _ in records]


def test_the_rows_of_a_script_hold_the_parts(read, file):
    found = read(file(LABELLED), parts=SCRIPTED, transform=to_each([{"s": "0.7", "y": "0", "x": "5"}]))
    assert found.rows == [("0", "0.7")]
    with_features = Parts(label="y", probability="s")
    found = read(file(LABELLED), parts=with_features, transform=to_each([{"s": "0.7", "y": "0", "x": "5"}]))
    assert (found.columns, found.rows) == ([LABEL, PROBABILITY, "x"], [("0", "0.7", "5")])


def test_a_script_may_leave_the_label_to_the_ground_truth(read, file):
    found = read(file(LABELLED + CAPTURED % ""), parts=SCRIPTED, transform=to_each([{"s": "0.7"}]))
    assert found.rows == [("1", "0.7"), (None, "0.7")]


def test_integer_keys_and_lists_of_a_script_go_by_index(read, file):
    parts = Parts(probability="1", reads_features=False)
    for row in ({"0": "a", "1": "0.7"}, ["a", "0.7"]):
        assert read(file(LABELLED), parts=parts, transform=to_each([row])).rows == [("1", "0.7")]


def test_a_script_that_gives_no_field_for_a_part_is_told_so(read, file):
    found = read(file(LABELLED), parts=SCRIPTED, transform=to_each([{"score": "0.7"}]))
    assert "no field 's' for the probability; fields there: score" in found.malformed[0].reason


def test_a_script_may_leave_a_record_as_it_is(read, file):
    parts = Parts(probability="0", reads_features=False)
    assert read(file(LABELLED), parts=parts, transform=to_each(None)).rows == [("1", "0.5")]
