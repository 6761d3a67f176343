"""Two lists of value counts side by side, without making drift out of what a list left out."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from leeboard.compare.distributions.kinds import Categorical, Doubles

Table = tuple[list[str], Doubles, Doubles]
"""Values, their counts in the baseline, their counts now."""

OTHER = "\0other"
"""Name of the last cell, where values are pooled."""


@lru_cache(maxsize=4)  # a distance and its p-value ask one after the other
def align(baseline: Categorical, current: Categorical) -> Table:
    """Values kept on both sides, and everything else in one last cell.

    A count that a list gives too low or not at all lies between two limits; of all counts
    within them the one is taken that speaks least for a difference. A value that one side
    does not list, and that may well be as frequent there as on the other, is pooled.
    """
    values = list(dict.fromkeys([*baseline.counts, *current.counts]))
    old_low, old_high = _limits(baseline, values)
    new_low, new_high = _limits(current, values)
    n, m = max(baseline.n, 1.0), max(current.n, 1.0)
    old = np.clip(new_low / m * n, old_low, old_high)
    new = np.clip(old / n * m, new_low, new_high)
    is_pooled = _is_explained(old_low, new_low, old / n, new / m)
    old, old_other = _within(old, old_low, baseline, is_pooled)
    new, new_other = _within(new, new_low, current, is_pooled)
    kept = [value for value, pooled in zip(values, is_pooled.tolist(), strict=True) if not pooled]
    if not old_other and not new_other:
        return kept, old, new
    return [*kept, OTHER], np.append(old, old_other), np.append(new, new_other)


def _limits(side: Categorical, values: list[str]) -> tuple[Doubles, Doubles]:
    listed = np.array([side.counts.get(value, -1) for value in values], dtype=np.float64)
    is_listed = listed >= 0
    low = np.where(is_listed, listed, 0.0)
    unlisted_most = float(min(side.unlisted_most, side.other))
    return low, np.where(is_listed, listed + min(side.count_error, side.other), unlisted_most)


def _is_explained(old_low: Doubles, new_low: Doubles, old: Doubles, new: Doubles) -> NDArray[np.bool_]:
    """Listed on one side only, and just as frequent on the other as far as anyone knows."""
    one_sided = (old_low == 0) | (new_low == 0)
    return np.asarray(one_sided & np.isclose(old, new, rtol=1e-9, atol=0.0))


def _within(
    counts: Doubles, low: Doubles, side: Categorical, is_pooled: NDArray[np.bool_]
) -> tuple[Doubles, float]:
    """Counts of the kept values, and what is left; no more is added to them than was left out."""
    kept, kept_low = counts[~is_pooled], low[~is_pooled]
    added = float((kept - kept_low).sum())
    if added > side.other:
        kept = kept_low + (kept - kept_low) * (side.other / added)
    return kept, max(0.0, side.n - float(kept.sum()))
