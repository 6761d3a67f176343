"""Two lists of value counts side by side, without making drift out of what a list left out."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from leeboard.compare.distributions.contingency import upper_tail
from leeboard.compare.distributions.kinds import Categorical, Doubles

Table = tuple[list[str], Doubles, Doubles]
"""Values, their counts in the baseline, their counts now."""

TAIL = "\0tail"
"""Name of the cell of values that a capped list names by chance."""
OTHER = "\0other"
"""Name of the cell of everything else."""

_SIGMAS = 5.0
_SIGMAS_OF_LUCK = 3.0
_CERTAIN = 1e-6
_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """What the true counts of some values are by the list, at least, and at most, on one side."""

    side: Categorical
    listed: Doubles
    low: Doubles
    high: Doubles

    @classmethod
    def of(cls, side: Categorical, values: list[str]) -> "_Limits":
        found = np.array([side.counts.get(value, -1) for value in values], dtype=np.float64)
        listed = np.maximum(found, 0.0)
        missed, unlisted_most = (min(most, side.other) for most in (side.count_error, side.unlisted_most))
        return cls(side, listed, listed, np.where(found >= 0, listed + missed, unlisted_most))

    @property
    def is_owed_to_chance(self) -> _Mask:
        """In a list of the most frequent values, counts near its end are there by a lucky draw.

        Together they are higher than in the next sample, and the values that were left out lower.
        """
        if not self.side.other:
            return np.zeros(len(self.low), dtype=bool)
        most = float(self.side.unlisted_most)
        return self.listed <= most + _SIGMAS * sqrt(most) + _SIGMAS

    def by_cell(self, is_kept: _Mask, is_tail: _Mask) -> "_Limits":
        """Limits of the kept values one by one, of the tail together, and of all other cells."""
        listed = np.append(self.listed[is_kept], self.listed[is_tail].sum())
        low = np.append(self.low[is_kept], self._least_without_luck(is_tail))
        high = np.append(self.high[is_kept], self.high[is_tail].sum())
        rest = np.maximum(self.side.n - np.array([listed.sum(), high.sum(), low.sum()]), 0.0)
        return _Limits(self.side, *(np.append(*pair) for pair in zip((listed, low, high), rest, strict=True)))

    def _least_without_luck(self, is_tail: _Mask) -> float:
        """How many cells the values of the tail would have at least, had others been the lucky ones."""
        listed = self.listed[is_tail]
        luck = _SIGMAS_OF_LUCK * np.sqrt(listed) if self.side.other else 0.0
        return float(np.maximum(listed - luck, 0.0).sum())


@lru_cache(maxsize=4)  # a distance and its p-value ask one after the other
def align(baseline: Categorical, current: Categorical) -> Table:
    """Values that both sides are sure of one by one, and everything else in two last cells.

    A value whose place in a capped list is owed to chance, or that the list does not have, is
    pooled, unless it differs beyond any doubt. A count that is known within limits is taken
    where it speaks least for a difference.
    """
    values = list(dict.fromkeys([*baseline.counts, *current.counts]))
    old, new = _Limits.of(baseline, values), _Limits.of(current, values)
    is_kept = ~(old.is_owed_to_chance | new.is_owed_to_chance) | _differs(old, new)
    is_tail = ~is_kept & ((old.listed if baseline.other else new.listed) > 0)
    old_counts, new_counts = _nearest(old.by_cell(is_kept, is_tail), new.by_cell(is_kept, is_tail))
    names = [value for value, kept in zip(values, is_kept.tolist(), strict=True) if kept]
    is_used = (old_counts > 0) | (new_counts > 0)
    return list(compress([*names, TAIL, OTHER], is_used)), old_counts[is_used], new_counts[is_used]


def _differs(old: _Limits, new: _Limits) -> _Mask:
    """More frequent on one side than the other side's list allows, all values considered."""
    n, m = old.side.n, new.side.n
    if not n or not m or not len(old.low):
        return np.zeros(len(old.low), dtype=bool)
    more_now = upper_tail(new.low, old.high, m / (n + m))
    more_then = upper_tail(old.low, new.high, n / (n + m))
    return np.asarray(np.minimum(more_now, more_then) * len(old.low) < _CERTAIN)


def _nearest(old: _Limits, new: _Limits) -> tuple[Doubles, Doubles]:
    """Counts within both limits whose shares are as near to each other as can be."""
    n, m = max(old.side.n, 1.0), max(new.side.n, 1.0)
    old_counts = np.clip(new.listed / m * n, old.low, old.high)
    return old_counts, np.clip(old_counts / n * m, new.low, new.high)
