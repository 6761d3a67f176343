"""Share of the cells that hold another value than before."""

from math import pi, sqrt

import numpy as np

from leeboard.compare.distributions.alignment import align
from leeboard.compare.distributions.contingency import p_value as p_of_counts
from leeboard.compare.distributions.kinds import Categorical, Doubles
from leeboard.compare.drift import CATEGORICAL, DriftTest


def distance(baseline: Categorical, current: Categorical) -> float:
    """Half the sum of the differences between shares, less what chance adds to it; in [0, 1].

    Many values in few rows differ in many shares by chance alone. Independent parts of a
    difference add up as squares do, so the expected part is taken off the square. Never less
    than the largest difference; 0 if one column is empty.
    """
    if not baseline.n or not current.n:
        return 0.0
    _, old, new = align(baseline, current)
    n, m = float(old.sum()), float(new.sum())
    differences = np.abs(old / n - new / m)
    observed = float(differences.sum()) / 2.0
    expected = _by_chance((old + new) / (n + m), 1.0 / n + 1.0 / m)
    beyond = sqrt(max(0.0, (observed - expected) * (observed + expected)))
    return min(1.0, max(beyond, float(differences.max())))


def _by_chance(shares: Doubles, spread: float) -> float:
    """Half the expected sum of differences in samples of one distribution with these shares.

    A normal difference is sqrt(2/pi) standard deviations long on average; that of a share is at
    most twice the share.
    """
    lengths = np.sqrt(2.0 / pi * spread * shares * (1.0 - shares))
    return float(np.minimum(lengths, 2.0 * shares).sum()) / 2.0


def p_value(baseline: Categorical, current: Categorical) -> float:
    """Of the counts by value, in [0, 1]; 1 if one column is empty."""
    _, old, new = align(baseline, current)
    return p_of_counts(old, new)


ENTRY = DriftTest("total_variation", CATEGORICAL, distance, p_value, effect_floor=0.03)
