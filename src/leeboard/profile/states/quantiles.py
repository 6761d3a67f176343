"""A quantile sketch of the numeric cells."""

from dataclasses import dataclass, field
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leeboard.profile.cells import Cells
from leeboard.profile.states import StateEntry

K = 2048
"""Size of the sketch; up to this many numbers are kept as they are, in row order."""
C = 0.64
"""Each level below the top one holds at most this share of the level above it."""
_SMALLEST = 8
_DEVIATIONS = 4.0
_WORD = 2**64 - 1

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """A KLL sketch (Karnin, Lang and Liberty, 2016) that takes sorted blocks whole.

    Level i holds numbers that stand for 2**i numbers each. A block enters by systematic
    sampling of its sorted numbers, so most compactions never happen. The coin that a
    compaction tosses is a hash of `n`: the same numbers in the same blocks give the same sketch.

    Attributes:
        n: numbers seen.
        levels: one array a level, lowest first.
        worst_shift: the most, in numbers, by which any rank may be off: the sum of what each
            sampling step and each compaction can have done.
        shift_squares: sum of the squares of the same, for the bound that chance keeps.

    >>> q = Quantiles.of_numbers(np.arange(10_000.0))
    >>> abs(q.quantile(0.5) - 5000) <= q.worst_shift + 1
    True
    """

    n: int = 0
    levels: tuple[Doubles, ...] = field(default=())
    worst_shift: float = 0.0
    shift_squares: float = 0.0

    @classmethod
    def zero(cls) -> Self:
        return cls()

    @classmethod
    def of(cls, cells: Cells) -> Self:
        if len(cells.numbers) <= K:
            return cls._exactly(cells.numbers)
        return cls._sampled(cells.sorted_numbers)

    @classmethod
    def of_numbers(cls, numbers: Doubles) -> Self:
        return cls._exactly(numbers) if len(numbers) <= K else cls._sampled(np.sort(numbers))

    @classmethod
    def _exactly(cls, numbers: Doubles) -> Self:
        return cls(len(numbers), (numbers,)) if len(numbers) else cls()

    @classmethod
    def _sampled(cls, ordered: Doubles) -> Self:
        n = len(ordered)
        height = (n // K).bit_length() - 1
        if height <= 0:
            return cls(n, (ordered,))._compressed()
        step = 1 << height
        n_sampled = n // step * step
        empty = (np.empty(0),) * (height - 1)
        levels = (ordered[n_sampled:].copy(), *empty, ordered[step // 2 : n_sampled : step].copy())
        return cls(n, levels, step / 2, step * step / 4)._compressed()

    def __add__(self, other: Self) -> Self:
        if not other.n:
            return self
        if not self.n:
            return other
        n_levels = max(len(self.levels), len(other.levels))
        levels = tuple(np.concatenate([self._level(i), other._level(i)]) for i in range(n_levels))
        merged = type(self)(
            self.n + other.n,
            levels,
            self.worst_shift + other.worst_shift,
            self.shift_squares + other.shift_squares,
        )
        return merged if merged.n <= K else merged._compressed()

    def _level(self, i: int) -> Doubles:
        return self.levels[i] if i < len(self.levels) else np.empty(0)

    def _compressed(self) -> Self:
        levels = list(self.levels)
        shift, squares = self.worst_shift, self.shift_squares
        height = 0
        while height < len(levels):
            if len(levels[height]) > _capacity(height, len(levels)):
                rest, promoted = _halve(levels[height], odd=_coin(self.n, height))
                levels[height] = rest
                shift += 1 << height
                squares += 1 << 2 * height
                if height + 1 == len(levels):
                    levels.append(promoted)
                else:
                    levels[height + 1] = np.concatenate([levels[height + 1], promoted])
            height += 1
        return type(self)(self.n, tuple(levels), shift, squares)

    @property
    def is_exact(self) -> bool:
        """All numbers are kept, in row order."""
        return len(self.levels) <= 1

    @property
    def rank_error(self) -> float:
        """By how much the share of numbers up to a point may be off, in [0, 1]; 0 if exact.

        The smaller of the worst case and of four standard deviations of independent
        errors (Hoeffding, 1963: exceeded less than once in a thousand times).
        """
        shift = min(self.worst_shift, _DEVIATIONS * sqrt(self.shift_squares))
        return min(1.0, shift / self.n) if self.n else 0.0

    def weighted(self) -> tuple[Doubles, NDArray[np.int64]]:
        """Kept numbers in ascending order, and how many numbers each stands for."""
        if not self.levels:
            return np.empty(0), np.empty(0, dtype=np.int64)
        numbers = np.concatenate(self.levels)
        weights = np.repeat(1 << np.arange(len(self.levels)), [len(level) for level in self.levels])
        order = np.argsort(numbers, kind="stable")
        return numbers[order], weights[order]

    def n_below(self, bounds: Doubles) -> NDArray[np.int64]:
        """For each bound, about how many numbers are smaller."""
        numbers, weights = self.weighted()
        up_to = np.concatenate([[0], np.cumsum(weights)])
        return np.asarray(up_to[np.searchsorted(numbers, bounds, side="left")])

    def quantile(self, share: float) -> float:
        """The number below which about that share of the numbers lies; NaN for none at all."""
        numbers, weights = self.weighted()
        if not len(numbers):
            return float("nan")
        at = np.searchsorted(np.cumsum(weights), share * self.n)
        return float(numbers[min(int(at), len(numbers) - 1)])


def _capacity(height: int, n_levels: int) -> int:
    depth = n_levels - 1 - height
    return K if depth == 0 else max(_SMALLEST, int(K * C**depth))


def _halve(level: Doubles, *, odd: bool) -> tuple[Doubles, Doubles]:
    """Every other number of a level, twice as heavy, and the one left over, if any."""
    ordered = np.sort(level)
    n_even = len(ordered) & ~1
    return ordered[n_even:], ordered[int(odd) : n_even : 2].copy()


def _coin(n: int, height: int) -> bool:
    """A fair coin that falls the same way for the same sketch (splitmix64; Steele et al., 2014)."""
    mixed = (n * 0x9E3779B97F4A7C15 + height) & _WORD
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _WORD
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _WORD
    return bool((mixed ^ mixed >> 31) & 1)


ENTRY = StateEntry("quantiles", Quantiles, is_exact=False)
