"""Whether a column is continuous, which is known only when all of it went by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, Self

import numpy as np
import polars as pl

from leeboard.measures.bias.keys import canonical, number_in
from leeboard.profile.states.distinct import Distinct

CONTINUOUS_SHARE = 0.05
"""Distinct values over rows from which on whole numbers are taken as continuous."""
SEED = 7_070
FRACTION = r"[.eE]"


@dataclass(frozen=True, slots=True)
class Kind:
    """What the cells of a column are.

    Attributes:
        n_present: cells that are not missing.
        has_text: one of them at least is no number.
        is_floating: one of them at least is written, or stored, as a fraction.
        maximum: of the numbers; minus infinity for none.
        distinct: the numbers, counted up to a sketch's error.
    """

    n_present: int = 0
    has_text: bool = False
    is_floating: bool = False
    maximum: float = -inf
    distinct: Distinct = field(default_factory=Distinct)

    @classmethod
    def of_values(cls, values: Iterable[Any], n_present: int, *, is_floating: bool) -> Self:
        """Of a column of which all different cells are given."""
        texts = [(cell, canonical(cell)) for cell in values if cell is not None]
        numbers = [number_in(text) for _, text in texts if text is not None]
        found = np.array([number for number in numbers if isfinite(number)])
        has_point = any(isinstance(cell, str) and set(cell) & {".", "e", "E"} for cell, _ in texts)
        has_text = len(found) < len(numbers)
        return cls._of(found, n_present, has_text, is_floating or (has_point and not has_text))

    @classmethod
    def of_column(cls, column: pl.Series) -> Self:
        """Of a column that may have many different cells."""
        n_present = len(column) - column.null_count()
        if column.dtype.is_float():
            return cls(n_present, False, True, _maximum(column))
        if not column.dtype.is_integer() and column.dtype != pl.String:
            return cls.of_values(column.unique().to_list(), n_present, is_floating=False)
        different = column.drop_nulls().unique()
        numbers = _numbers(different)
        found = numbers.drop_nulls()
        has_point = column.dtype == pl.String and bool(different.str.contains(FRACTION).any())
        has_text = len(found) < len(numbers)
        return cls._of(found.to_numpy(), n_present, has_text, has_point and not has_text)

    @classmethod
    def _of(cls, numbers: np.ndarray[Any, Any], n_present: int, has_text: bool, is_floating: bool) -> Self:
        maximum = float(numbers.max()) if len(numbers) else -inf
        hashes = np.unique(pl.Series(numbers, dtype=pl.Float64).hash(SEED).to_numpy())
        return cls(n_present, has_text, is_floating, maximum, Distinct.zero() + Distinct(hashes))

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.n_present + other.n_present,
            self.has_text or other.has_text,
            self.is_floating or other.is_floating,
            max(self.maximum, other.maximum),
            self.distinct + other.distinct,
        )

    def is_continuous(self, threshold: float, *, is_strict: bool = False) -> bool:
        """Whether a single wanted number is a threshold.

        AWS's rule: of a column of fractions, or of whole numbers of which at least 5% are different. By
        itself it would turn a flag in a small window, or a flag stored as 0.0 and 1.0, around; therefore, but
        in strict mode, two values are never continuous, nor is a column that has nothing above the number.
        """
        if self.has_text or not self.n_present:
            return False
        is_varied = self.is_floating or self.distinct.estimate >= CONTINUOUS_SHARE * self.n_present
        if is_strict:
            return is_varied
        is_flag = not self.is_floating and self.distinct.estimate <= 2
        return is_varied and not is_flag and self.maximum > threshold


def _numbers(column: pl.Series) -> pl.Series:
    text = column.str.strip_chars() if column.dtype == pl.String else column
    return text.cast(pl.Float64, strict=False)


def _maximum(column: pl.Series) -> float:
    highest = column.max()
    return float(highest) if isinstance(highest, int | float) else -inf
