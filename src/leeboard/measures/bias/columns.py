"""The columns that are counted, with their cells made few."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.bias.keys import (
    ABOVE,
    BELOW,
    HIGH,
    LOW,
    OTHER,
    canonical,
    key_among,
    threshold_in,
)
from leeboard.measures.bias.question import Question, Value
from leeboard.tables.parts import PREDICTION, PROBABILITY

PEEK_ROWS = 2_000
FEW = 256
"""Different cells in the first rows: a column that has more of them there has many."""
FEW_TEXTS = 12
"""Values that are looked for one by one, which is faster than to hash them."""
WIDE = 4_096


@dataclass(frozen=True, slots=True)
class Counted:
    """A column that is counted.

    Attributes:
        cells: as they are, or codes.
        keys: of the codes; None for cells as they are.
        wanted: values that alone are kept apart; none for all.
    """

    cells: pl.Series
    keys: tuple[str, ...] | None = None
    wanted: tuple[Value, ...] = ()

    def key(self, cell: Any) -> str | None:
        """The key of a cell of `cells`."""
        if self.keys is not None:
            return None if cell is None else self.keys[int(cell)]
        return key_among(cell, self.wanted)

    def spelled(self, cells: pl.Expr) -> pl.Expr:
        """Cells of some rows as keys, but for their spelling."""
        if self.keys is None:
            return "=" + cells.cast(pl.String)
        return cells.replace_strict(
            range(len(self.keys)), list(self.keys), default=None, return_dtype=pl.String
        )


def nothing(n_rows: int) -> Counted:
    """A column that is not there."""
    return Counted(pl.repeat(None, n_rows, dtype=pl.Boolean, eager=True))


def has_few(column: pl.Series) -> bool:
    """By a look at the first rows."""
    return column.head(PEEK_ROWS).n_unique() <= FEW


def tidy(column: pl.Series) -> pl.Series:
    """Without NaN, which is a missing cell."""
    return column.fill_nan(None) if column.dtype.is_float() else column


def watched(column: pl.Series, values: tuple[Value, ...]) -> Counted:
    """A column of which some values matter: it as it is where it has few."""
    return Counted(column, wanted=values) if has_few(column) else counted(column, values)


def counted(column: pl.Series, values: Sequence[Value]) -> Counted:
    """How each cell stands to the values, of a column that has many; it as it is if all values matter."""
    if not values:
        return Counted(column)
    numbers = _numbers(column)
    threshold = threshold_in(values)
    if threshold == threshold:
        above, at = numbers > threshold, numbers >= threshold
        codes = at.cast(pl.Int8) + above.cast(pl.Int8)
        codes = codes.set(numbers.is_null() & column.is_not_null(), 3)
        return Counted(codes, (BELOW, f"={canonical(values[0])}", ABOVE, OTHER))
    texts = column.cast(pl.String).str.strip_chars() if column.dtype == pl.String else column.cast(pl.String)
    codes = pl.zeros(len(column), dtype=pl.Int16, eager=True)
    wanted = [str(canonical(value)) for value in values]
    for code, text in enumerate(wanted, start=1):
        same = (texts == text) | (numbers == threshold_in([text])).fill_null(False)
        codes = codes.set(same.fill_null(False), code)
    return Counted(codes.set(column.is_null(), None), (OTHER, *(f"={text}" for text in wanted)))


def _numbers(column: pl.Series) -> pl.Series:
    text = column.str.strip_chars() if column.dtype == pl.String else column
    return text.cast(pl.Float64, strict=False)


def predicted(frame: pl.DataFrame, question: Question) -> Counted | None:
    """What the model said: its label, else its score; None if the rows hold neither."""
    if PREDICTION in frame.columns and frame.get_column(PREDICTION).dtype != pl.Null:
        column = tidy(frame.get_column(PREDICTION))
        return Counted(column) if has_few(column) else counted(column, question.positive)
    if PROBABILITY not in frame.columns:
        return None
    column = tidy(frame.get_column(PROBABILITY))
    headers = question.label_headers
    if column.dtype == pl.String and headers and column.str.contains(",").any():
        return Counted(_likeliest(column, headers))
    if column.dtype == pl.String:
        column = column.str.strip_chars(" []").cast(pl.Float64, strict=False)
    return Counted((column > question.probability_threshold).cast(pl.Int8), (LOW, HIGH))


def _likeliest(column: pl.Series, headers: Sequence[Value]) -> pl.Series:
    """The class of the greatest of several scores."""
    scores = (
        column.str.strip_chars(" []")
        .str.split(",")
        .list.eval(pl.element().str.strip_chars().cast(pl.Float64, strict=False))
    )
    names = [str(canonical(header)) for header in headers]
    return scores.list.arg_max().replace_strict(
        range(len(names)), names, default=None, return_dtype=pl.String
    )


@dataclass(frozen=True, slots=True)
class Dense:
    """Cells as small numbers, which are places in a list of values; None is a missing cell.

    Attributes:
        are_used: every value is known to occur.
    """

    codes: NDArray[Any]
    values: list[Any]
    are_used: bool = False

    @property
    def used(self) -> list[Any]:
        """The values that occur."""
        if self.are_used:
            return [value for value in self.values if value is not None]
        n_each = np.bincount(self.codes, minlength=len(self.values))
        return [
            value for value, n in zip(self.values, n_each.tolist(), strict=True) if n and value is not None
        ]


def dense(column: pl.Series) -> Dense | None:
    """None for a column that has too many values for it."""
    if column.null_count() == len(column):
        return Dense(np.zeros(len(column), dtype=np.uint8), [None])
    if column.dtype == pl.Boolean:
        return Dense(_filled(column.cast(pl.UInt8), 2).to_numpy(), [False, True, None])
    if column.dtype.is_integer():
        return _of_integers(column)
    return _of_few(column) if column.dtype == pl.String or column.dtype.is_float() else None


def _of_integers(column: pl.Series) -> Dense | None:
    low, high = column.min(), column.max()
    if not isinstance(low, int) or not isinstance(high, int) or high - low >= WIDE:
        return None
    codes = column.cast(pl.Int64) - low if low else column
    found = _filled(codes, high - low + 1).to_numpy()
    return Dense(found.astype(np.uint16), [*range(low, high + 1), None], are_used=high - low <= 1)


def _filled(column: pl.Series, value: int | bool) -> pl.Series:
    """Filling nothing would cost as much as filling much."""
    return column.fill_null(value) if column.null_count() else column


def _of_few(column: pl.Series) -> Dense | None:
    first = column.head(PEEK_ROWS).unique(maintain_order=True).to_list()
    values = [value for value in first if value is not None]
    if len(values) > FEW_TEXTS:
        return None
    codes = np.zeros(len(column), dtype=np.uint8)
    for code, value in enumerate(values, start=1):
        codes += _filled(column == value, False).to_numpy().view(np.uint8) * np.uint8(code)
    are_all = np.count_nonzero(codes) + column.null_count() == len(column)
    return Dense(codes, [None, *values], are_used=True) if are_all else None
