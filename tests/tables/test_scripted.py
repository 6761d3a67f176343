"""Records that pass through a script."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from leeboard.errors import ScriptError
from leeboard.formats.dataset_format import DatasetFormat

LINE = (
    '{"captureData":{"endpointInput":{"data":"1,2","encoding":"CSV"},'
    '"endpointOutput":{"data":"0.5","encoding":"CSV"}},"eventMetadata":{"inferenceTime":"2022-04-18T0%s:00:00Z"}}\n'
)


@dataclass
class Instead:
    """A record that a script changed."""

    record: Any


def to_each(result):
    """A script with the same result for each record."""
    return lambda records: [result(record) if callable(result) else result for record in records]


def test_no_result_reads_the_record_as_if_there_were_no_script(read, file):
    assert read(file(LINE % 1), transform=to_each(None), names=["y", "a", "b"]).rows == [("0.5", "1", "2")]


def test_a_dropped_record_is_not_counted(read, file):
    found = read(file(LINE % 1 + LINE % 2), transform=lambda records: [[], None])
    assert (len(found.rows), found.n_malformed) == (1, 0)


def test_a_capture_record_is_given_whole(read, file):
    def script(records):
        return [[[record["eventMetadata"]["inferenceTime"]]] for record in records]

    assert read(file(LINE % 1), transform=script).rows == [("2022-04-18T01:00:00Z",)]


def test_records_outside_the_window_are_not_given(read, file):
    seen: list[str] = []

    def script(records):
        seen.extend(record["eventMetadata"]["inferenceTime"][11:13] for record in records)
        return [None] * len(records)

    window = (datetime(2022, 4, 18, 1, tzinfo=UTC), datetime(2022, 4, 18, 2, tzinfo=UTC))
    read(file(LINE % 0 + LINE % 1 + LINE % 2), transform=script, window=window)
    assert seen == ["01"]


def test_a_changed_record_is_read_in_place_of_the_old_one(read, file):
    def change(record):
        record["captureData"]["endpointInput"]["data"] = "7,8"
        return Instead(record)

    assert read(file(LINE % 1), transform=to_each(change)).rows == [("0.5", "7", "8")]


def test_a_list_goes_by_position(read, file):
    found = read(file(LINE % 1), transform=to_each([["1", None], ["3", "4"]]), names=["a", "b"])
    assert (found.columns, found.rows) == (["a", "b"], [("1", None), ("3", "4")])


def test_keys_that_are_the_names_are_matched_by_name(read, file):
    found = read(file(LINE % 1), transform=to_each([{"b": "2", "a": "1"}]), names=["b", "a"])
    assert found.frame.to_dicts() == [{"b": "2", "a": "1"}]


def test_by_position_keys_only_give_the_order_of_their_texts(read, file):
    rows = to_each([{"b": "2", "a": "1"}])
    found = read(file(LINE % 1), transform=rows, names=["b", "a"], by_position=True)
    assert found.frame.to_dicts() == [{"b": "1", "a": "2"}]


def test_other_keys_go_by_the_order_of_their_texts(read, file):
    # "10" stands before "2", as texts are compared
    found = read(
        file(LINE % 1), transform=to_each([{"2": "two", "10": "ten", "1": "one"}]), names=["a", "b", "c"]
    )
    assert found.rows == [("one", "ten", "two")]


def test_without_names_keys_are_names(read, file):
    found = read(file(LINE % 1), transform=to_each([{"b": "2", "a": "1"}]))
    assert (found.columns, found.rows) == (["a", "b"], [("1", "2")])


def test_csv_records_are_lines_and_the_header_is_none(read, file):
    seen: list[str] = []

    def script(records):
        seen.extend(records)
        return [None, [["9", "8"]]]

    known = DatasetFormat("csv", header=True)
    found = read(file('a,b\n"x, y",2\n3,4\n'), transform=script, dataset_format=known)
    assert seen == ['"x, y",2', "3,4"]
    assert (found.columns, found.rows) == (["a", "b"], [("x, y", "2"), ("9", "8")])


def test_json_records_are_objects_that_may_be_nested(read, file):
    found = read(file('{"a": {"b": 1}}\n'), transform=to_each(lambda record: [[record["a"]["b"]]]))
    assert found.rows == [(1,)]


def test_rows_of_frames_are_objects(read):
    frame = pl.DataFrame({"a": [1, 2]})
    found = read(frame, transform=lambda records: [[{"a": str(record["a"] * 2)}] for record in records])
    assert found.rows == [("2",), ("4",)]


def test_columns_can_be_left_out_of_what_a_script_made(read, file):
    found = read(file(LINE % 1), transform=to_each([{"a": "1", "b": "2"}]), exclude=["a"])
    assert found.columns == ["b"]


def test_malformed_lines_are_counted_and_not_given(read, file):
    found = read(file(LINE % 1 + "{\n" + LINE % 2), transform=lambda records: [[["1"]]] * len(records))
    assert (len(found.rows), found.lines) == (2, [2])


def test_a_wrong_number_of_results_is_refused(read, file):
    with pytest.raises(ScriptError, match="2 results for 1 records"):
        read(file(LINE % 1), transform=lambda records: [None, None])


def test_a_nested_cell_is_refused(read, file):
    with pytest.raises(ScriptError, match="returned a list as the cell 'a'"):
        read(file(LINE % 1), transform=to_each([{"a": [1]}]))
