"""JSON Lines files, and JSON documents."""

import json

import polars as pl
import pytest

from leeboard.errors import FormatError
from leeboard.formats.dataset_format import DatasetFormat

LINES = DatasetFormat("jsonl")
DOCUMENT = DatasetFormat("json")


def test_numbers_keep_their_type_and_booleans_are_texts(read, file):
    found = read(file('{"i":1,"f":1.5,"s":" x ","b":true,"n":null}\n'), dataset_format=LINES)
    assert found.frame.dtypes == [pl.Int64, pl.Float64, pl.String, pl.String, pl.String]
    assert found.rows == [(1, 1.5, "x", "true", None)]


def test_a_mixed_column_is_text_as_it_would_stand_in_csv(read, file):
    found = read(file('{"a":1}\n{"a":2.0}\n{"a":"x"}\n{"a":false}\n{"a":""}\n'), dataset_format=LINES)
    assert [row[0] for row in found.rows] == ["1", "2.0", "x", "false", None]


def test_whole_numbers_beyond_64_bits_are_texts(read, file):
    assert read(file('{"a":123456789012345678901}\n'), dataset_format=LINES).rows == [
        ("123456789012345678901",)
    ]


def test_keys_are_matched_by_name_and_an_absent_one_is_missing(read, file):
    assert read(file('{"a":1,"b":2}\n{"b":4,"a":3}\n{"b":5}\n'), dataset_format=LINES).rows == [
        (1, 2),
        (3, 4),
        (None, 5),
    ]


def test_nan_and_infinity_stay_texts(read, file):
    found = read(file('{"a":NaN}\n{"a":-Infinity}\n'), dataset_format=LINES)
    assert [row[0] for row in found.rows] == ["NaN", "-Infinity"]


def test_lists_go_by_position(read, file):
    found = read(file('{"features":[1,2]}\n[3,4]\n'), dataset_format=LINES, names=["x", "y"])
    assert (found.columns, found.rows) == (["x", "y"], [(1, 2), (3, 4)])


def test_lines_that_are_not_json_are_counted_and_blank_ones_are_not(read, file):
    found = read(file('{"a":1}\n\n{"a":\n{"a":2}\n{"a": 3'), dataset_format=LINES)
    assert found.rows == [(1,), (2,)]
    assert found.lines == [3, 5]


@pytest.mark.parametrize("known", [LINES, DOCUMENT])
def test_nested_values_are_refused_by_column_and_place(read, file, known):
    with pytest.raises(FormatError, match=r"(line|record) 1: a is a list, not a cell.*features_path"):
        read(file('{"a":[1,2],"b":3}\n'), dataset_format=known)


@pytest.mark.parametrize("known", [LINES, DOCUMENT])
def test_cells_are_chosen_by_jmespath(read, file, known):
    found = read(file('{"a":{"b":1,"c":2}}\n'), dataset_format=known, features_path="a")
    assert (found.columns, found.rows) == (["b", "c"], [(1, 2)])


def test_columns_can_be_left_out(read, file):
    assert read(file('{"a":1,"b":2}\n'), exclude=["a"]).columns == ["b"]


@pytest.mark.parametrize(
    "document",
    [[{"a": 1}, {"a": 2}], {"instances": [{"a": 1}, {"a": 2}]}, {"columns": ["a"], "data": [[1], [2]]}],
)
def test_a_document_holds_records(read, file, document):
    found = read(file(json.dumps(document, indent=1)), dataset_format=DOCUMENT)
    assert (found.columns, found.rows) == (["a"], [(1,), (2,)])


def test_lines_given_as_one_document_are_refused_with_advice(read, file):
    with pytest.raises(FormatError, match="its format is JSON Lines"):
        read(file('{"a":1}\n{"a":2}\n'), dataset_format=DOCUMENT)


def test_rows_do_not_depend_on_the_size_of_chunks(read, file):
    path = file("".join(f'{{"a":{i},"b":"{i}"}}\n' for i in range(50)) + "{\n")
    whole = read(path)
    parts = read(path, chunk_bytes=17)
    assert (parts.rows, parts.lines) == (whole.rows, whole.lines) == (whole.rows, [51])
