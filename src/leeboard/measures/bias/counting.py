"""How often each combination of cells occurs in a block."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import polars as pl

from leeboard.measures.bias.columns import Counted, Dense, dense

Cell = tuple[str | None, ...]
Counts = Mapping[Cell, int]
MOST_DENSE = 1 << 19
"""Combinations up to which an array holds them all."""


def count(columns: Sequence[Counted]) -> dict[Cell, int]:
    """Rows by the keys of their cells."""
    small = [dense(column.cells) for column in columns]
    if all(small) and prod(len(one.values) for one in small if one) <= MOST_DENSE:
        return _of_dense(columns, [one for one in small if one])
    return _of_groups(columns)


def fits_one_array(columns: Sequence[Counted]) -> bool:
    """Whether all of them may be counted at once, by a look at the first rows."""
    return prod(column.cells.head(2_000).n_unique() for column in columns) <= MOST_DENSE // 16


def _of_dense(columns: Sequence[Counted], small: Sequence[Dense]) -> dict[Cell, int]:
    shape = [len(one.values) for one in small]
    place = np.zeros(len(small[0].codes), dtype=np.int64)
    for one in small:
        place *= len(one.values)
        place += one.codes
    numbers = np.bincount(place, minlength=prod(shape))
    used = np.flatnonzero(numbers)
    keys = [[column.key(value) for value in one.values] for column, one in zip(columns, small, strict=True)]
    where = [axis.tolist() for axis in np.unravel_index(used, shape)]
    return _added([[names[i] for i in axis] for names, axis in zip(keys, where, strict=True)], numbers[used])


def _of_groups(columns: Sequence[Counted]) -> dict[Cell, int]:
    frame = pl.DataFrame([column.cells.alias(str(i)) for i, column in enumerate(columns)])
    grouped = frame.lazy().group_by(pl.all()).len("n").collect(engine="streaming")
    keys = []
    for i, column in enumerate(columns):
        cells = grouped.get_column(str(i))
        known = {cell: column.key(cell) for cell in cells.unique().to_list()}
        keys.append([known[cell] if cell == cell else None for cell in cells.to_list()])
    return _added(keys, grouped.get_column("n").to_numpy())


def _added(keys: Sequence[Sequence[str | None]], numbers: Any) -> dict[Cell, int]:
    """Different cells may have the same key."""
    found: Counter[Cell] = Counter()
    for cell, n in zip(zip(*keys, strict=True), numbers.tolist(), strict=True):
        found[cell] += n
    return dict(found)


def margin(counts: Counts, places: Sequence[int]) -> dict[Cell, int]:
    """The counts of some of the columns."""
    found: Counter[Cell] = Counter()
    for cell, n in counts.items():
        found[tuple(cell[i] for i in places)] += n
    return dict(found)
