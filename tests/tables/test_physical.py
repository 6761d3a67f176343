"""Columns of any dtype to cells."""

import polars as pl
import pytest

from leeboard.tables.cells.physical import PEEK_ROWS, as_cells


@pytest.mark.parametrize("odd", [" red", "red ", "\tred"])
def test_a_blank_behind_the_first_rows_is_taken_away(odd: str) -> None:
    frame = pl.DataFrame({"colour": ["red", "blue"] * PEEK_ROWS + [odd]})
    cells = as_cells(frame, "here").get_column("colour")
    assert cells[-1] == "red"
    assert cells.n_unique() == 2


def test_an_empty_text_behind_the_first_rows_is_a_missing_cell() -> None:
    frame = pl.DataFrame({"colour": ["red", None] * PEEK_ROWS + [""]})
    assert as_cells(frame, "here").get_column("colour").null_count() == PEEK_ROWS + 1


def test_few_clean_values_stay_as_they_are() -> None:
    frame = pl.DataFrame({"colour": ["red", None, "blue"]})
    assert as_cells(frame, "here").equals(frame)


def test_blanks_of_a_column_of_missing_cells_alone_are_none() -> None:
    frame = pl.DataFrame({"colour": [None, None]}, schema={"colour": pl.String})
    assert as_cells(frame, "here").equals(frame)
