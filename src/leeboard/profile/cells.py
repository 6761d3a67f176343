"""One column of one block, with what several states need worked out once."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

MAX_NUMERIC_VALUES = 2048
"""A numeric column with more distinct values than this is not counted value by value."""

ByClass: TypeAlias = tuple[int, int, int, int]
"""Cells that are Integral, Fractional, Boolean, String."""


@dataclass(frozen=True)
class ValueCounts:
    """How often each value occurs; values are distinct, in any order, as texts."""

    values: pl.Series
    counts: pl.Series

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Cells:
    """The cells of a column in a block, as `profile.reading` read them.

    Attributes:
        n_rows: cells, missing ones included.
        n_missing: cells that hold nothing.
        n_by_class: present cells that are Integral, Fractional, Boolean, String.
        numbers: the numeric cells in row order, all finite.
        value_counts: None for a numeric column of more than `MAX_NUMERIC_VALUES` values.
        value_hashes: of the values in `value_counts`, in their order.
    """

    n_rows: int
    n_missing: int
    n_by_class: ByClass
    numbers: NDArray[np.float64]
    value_counts: ValueCounts | None
    value_hashes: NDArray[np.uint64]

    @property
    def n_present(self) -> int:
        return self.n_rows - self.n_missing

    @property
    def is_numeric(self) -> bool:
        """No present cell is anything but a number."""
        return self.n_by_class[2] == 0 == self.n_by_class[3]

    @cached_property
    def sorted_numbers(self) -> NDArray[np.float64]:
        return np.sort(self.numbers)
