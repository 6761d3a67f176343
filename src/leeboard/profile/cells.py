"""One column of one block, with what several states need worked out once."""

from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

INTEGRAL = r"^[+-]? ?[0-9]+$"
FRACTIONAL = r"^[+-]? ?[0-9]+(?:\.[0-9]+|(?:\.[0-9]+)?[eE][+-]?[0-9]+)$"
NUMERIC = r"^[+-]? ?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
BOOLEAN = r"^(?:true|false)$"

MAX_NUMERIC_VALUES = 2048
"""A numeric column with more distinct values than this is not counted value by value."""
_PEEK = 2 * MAX_NUMERIC_VALUES


class Cells:
    """The cells of a column in a block.

    A String column is read by its text: each present cell is Integral, Fractional, Boolean or
    String as `INTEGRAL` and the other patterns say. A column with a physical number type is
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
    def _read(self) -> tuple[tuple[int, int, int, int], NDArray[np.float64]]:
        """Counts by class, and the numbers in row order."""
        if self.series.dtype == pl.Null or not self.n_present:
            return (0, 0, 0, 0), np.empty(0)
        if self.series.dtype.is_integer():
            return (self.n_present, 0, 0, 0), _doubles(self._present)
        if self.series.dtype.is_float():
            numbers = _doubles(self._present)
            finite = np.isfinite(numbers)
            return (0, self.n_present, 0, 0), numbers if finite.all() else numbers[finite]
        return _read_texts(self._present)

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
        present = self._present
        if self.is_numeric and present.head(_PEEK).n_unique() > MAX_NUMERIC_VALUES:
            return None
        counts = present.alias("value").value_counts(name="count")
        if self.is_numeric and counts.height > MAX_NUMERIC_VALUES:
            return None
        return counts.with_columns(pl.col("value").cast(pl.String), pl.col("count").cast(pl.Int64))


def _doubles(series: pl.Series) -> NDArray[np.float64]:
    return series.cast(pl.Float64).to_numpy()


def _read_texts(texts: pl.Series) -> tuple[tuple[int, int, int, int], NDArray[np.float64]]:
    n = len(texts)
    integers = texts.cast(pl.Int64, strict=False) if _looks_integral(texts) else None
    if integers is not None and not integers.null_count():
        return (n, 0, 0, 0), _doubles(integers)
    n_fractional = _count(texts, FRACTIONAL)
    n_integral = 0 if n_fractional == n else _count(texts, INTEGRAL)
    if n_fractional + n_integral == n:
        return _without_overflow(texts, n_integral, n_fractional, 0)
    if not n_fractional + n_integral:
        n_boolean = _count(texts, BOOLEAN)
        return (0, 0, n_boolean, n - n_boolean), np.empty(0)
    numeric = texts.filter(texts.str.contains(NUMERIC))
    counts, numbers = _without_overflow(numeric, n_integral, n_fractional, 0)
    n_boolean = _count(texts, BOOLEAN)
    return (*counts[:2], n_boolean, counts[3] + n - len(numeric) - n_boolean), numbers


def _looks_integral(texts: pl.Series) -> bool:
    first = str(texts[0]).lstrip("+-")
    return first.isascii() and first.isdigit()


def _count(texts: pl.Series, pattern: str) -> int:
    return int(texts.str.contains(pattern).sum())


def _without_overflow(
    numeric: pl.Series, n_integral: int, n_fractional: int, n_string: int
) -> tuple[tuple[int, int, int, int], NDArray[np.float64]]:
    """Numbers of texts that all match a numeric pattern; one beyond a double is no number."""
    read = numeric.cast(pl.Float64, strict=False)
    if read.null_count():  # a sign and a blank, which the pattern allows and the cast does not
        read = numeric.str.replace(" ", "", literal=True).cast(pl.Float64, strict=False)
    numbers = read.fill_null(float("inf")).to_numpy()
    finite = np.isfinite(numbers)
    if finite.all():
        return (n_integral, n_fractional, 0, n_string), numbers
    too_large = numeric.filter(pl.Series(~finite))
    n_large_integral = _count(too_large, INTEGRAL)
    n_large_fractional = len(too_large) - n_large_integral
    counts = (n_integral - n_large_integral, n_fractional - n_large_fractional, 0, n_string + len(too_large))
    return counts, numbers[finite]
