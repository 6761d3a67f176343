"""How the mean answer of a model depends on one feature (Friedman, 2001)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from leeboard.measures.attribution.asking import Asker
from leeboard.measures.attribution.coalitions import Floats

MAX_ROWS = 1_000
"""Rows over which the answers are averaged; of more, a sample."""
MAX_CATEGORIES = 50


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """The curve of one feature.

    Attributes:
        values: numbers on a grid, or categories, the most frequent first.
        answers: shape (n_values, n_outputs); the mean answer if every row had that value.
        shares: of the rows nearest to each number, or with each category; in [0, 1].
    """

    feature: str
    is_numeric: bool
    values: tuple[Any, ...]
    answers: Floats
    shares: tuple[float, ...]


def dependences(
    asker: Asker, rows: pl.DataFrame, features: Sequence[str], *, resolution: int = 15, seed: int = 0
) -> list[Dependence]:
    """The curves of some features, asked in calls that are as full as they may be."""
    some = rows
    if rows.height > MAX_ROWS:
        some = rows[np.sort(np.random.default_rng(seed).choice(rows.height, MAX_ROWS, replace=False))]
    grids = {name: _grid(rows[name], resolution) for name in features}
    wanted = (_with(some, name, value) for name, grid in grids.items() for value in grid)
    answers = asker.answers(wanted)
    return [
        Dependence(
            name,
            rows[name].dtype.is_numeric(),
            tuple(grid.to_list()),
            np.array([next(answers).mean(axis=0) for _ in grid]),
            tuple(_shares(rows[name], grid)),
        )
        for name, grid in grids.items()
    ]


def _with(rows: pl.DataFrame, name: str, value: Any) -> pl.DataFrame:
    return rows.with_columns(pl.lit(value, rows.schema[name]).alias(name))


def _grid(column: pl.Series, resolution: int) -> pl.Series:
    """Equal steps from the least to the largest number, or the values themselves if there are no more."""
    known = column.drop_nulls()
    if column.dtype.is_float():
        known = known.filter(known.is_finite())
    if not column.dtype.is_numeric():
        counts = known.value_counts(name="n").sort(["n", column.name], descending=[True, False])
        return counts[column.name].head(MAX_CATEGORIES)
    values = known.unique().sort()
    if len(values) <= resolution:
        return values
    grid = np.linspace(float(values[0]), float(values[-1]), resolution)
    if column.dtype.is_integer():
        return pl.Series(column.name, np.unique(np.rint(grid)).astype(np.int64)).cast(column.dtype)
    return pl.Series(column.name, grid).cast(column.dtype)


def _shares(column: pl.Series, grid: pl.Series) -> list[float]:
    if not len(column):
        return [0.0] * len(grid)
    if not column.dtype.is_numeric():
        counts = dict(column.value_counts(name="n").iter_rows())
        return [counts.get(value, 0) / len(column) for value in grid]
    numbers, steps = column.cast(pl.Float64).to_numpy(), grid.cast(pl.Float64).to_numpy()
    middles = (steps[1:] + steps[:-1]) / 2
    nearest = np.searchsorted(middles, numbers[np.isfinite(numbers)], side="right")
    return [float(n / len(column)) for n in np.bincount(nearest, minlength=len(grid))]
