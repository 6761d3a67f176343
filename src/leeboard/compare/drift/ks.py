"""Kolmogorov-Smirnov distance, with ties counted as they are."""

from math import isnan

import numpy as np

from leeboard.compare.distributions.contingency import p_value as p_of_counts
from leeboard.compare.distributions.kinds import Doubles, Numeric
from leeboard.compare.distributions.steps import robust, root_effective_size, steps_of
from leeboard.compare.drift import NUMERIC, DriftTest

MAX_DISCRETE_VALUES = 100
_LEAST_PER_VALUE = 10


def distance(baseline: Numeric, current: Numeric) -> float:
    """Largest gap between the two distribution functions, in [0, 1]; 0 if one column is empty."""
    return steps_of(baseline, current).largest_gap if baseline.n and current.n else 0.0


def p_value(baseline: Numeric, current: Numeric) -> float:
    """Kolmogorov's limit law (Smirnov, 1939), in [0, 1]; 1 if one column is empty.

    The gap is first reduced by what the two sketches may have added to it. With ties the law
    errs towards 1, so a column of few values is also judged by its counts, and the smaller
    p-value is doubled.
    """
    from scipy.special import kolmogorov

    gap = max(0.0, distance(baseline, current) - baseline.rank_error - current.rank_error)
    p_of_gap = float(kolmogorov(root_effective_size(baseline.n, current.n) * gap))
    if isnan(p_of_gap) or not _is_discrete(baseline, current):
        return 1.0 if isnan(p_of_gap) else p_of_gap
    return min(1.0, 2.0 * min(p_of_gap, p_of_counts(*_counts(baseline, current))))


def _is_discrete(baseline: Numeric, current: Numeric) -> bool:
    if max(len(baseline.values), len(current.values)) > MAX_DISCRETE_VALUES:
        return False
    n_values = len(np.union1d(baseline.values, current.values))
    return n_values <= min(MAX_DISCRETE_VALUES, (baseline.n + current.n) / _LEAST_PER_VALUE)


def _counts(baseline: Numeric, current: Numeric) -> tuple[Doubles, Doubles]:
    """Counts by value, smaller where a sketch blurred them."""
    values = np.union1d(baseline.values, current.values)
    return _at(baseline, values), _at(current, values)


def _at(column: Numeric, values: Doubles) -> Doubles:
    counts = np.zeros(len(values))
    counts[np.searchsorted(values, column.values)] = column.weights
    return counts * (column.effective_n / column.n if column.n else 1.0)


def robust_distance(baseline: Numeric, current: Numeric) -> float:
    """In [0, 1]."""
    return robust(distance(baseline, current), baseline, current)


ENTRY = DriftTest("ks", NUMERIC, distance, p_value, effect_floor=0.03, robust=robust_distance)
