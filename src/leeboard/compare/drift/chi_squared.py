"""Goodness of fit to the baseline's counts, as AWS computes it."""

from heapq import heapify, heappop, heappush

import numpy as np

from leeboard.compare.distributions.alignment import align
from leeboard.compare.distributions.contingency import p_value as p_of_counts
from leeboard.compare.distributions.kinds import Categorical, Doubles
from leeboard.compare.drift import CATEGORICAL, DriftTest


def distance(baseline: Categorical, current: Categorical) -> float:
    """Pearson's statistic over pooled values, at least 0; 0 where fewer than two are left."""
    return _fit(baseline, current)[0]


def p_value(baseline: Categorical, current: Categorical) -> float:
    """Of the counts by value on both sides, in [0, 1]; 1 if one column is empty.

    Not AWS's own number, which takes the baseline's shares for exact and so sees drift in every
    long list of values.
    """
    _, old, new = align(baseline, current)
    return p_of_counts(old, new)


def fit_p_value(baseline: Categorical, current: Categorical) -> float:
    """AWS's p-value, in [0, 1]; 1 where fewer than two values are left."""
    from scipy.special import chdtrc

    statistic, freedom = _fit(baseline, current)
    return float(chdtrc(freedom, statistic)) if freedom else 1.0


def _fit(baseline: Categorical, current: Categorical) -> tuple[float, int]:
    """The statistic and its degrees of freedom; values that only the current data have are ignored."""
    observed_n = sum(current.counts.get(value, 0) for value in baseline.counts)
    baseline_n = sum(baseline.counts.values())
    if not observed_n or not baseline_n:
        return 0.0, 0
    expected = [count / baseline_n * observed_n for count in baseline.counts.values()]
    observed = [float(current.counts.get(value, 0)) for value in baseline.counts]
    wanted, found = _pooled(expected, observed)
    if len(wanted) < 2:
        return 0.0, 0
    wanted = wanted * (found.sum() / wanted.sum())
    return float(((found - wanted) ** 2 / wanted).sum()), len(wanted) - 1


def _pooled(expected: list[float], observed: list[float]) -> tuple[Doubles, Doubles]:
    """The smallest expected count joins the second smallest until few enough are small."""
    cells = [(count, i, observed[i]) for i, count in enumerate(expected)]
    heapify(cells)
    while len(cells) > 1 and _has_too_many_small([cell[0] for cell in cells]):
        smallest, second = heappop(cells), heappop(cells)
        heappush(cells, (smallest[0] + second[0], second[1], smallest[2] + second[2]))
    return np.array([cell[0] for cell in cells]), np.array([cell[2] for cell in cells])


def _has_too_many_small(expected: list[float]) -> bool:
    least, allowed = (10.0, 0) if len(expected) == 2 else (5.0, len(expected) // 5)
    return sum(count < least for count in expected) > allowed


ENTRY = DriftTest(
    "chi_squared", CATEGORICAL, distance, p_value, 0.0, robust=fit_p_value, is_robust_p_value=True
)
