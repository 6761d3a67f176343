"""Two empirical distribution functions over the points of both."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np

from leeboard.compare.distributions.kinds import Distribution, Doubles, Numeric


@dataclass(frozen=True, slots=True)
class Steps:
    """Both distribution functions at every point where one of them steps."""

    points: Doubles
    old: Doubles
    new: Doubles

    @property
    def largest_gap(self) -> float:
        """In [0, 1]; 0 without points."""
        return float(np.abs(self.old - self.new).max()) if len(self.points) else 0.0


@lru_cache(maxsize=4)  # a distance and its p-value ask one after the other
def steps_of(baseline: Numeric, current: Numeric) -> Steps:
    """Both distribution functions of two columns."""
    points = np.concatenate([baseline.values, current.values])
    points.sort(kind="stable")
    n, m = max(baseline.n, 1.0), max(current.n, 1.0)
    return Steps(points, baseline.n_up_to(points) / n, current.n_up_to(points) / m)


def root_effective_size(n: float, m: float) -> float:
    """sqrt(nm / (n + m)), by which gaps of two samples scale; at least 0, and 0 if one is empty."""
    return sqrt(n * m / (n + m)) if n and m else 0.0


def robust(distance: float, baseline: Distribution, current: Distribution) -> float:
    """AWS's distance for small samples: less 1.8 sqrt((n+m) / nm), at least 0."""
    root = root_effective_size(baseline.n, current.n)
    return max(0.0, distance - 1.8 / root) if root else 0.0
