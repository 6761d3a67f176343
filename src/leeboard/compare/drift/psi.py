"""Population stability index."""

import numpy as np

from leeboard.compare.distributions.cells import homogeneity_p, shares
from leeboard.compare.distributions.kinds import Distribution
from leeboard.compare.drift import ANY, DriftTest

SMALLEST_SHARE = 1e-4
"""Stands in for a share of 0, so that no logarithm is infinite."""


def distance(baseline: Distribution, current: Distribution) -> float:
    """At least 0, below 19 times the share that moved; 0 for equal shares or an empty column."""
    if not baseline.n or not current.n:
        return 0.0
    old, new = (np.maximum(side, SMALLEST_SHARE) for side in shares(baseline, current))
    return float(((new - old) * np.log(new / old)).sum())


ENTRY = DriftTest("psi", ANY, distance, homogeneity_p, effect_floor=0.01)
