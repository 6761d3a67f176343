"""How many different values occur, in bounded memory."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leeboard.profile.cells import Cells
from leeboard.profile.states import StateEntry

MAX_EXACT = 100_000
"""Up to this many values the number is exact."""
SKETCH_SIZE = 16_384
"""Hashes that are kept beyond it: a relative standard error of 0.8%."""
_ALL = 2**64


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The smallest hashes of the values (theta sketch; Dasgupta et al., 2016).

    Attributes:
        hashes: sorted, all below `limit`.
        limit: every hash below it was kept; 2**64 as long as nothing was dropped.
        is_whole: False once numeric cells went by that were not counted value by value.

    >>> import polars as pl
    >>> from leeboard.profile.reading import cells_of
    >>> Distinct.of(cells_of(pl.Series(["a", "b", "a", None]))).estimate
    2.0
    """

    hashes: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    limit: int = _ALL
    is_whole: bool = True

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        if cells.value_counts is None:
            return cls(is_whole=False)
        return cls(np.sort(cells.value_hashes))._bounded()

    def __add__(self, other: Self) -> Self:
        limit = min(self.limit, other.limit)
        is_whole = self.is_whole and other.is_whole
        hashes = _union(self.hashes, other.hashes) if len(other.hashes) else self.hashes
        if limit < _ALL:
            hashes = hashes[: np.searchsorted(hashes, np.uint64(limit))]
        return type(self)(hashes, limit, is_whole)._bounded()

    def _bounded(self) -> Self:
        if len(self.hashes) <= (MAX_EXACT if self.limit == _ALL else 2 * SKETCH_SIZE):
            return self
        return type(self)(self.hashes[:SKETCH_SIZE], int(self.hashes[SKETCH_SIZE]), self.is_whole)

    @property
    def is_exact(self) -> bool:
        return self.limit == _ALL and self.is_whole

    @property
    def estimate(self) -> float:
        """Number of distinct values, at least 0; whole as long as nothing was dropped."""
        if self.limit == _ALL:
            return float(len(self.hashes))
        return float(round(len(self.hashes) * (_ALL / self.limit)))


def _union(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """By sorting: some ten times faster than the hash table in numpy's own, for arrays this small."""
    both = np.sort(np.concatenate([one, two]))
    return np.asarray(both[np.concatenate([[True], both[1:] != both[:-1]])])


ENTRY = StateEntry("distinct", Distinct, is_exact=False)
