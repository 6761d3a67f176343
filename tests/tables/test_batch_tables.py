"""Outputs of transform jobs as tables."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from leeboard.errors import FormatError, InputError
from leeboard.formats.dataset_format import DatasetFormat

ID, TIME = "1f1d57b1-2e6f-488c-8c30-db4e6d757861", "2026-11-22T10:03:11Z"
OTHER = "22445434-0c67-45e9-bb4d-bd1bf26561e6"
KEYS = {"SageMakerInferenceId": ID, "SageMakerInferenceTime": TIME}
CSV, HEADER = DatasetFormat("csv"), DatasetFormat("csv", header=True)
LINES, DOCUMENT = DatasetFormat("jsonl"), DatasetFormat("json")


@pytest.fixture
def rows(read, file):
    """The rows of a batch file with this text."""

    def rows(text, dataset_format, **options):
        found = read(file(text), dataset_format=dataset_format, is_batch=True, **options)
        return found.frame.to_dicts()

    return rows


@pytest.mark.parametrize("between", [",", ", "])
def test_id_and_time_at_the_end_of_a_row_are_no_cells(rows, between):
    text = f'0{between}{ID},{TIME}\n"a,b"{between}{OTHER},{TIME}\r\n'
    assert rows(text, CSV) == [{"_c0": "0"}, {"_c0": "a,b"}]


def test_rows_of_jobs_with_and_without_ids_may_be_mixed(rows):
    assert rows(f"1,2\n3,4,{ID},{TIME}\n", CSV) == [{"_c0": "1", "_c1": "2"}, {"_c0": "3", "_c1": "4"}]


def test_known_names_go_to_the_cells_that_are_left(rows):
    assert rows(f"0.5,41,{ID},{TIME}\n", CSV, names=["score", "age"]) == [{"score": "0.5", "age": "41"}]


def test_a_header_has_an_id_too(rows):
    assert rows(f"score,age,{ID},{TIME}\n0.5,41,{OTHER},{TIME}\n", HEADER) == [{"score": "0.5", "age": "41"}]


def test_an_id_that_is_not_at_the_end_is_a_cell(rows):
    assert rows(f"{ID},{TIME},1\n", CSV) == [{"_c0": ID, "_c1": TIME, "_c2": "1"}]


def test_without_the_option_ids_are_cells(read, file):
    assert read(file(f"0,{ID},{TIME}\n"), dataset_format=CSV).rows == [("0", ID, TIME)]


def test_the_lines_of_malformed_rows_stay_those_of_the_file(read, file):
    text = f"1,2,{ID},{TIME}\n1,2,3,{ID},{TIME}\n1,2,{ID},{TIME}\n"
    assert read(file(text), dataset_format=CSV, is_batch=True).lines == [2]


@pytest.mark.parametrize("chunk_bytes", [10, 90, 1000])
def test_the_cutting_does_not_matter(rows, chunk_bytes):
    text = "".join(f"{n},x,{ID},{TIME}\n" for n in range(20))
    assert rows(text, CSV, chunk_bytes=chunk_bytes) == [{"_c0": str(n), "_c1": "x"} for n in range(20)]


def test_the_keys_of_ids_are_no_cells(rows):
    text = "".join(json.dumps({"score": n} | KEYS) + "\n" for n in range(2))
    assert rows(text, LINES) == [{"score": 0}, {"score": 1}]


def test_joined_records_are_laid_flat_output_first(rows):
    text = json.dumps({"id": 7, "score": 1, "SageMakerOutput": {"score": 0.5, "class": "a"}} | KEYS)
    assert rows(text, LINES) == [{"score": 0.5, "class": "a", "id": 7}]


def test_an_output_that_is_one_value_keeps_its_key_or_gets_the_name_that_is_left(rows):
    text = json.dumps({"age": 7, "SageMakerOutput": 0.5} | KEYS)
    assert rows(text, LINES) == [{"age": 7, "SageMakerOutput": 0.5}]
    assert rows(text, LINES, names=["score", "age"]) == [{"score": 0.5, "age": 7}]


@pytest.mark.parametrize(("position", "cells"), [("START", [9, 1, 2]), ("END", [1, 2, 9])])
def test_joined_lists_go_by_position(rows, position, cells):
    text = json.dumps({"SageMakerInput": [1, 2], "SageMakerOutput": [9]} | KEYS)
    found = rows(text, LINES, output_columns_position=position)
    assert list(found[0].values()) == cells


def test_a_whole_document_has_its_keys_at_the_top(rows):
    text = json.dumps({"predictions": [{"score": 1}, {"score": 2}]} | KEYS)
    assert rows(text, DOCUMENT) == [{"score": 1}, {"score": 2}]


def test_a_joined_document_is_laid_flat_row_by_row(rows):
    joined = {"instances": [[1, 2], [3, 4]], "SageMakerOutput": {"predictions": [8, 9]}}
    found = rows(json.dumps(joined | KEYS), DOCUMENT, names=["y", "a", "b"])
    assert found == [{"y": 8, "a": 1, "b": 2}, {"y": 9, "a": 3, "b": 4}]


def test_outputs_and_inputs_that_do_not_fit_are_refused(rows):
    text = json.dumps({"SageMakerInput": [[1], [2]], "SageMakerOutput": [[1], [2], [3]]})
    with pytest.raises(FormatError, match="line 1: 3 rows of output stand beside 2 of input"):
        rows(text, LINES)


def test_a_path_chooses_from_a_joined_record(rows):
    text = json.dumps({"id": 7, "SageMakerOutput": {"score": 0.5}} | KEYS)
    assert rows(text, LINES, features_path="SageMakerOutput") == [{"score": 0.5}]


def test_columns_of_parquet_with_these_names_are_left_out(read, tmp_path):
    pl.DataFrame({"score": [1]} | {key: [value] for key, value in KEYS.items()}).write_parquet(tmp_path / "x")
    assert read(tmp_path / "x", is_batch=True).columns == ["score"]


@pytest.mark.parametrize(
    ("text", "dataset_format", "record", "row"),
    [
        (f"0.5,41,{ID},{TIME}\r\n", CSV, "0.5,41", {"_c0": "0.5", "_c1": "41"}),
        (json.dumps({"score": 1} | KEYS), LINES, {"score": 1}, {"score": 1}),
        (json.dumps({"score": 1} | KEYS), DOCUMENT, {"score": 1}, {"score": 1}),
        (
            json.dumps({"a": 2, "SageMakerOutput": 1} | KEYS),
            LINES,
            {"a": 2, "SageMakerOutput": 1},
            {"a": 2, "SageMakerOutput": 1},
        ),
    ],
)
def test_a_script_gets_records_without_ids(rows, text, dataset_format, record, row):
    seen = []

    def script(records):
        seen.extend(records)
        return [None] * len(records)  # as if there were no script

    assert rows(text, dataset_format, transform=script) == [row]
    assert seen == [record]


def test_the_window_has_chosen_jobs_and_says_nothing_of_folders_of_outputs(read, file, tmp_path):
    file("1\n", "out/2020/01/01/00/a.csv.out")
    window = (datetime(2026, 11, 22, 10, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC))
    assert read(tmp_path, dataset_format=CSV, is_batch=True, window=window).rows == [("1",)]


def test_manifests_among_the_data_are_not_read(read, file, tmp_path):
    file("1\n", "data/a.csv.out")
    file("[]", f"data/output/2026/11/22/10/{ID}.json")
    assert read(tmp_path, dataset_format=CSV, is_batch=True).rows == [("1",)]


def test_a_capture_file_is_no_output_of_a_transform_job(read, file):
    with pytest.raises(
        InputError, match="outputs of a transform job are csv, json, jsonl, parquet; 'capture'"
    ):
        read(file("{}"), dataset_format=DatasetFormat("capture"), is_batch=True)


def test_the_kind_of_file_is_found_by_looking(rows):
    assert rows(f"0,{ID},{TIME}\n1,{OTHER},{TIME}\n", None) == [{"_c0": "0"}, {"_c0": "1"}]
