"""The parts of captured and merged records: label, answer and features."""

import base64
import json
from datetime import UTC, datetime

import pytest

from leeboard.errors import InputError
from leeboard.formats.dataset_format import DatasetFormat
from leeboard.tables.modelled.usual import UsualRows
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY, Parts

CAPTURE = DatasetFormat("capture")
SCORE = Parts(probability="0", reads_features=False)
BOTH = Parts(prediction="0", probability="1", features=["age", "city"])


def payload(given):
    """CSV text, or a value as JSON; a dict with an encoding is taken as it is."""
    if isinstance(given, dict) and "encoding" in given:
        return given
    if isinstance(given, str):
        return {"data": given, "encoding": "CSV", "observedContentType": "text/csv"}
    return {"data": json.dumps(given), "encoding": "JSON", "observedContentType": "application/json"}


def line(output=None, input=None, label=None, batch=None, time="2022-04-18T00:21:48Z", **more):
    sides = {"endpointInput": input, "endpointOutput": output, "batchTransformOutput": batch}
    record = {"captureData": {name: payload(given) for name, given in sides.items() if given is not None}}
    if label is not None:
        record["groundTruthData"] = payload(label)
    return json.dumps(record | {"eventMetadata": {"eventId": "e", "inferenceTime": time}} | more)


@pytest.fixture
def read_lines(read, file):
    return lambda *lines, parts, **options: read(file("\n".join(lines) + "\n"), parts=parts, **options)


@pytest.fixture(params=["usual", "exact"])
def each_way(request, monkeypatch, read_lines):
    """Reads by the way for usual records, and by the one for any."""
    if request.param == "exact":
        monkeypatch.setattr(UsualRows, "texts", lambda self, lines: None)
    return read_lines


def test_label_and_answer_are_columns_and_features_have_their_names(each_way):
    found = each_way(line("1,0.9", "33,Rome", "1"), line("0,0.1\n", " 41 ,\n", "0\n"), parts=BOTH)
    assert found.columns == [LABEL, PREDICTION, PROBABILITY, "age", "city"]
    assert found.rows == [("1", "1", "0.9", "33", "Rome"), ("0", "0", "0.1", "41", None)]


def test_features_without_names_are_named_by_position(each_way):
    found = each_way(line("1", "33,Rome"), parts=Parts(prediction="0"))
    assert (found.columns, found.rows) == ([LABEL, PREDICTION, "_c0", "_c1"], [(None, "1", "33", "Rome")])


def test_what_is_not_wanted_is_not_read(each_way):
    found = each_way(line("0.9", {"data": "AAAA", "encoding": "BASE64"}, "1"), parts=SCORE)
    assert (found.columns, found.rows) == ([LABEL, PROBABILITY], [("1", "0.9")])


def test_records_without_ground_truth_have_no_label(each_way):
    found = each_way(line("0.9", label="1"), line("0.8"), parts=SCORE)
    assert found.rows == [("1", "0.9"), (None, "0.8")]


def test_an_empty_label_is_missing(each_way):
    assert each_way(line("0.9", label=" "), line("", label="1"), parts=SCORE).rows == [
        (None, "0.9"),
        ("1", None),
    ]


def test_several_rows_of_a_payload_are_joined_row_by_row(each_way):
    found = each_way(line("1,0.9\n0,0.1\n", "33,Rome\n41,Oslo\n", "1\n0"), parts=BOTH)
    assert found.rows == [("1", "1", "0.9", "33", "Rome"), ("0", "0", "0.1", "41", "Oslo")]


def test_unequal_numbers_of_rows_are_malformed(each_way):
    found = each_way(line("0.9\n0.8", label="1"), line("0.7", label="0"), parts=SCORE)
    assert found.rows == [("0", "0.7")]
    assert found.lines == [1]
    assert "1 of label, 2 of probability" in found.malformed[0].reason


def test_a_cell_that_is_not_there_is_malformed(each_way):
    found = each_way(
        line("1,0.9", label="1"), line("1", label="1"), parts=Parts(probability="1", reads_features=False)
    )
    assert (found.rows, found.lines) == ([("1", "0.9")], [2])
    assert "probability is cell 1, counted from 0, of a row of 1 cell" in found.malformed[0].reason


def test_a_row_of_too_few_features_is_malformed(each_way):
    found = each_way(line("1,0.9", "33,Rome", "1"), line("1,0.9", "33", "1"), parts=BOTH)
    assert (len(found.rows), found.lines) == (1, [2])
    assert "1 feature, 2 expected: age, city" in found.malformed[0].reason


def test_a_name_as_locator_of_csv_is_malformed_and_the_way_out_is_named(each_way):
    found = each_way(line("0.9"), parts=Parts(probability="score", reads_features=False))
    assert "is no index" in found.malformed[0].reason


def test_a_sole_number_is_a_score_if_nothing_else_is_said(each_way):
    parts = Parts(reads_features=False, sole_output_is_probability=True)
    found = each_way(line("0.9", label="1"), line("1,0.9", label="1"), parts=parts)
    assert (found.columns, found.rows, found.lines) == ([LABEL, PROBABILITY], [("1", "0.9")], [2])
    assert "2 values in the output" in found.malformed[0].reason


def test_quoted_lists_stay_as_they_are_written(each_way):
    found = each_way(
        line('cat,"[0.1, 0.9]"', label="dog"),
        parts=Parts(prediction="0", probability="1", reads_features=False),
    )
    assert found.rows == [("dog", "cat", "[0.1, 0.9]")]


def test_columns_are_left_out_by_name_and_by_position(each_way):
    assert each_way(line("1,0.9", "33,Rome"), parts=BOTH, exclude=["age"]).columns[3:] == ["city"]
    found = each_way(line("1,0.9", "33,Rome"), parts=BOTH, exclude=["0"])
    assert (found.columns[3:], found.rows[0][3:]) == (["city"], ("Rome",))
    only = Parts(prediction="0", features=["city"])
    assert each_way(line("1,0.9", "33,Rome"), parts=only, exclude=["0"]).rows == [(None, "1", "Rome")]


def test_records_outside_the_window_and_of_other_models_are_left_out(each_way):
    window = (datetime(2022, 4, 18, 1, tzinfo=UTC), datetime(2022, 4, 18, 2, tzinfo=UTC))
    lines = [
        line(str(hour), time=f"2022-04-18T0{hour}:30:00Z", targetModel=m) for hour in range(3) for m in "ab"
    ]
    assert each_way(*lines, parts=SCORE, window=window, target_model="b").rows == [(None, "1")]


def test_lines_that_are_no_records_are_counted(each_way):
    found = each_way(line("0.9"), "{not json", "[1]", line("0.8"), parts=SCORE)
    assert ([row[1] for row in found.rows], found.lines) == (["0.9", "0.8"], [2, 3])


@pytest.mark.parametrize(
    ("output", "locator", "expected"),
    [
        ({"score": 0.5}, "score", [0.5]),
        ({"out": {"p": 0.5}}, "out.p", [0.5]),
        ({"predictions": [{"score": 0.5}, {"score": 0.7}]}, "predictions[*].score", [0.5, 0.7]),
        ({"predictions": [{"score": 0.5}, {"score": 0.7}]}, "score", [0.5, 0.7]),
        ([{"score": 0.5}, {"score": 0.7}], "[*].score", [0.5, 0.7]),
        ({"predictions": [0.5, 0.7]}, "predictions[*]", [0.5, 0.7]),
        ({"predictions": [[0.5, 0.7]]}, "predictions[0]", ["[0.5,0.7]"]),
        ({"scores": [0.5, 0.7]}, "scores", ["[0.5,0.7]"]),
        ([0.5, 0.7], "1", [0.7]),
        ([[0.5, 0.7], [0.1, 0.2]], "1", [0.7, 0.2]),
        ({"the score": 0.5}, "the score", [0.5]),
        ({"score": None}, "score", [None]),
    ],
)
def test_answers_in_json_are_found_by_path(each_way, output, locator, expected):
    found = each_way(line(output), parts=Parts(probability=locator, reads_features=False))
    assert [row[0] for row in found.rows] == [None] * len(expected)
    assert [row[1] for row in found.rows] == expected


def test_a_path_that_finds_nothing_is_malformed(read_lines):
    found = read_lines(
        line({"score": 0.5}), line({"p": 0.5}), parts=Parts(probability="p", reads_features=False)
    )
    assert found.lines == [1]
    assert found.malformed[0].reason == "probability 'p' finds nothing in the output"


def test_a_wrong_path_is_refused(read_lines):
    with pytest.raises(InputError, match=r"probability='a\[' is not a JMESPath"):
        read_lines(line({"a": 1}), parts=Parts(probability="a["))


@pytest.mark.parametrize(
    ("label", "locator", "expected"),
    [
        ({"label": 1}, None, [1]),
        ({"label": 1, "weight": 2}, "label", [1]),
        (1, None, [1]),
        ({"instances": [{"label": 0}, {"label": 1}]}, None, [0, 1]),
        ({"instances": [{"label": 0}, {"label": 1}]}, "instances[*].label", [0, 1]),
        ({"labels": [0, 1]}, None, [0, 1]),
        ("0\n1", "target", ["0", "1"]),
        ("7,1\n8,0", "1", ["1", "0"]),
    ],
)
def test_labels_are_found_in_any_form(read_lines, label, locator, expected):
    output = "\n".join(["0.5"] * len(expected))
    parts = Parts(label=locator, probability="0", reads_features=False)
    assert [row[0] for row in read_lines(line(output, label=label), parts=parts).rows] == expected


def test_a_label_of_several_values_needs_a_locator(read_lines):
    found = read_lines(line("0.5", label={"a": 1, "b": 2}), parts=SCORE)
    assert "2 values in the ground truth" in found.malformed[0].reason


def test_one_list_of_answers_is_a_value_for_each_label(read_lines):
    found = read_lines(
        line({"predictions": [0.1, 0.9]}, label="0\n1"),
        parts=Parts(probability="predictions", reads_features=False),
    )
    assert found.rows == [("0", 0.1), ("1", 0.9)]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"age": 33, "city": "Rome"}, None),
        ({"city": "Rome", "age": 33, "id": 7}, None),
        ({"a": 33, "b": "Rome"}, None),
        ({"instances": [{"features": [33, "Rome"]}]}, None),
        ({"instances": [{"features": [33, "Rome"]}]}, "instances[*].features"),
        ({"instances": [{"f": {"age": 33, "city": "Rome"}}]}, "f"),
        ({"x": [33, "Rome"]}, "x"),
        ("33,Rome", "instances[*].features"),
    ],
)
def test_features_come_by_name_or_by_position(read_lines, given, path):
    found = read_lines(
        line({"s": 0.5}, given), parts=Parts(probability="s", features=["age", "city"]), features_path=path
    )
    assert found.columns[2:] == ["age", "city"]
    assert [str(cell) for cell in found.rows[0][2:]] == ["33", "Rome"]


def test_nested_features_are_malformed(read_lines):
    found = read_lines(line("0.5", {"a": {"b": [1]}}), parts=Parts(probability="0"))
    assert "features_path" in found.malformed[0].reason


def test_base64_is_decoded_and_json_lines_are_records(read_lines):
    lines = {"data": '{"s":0.5}\n{"s":0.7}\n', "encoding": "JSON"}
    text = {
        "data": base64.b64encode(b"1,2\n3,4\n").decode(),
        "encoding": "BASE64",
        "observedContentType": "text/csv",
    }
    assert read_lines(line(lines, text), parts=Parts(probability="s")).rows == [
        (None, 0.5, "1", "2"),
        (None, 0.7, "3", "4"),
    ]


def test_merged_outputs_of_transform_jobs_are_read(read_lines):
    found = read_lines(
        line(batch="1,0.9,33", label="1"), parts=Parts(prediction="0", probability="1", features=["age"])
    )
    assert found.rows == [("1", "1", "0.9", "33")]


@pytest.mark.parametrize("place", ["score", "SageMakerOutput.score"])
def test_a_joined_answer_is_found_from_where_it_stands_and_from_the_stored_record(read_lines, place):
    joined = {"SageMakerOutput": {"score": 0.9}, "age": 33}
    found = read_lines(line(batch=joined, label="1"), parts=Parts(probability=place))
    assert (found.columns, found.rows) == ([LABEL, PROBABILITY, "age"], [("1", 0.9, 33)])


def test_a_joined_answer_that_is_one_value_has_the_name_of_its_key(read_lines):
    parts = Parts(probability="SageMakerOutput")
    found = read_lines(line(batch={"SageMakerOutput": 0.9, "age": 33}, label="1"), parts=parts)
    assert found.rows == [("1", 0.9, 33)]


def test_rows_and_complaints_do_not_depend_on_the_size_of_chunks(read_lines, monkeypatch):
    monkeypatch.setattr("leeboard.tables.modelled.traffic.SLICE_BYTES", 900)
    lines = [
        line(f"{i % 2},0.{i}", f"{i},x" if i % 7 else "1", str(i % 2) if i % 5 else None) for i in range(60)
    ]
    lines += ["{", line("1\n1", "1"), line({"a": 1}, "1,2")]
    whole = read_lines(*lines, parts=BOTH)
    assert whole.n_malformed > 9
    for chunk_bytes in (1, 300, 1000, 5000):
        parts = read_lines(*lines, parts=BOTH, chunk_bytes=chunk_bytes)
        assert (parts.rows, parts.malformed) == (whole.rows, whole.malformed)


def test_records_as_they_were_recorded_are_read(read, data):
    found = read(data / "aws-files/capture.jsonl", parts=Parts(probability="0"))
    assert found.frame.shape == (44, 9)
    assert found.rows[0] == (None, "0.302709460258", "9", "45", "45", "42", "7", "5", "0")
    answers = Parts(prediction="predictions[*]", reads_features=False)
    assert (
        read(data / "aws-files/captured-data.jsonl", parts=answers).rows
        == [(None, x) for x in (3.5, 4.0, 5.5)] * 2
    )
