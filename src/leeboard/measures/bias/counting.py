"""How often each combination of cells occurs in a block."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from leeboard.measures.bias.columns import Counted, Dense

Cell = tuple[str | None, ...]
Counts = Mapping[Cell, int]
Small = Mapping[int, Dense]
"""By the identity of a column."""
MOST_DENSE = 1 << 19
"""Combinations up to which an array holds them all."""


def count(facets: Sequence[Counted], others: Sequence[Counted], small: Small) -> list[Counts]:
    """For each facet, the rows by the keys of its cell and of the other cells.

    Args:
        small: columns as small numbers, where they are.
    """
    together = _of_dense([*facets, *others], len(facets), small)
    if together is not None:
        return together
    return [_of_one([facet, *others], small) for facet in facets]


def _of_one(columns: Sequence[Counted], small: Small) -> Counts:
    found = _of_dense(columns, 1, small)
    return found[0] if found is not None else _of_groups(columns)


def _of_dense(columns: Sequence[Counted], n_facets: int, small: Small) -> list[Counts] | None:
    """None if there are too many combinations to have them all in an array."""
    axes = [_Axis.of(column, small) for column in columns]
    found = [axis for axis in axes if axis is not None]
    shape = [len(axis.keys) for axis in found]
    if len(found) < len(axes) or prod(shape) > MOST_DENSE:
        return None
    size = np.uint16 if prod(shape) <= 1 << 16 else np.uint32
    place: NDArray[Any] = np.zeros(len(found[0].codes), dtype=size)
    for axis in found:
        if len(axis.keys) > 1:
            place *= len(axis.keys)
            place += axis.codes
    n = np.bincount(place, minlength=prod(shape)).reshape(shape)
    return [_of_axes(n, found, i, n_facets) for i in range(n_facets)]


def _of_axes(n: NDArray[np.int64], axes: Sequence["_Axis"], facet: int, n_facets: int) -> dict[Cell, int]:
    """The counts of one facet, summed over the others."""
    n = n.sum(axis=tuple(i for i in range(n_facets) if i != facet))
    kept = [axes[facet], *axes[n_facets:]]
    where = np.nonzero(n)
    keys = [[axis.keys[i] for i in places.tolist()] for axis, places in zip(kept, where, strict=True)]
    return dict(zip(zip(*keys, strict=True), n[where].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Axis:
    """A column as places in a list of its keys, which are all different."""

    codes: NDArray[Any]
    keys: list[str | None]

    @classmethod
    def of(cls, column: Counted, small: Small) -> Self | None:
        cells = small.get(id(column))
        if cells is None:
            return None
        keys = [column.key(value) for value in cells.values]
        different = list(dict.fromkeys(keys))
        if len(different) == len(keys):
            return cls(cells.codes, keys)
        places = {key: i for i, key in enumerate(different)}
        return cls(np.array([places[key] for key in keys], dtype=np.uint16)[cells.codes], different)


def _of_groups(columns: Sequence[Counted]) -> dict[Cell, int]:
    frame = pl.DataFrame([column.cells.alias(str(i)) for i, column in enumerate(columns)])
    grouped = frame.lazy().group_by(pl.all()).len("n").collect(engine="streaming")
    keys = []
    for i, column in enumerate(columns):
        cells = grouped.get_column(str(i))
        known = {cell: column.key(cell) for cell in cells.unique().to_list()}
        keys.append([known[cell] for cell in cells.to_list()])
    found: Counter[Cell] = Counter()
    for cell, n in zip(zip(*keys, strict=True), grouped.get_column("n").to_list(), strict=True):
        found[cell] += n  # different cells may have the same key
    return dict(found)
