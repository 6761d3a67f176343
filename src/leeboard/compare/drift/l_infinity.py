"""Largest difference between the shares of a value."""

import numpy as np

from leeboard.compare.distributions.alignment import align
from leeboard.compare.distributions.contingency import p_value as p_of_counts
from leeboard.compare.distributions.kinds import Categorical
from leeboard.compare.distributions.steps import robust
from leeboard.compare.drift import CATEGORICAL, DriftTest


def distance(baseline: Categorical, current: Categorical) -> float:
    """In [0, 1]; 0 if one column is empty. Values that no list names count as one value."""
    if not baseline.n or not current.n:
        return 0.0
    _, old, new = align(baseline, current)
    return min(1.0, float(np.abs(old / baseline.n - new / current.n).max()))


def p_value(baseline: Categorical, current: Categorical) -> float:
    """Of the counts by value, in [0, 1]; 1 if one column is empty."""
    _, old, new = align(baseline, current)
    return p_of_counts(old, new)


def robust_distance(baseline: Categorical, current: Categorical) -> float:
    """In [0, 1]."""
    return robust(distance(baseline, current), baseline, current)


ENTRY = DriftTest("l_infinity", CATEGORICAL, distance, p_value, effect_floor=0.03, robust=robust_distance)
