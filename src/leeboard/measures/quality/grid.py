"""Counts on a grid that grows coarser as it must, in bounded memory."""

from dataclasses import dataclass, field
from functools import reduce
from typing import Self

import numpy as np
from numpy.typing import NDArray

MAX_CELLS = 1 << 14
"""Cells that are kept; empty ones are not."""
_CODE_BITS = 62
_SMALLEST = -1074
"""Exponent of the smallest double."""
_SPREADS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
_WHOLE = (32, 0x00000000FFFFFFFF)

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Points counted in cells of the same width 2**exponent in all directions.

    The width is the smallest with at most `MAX_CELLS` cells that are not empty. It depends on the points
    alone, so that any cut of them gives the same grid; a few far points do not make it coarse, unless they
    are a thousand million times further off than the others.

    Attributes:
        places: of each cell in whole widths, one array a direction, one or two of them.
        counts: points in each cell.

    >>> Grid.of(np.array([1.0, 1.0, 3.0])).counts.tolist()
    [2, 1]
    """

    exponent: int = _SMALLEST
    places: tuple[Places, ...] = ()
    counts: Places = field(default_factory=lambda: np.empty(0, dtype=np.int64))

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
        finest = int(np.frexp(furthest)[1]) - (_CODE_BITS // len(points) - 1)
        exponent = max(finest, _SMALLEST) if furthest else _SMALLEST
        places = tuple(np.floor(np.ldexp(values, -exponent)).astype(np.int64) for values in points)
        codes = np.sort(_codes(places))  # alone, which is much faster than with counts
        return cls._fewest(exponent, len(points), codes, np.ones(len(codes), dtype=np.int64))

    def __add__(self, other: Self) -> Self:
        if not other.places:
            return self
        if not self.places:
            return other
        exponent = max(self.exponent, other.exponent)
        sides = zip(self._coarser(exponent), other._coarser(exponent), strict=True)
        codes = _codes(tuple(map(np.concatenate, sides)))
        counts = np.concatenate([self.counts, other.counts])
        order = np.argsort(codes)
        return self._fewest(exponent, len(self.places), codes[order], counts[order])

    def _coarser(self, exponent: int) -> list[Places]:
        return [places >> min(exponent - self.exponent, 62) for places in self.places]

    @classmethod
    def _fewest(cls, exponent: int, n_sides: int, codes: Places, counts: Places) -> Self:
        """With the fewest halvings that leave so few cells, found by bisection.

        Args:
            codes: of the cells, sorted.
        """
        low, high = -1, _CODE_BITS // n_sides
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _n_cells(codes, n_sides * middle) <= MAX_CELLS else (middle, high)
        first = _firsts(codes, n_sides * high)
        places = tuple(side >> high for side in _places(codes[first], n_sides))
        return cls(exponent + high, places, np.add.reduceat(counts, first))

    @property
    def width(self) -> float:
        """Of a cell, always positive."""
        return float(np.ldexp(1.0, self.exponent))

    def middles(self) -> list[Floats]:
        """The coordinates of the middle of each cell, one array a direction."""
        return [np.ldexp(places + 0.5, self.exponent) for places in self.places]


def _codes(places: tuple[Places, ...]) -> Places:
    """Numbers whose order keeps cells together that become one by halving (Morton, 1966)."""
    bits = _CODE_BITS // len(places)
    shifted = [side + (1 << bits - 1) for side in places]
    if len(shifted) == 1:
        return shifted[0]
    return (_spread(shifted[0]) << 1) | _spread(shifted[1])


def _places(codes: Places, n_sides: int) -> list[Places]:
    """What `_codes` was made of."""
    offset = 1 << _CODE_BITS // n_sides - 1
    sides = [codes] if n_sides == 1 else [_gathered(codes >> 1), _gathered(codes)]
    return [side - offset for side in sides]


def _gathered(codes: Places) -> Places:
    """Every second bit, from the last on."""
    values = codes & _SPREADS[-1][1]
    for (shift, _), (_, mask) in zip(_SPREADS[::-1], [*_SPREADS[-2::-1], _WHOLE], strict=True):
        values = (values | (values >> shift)) & mask
    return values


def _spread(values: Places) -> Places:
    """With a 0 between every two bits."""
    for shift, mask in _SPREADS:
        values = (values | (values << shift)) & mask
    return values


def _n_cells(codes: Places, bits: int) -> int:
    """Different codes without their last bits, of sorted ones."""
    cut = codes >> bits
    return 1 + int(np.count_nonzero(cut[1:] != cut[:-1]))


def _firsts(codes: Places, bits: int) -> Places:
    """Where in sorted codes another one begins, not counting their last bits."""
    cut = codes >> bits
    return np.flatnonzero(np.concatenate([[True], cut[1:] != cut[:-1]]))
