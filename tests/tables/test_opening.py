"""Finding files and what they are."""

import gzip
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from leeboard.errors import InputError, NoDataError, NotFoundError
from leeboard.tables.opening import open_table

RECORD = '{"captureData":{"endpointInput":{"data":"1","encoding":"CSV"}},"eventMetadata":{}}\n'


@pytest.mark.parametrize(
    ("content", "table"),
    [
        ("a,b\n1,2\n", "CsvTable"),
        ('{"a": 1}\n{"a": 2}\n', "JsonLinesTable"),
        ('{"a": 1}', "JsonLinesTable"),
        ('[{"a": 1},\n {"a": 2}]', "JsonTable"),
        ('{\n "a": 1\n}', "JsonTable"),
        (RECORD, "CaptureTable"),
        ("garbage\n" + RECORD, "CaptureTable"),
        ('"""captureData"": {",x\n1,2\n', "CsvTable"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_kind_is_told_from_the_content(file, content, table, pack):
    assert type(open_table(file(pack(content.encode())))).__name__ == table


def test_parquet_is_told_from_the_content(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "data.csv")
    assert type(open_table(tmp_path / "data.csv")).__name__ == "ParquetTable"


def test_folders_are_read_in_order_of_names_and_lists_in_their_own(read, file, tmp_path):
    for name in ("b/2.csv", "b/1.csv", "a/3.csv"):
        file(f"x,y\n{name[2]},0\n", name)
    assert [row[0] for row in read(tmp_path).rows] == ["3", "1", "2"]
    assert [row[0] for row in read([tmp_path / "b", str(tmp_path / "a")]).rows] == ["1", "2", "3"]


def test_hidden_and_empty_files_are_skipped(read, file, tmp_path):
    for name, content in {
        "_SUCCESS": "no",
        ".part.crc": "no",
        "_tmp/0.csv": "no",
        "e.csv": "",
        "d.csv": "a,b\n1,2\n",
    }.items():
        file(content, name)
    assert read(tmp_path).rows == [("1", "2")]


def test_a_hidden_file_that_is_named_is_read(read, file):
    assert read(file("a,b\n1,2\n", "_data.csv")).rows == [("1", "2")]


def test_where_nothing_is_left_the_message_says_what_was_there(file, tmp_path):
    file("no", "_SUCCESS"), file("", "a"), file("", "b")
    with pytest.raises(NoDataError, match=r"3 objects there, none of use: 1 with a name .*, 2 empty"):
        open_table(tmp_path)


def test_an_empty_folder_is_no_data(tmp_path):
    with pytest.raises(NoDataError, match=f"looked at {tmp_path}, there are no objects at all"):
        open_table(tmp_path)


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="nowhere"):
        open_table(tmp_path / "nowhere")


@pytest.mark.parametrize("write", ["write_csv", "write_ndjson", "write_parquet"])
def test_a_file_that_cannot_be_opened_any_more_is_an_input_error(tmp_path, write):
    path = tmp_path / "data"
    getattr(pl.DataFrame({"a": [1, 2]}), write)(path)
    table = open_table(path)
    path.unlink()
    with pytest.raises(NotFoundError, match="data"):
        list(table.chunks())


def test_folders_of_hours_outside_the_window_are_not_opened(read, file, tmp_path):
    for hour in ("00", "01", "02"):
        line = RECORD.replace('"1"', f'"{hour}"').replace(
            '"eventMetadata":{}', '"eventMetadata":{"inferenceTime":"?"}'
        )
        file(line, f"2022/04/18/{hour}/a.jsonl")
    window = (datetime(2022, 4, 18, 1, tzinfo=UTC), datetime(2022, 4, 18, 2, tzinfo=UTC))
    assert read(tmp_path, window=window).rows == [("01",)]
    late = (window[0].replace(year=2023), window[1].replace(year=2023))
    with pytest.raises(NoDataError, match="3 in folders of hours outside 2023-04-18T01:00Z"):
        open_table(tmp_path, window=late)


@pytest.mark.parametrize("data", [3, {"a": [1]}, [1, 2]])
def test_what_is_neither_a_place_nor_a_frame_is_refused(data):
    with pytest.raises(InputError, match="cannot read a table from"):
        open_table(data)


def test_files_as_they_are_shared_are_read_whole(read, data):
    assert read(data / "aws-files/baseline_dataset.csv").frame.shape == (418, 10)
    assert read(data / "churn/training-dataset-with-header.csv").frame.shape == (2333, 70)
    assert read(data / "churn/test-dataset-input-cols.csv").frame.shape == (334, 69)


def test_records_come_one_by_one_as_a_script_sees_them(file):
    from leeboard.tables.records import read_records

    assert list(read_records(file("a,b\n1,2\n3,4\n"))) == ["1,2", "3,4"]
    assert list(read_records(file('{"a": {"b": 1}}\n'))) == [{"a": {"b": 1}}]
    assert list(read_records(file(RECORD))) == [json.loads(RECORD)]
    assert list(read_records(pl.DataFrame({"a": [1]}))) == [{"a": 1}]
