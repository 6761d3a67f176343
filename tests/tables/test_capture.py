"""Capture files."""

import base64
import json
from datetime import UTC, datetime

import pytest

from leeboard.errors import InputError
from leeboard.formats.dataset_format import DatasetFormat

CAPTURE = DatasetFormat("capture")


def side(data, encoding="CSV", content_type="text/csv"):
    return {"observedContentType": content_type, "data": data, "encoding": encoding}


def record(output=None, input=None, time="2022-04-18T00:21:48Z", **more):
    """A line; sides are CSV texts, or made by `side`."""
    sides = {"endpointInput": input, "endpointOutput": output}
    captured = {
        name: given if isinstance(given, dict) else side(given)
        for name, given in sides.items()
        if given is not None
    }
    metadata = {"eventId": "e", "inferenceTime": time}
    return json.dumps({"captureData": captured, "eventMetadata": metadata, "eventVersion": "0", **more})


def as_json(value):
    return side(value if isinstance(value, str) else json.dumps(value), "JSON", "application/json")


@pytest.fixture
def read_lines(read, file):
    """Reads capture lines; a format need not be given."""
    return lambda *lines, **options: read(file("\n".join(lines) + "\n"), **options)


def test_output_cells_stand_before_input_cells(read_lines):
    found = read_lines(record("0.9", "1,x"), record("0.1\n", " 2 ,\n"))
    assert found.columns == ["_c0", "_c1", "_c2"]
    assert found.rows == [("0.9", "1", "x"), ("0.1", "2", None)]


def test_output_cells_can_stand_last(read_lines):
    assert read_lines(record("0.9", "1,x"), output_columns_position="END").rows == [("1", "x", "0.9")]


def test_cells_get_names_by_position_and_further_ones_a_name_of_their_own(read_lines):
    assert read_lines(record("0.9", "1,2"), names=["y", "a"]).columns == ["y", "a", "_c2"]


@pytest.mark.parametrize(("sides", "row"), [({"input": "1,2"}, ("1", "2")), ({"output": "0.9"}, ("0.9",))])
def test_one_side_alone_is_a_row(read_lines, sides, row):
    assert read_lines(record(**sides)).rows == [row]


def test_only_the_wanted_side_is_read(read_lines):
    wanted = DatasetFormat("capture", capture_index_names=("endpointInput",))
    assert read_lines(record("0.9", "1,2"), dataset_format=wanted).rows == [("1", "2")]


def test_line_i_of_the_output_joins_line_i_of_the_input(read_lines):
    found = read_lines(record("0.1\n0.2\n", '1,"x\ny"\n2,z\n'), record("0.3", "3,w"))
    assert found.rows == [("0.1", "1", "x\ny"), ("0.2", "2", "z"), ("0.3", "3", "w")]


def test_unequal_line_counts_are_malformed(read_lines):
    found = read_lines(record("0.1\n0.2", "1"), record("0.3", "3"))
    assert found.rows == [("0.3", "3")]
    assert found.lines == [1]
    assert "2 rows on one side for 1" in found.malformed[0].reason


def test_rows_of_another_width_keep_their_cells_and_are_counted(read_lines):
    found = read_lines(*[record("0", "1,2")] * 3, record("0", "1"), record("0", "1,2,3"))
    assert found.columns == ["_c0", "_c1", "_c2", "_c3"]
    assert found.rows[3:] == [("0", "1", None, None), ("0", "1", "2", "3")]
    assert [(one.line, one.reason) for one in found.malformed] == [
        (4, "2 cells, 3 expected"),
        (5, "4 cells, 3 expected"),
    ]


def test_quotes_that_do_not_match_harm_their_own_record_alone(read_lines):
    found = read_lines(record("0", '"a'), record("1", "b"), record("2", '"c'))
    assert found.rows == [("0", '"a'), ("1", "b"), ("2", '"c')]


def test_lines_that_are_no_records_are_counted_with_line_and_reason(read_lines):
    good = record("0.9", "1")
    found = read_lines(good, "", "{not json", '{"eventVersion":"0"}', "[1]", good[:-20])
    assert found.rows == [("0.9", "1")]
    assert found.lines == [3, 4, 5, 6]
    assert [one.reason[:8] for one in found.malformed] == ["not JSON", "no captu", "no captu", "not JSON"]


def test_a_last_line_without_line_end_is_read(read, file):
    assert read(file(record("0.9", "1"))).rows == [("0.9", "1")]


def test_a_line_that_is_not_utf_8_is_counted(read, file):
    lines = record("0.9", "1").encode() + b"\n" + record("0.9", "x").encode().replace(b'"x"', b'"\xff"')
    found = read(file(lines))
    assert (len(found.rows), found.lines) == (1, [2])


def test_json_objects_make_one_flat_row_in_which_the_output_wins(read_lines):
    found = read_lines(record(as_json({"score": 0.5, "age": 1}), as_json({"age": 41, "name": " x "})))
    assert dict(zip(found.columns, found.rows[0], strict=True)) == {"score": 0.5, "age": 1, "name": "x"}


@pytest.mark.parametrize(
    "value",
    [
        {"instances": [{"features": [41, 2]}, {"features": [42, 3]}]},
        {"instances": [[41, 2], [42, 3]]},
        [[41, 2], [42, 3]],
        {"inputs": {"data": [[41, 2], [42, 3]]}},
        '{"features": [41, 2]}\n{"features": [42, 3]}\n',
        {"dataframe_split": {"columns": ["age", "n"], "data": [[41, 2], [42, 3]]}},
        {"dataframe_records": [{"age": 41, "n": 2}, {"age": 42, "n": 3}]},
    ],
)
def test_well_known_wrappers_are_taken_off(read_lines, value):
    found = read_lines(record(input=as_json(value)), names=["age", "n"])
    assert found.columns == ["age", "n"]
    assert found.rows == [(41, 2), (42, 3)]


def test_named_output_and_listed_input_share_the_names_out(read_lines):
    output, features = as_json({"predictions": [{"score": 0.5}]}), as_json({"instances": [[41, 2]]})
    found = read_lines(record(output, features), names=["age", "score", "n"])
    assert dict(zip(found.columns, found.rows[0], strict=True)) == {"age": 41, "score": 0.5, "n": 2}


def test_other_shapes_are_chosen_by_jmespath(read_lines):
    line = record(as_json({"out": {"p": [0.5]}}), as_json({"rows": {"a": [{"v": [1, 2]}]}}))
    assert read_lines(line, features_path="rows.a[].v", outputs_path="out.p").rows == [(0.5, 1, 2)]


def test_a_wrong_jmespath_is_refused(read_lines):
    with pytest.raises(InputError, match=r"features_path='a\[' is not a JMESPath"):
        read_lines(record("1", "2"), features_path="a[")


def test_a_path_that_finds_nothing_makes_the_record_malformed(read_lines):
    found = read_lines(record("0.5", as_json({"a": 1})), record("0.5", as_json({"b": 1})), features_path="b")
    assert found.lines == [1]
    assert found.malformed[0].reason == "features_path finds nothing in the payload"


def test_nested_values_are_malformed_and_the_way_out_is_named(read_lines):
    found = read_lines(record("0", "1"), record(input=as_json({"a": {"b": [1]}})), dataset_format=CAPTURE)
    assert found.lines == [2]
    assert "a is an object" in found.malformed[0].reason
    assert "features_path" in found.malformed[0].reason


def test_csv_in_and_json_out_are_decoded_separately(read_lines):
    assert read_lines(record(as_json([0.5]), "1,x")).rows == [(0.5, "1", "x")]


def test_nan_in_json_stays_a_text(read_lines):
    assert read_lines(record(as_json('{"a": NaN}'))).rows == [("NaN",)]


def test_base64_is_decoded_by_its_content_type(read_lines):
    data = base64.b64encode(b"1,2\n").decode()
    found = read_lines(record("0.5", side(data, "BASE64", "text/csv; charset=utf-8")))
    assert found.rows == [("0.5", "1", "2")]


def test_base64_of_anything_else_is_malformed(read_lines):
    found = read_lines(record("0.5", side("AAAA", "BASE64", "application/x-npy")), dataset_format=CAPTURE)
    assert "application/x-npy" in found.malformed[0].reason


def test_payloads_that_are_objects_rather_than_text_are_read(read_lines):
    assert read_lines(record(input=side({"a": 1}, "JSON"))).rows == [(1,)]


TIMES = [
    "2022-04-18T00:59:59Z",
    "2022-04-18T01:00:00Z",
    "2022-04-18T01:59:59.999+00:00",
    "2022-04-18T02:00:00Z",
]


def test_a_window_keeps_its_start_and_leaves_out_its_end(read_lines):
    window = (datetime(2022, 4, 18, 1, tzinfo=UTC), datetime(2022, 4, 18, 2, tzinfo=UTC))
    lines = [record(str(i), "1", time) for i, time in enumerate([*TIMES, "{%s}"])]
    assert [row[0] for row in read_lines(*lines, window=window).rows] == ["1", "2", "4"]


def test_a_window_in_another_zone_is_the_same_window(read_lines):
    window = (
        datetime.fromisoformat("2022-04-18T03:00:00+02:00"),
        datetime.fromisoformat("2022-04-18T04:00:00+02:00"),
    )
    lines = [record(str(i), "1", time) for i, time in enumerate(TIMES)]
    assert [row[0] for row in read_lines(*lines, window=window).rows] == ["1", "2"]


def test_records_of_other_models_are_left_out(read_lines):
    lines = record("1", "1", targetModel="a"), record("2", "1", targetModel="b"), record("3", "1")
    assert read_lines(*lines, target_model="b").rows == [("2", "1")]


def test_columns_are_left_out_by_name(read_lines):
    assert read_lines(record("9", "1,2"), names=["y", "a", "b"], exclude=["a"]).columns == ["y", "b"]


@pytest.mark.parametrize("output", ["9", as_json(9)])
def test_digits_leave_out_input_cells_by_position(read_lines, output):
    found = read_lines(record(output, "1,2,3"), names=["y", "a", "b", "c"], exclude=["0", "2"])
    assert (found.columns, found.rows[0][1:]) == (["y", "b"], ("2",))


def test_names_may_be_those_of_the_cells_that_are_left(read_lines):
    found = read_lines(record("9", "1,2,3"), names=["y", "b"], exclude=["0", "2"])
    assert (found.columns, found.rows) == (["y", "b"], [("9", "2")])


def test_rows_and_complaints_do_not_depend_on_the_size_of_chunks(read_lines):
    lines = [record(str(i), f"{i},x" if i % 7 else "1") for i in range(60)] + ["{", record("1", "\n")]
    whole = read_lines(*lines)
    for chunk_bytes in (1, 100, 333, 1000):
        parts = read_lines(*lines, chunk_bytes=chunk_bytes)
        assert (parts.rows, parts.malformed) == (whole.rows, whole.malformed)


def test_many_slices_of_one_chunk_keep_order_and_lines(read_lines, monkeypatch):
    monkeypatch.setattr("leeboard.tables.captured.envelopes.SLICE_BYTES", 300)
    lines = [record(str(i), f"{i},x" if i != 41 else "1") for i in range(60)]
    found = read_lines(*lines)
    assert [row[0] for row in found.rows] == [str(i) for i in range(60)]
    assert found.lines == [42]


def test_records_as_they_were_recorded_are_read(read, data):
    found = read(data / "aws-files/capture.jsonl")
    assert found.frame.shape == (44, 8)
    assert found.rows[0] == ("0.302709460258", "9", "45", "45", "42", "7", "5", "0")
    assert read(data / "aws-files/captured-data.jsonl").rows == [(3.5, 4.0, 5.5, 1.0, 2.0, 5.0)] * 2
