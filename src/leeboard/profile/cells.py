"""One column of one block, with what several states need worked out once."""

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.profile.texts import ByClass, classes_of, numbers_of, read_texts

MAX_NUMERIC_VALUES = 2048
"""A numeric column with more distinct values than this is not counted value by value."""
_PEEK = 2 * MAX_NUMERIC_VALUES


class Cells:
    """The cells of a column in a block.

    A String column is read by its text: each present cell is Integral, Fractional, Boolean or
    String, see `profile.texts`. A column with a physical number type is
    taken as that type; there, NaN is a missing cell and an infinity is a present Fractional
    cell that takes no part in sums and quantiles.

    >>> Cells(pl.Series(["5", "5.0", None, "x"])).n_by_class
    (1, 1, 0, 1)
    """

    def __init__(self, series: pl.Series) -> None:
        if series.dtype.is_float():
            series = series.fill_nan(None)
        self.series = series
        self.n_rows = len(series)
        self.n_missing = series.null_count()
        self.n_present = self.n_rows - self.n_missing

    @cached_property
    def _present(self) -> pl.Series:
        return self.series.drop_nulls() if self.n_missing else self.series

    @cached_property
    def _few_values(self) -> pl.DataFrame | None:
        """Counts of a column that has few values, by a look at its first cells; else None."""
        if not self.n_present or self._present.head(_PEEK).n_unique() > MAX_NUMERIC_VALUES:
            return None
        return self._present.alias("value").value_counts(name="count")

    @cached_property
    def _read(self) -> tuple[ByClass, NDArray[np.float64]]:
        """Counts by class, and the numbers in row order."""
        if self.series.dtype == pl.Null or not self.n_present:
            return (0, 0, 0, 0), np.empty(0)
        if self.series.dtype.is_integer():
            return (self.n_present, 0, 0, 0), _doubles(self._present)
        if self.series.dtype.is_float():
            numbers = _doubles(self._present)
            finite = np.isfinite(numbers)
            return (0, self.n_present, 0, 0), numbers if finite.all() else numbers[finite]
        return self._read_texts()

    def _read_texts(self) -> tuple[ByClass, NDArray[np.float64]]:
        few = self._few_values
        if few is None:
            return read_texts(self._present)
        by_class = classes_of(few.get_column("value"), few.get_column("count"))
        return by_class, numbers_of(self._present, by_class)

    @property
    def n_by_class(self) -> tuple[int, int, int, int]:
        """Present cells that are Integral, Fractional, Boolean, String."""
        return self._read[0]

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The numeric cells in row order, all finite."""
        return self._read[1]

    @cached_property
    def sorted_numbers(self) -> NDArray[np.float64]:
        return np.sort(self.numbers)

    @property
    def is_numeric(self) -> bool:
        """No present cell is anything but a number."""
        return self.n_by_class[2] == 0 == self.n_by_class[3]

    @cached_property
    def value_counts(self) -> pl.DataFrame | None:
        """Columns `value` (text) and `count`; None for a numeric column of too many values."""
        counts = self._few_values
        if self.is_numeric and (counts is None or counts.height > MAX_NUMERIC_VALUES):
            return None if self.n_present else no_counts()
        if counts is None:
            counts = self._present.alias("value").value_counts(name="count")
        return counts.cast({"value": pl.String, "count": pl.Int64})


def _doubles(series: pl.Series) -> NDArray[np.float64]:
    return series.cast(pl.Float64).to_numpy()


def no_counts() -> pl.DataFrame:
    """The value counts of no cells."""
    return pl.DataFrame(schema={"value": pl.String, "count": pl.Int64})
