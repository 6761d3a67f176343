"""How often each value occurs, in bounded memory."""

from dataclasses import dataclass, field
from typing import Self

import polars as pl

from leeboard.profile.cells import MAX_NUMERIC_VALUES, Cells, no_counts
from leeboard.profile.states import StateEntry

MAX_VALUES = 10_000
"""Values that are counted at most; the rarest are given up beyond it."""


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Counts by value, exact up to `MAX_VALUES` values.

    Beyond, the rarest values are dropped as in Misra and Gries (1982), merged as in Agarwal
    et al. (2012), and `error` says by how much a count may then be too low. A numeric column
    of more than `MAX_NUMERIC_VALUES` values is not counted at all: `error` is its size.

    >>> Categories.of(Cells(pl.Series(["a", "b", "a"]))).counts
    {'a': 2, 'b': 1}
    """

    table: pl.DataFrame = field(default_factory=no_counts)
    n: int = 0
    error: int = 0
    is_numeric: bool = True

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        counts = cells.value_counts
        if counts is None:
            return cls(n=cells.n_present, error=cells.n_present)
        return cls(counts, cells.n_present, 0, cells.is_numeric)._bounded()

    def __add__(self, other: Self) -> Self:
        if not other.n:
            return self
        if not self.n:
            return other
        table = _add(self.table, other.table)
        is_numeric = self.is_numeric and other.is_numeric
        return type(self)(table, self.n + other.n, self.error + other.error, is_numeric)._bounded()

    def _bounded(self) -> Self:
        if self.is_numeric and (self.error or self.table.height > MAX_NUMERIC_VALUES):
            return type(self)(n=self.n, error=self.n)
        if self.table.height <= MAX_VALUES:
            return self
        ranked = self.table.sort(["count", "value"], descending=[True, False])
        dropped = int(ranked.get_column("count")[MAX_VALUES])
        return type(self)(ranked.head(MAX_VALUES), self.n, self.error + dropped, self.is_numeric)

    @property
    def counts(self) -> dict[str, int]:
        """Value to count, the most frequent first, equal counts in the order of the values."""
        ranked = self.table.sort(["count", "value"], descending=[True, False])
        return dict(ranked.iter_rows())

    @property
    def other(self) -> int:
        """Present cells that `counts` leaves out."""
        return self.n - int(self.table.get_column("count").sum())

    @property
    def is_complete(self) -> bool:
        """Every present cell is in `counts`."""
        return self.error == 0


def _add(one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame:
    if not two.height:
        return one
    if not one.height:
        return two
    return pl.concat([one, two]).group_by("value").agg(pl.col("count").sum())


ENTRY = StateEntry("categories", Categories, is_exact=False)
