"""Jensen-Shannon distance."""

from math import log, sqrt

from leeboard.compare.distributions.cells import homogeneity_p, shares
from leeboard.compare.distributions.kinds import Distribution, Doubles
from leeboard.compare.drift import ANY, DriftTest


def distance(baseline: Distribution, current: Distribution) -> float:
    """Square root of the divergence in bits (Endres and Schindelin, 2003), in [0, 1]."""
    if not baseline.n or not current.n:
        return 0.0
    old, new = shares(baseline, current)
    middle = (old + new) / 2.0
    divergence = (_relative_entropy(old, middle) + _relative_entropy(new, middle)) / 2.0
    return sqrt(min(1.0, max(0.0, divergence / log(2.0))))


def _relative_entropy(shares_: Doubles, of: Doubles) -> float:
    """In nats, at least 0; 0 log 0 is 0."""
    from scipy.special import rel_entr

    return float(rel_entr(shares_, of).sum())


ENTRY = DriftTest("jensen_shannon", ANY, distance, homogeneity_p, effect_floor=0.04)
