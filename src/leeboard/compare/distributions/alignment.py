"""Two lists of value counts side by side, without making drift out of what a list left out."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from leeboard.compare.distributions.contingency import upper_tail
from leeboard.compare.distributions.kinds import Categorical, Doubles

Table = tuple[list[str], Doubles, Doubles]
"""Values, their counts in the baseline, their counts now."""

OTHER = "\0other"
"""Name of the last cell, where values are pooled."""

_SIGMAS = 5.0
_CERTAIN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """What the true counts of some values are at least and at most, on one side."""

    side: Categorical
    low: Doubles
    high: Doubles

    @classmethod
    def of(cls, side: Categorical, values: list[str]) -> "_Limits":
        listed = np.array([side.counts.get(value, -1) for value in values], dtype=np.float64)
        low = np.maximum(listed, 0.0)
        missed = min(side.count_error, side.other)
        return cls(side, low, np.where(listed >= 0, low + missed, min(side.unlisted_most, side.other)))

    @property
    def is_listed_by_chance(self) -> NDArray[np.bool_]:
        """In a list of the most frequent values, counts near its end are there by a lucky draw.

        Together they are higher than in the next sample, and the values that were left out lower.
        """
        if not self.side.other:
            return np.zeros(len(self.low), dtype=bool)
        most = float(self.side.unlisted_most)
        return self.low <= most + _SIGMAS * sqrt(most) + _SIGMAS

    def kept(self, is_kept: NDArray[np.bool_]) -> "_Limits":
        """Limits of the kept values, and of all the others together as one more."""
        low, high = self.low[is_kept], self.high[is_kept]
        rest = np.maximum(self.side.n - np.array([high.sum(), low.sum()]), 0.0)
        return _Limits(self.side, np.append(low, rest[0]), np.append(high, rest[1]))


@lru_cache(maxsize=4)  # a distance and its p-value ask one after the other
def align(baseline: Categorical, current: Categorical) -> Table:
    """Values that both sides are sure of one by one, everything else in one last cell.

    A value whose place in a capped list is owed to chance, or that the list does not have, is
    pooled, unless it differs beyond any doubt. A count that is known within limits is taken
    where it speaks least for a difference.
    """
    values = list(dict.fromkeys([*baseline.counts, *current.counts]))
    old, new = _Limits.of(baseline, values), _Limits.of(current, values)
    is_kept = ~(old.is_listed_by_chance | new.is_listed_by_chance) | _differs(old, new)
    old_counts, new_counts = _nearest(old.kept(is_kept), new.kept(is_kept))
    names = [value for value, kept in zip(values, is_kept.tolist(), strict=True) if kept]
    if not old_counts[-1] and not new_counts[-1]:
        return names, old_counts[:-1], new_counts[:-1]
    return [*names, OTHER], old_counts, new_counts


def _differs(old: _Limits, new: _Limits) -> NDArray[np.bool_]:
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
    old_counts = np.clip(new.low / m * n, old.low, old.high)
    return old_counts, np.clip(old_counts / n * m, new.low, new.high)
