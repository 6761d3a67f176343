"""The label, prediction and scores of the rows of a block."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.profile.texts import cast
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

LIST = pl.List(pl.Float64)
Parts = tuple[pl.Series, pl.Series, pl.Series]


def parts_of(frame: pl.DataFrame) -> Parts:
    """Label, prediction and probability; a prediction that is a list of scores counts as probability."""
    label, prediction, probability = (_column(frame, name) for name in (LABEL, PREDICTION, PROBABILITY))
    if has_lists(prediction):
        is_list = _is_list(prediction)
        scores = pl.select(pl.when(is_list).then(prediction)).to_series()
        probability = probability.cast(pl.String).fill_null(scores) if len(probability) else scores
        prediction = pl.select(pl.when(~is_list).then(prediction)).to_series()
    return label, _without_nan(prediction), probability


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    """The cells as they are; a cell of blanks or NaN is missing, and so is a column that is not there."""
    if name not in frame.columns:
        return pl.Series(name, [None] * frame.height, dtype=pl.String)
    column = frame.get_column(name)
    if column.dtype == pl.Null:
        return column.cast(pl.String)
    if column.dtype != pl.String:
        return _without_nan(column)
    is_blank = column.str.strip_chars() == ""
    return column.set(is_blank, None) if is_blank.any() else column


def _without_nan(column: pl.Series) -> pl.Series:
    return column.fill_nan(None) if column.dtype.is_float() else column


def as_text(value: object) -> str:
    """A label as it is compared: as trimmed text, truth values as in JSON."""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def numbers(column: pl.Series) -> pl.Series:
    """The cells as doubles; null where a cell is no number, or NaN. A list of one number is that number."""
    if column.dtype == pl.String:
        if has_lists(column):
            rows = lists(column)
            return pl.select(pl.when(rows.list.len() == 1).then(rows.list.first())).to_series()
        column = cast(column.str.strip_chars())
    return column.cast(pl.Float64).fill_nan(None)


def has_lists(column: pl.Series) -> bool:
    """Whether some cells are lists, as JSON text."""
    return column.dtype == pl.String and bool(_is_list(column).any())


def _is_list(column: pl.Series) -> pl.Series:
    return column.str.strip_chars_start().str.starts_with("[").fill_null(False)


def lists(column: pl.Series) -> pl.Series:
    """The list of numbers in each cell; a number alone is a list of one; null for what is neither."""
    try:
        decoded = column.str.json_decode(LIST)
    except pl.exceptions.ComputeError:  # of one bad cell: then one by one
        decoded = pl.Series([None if cell is None else _numbers_in(cell) for cell in column], dtype=LIST)
    is_whole = (decoded.list.len() > 0) & (decoded.list.len() == decoded.list.drop_nulls().list.len())
    return pl.select(pl.when(is_whole).then(decoded)).to_series()


def _numbers_in(cell: str) -> list[float] | None:
    try:
        found: Any = json.loads(cell)
        row = [float(value) for value in (found if isinstance(found, list) else [found])]
    except (ValueError, TypeError):
        return None
    return None if any(np.isnan(row)) else row


def best_classes(rows: pl.Series, headers: Sequence[str]) -> pl.Series:
    """The class with the greatest score of each row, the first of equals; null if it has no name.

    One score alone says nothing about several classes.
    """
    best = pl.select(pl.when(rows.list.len() > 1).then(rows.list.arg_max())).to_series()
    if not headers:
        return best.cast(pl.String)
    names = {i: header.strip() for i, header in enumerate(headers)}
    return best.replace_strict(names, default=None, return_dtype=pl.String)


def scores_of(column: pl.Series, place: int | None) -> NDArray[np.float64]:
    """The score of the positive class of each row, NaN where there is none.

    Args:
        place: of the positive class in a list; None for the second of two.
    """
    if not has_lists(column):
        return numbers(column).fill_null(np.nan).to_numpy()
    rows = lists(column)
    of_several = rows.list.get(1 if place is None else place, null_on_oob=True)
    is_known = rows.list.len() == 2 if place is None else rows.list.len() > 1
    chosen = pl.when(rows.list.len() == 1).then(rows.list.first()).when(is_known).then(of_several)
    return pl.select(chosen).to_series().fill_null(np.nan).to_numpy()
