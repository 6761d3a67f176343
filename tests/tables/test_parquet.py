"""Parquet files."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from leeboard.errors import FormatError
from leeboard.tables.opening import open_table


@pytest.fixture
def write(tmp_path):
    """Writes a frame; gives its path."""

    def written(frame, name="data.parquet"):
        frame.write_parquet(tmp_path / name)
        return tmp_path / name

    return written


def test_numbers_stay_numbers_and_all_else_is_text(read, write):
    frame = pl.DataFrame(
        {
            "i": pl.Series([1, None], dtype=pl.Int16),
            "f": [1.5, float("nan")],
            "s": [" x ", ""],
            "b": [True, None],
            "c": pl.Series(["k", "l"], dtype=pl.Categorical),
            "d": [date(2022, 4, 18), None],
            "m": [Decimal("1.25"), None],
            "n": pl.Series([None, None], dtype=pl.Null),
        }
    )
    found = read(write(frame))
    assert found.rows[0] == (1, 1.5, "x", "true", "k", "2022-04-18", 1.25, None)
    assert found.rows[1][2:] == (None, None, "l", None, None, None)
    assert found.frame["i"].dtype == pl.Int16


@pytest.mark.parametrize("nested", [[[1, 2]], [{"x": 1}]])
def test_nested_columns_are_refused_by_name_with_a_way_out(read, write, nested):
    path = write(pl.DataFrame({"a": [1], "deep": nested}))
    with pytest.raises(FormatError, match=r"column 'deep' of .* is of type (List|Struct).*explode or unnest"):
        read(path)
    assert read(path, exclude=["deep"]).columns == ["a"]


def test_rows_come_in_order_and_in_parts(write, monkeypatch):
    monkeypatch.setattr("leeboard.tables.parquet.CHUNK_ROWS", 30)
    table = open_table(write(pl.DataFrame({"a": range(100)})))
    parts = [table.block(chunk).frame["a"].to_list() for chunk in table.chunks()]
    assert [len(part) for part in parts] == [30, 30, 30, 10]
    assert [cell for part in parts for cell in part] == list(range(100))
    assert sum(chunk.size_bytes for chunk in table.chunks()) <= table.size_bytes


def test_a_file_that_was_cut_is_refused_by_name(read, write):
    path = write(pl.DataFrame({"a": range(100)}))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match=r"data\.parquet cannot be read as Parquet"):
        read(path)


def test_files_are_matched_by_name(read, write, tmp_path):
    write(pl.DataFrame({"a": [1], "b": [2]}), "0.parquet")
    write(pl.DataFrame({"b": [4], "a": [3]}), "1.parquet")
    assert read(tmp_path).rows == [(1, 2), (3, 4)]
