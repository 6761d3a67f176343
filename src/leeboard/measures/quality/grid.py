"""Counts on a grid that grows coarser as it must, in bounded memory."""

from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

MAX_CELLS = 1 << 14
"""Cells that are kept; empty ones are not."""
_FINEST = 50
"""Binary digits that a place has at most, so that it is a whole number of 64 bits."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Points counted in cells of the same width 2**exponent in all directions.

    The width is the smallest with at most `MAX_CELLS` cells that are not empty. It depends on the points
    alone, so that any cut of them gives the same grid; a few far points do not make it coarse.

    Attributes:
        cells: the place of each cell in whole widths, and its count `n`.

    >>> Grid.of(np.array([1.0, 1.0, 3.0])).cells["n"].sum()
    3
    """

    exponent: int = -1100
    cells: pl.DataFrame | None = None

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, *coordinates: Floats) -> Self:
        """Of points by their coordinates; those that are not finite are left out."""
        is_finite = reduce(np.logical_and, map(np.isfinite, coordinates))
        points = [values[is_finite] for values in coordinates]
        if not len(points[0]):
            return cls()
        furthest = max(float(np.abs(values).max()) for values in points)
        exponent = int(np.frexp(furthest)[1]) - _FINEST if furthest else -1074
        exponent = max(exponent, -1074)
        places = {f"x{i}": _places(values, exponent) for i, values in enumerate(points)}
        return cls(exponent, pl.DataFrame(places).with_columns(n=pl.lit(1, dtype=pl.Int64)))._bounded()

    def __add__(self, other: Self) -> Self:
        if self.cells is None:
            return other
        if other.cells is None:
            return self
        exponent = max(self.exponent, other.exponent)
        mine = _coarser(self.cells, exponent - self.exponent)
        others = _coarser(other.cells, exponent - other.exponent)
        return type(self)(exponent, pl.concat([mine, others]))._bounded()

    def _bounded(self) -> Self:
        """With the fewest halvings that leave so few cells, found by bisection."""
        assert self.cells is not None  # noqa: S101 - both callers have some
        low, high = -1, 0
        step = 1
        while not _fits(self.cells, high):
            low, high, step = high, high + step, 2 * step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _fits(self.cells, middle) else (middle, high)
        cells = _coarser(self.cells, high)
        names = cells.columns[:-1]
        return type(self)(self.exponent + high, cells.group_by(names).agg(pl.col("n").sum()).sort(names))

    @property
    def width(self) -> float:
        """Of a cell, positive."""
        return float(np.ldexp(1.0, self.exponent))

    def middles(self) -> list[Floats]:
        """The coordinates of the middle of each cell."""
        if self.cells is None:
            return []
        places = [self.cells[name].to_numpy() for name in self.cells.columns[:-1]]
        return [np.ldexp(place + 0.5, self.exponent) for place in places]

    def counts(self) -> NDArray[np.int64]:
        """The number of points in each cell."""
        return np.empty(0, dtype=np.int64) if self.cells is None else self.cells["n"].to_numpy()


def _places(values: Floats, exponent: int) -> NDArray[np.int64]:
    return np.floor(np.ldexp(values, -exponent)).astype(np.int64)


def _coarser(cells: pl.DataFrame, halvings: int) -> pl.DataFrame:
    if not halvings:
        return cells
    by = 2 ** min(halvings, 62)
    return cells.with_columns(pl.exclude("n") // by)


def _fits(cells: pl.DataFrame, halvings: int) -> bool:
    """Whether there are few enough different cells after so many halvings."""
    places = _coarser(cells, halvings).drop("n")
    if places.width == 1:
        return places.to_series().n_unique() <= MAX_CELLS
    mixed = places.select(pl.col("x0") * 0x9E3779B97F4A7C1 + pl.col("x1")).to_series()
    return mixed.n_unique() <= MAX_CELLS
