"""The label, prediction and scores of the rows of a block."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.profile.texts import cast
from leeboard.tables.parts import LABEL, PREDICTION, PROBABILITY

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
            return pl.Series([_only(row) for row in lists(column)], dtype=pl.Float64)
        column = cast(column.str.strip_chars())
    return column.cast(pl.Float64).fill_nan(None)


def has_lists(column: pl.Series) -> bool:
    """Whether some cells are lists, as JSON text."""
    return column.dtype == pl.String and bool(_is_list(column).any())


def _is_list(column: pl.Series) -> pl.Series:
    return column.str.strip_chars_start().str.starts_with("[").fill_null(False)


def lists(column: pl.Series) -> list[list[float] | None]:
    """The list in each cell; a number alone is a list of one; None for what is neither."""
    return [None if cell is None else _numbers_in(cell) for cell in column]


def _numbers_in(cell: str) -> list[float] | None:
    try:
        found: Any = json.loads(cell)
        row = [float(value) for value in (found if isinstance(found, list) else [found])]
    except (ValueError, TypeError):
        return None
    return row if row and not any(np.isnan(row)) else None


def _only(row: list[float] | None) -> float | None:
    return row[0] if row is not None and len(row) == 1 else None


def best_classes(rows: Sequence[list[float] | None], headers: Sequence[str]) -> list[str | None]:
    """The class with the greatest score of each row, the first of equals; None if it has no name."""
    return [_best_class(row, headers) for row in rows]


def _best_class(row: list[float] | None, headers: Sequence[str]) -> str | None:
    if row is None or len(row) < 2:
        return None
    best = int(np.argmax(row))
    if not headers:
        return str(best)
    return headers[best].strip() if best < len(headers) else None


def scores_of(column: pl.Series, place: int | None) -> NDArray[np.float64]:
    """The score of the positive class of each row, NaN where there is none.

    Args:
        place: of the positive class in a list; None for the second of two.
    """
    if not has_lists(column):
        return numbers(column).fill_null(np.nan).to_numpy()
    return np.array([_score(row, place) for row in lists(column)], dtype=np.float64)


def _score(row: list[float] | None, place: int | None) -> float:
    if row is None:
        return np.nan
    if len(row) == 1:
        return row[0]
    if place is None:
        return row[1] if len(row) == 2 else np.nan
    return row[place] if place < len(row) else np.nan
