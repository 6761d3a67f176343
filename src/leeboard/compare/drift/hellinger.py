"""Hellinger distance."""

from math import sqrt

import numpy as np

from leeboard.compare.distributions.cells import homogeneity_p, shares
from leeboard.compare.distributions.kinds import Distribution
from leeboard.compare.drift import ANY, DriftTest


def distance(baseline: Distribution, current: Distribution) -> float:
    """Length of the difference of the roots of the shares, over sqrt(2); in [0, 1]."""
    if not baseline.n or not current.n:
        return 0.0
    old, new = shares(baseline, current)
    return sqrt(min(1.0, float(((np.sqrt(old) - np.sqrt(new)) ** 2).sum()) / 2.0))


ENTRY = DriftTest("hellinger", ANY, distance, homogeneity_p, effect_floor=0.035)
