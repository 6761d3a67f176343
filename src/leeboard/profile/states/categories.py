"""How often each value occurs, in bounded memory."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import polars as pl

from leeboard.profile.cells import MAX_NUMERIC_VALUES, Cells, ValueCounts
from leeboard.profile.states import StateEntry

MAX_VALUES = 10_000
"""Values that are counted at most; the rarest are given up beyond it."""


@dataclass(frozen=True, eq=False)
class Categories:
    """Counts by value, exact up to `MAX_VALUES` values.

    Beyond, the rarest values are dropped as in Misra and Gries (1982), merged as in Agarwal
    et al. (2012), and `error` says by how much a count may then be too low. A numeric column
    of more than `MAX_NUMERIC_VALUES` values is not counted at all: `error` is its size.

    Attributes:
        parts: counts that are yet to be added up, at most a few thousand values in all.
        n: present cells.
        error: a count may be too low by at most this.
        is_numeric: no cell is anything but a number.

    >>> from leeboard.profile.reading import cells_of
    >>> Categories.of(cells_of(pl.Series(["a", "b", "a"]))).counts
    {'a': 2, 'b': 1}
    """

    parts: tuple[ValueCounts, ...] = field(default=())
    n: int = 0
    error: int = 0
    is_numeric: bool = True

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        if cells.value_counts is None:
            return cls(n=cells.n_present, error=cells.n_present)
        return cls((cells.value_counts,), cells.n_present, 0, cells.is_numeric)._bounded()

    def __add__(self, other: Self) -> Self:
        if not other.n:
            return self
        if not self.n:
            return other
        is_numeric = self.is_numeric and other.is_numeric
        return type(self)(
            self.parts + other.parts, self.n + other.n, self.error + other.error, is_numeric
        )._bounded()

    def _bounded(self) -> Self:
        if self.is_numeric and self.error:
            return type(self)(n=self.n, error=self.n)
        if sum(map(len, self.parts)) <= (MAX_NUMERIC_VALUES if self.is_numeric else MAX_VALUES):
            return self
        table = self.table
        if self.is_numeric and table.height > MAX_NUMERIC_VALUES:
            return type(self)(n=self.n, error=self.n)
        dropped = 0
        if table.height > MAX_VALUES:
            table = table.sort(["count", "value"], descending=[True, False])
            dropped = int(table.get_column("count")[MAX_VALUES])
            table = table.head(MAX_VALUES)
        part = ValueCounts(table.get_column("value"), table.get_column("count"))
        return type(self)((part,), self.n, self.error + dropped, self.is_numeric)

    @cached_property
    def table(self) -> pl.DataFrame:
        """Columns `value` and `count`, one row a value, in the order in which they were met."""
        tables = [pl.DataFrame({"value": part.values, "count": part.counts}) for part in self.parts]
        if not tables:
            return pl.DataFrame(schema={"value": pl.String, "count": pl.Int64})
        if len(tables) == 1:
            return tables[0]
        return pl.concat(tables).group_by("value", maintain_order=True).agg(pl.col("count").sum())

    @cached_property
    def counts(self) -> dict[str, int]:
        """Value to count, the most frequent first, equal counts in the order of the values."""
        ranked = self.table.sort(["count", "value"], descending=[True, False])
        return dict(ranked.iter_rows())

    @property
    def other(self) -> int:
        """Present cells that `counts` leaves out."""
        return self.n - sum(int(part.counts.sum()) for part in self.parts)

    @property
    def is_complete(self) -> bool:
        """Every present cell is in `counts`."""
        return self.error == 0


ENTRY = StateEntry("categories", Categories, is_exact=False)
